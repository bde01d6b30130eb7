package metrics_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"catalog/local/metrics"
)

func TestO6_ALogLineGivesItsMetrics(t *testing.T) {
	t.Parallel()
	line := `{"_aws": {"Timestamp": 1574109732004, "CloudWatchMetrics": [
		{"Namespace": "catalog", "Dimensions": [["route"], ["route", "status"], []], "Metrics": [{"Name": "time", "Unit": "Milliseconds", "StorageResolution": 60}, {"Name": "rows"}]},
		{"Namespace": "other", "Dimensions": [["route"]], "Metrics": [{"Name": "time"}]}]},
		"route": "/api/products", "status": "200", "time": [1, 2.5], "rows": 7, "requestId": "x"}`
	got, ok := metrics.ParseEMF([]byte(line))
	when := time.UnixMilli(1574109732004).UTC()
	route := map[string]string{"route": "/api/products"}
	both := map[string]string{"route": "/api/products", "status": "200"}
	want := []metrics.Datum{
		{metrics.NewKey("catalog", "time", route), when, []float64{1, 2.5}},
		{metrics.NewKey("catalog", "rows", route), when, []float64{7}},
		{metrics.NewKey("catalog", "time", both), when, []float64{1, 2.5}},
		{metrics.NewKey("catalog", "rows", both), when, []float64{7}},
		{metrics.NewKey("catalog", "time", nil), when, []float64{1, 2.5}},
		{metrics.NewKey("catalog", "rows", nil), when, []float64{7}},
		{metrics.NewKey("other", "time", route), when, []float64{1, 2.5}},
	}
	if !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("it gives %v, %v", got, ok)
	}
}

func TestO6_WhatBreaksTheSpecificationIsLeftOut(t *testing.T) {
	t.Parallel()
	const head = `{"_aws": {"Timestamp": 1, "CloudWatchMetrics": [{"Namespace": "n", "Dimensions": `
	for line, want := range map[string]int{
		``:                         0,
		`plain text`:               0,
		`{"message": "no metric"}`: 0,
		`"_aws" in a text`:         0,
		`{"_aws": 1}`:              0,
		`{"_aws": {"CloudWatchMetrics": [{"Namespace": "n", "Dimensions": [[]], "Metrics": [{"Name": "m"}]}]}, "m": 1}`: 0, // no timestamp
		head + `[[]], "Metrics": [{"Name": "m"}]}]}, "m": 1}`:                                                           1,
		head + `[[]], "Metrics": [{"Name": "m"}, {"Name": "absent"}]}]}, "m": 1}`:                                       1,
		head + `[[], ["absent"]], "Metrics": [{"Name": "m"}]}]}, "m": 1}`:                                               1,
		head + `[["d"]], "Metrics": [{"Name": "m"}]}]}, "m": 1, "d": 2}`:                                                0,
		head + `[["d"]], "Metrics": [{"Name": "m"}]}]}, "m": 1, "d": null}`:                                             0,
		head + `[], "Metrics": [{"Name": "m"}]}]}, "m": 1}`:                                                             0,
		head + `[[]], "Metrics": [{"Name": "m"}]}]}, "m": "1"}`:                                                         0,
		head + `[[]], "Metrics": [{"Name": "m"}]}]}, "m": null}`:                                                        0,
		head + `[[]], "Metrics": [{"Name": "m"}]}]}, "m": [1, null]}`:                                                   0,
		head + `[[]], "Metrics": [{"Name": "m"}]}]}, "m": []}`:                                                          0,
		head + `[[]], "Metrics": [{"Name": "m"}]}]}, "m": [` + strings.Repeat("1,", 100) + `1]}`:                        0,
		head + `[[]], "Metrics": [` + strings.Repeat(`{"Name": "m"},`, 100) + `{"Name": "m"}]}]}, "m": 1}`:              0,
		head + `[["d"` + strings.Repeat(`,"d"`, 30) + `]], "Metrics": [{"Name": "m"}]}]}, "m": 1, "d": "x"}`:            0,
	} {
		if got, ok := metrics.ParseEMF([]byte(line)); len(got) != want || ok != (want > 0) {
			t.Errorf("%s gives %v, %v", line, got, ok)
		}
	}
}

func FuzzParseEMF(f *testing.F) {
	f.Add([]byte(`{"_aws": {"Timestamp": 1, "CloudWatchMetrics": [{"Namespace": "n", "Dimensions": [["d"]], "Metrics": [{"Name": "m"}]}]}, "m": [1], "d": "x"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		data, ok := metrics.ParseEMF(line)
		if ok != (len(data) > 0) {
			t.Errorf("%q gives %v, %v", line, data, ok)
		}
		for _, d := range data {
			if d.Key.Namespace == "" || d.Key.Name == "" || len(d.Values) == 0 {
				t.Errorf("%q gives %v", line, d)
			}
		}
	})
}

func BenchmarkParseEMFOfAnOrdinaryLine(b *testing.B) {
	line := []byte(strings.Repeat(`{"level":"INFO","message":"request"}`, 10))
	for b.Loop() {
		metrics.ParseEMF(line)
	}
}
