package metrics_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"catalog/local/metrics"
)

func TestO5_StatisticsAreExactAndPercentilesWithinOnePercent(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var whole, left, right metrics.Distribution
	values := make([]float64, 100_000)
	for i := range values {
		values[i] = math.Exp(random.NormFloat64()*2) / 100 // seconds, from less than a millisecond to minutes
		whole.Add(values[i])
		if i%3 == 0 {
			left.Add(values[i])
		} else {
			right.Add(values[i])
		}
	}
	left.Merge(&right)
	slices.Sort(values)
	for _, d := range []*metrics.Distribution{&whole, &left} {
		for stat, want := range map[string]float64{"Minimum": values[0], "Maximum": values[len(values)-1], "SampleCount": 100_000, "p0": values[0], "p100": values[len(values)-1]} {
			if got, ok := d.Statistic(stat); !ok || got != want {
				t.Errorf("%s is %v, %v, want %v", stat, got, ok, want)
			}
		}
		sum, _ := d.Statistic("Sum")
		average, _ := d.Statistic("Average")
		if math.Abs(sum/average-100_000) > 1e-6 {
			t.Errorf("the sum is %v, the average %v", sum, average)
		}
		for stat, rank := range map[string]int{"p1": 1000, "p50": 50_000, "p90": 90_000, "p99": 99_000, "p99.9": 99_900} {
			got, ok := d.Statistic(stat)
			if want := values[rank-1]; !ok || math.Abs(got-want) > want/100 {
				t.Errorf("%s is %v, %v, want %v within 1 %%", stat, got, ok, want)
			}
		}
	}
}

func TestO5_AFewValuesAreExact(t *testing.T) {
	t.Parallel()
	var d metrics.Distribution
	if _, ok := d.Statistic("Sum"); ok {
		t.Error("an empty distribution has a sum")
	}
	d.Merge(nil)
	d.Merge(&metrics.Distribution{})
	d.AddN(0.123, 3)
	for stat, want := range map[string]float64{"Sum": 0.369, "Average": 0.123, "p50": 0.123, "p99": 0.123, "SampleCount": 3} {
		if got, ok := d.Statistic(stat); !ok || math.Abs(got-want) > 1e-15 {
			t.Errorf("%s is %v, %v, want %v", stat, got, ok, want)
		}
	}
	d.AddN(0, 7)
	if got, _ := d.Statistic("p70"); got != 0 {
		t.Errorf("with 7 zeros of 10 values p70 is %v", got)
	}
	d.Add(-1)
	if _, ok := d.Statistic("p50"); ok {
		t.Error("there is a percentile with a negative value, as on AWS there is none")
	}
	d.Reset()
	if _, ok := d.Statistic("SampleCount"); ok {
		t.Error("a distribution that was reset counts")
	}
}

func TestO5_WhatCloudWatchRefusesIsIgnored(t *testing.T) {
	t.Parallel()
	var d metrics.Distribution
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Ldexp(1, 361), -math.Ldexp(1, 361)} {
		d.Add(v)
	}
	for _, n := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		d.AddN(1, n)
	}
	if _, ok := d.Statistic("SampleCount"); ok {
		t.Error("it counts")
	}
	d.Add(math.Ldexp(1, 360))
	d.Add(math.SmallestNonzeroFloat64)
	if got, ok := d.Statistic("p100"); !ok || got != math.Ldexp(1, 360) {
		t.Errorf("the largest is %v", got)
	}
}

func TestO5_StatisticNamesAreCloudWatchs(t *testing.T) {
	t.Parallel()
	for stat, want := range map[string]bool{
		"Sum": true, "Average": true, "Minimum": true, "Maximum": true, "SampleCount": true, "p0": true, "p99": true, "p99.99": true, "p100": true,
		"": false, "sum": false, "p": false, "p101": false, "p-1": false, "p1e1": false, "p+5": false, "pNaN": false, "p.": false, "tm99": false, "IQM": false, "P99": false,
	} {
		if got := metrics.ValidStatistic(stat); got != want {
			t.Errorf("%q is valid: %v", stat, got)
		}
	}
}

func FuzzStatistic(f *testing.F) {
	f.Add("p99.9", 0.5, 2.0)
	f.Add("Average", 1e300, 1.0)
	f.Fuzz(func(t *testing.T, stat string, v, n float64) {
		var d metrics.Distribution
		d.AddN(v, n)
		d.Add(1)
		got, ok := d.Statistic(stat)
		if ok && !metrics.ValidStatistic(stat) || math.IsNaN(got) {
			t.Errorf("%q of %v, %v times, is %v", stat, v, n, got)
		}
	})
}

func BenchmarkDistribution(b *testing.B) {
	var d metrics.Distribution
	random := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		d.Add(random.ExpFloat64())
	}
}
