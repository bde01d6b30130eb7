package metrics

import (
	"cmp"
	"slices"
	"time"
)

// Retention is how long a minute is kept after it: a day, which is the longest
// that an alarm looks back (AWS: PutMetricAlarm), and two hours on top.
const Retention = 26 * time.Hour

// minute is one minute of a metric; number counts minutes since 1970.
type minute struct {
	number int64
	values Distribution
}

func minuteOf(t time.Time) int64 {
	seconds := t.Unix()
	number := seconds / 60
	if seconds%60 < 0 { // before 1970
		number--
	}
	return number
}

// series holds a metric's minutes, oldest first, without the empty ones.
type series struct {
	minutes []minute
}

func (s *series) newest() int64 { return s.minutes[len(s.minutes)-1].number }

// at gives the distribution of a minute to add to, nil when the minute is older
// than what is kept.
func (s *series) at(number int64) *Distribution {
	count := len(s.minutes)
	switch {
	case count == 0 || number > s.newest():
		s.minutes = append(s.minutes, minute{number: number})
		s.forget(number - int64(Retention/time.Minute))
		return &s.minutes[len(s.minutes)-1].values
	case number == s.newest():
		return &s.minutes[count-1].values
	case number <= s.newest()-int64(Retention/time.Minute):
		return nil
	}
	index, found := s.find(number)
	if !found {
		s.minutes = slices.Insert(s.minutes, index, minute{number: number})
	}
	return &s.minutes[index].values
}

func (s *series) find(number int64) (int, bool) {
	return slices.BinarySearchFunc(s.minutes, number, func(m minute, number int64) int { return cmp.Compare(m.number, number) })
}

// forget drops the minutes up to and with last. The slice moves forward; append
// leaves the dropped part behind when it next grows.
func (s *series) forget(last int64) {
	for s.minutes[0].number <= last {
		s.minutes[0] = minute{}
		s.minutes = s.minutes[1:]
	}
}

// each calls f for the minutes of [from, to).
func (s *series) each(from, to int64, f func(m *minute)) {
	index, _ := s.find(from)
	for ; index < len(s.minutes) && s.minutes[index].number < to; index++ {
		f(&s.minutes[index])
	}
}
