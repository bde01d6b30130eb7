package metrics_test

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"catalog/local/metrics"
)

var ten = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return ten.Add(time.Duration(minutes) * time.Minute) }

func values(points []metrics.Point) []float64 {
	var all []float64
	for _, p := range points {
		all = append(all, p.Value)
	}
	return all
}

func TestO5_KeysAreCanonicalAndGiveTheirDimensionsBack(t *testing.T) {
	t.Parallel()
	k := metrics.NewKey("AWS/ECS", "CPUUtilization", map[string]string{"ServiceName": "s", "ClusterName": "c"})
	if k.Dimensions != "ClusterName=c,ServiceName=s" || k.String() != "AWS/ECS CPUUtilization{ClusterName=c,ServiceName=s}" {
		t.Errorf("the key is %q", k)
	}
	bare := metrics.NewKey("n", "m", nil)
	if bare.Dimensions != "" || len(bare.DimensionMap()) != 0 || bare.DimensionMap() == nil || bare.String() != "n m" {
		t.Errorf("without dimensions the key is %q", bare)
	}
}

func FuzzKey(f *testing.F) {
	f.Add("LoadBalancer", "app/alb/1", "a,b", `c\=`)
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string) {
		dimensions := map[string]string{name1: value1, name2: value2}
		k := metrics.NewKey("n", "m", dimensions)
		if got := k.DimensionMap(); !maps.Equal(got, dimensions) {
			t.Errorf("%q becomes %q and gives %q", dimensions, k.Dimensions, got)
		}
	})
}

func TestO5_AQueryAnswersAlignedPeriodsThatHaveData(t *testing.T) {
	t.Parallel()
	s, k := metrics.NewStore(), metrics.NewKey("n", "m", nil)
	for minute, v := range map[int]float64{-1: 9, 0: 1, 1: 2, 4: 3, 7: 4, 10: 5, 12: 6} {
		s.Put(k, at(minute).Add(59*time.Second), v)
	}
	for _, c := range []struct {
		stat     string
		period   time.Duration
		from, to time.Time
		want     []float64
	}{
		{"Sum", time.Minute, at(0), at(10), []float64{1, 2, 3, 4}},
		{"Sum", time.Minute, at(0).Add(time.Second), at(10).Add(time.Second), []float64{2, 3, 4, 5}},
		{"Sum", 5 * time.Minute, at(0), at(15), []float64{6, 4, 11}},
		{"Sum", 5 * time.Minute, at(-4), at(11), []float64{6, 4, 11}}, // the last period is whole
		{"Average", 5 * time.Minute, at(0), at(5), []float64{2}},
		{"Sum", time.Second, at(0), at(2), []float64{1, 2}},
		{"p100", time.Hour, at(-60), at(60), []float64{9, 6}},
		{"SampleCount", time.Hour, at(0), at(60), []float64{6}},
		{"Median", time.Hour, at(0), at(60), nil},
		{"Sum", time.Minute, at(5), at(5), nil},
		{"Sum", time.Minute, at(5), at(0), nil},
	} {
		if got := values(s.Query(k, c.stat, c.period, c.from, c.to)); !slices.Equal(got, c.want) {
			t.Errorf("%s over %v in [%v, %v) is %v, want %v", c.stat, c.period, c.from, c.to, got, c.want)
		}
	}
	if points := s.Query(k, "Sum", 5*time.Minute, at(0), at(15)); !points[1].Time.Equal(at(5)) {
		t.Errorf("a period's time is its beginning: %v", points)
	}
	if got := s.Query(metrics.NewKey("n", "none", nil), "Sum", time.Minute, at(0), at(9)); got != nil {
		t.Errorf("an unknown metric has %v", got)
	}
}

func TestO3_WindowsEndWithTheLastWholeMinute(t *testing.T) {
	t.Parallel()
	s, k := metrics.NewStore(), metrics.NewKey("n", "m", nil)
	for minute := range 10 {
		s.Put(k, at(minute), float64(minute))
	}
	points := s.Windows(k, "Sum", 3*time.Minute, at(9).Add(30*time.Second), 2)
	if !slices.Equal(values(points), []float64{12, 21}) || !points[0].Time.Equal(at(3)) || !points[1].Time.Equal(at(6)) {
		t.Errorf("the windows are %v", points)
	}
}

func TestO5_ADistributionIsPutAsACopy(t *testing.T) {
	t.Parallel()
	s, k := metrics.NewStore(), metrics.NewKey("n", "m", nil)
	var d metrics.Distribution
	d.AddN(2, 3)
	s.PutDistribution(k, at(0), &d)
	d.Add(100)
	s.PutDistribution(k, at(0), nil)
	s.PutDistribution(k, at(1), &metrics.Distribution{})
	s.Put(k, at(0), 4)
	if got := values(s.Query(k, "Sum", time.Minute, at(0), at(9))); !slices.Equal(got, []float64{10}) {
		t.Errorf("the sums are %v", got)
	}
}

func TestO5_ADayAndTwoHoursAreKept(t *testing.T) {
	t.Parallel()
	s, k := metrics.NewStore(), metrics.NewKey("n", "m", nil)
	for minute := range 2000 {
		s.Put(k, at(minute), 1)
	}
	s.Put(k, at(100), 1)  // too old
	s.Put(k, at(1000), 1) // late
	points := s.Query(k, "SampleCount", time.Minute, at(-9999), at(9999))
	if len(points) != 26*60 || !points[0].Time.Equal(at(440)) || points[560].Value != 2 {
		t.Errorf("there are %d points from %v", len(points), points[0].Time)
	}
	s.Put(k, at(99), 1)
	if late := s.Query(k, "Sum", time.Minute, at(99), at(100)); late != nil {
		t.Errorf("a value from before is kept: %v", late)
	}
}

// CloudWatch takes times from two weeks ago to two hours ahead. A single log
// line with microseconds for milliseconds must not cost a metric its future.
func TestO5_ATimeFarAheadIsRefused(t *testing.T) {
	t.Parallel()
	s, k := metrics.NewStore(), metrics.NewKey("n", "m", nil)
	put := func(when time.Time) { s.PutDatum(metrics.Datum{Key: k, Time: when, Values: []float64{1, 2}}, at(0)) }
	put(at(0))
	put(time.UnixMilli(at(0).UnixMicro()))
	put(at(121))
	put(at(-14*24*60 - 1))
	put(at(-60))
	put(at(120))
	if got := values(s.Query(k, "Sum", time.Minute, at(-99), at(999))); !slices.Equal(got, []float64{3, 3, 3}) {
		t.Errorf("the sums are %v, want those of -60, 0 and 120 minutes", got)
	}
}

func TestO5_TheNumberOfMetricsIsBounded(t *testing.T) {
	t.Parallel()
	s := metrics.NewStore()
	name := func(i int) metrics.Key { return metrics.NewKey("n", fmt.Sprintf("m%04d", i), nil) }
	for i := range 2005 {
		s.Put(name(i), at(0), 1)
	}
	s.Put(name(0), at(0), 1) // one that is there goes on
	if len(s.Keys()) != 2000 || s.Dropped() != 5 {
		t.Errorf("there are %d metrics and %d were dropped", len(s.Keys()), s.Dropped())
	}
	if keys := s.Keys(); !slices.IsSortedFunc(keys, func(a, b metrics.Key) int { return slices.Compare([]string{a.Name}, []string{b.Name}) }) {
		t.Error("the keys are not sorted")
	}
	s.Put(name(9000), at(9000), 1) // the others were silent for longer than the retention
	if keys := s.Keys(); len(keys) != 1 || keys[0] != name(9000) {
		t.Errorf("there are %d metrics", len(keys))
	}
}

func TestO5_TheStoreIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	s, k := metrics.NewStore(), metrics.NewKey("n", "m", nil)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range 500 {
				s.Put(k, at(i%60), 1)
				s.Query(k, "p99", time.Hour, at(0), at(60))
				s.Keys()
			}
		})
	}
	group.Wait()
	if got := values(s.Query(k, "Sum", time.Hour, at(0), at(60))); !slices.Equal(got, []float64{4000}) {
		t.Errorf("the sum is %v", got)
	}
}
