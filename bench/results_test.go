package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"catalog/bench/capacity"
)

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func results(t *testing.T) *Results {
	t.Helper()
	r, err := decode([]byte(read(t, resultsFile)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestI7_ThePageIsWhatWasMeasured: nobody improves a figure by hand.
func TestI7_ThePageIsWhatWasMeasured(t *testing.T) {
	t.Parallel()
	if got := read(t, pageFile); got != results(t).page() {
		t.Errorf("%s is not what %s says: run make bench, and commit both", pageFile, resultsFile)
	}
}

// TestI7_TheCapacityPageIsWhatTheModelSays: with the prices of the data file.
func TestI7_TheCapacityPageIsWhatTheModelSays(t *testing.T) {
	t.Parallel()
	prices, err := capacity.ReadPrices(filepath.Join("..", pricesFile))
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, capacityFile); got != capacity.Page(results(t).Capacity, prices) {
		t.Errorf("%s is not what %s and %s say: run go run ./bench -pages, and commit it", capacityFile, resultsFile, pricesFile)
	}
}

// TestI7_TheReadmeClaimsWhatWasMeasured: its table of ratios is the results'.
func TestI7_TheReadmeClaimsWhatWasMeasured(t *testing.T) {
	t.Parallel()
	if readme := read(t, "README.md"); !strings.Contains(readme, results(t).Short()) {
		t.Errorf("the README's table of ratios is not that of %s:\n%s", resultsFile, results(t).Short())
	}
}

// TestI7_AMissedGoalSaysWhy: in the table, with its value.
func TestI7_AMissedGoalSaysWhy(t *testing.T) {
	t.Parallel()
	for _, g := range results(t).goals() {
		if !g.met && g.why == "" {
			t.Errorf("%s: %s was measured, %s is the goal, and no reason is given", g.what, g.measured, g.goal)
		}
	}
}

// TestI7_PricesAreSaidOnce: what docs/deploy.md counts with is what the data
// file has.
func TestI7_PricesAreSaidOnce(t *testing.T) {
	t.Parallel()
	prices, err := capacity.ReadPrices(filepath.Join("..", pricesFile))
	if err != nil {
		t.Fatal(err)
	}
	text := read(t, "docs/deploy.md")
	for name, want := range map[string]string{
		"NAT gateway":      fmt.Sprintf("3 × %g an hour", prices.NATHour),
		"ACU":              fmt.Sprintf("0.5 ACU × %.2f an hour", prices.ACUHour),
		"addresses":        fmt.Sprintf("3 of the load balancer, %g an hour", prices.AddressHour),
		"load balancer":    fmt.Sprintf("| %g an hour, and its capacity units", prices.ALBHour),
		"GB through NAT":   fmt.Sprintf("the NAT gateways (%g a GB)", prices.NATGB),
		"GB of logs":       fmt.Sprintf("logs (about %g a GB)", prices.LogsGB),
		"web ACL requests": fmt.Sprintf("and %.2f per million requests", prices.WAFMillion),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("docs/deploy.md does not have the price of the data file for the %s: %q", name, want)
		}
	}
}
