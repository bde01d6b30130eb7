package main

import (
	"encoding/json"
	"fmt"

	"catalog/bench/capacity"
	"catalog/bench/contend"
	"catalog/bench/figures"
	"catalog/bench/growth"
	"catalog/bench/measure"
)

// Where the project keeps what is measured, from its root.
const (
	resultsFile  = "bench/results.json"
	pageFile     = "bench/results.md"
	capacityFile = "docs/capacity.md"
	pricesFile   = "bench/capacity/prices.json"
)

func curveFile(name string) string { return "bench/curve-" + name + ".svg" }

// Results are all that was measured.
type Results struct {
	Machine  measure.Machine    `json:"machine"`
	Command  string             `json:"command"`
	Took     string             `json:"took"`
	Imported figures.Imported   `json:"imported"`
	Contend  *contend.Result    `json:"contend"`
	Curves   []*growth.Curve    `json:"curves"`
	Warm     int                `json:"warm_products"`
	WarmMiB  float64            `json:"warm_mib"`
	Searched figures.Searched   `json:"searched"`
	Capacity *capacity.Measured `json:"capacity"`
}

func (r *Results) encode() ([]byte, error) {
	content, err := json.MarshalIndent(r, "", "  ")
	return append(content, '\n'), err
}

func decode(content []byte) (*Results, error) {
	var r Results
	if err := json.Unmarshal(content, &r); err != nil {
		return nil, fmt.Errorf("%s is not what this program writes: %w", resultsFile, err)
	}
	return &r, nil
}
