package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxShown bounds the findings of an area that are kept word by word.
const maxShown = 12

// area is one row of the table: what was tried in it, and what came of it.
type area struct {
	name string

	mu      sync.Mutex
	tried   int
	counts  map[string]int // by outcome: a status, an exit code, taken, refused
	crashes int
	failed  int // answers of 500
	others  int // of another criterion
	shown   []string
	slowest time.Duration
}

// saw counts one try by its outcome.
func (a *area) saw(outcome string, took time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tried++
	a.counts[outcome]++
	a.slowest = max(a.slowest, took)
}

// kind is what a finding is.
type kind int

const (
	crash kind = iota
	failure
	other
)

// found keeps a finding with the input that led to it.
func (a *area) found(k kind, what string, input []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch k {
	case crash:
		a.crashes++
	case failure:
		a.failed++
	default:
		a.others++
	}
	if len(a.shown) < maxShown {
		a.shown = append(a.shown, fmt.Sprintf("%s: %s, for %.700q", a.name, what, input))
	}
}

func (a *area) findings() int { return a.crashes + a.failed + a.others }

// outcomes lists them with their counts, in order.
func (a *area) outcomes() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(a.counts)) {
		all = append(all, fmt.Sprintf("%s: %d", name, a.counts[name]))
	}
	return strings.Join(all, ", ")
}
