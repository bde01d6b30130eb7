package metrics

import (
	"slices"
	"sync"
	"time"
)

// limit bounds the number of metrics: names are made of what requests and tasks
// bring along, and a laptop's memory must not depend on them.
const limit = 2000

// Store holds metrics: one-minute statistics of the last 26 hours, for up to
// 2,000 metrics. It is safe for concurrent use.
type Store struct {
	mu      sync.RWMutex
	series  map[Key]*series
	newest  int64 // the newest minute of all metrics
	dropped int64
}

// NewStore makes an empty store.
func NewStore() *Store { return &Store{series: map[Key]*series{}} }

// Point is a statistic's value over one period. Time is the period's beginning.
type Point struct {
	Time  time.Time
	Value float64
}

// Put adds a value to the minute that at lies in. A value that is older than
// the metric's newest minute by 26 hours is ignored, as is NaN or an infinity.
func (s *Store) Put(k Key, at time.Time, v float64) {
	var d Distribution
	d.Add(v)
	s.PutDistribution(k, at, &d)
}

// How far the time that a log line says may lie before and after the present
// one (AWS: PutMetricData, Timestamp).
const (
	oldest = 14 * 24 * time.Hour
	latest = 2 * time.Hour
)

// PutDatum adds what a log line said, unless its time is one that CloudWatch
// refuses: a single one far ahead, as microseconds taken for milliseconds are,
// would make everything that follows too old to keep.
func (s *Store) PutDatum(d Datum, now time.Time) {
	if d.Time.Before(now.Add(-oldest)) || d.Time.After(now.Add(latest)) {
		return
	}
	var all Distribution
	for _, v := range d.Values {
		all.Add(v)
	}
	s.PutDistribution(d.Key, d.Time, &all)
}

// PutDistribution adds a copy of what d holds to the minute that at lies in.
func (s *Store) PutDistribution(k Key, at time.Time, d *Distribution) {
	if d == nil || d.count == 0 {
		return
	}
	number := minuteOf(at)
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.open(k, number)
	if one == nil {
		s.dropped++
		return
	}
	s.newest = max(s.newest, number)
	if values := one.at(number); values != nil {
		values.Merge(d)
	}
}

// open finds or makes a metric's series. A full store gives a new metric the
// place of those that were silent for the whole retention, and refuses it with
// nil when there are none.
func (s *Store) open(k Key, number int64) *series {
	if one := s.series[k]; one != nil {
		return one
	}
	if len(s.series) >= limit {
		last := max(s.newest, number) - int64(Retention/time.Minute)
		for old, one := range s.series {
			if one.newest() <= last {
				delete(s.series, old)
			}
		}
		if len(s.series) >= limit {
			return nil
		}
	}
	one := &series{}
	s.series[k] = one
	return one
}

// Dropped counts the puts that were refused since the store was full of other
// metrics.
func (s *Store) Dropped() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.dropped
}

// Query answers a statistic of a metric, one point per period that has data and
// begins in [from, to), oldest first. Periods begin at multiples of their
// length since 1970, in UTC, and a period's length is rounded up to whole
// minutes. An unknown metric or statistic has no points.
func (s *Store) Query(k Key, stat string, period time.Duration, from, to time.Time) []Point {
	length := wholeMinutes(period)
	first := minuteOf(from.Add(time.Minute - 1)) // the first minute that begins at or after from
	if rest := ((first % length) + length) % length; rest != 0 {
		first += length - rest
	}
	end := minuteOf(to.Add(time.Minute - 1)) // the first minute that does not begin before to
	if end <= first {
		return nil
	}
	return s.collect(k, stat, length, first, first+(end-first+length-1)/length*length)
}

// Windows answers a statistic over the count periods that end with the minute
// which end lies in (that minute is left out), oldest first, without those that
// have no data. Unlike Query's, these periods move on every minute, as those of
// an alarm do (AWS: "Alarm evaluation").
func (s *Store) Windows(k Key, stat string, period time.Duration, end time.Time, count int) []Point {
	length, last := wholeMinutes(period), minuteOf(end)
	return s.collect(k, stat, length, last-length*int64(count), last)
}

func wholeMinutes(period time.Duration) int64 {
	return max(1, int64((period+time.Minute-1)/time.Minute))
}

// collect answers the periods of length minutes in [first, end).
func (s *Store) collect(k Key, stat string, length, first, end int64) []Point {
	s.mu.RLock()
	defer s.mu.RUnlock()
	one := s.series[k]
	if one == nil {
		return nil
	}
	var points []Point
	var merged Distribution
	begin := first
	finish := func() {
		if v, ok := merged.Statistic(stat); ok {
			points = append(points, Point{time.Unix(begin*60, 0).UTC(), v})
		}
		merged.Reset()
	}
	one.each(first, end, func(m *minute) {
		if period := m.number - (m.number-first)%length; period != begin {
			finish()
			begin = period
		}
		merged.Merge(&m.values)
	})
	finish()
	return points
}

// Keys lists the metrics, sorted by namespace, name and dimensions.
func (s *Store) Keys() []Key {
	s.mu.RLock()
	defer s.mu.RUnlock()
	keys := make([]Key, 0, len(s.series))
	for k := range s.series {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compareKeys)
	return keys
}
