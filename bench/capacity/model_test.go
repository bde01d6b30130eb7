package capacity

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"catalog/bench/measure"
)

func prices(t *testing.T) Prices {
	t.Helper()
	p, err := ReadPrices("prices.json")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// measuredAt is a task whose requests take so many microseconds.
func measuredAt(api, database float64) *Measured {
	one := func(v float64) []float64 { return []float64{v} }
	return &Measured{
		API: one(api), Database: one(database), UncachedAPI: one(api), UncachedDatabase: one(database), AnswerBytes: 2000, LogBytes: 300, TraceBytes: 50,
		NotHeld: "this is a test",
	}
}

// TestI7_ATaskAtSeventyPercent: half a core for 0.7 of the time, without the
// collector's 64 of 1024 units, is 287.5 ms a second.
func TestI7_ATaskAtSeventyPercent(t *testing.T) {
	t.Parallel()
	if got := TaskCPU(); math.Abs(got-0.2875) > 1e-9 {
		t.Errorf("a task has %g s of CPU a second", got)
	}
	if got := measuredAt(115, 0).PerTask()[0]; math.Abs(got-150_000) > 1e-6 {
		t.Errorf("at 115 µs it takes %g requests a minute, want 2,500 a second", got)
	}
}

func TestI7_WhatALoadTakes(t *testing.T) {
	t.Parallel()
	m := measuredAt(115, 105)
	for _, want := range []struct {
		perMinute float64
		tasks     int
		acu       float64
		next      string
	}{
		{1000, 2, 0.5, "nothing near"},
		{300_000, 2, 3, "nothing near"},
		{1_000_000, 7, 10, "dev's 4 ACU"},
		{1_500_000, 10, 15, "dev's 4 ACU"},
		{2_000_000, 14, 20, "more than ten"},
	} {
		n := m.Needs(want.perMinute, 730, true)
		if n.Tasks != want.tasks || n.ACU != want.acu || !strings.Contains(n.Next(), want.next) {
			t.Errorf("%g a minute take %d tasks and %g ACU, then %s; want %+v", want.perMinute, n.Tasks, n.ACU, n.Next(), want)
		}
		if n.CPU > 70.1 {
			t.Errorf("%g a minute take %d tasks to %g %%", want.perMinute, n.Tasks, n.CPU)
		}
	}
}

// TestI7_TheLoadBalancersDimensionThatNeedsMostCounts: 1,000 requests a second
// of 1 GB an hour each tenth.
func TestI7_TheLoadBalancersDimensionThatNeedsMostCounts(t *testing.T) {
	t.Parallel()
	if units, by := lcus(1000, 100); by != "new connections" || units != 4 {
		t.Errorf("small answers take %g by %s", units, by)
	}
	if units, by := lcus(1000, 10*(1<<30)/3.6e6); by != "processed bytes" || math.Abs(units-10) > 1e-9 {
		t.Errorf("large answers take %g by %s", units, by)
	}
}

func TestI7_BytesToTheInternetCostBySteps(t *testing.T) {
	t.Parallel()
	p := Prices{InternetOut: []Step{{10, 2}, {30, 1}}}
	for gb, want := range map[float64]float64{0: 0, 5: 10, 10: 20, 20: 30, 30: 40} {
		if got := p.out(gb); got != want {
			t.Errorf("%g GB cost %g, want %g", gb, got, want)
		}
	}
}

// TestC2_SpotSplitIsThatOfTheProviders: base 1 on demand, then 70 to 30.
func TestC2_SpotSplitIsThatOfTheProviders(t *testing.T) {
	t.Parallel()
	for tasks, want := range map[int]int{2: 1, 4: 2, 10: 6} {
		if _, spot := split(tasks); spot != want {
			t.Errorf("of %d tasks %d are on Spot, want %d", tasks, spot, want)
		}
	}
}

// TestI7_AMonthIsTheSumOfItsItems, all of which cost something.
func TestI7_AMonthIsTheSumOfItsItems(t *testing.T) {
	t.Parallel()
	p := prices(t)
	items, total := measuredAt(115, 105).Needs(100_000, p.Hours, true).Month(p)
	sum := 0.0
	for _, item := range items {
		sum += item.USD
		if !(item.USD > 0) {
			t.Errorf("%s costs %g", item.Name, item.USD)
		}
	}
	if math.Abs(sum-total) > 1e-9 {
		t.Errorf("the items cost %g together, and the month %g", sum, total)
	}
}

// TestI7_ThePageSaysWhetherTheGoalIsMet: both ways.
func TestI7_ThePageSaysWhetherTheGoalIsMet(t *testing.T) {
	t.Parallel()
	for api, verdict := range map[float64]string{115: "is met", 300: "is missed"} {
		if page := Page(measuredAt(api, 100), prices(t)); !strings.Contains(page, "The goal **"+verdict) || strings.Contains(page, "NaN") {
			t.Errorf("at %g µs the page does not say that the goal %s", api, verdict)
		}
	}
}

// TestI7_TheMixIsWhatItSays: its shares, the same for the same seed.
func TestI7_TheMixIsWhatItSays(t *testing.T) {
	t.Parallel()
	products := []string{measure.ProductsPath + "/1", measure.ProductsPath + "/2", measure.ProductsPath + "/3"}
	sample := measure.Sampled{Products: products, Lists: []string{measure.ProductsPath + "?category=a"}, Searches: []string{measure.ProductsPath + "?q=Steel+Kettle"}}
	one, same := Mix(sample, Creates, 1), Mix(sample, Creates, 1)
	counts := map[string]int{}
	for n := range drawn {
		request := one(0, n)
		if !bytes.Equal(request, same(0, n)) {
			t.Fatalf("request %d differs for the same seed", n)
		}
		switch line, _, _ := strings.Cut(string(request), "\r\n"); {
		case strings.HasPrefix(line, "POST"):
			counts["create"]++
		case strings.HasPrefix(line, "PATCH"):
			counts["change"]++
		case strings.Contains(line, "q=Steel+Kettle"):
			counts["search"]++
		case strings.Contains(line, "category="):
			counts["list"]++
		default:
			counts["get"]++
		}
	}
	for what, share := range map[string]int{"create": Creates, "change": Changes, "search": Searches, "list": Lists, "get": whole - Creates - Changes - Searches - Lists} {
		if got := counts[what] * whole / drawn; got < share-60 || got > share+60 {
			t.Errorf("%d of 10,000 are a %s, want %d", got, what, share)
		}
	}
}
