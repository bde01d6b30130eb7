package console

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// timeRange is what a dashboard shows; the end is not in it.
type timeRange struct{ From, To time.Time }

// defaultRange is a dashboard's that has no start (AWS: "the default start time
// is … 3 hours").
const defaultRange = 3 * time.Hour

// isoDuration is ISO 8601's as dashboards use it: -PT3H, -P1D, -P1W, -P1M.
var isoDuration = regexp.MustCompile(`^-P(?:(\d{1,4})W)?(?:(\d{1,4})M)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$`)

// parseTime reads a dashboard's start or end: relative to now, or a moment as
// 2026-03-01T10:00:00.000Z. A month counts 30 days.
func parseTime(text string, now time.Time) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, nil
	}
	found := isoDuration.FindStringSubmatch(text)
	if found == nil || text == "-P" || text == "-PT" {
		return time.Time{}, fmt.Errorf("the time %q is neither relative like -PT3H nor a moment like 2026-03-01T10:00:00Z: correct start or end", text)
	}
	var total time.Duration
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 30 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi(found[i+1]) // digits, or none
		total += time.Duration(n) * unit
	}
	return now.Add(-total), nil
}

// rangeOf reads start and end; each may be "".
func rangeOf(start, end string, now time.Time) (timeRange, error) {
	r := timeRange{now.Add(-defaultRange), now}
	var err error
	if end != "" {
		if r.To, err = parseTime(end, now); err != nil {
			return r, err
		}
	}
	if start != "" {
		if r.From, err = parseTime(start, now); err != nil {
			return r, err
		}
	}
	if !r.From.Before(r.To) {
		return r, fmt.Errorf("the time from %q to %q is empty: correct start or end", start, end)
	}
	return r, nil
}

// choices are the ranges that a reader may choose instead of the dashboard's.
var choices = []struct {
	Name string
	Long time.Duration
}{{"5m", 5 * time.Minute}, {"15m", 15 * time.Minute}, {"1h", time.Hour}, {"3h", 3 * time.Hour}, {"12h", 12 * time.Hour}}

// chosen is the range that a reader asked for by ?range=; false without one.
func chosen(name string, now time.Time) (timeRange, bool) {
	for _, c := range choices {
		if c.Name == name {
			return timeRange{now.Add(-c.Long), now}, true
		}
	}
	return timeRange{}, false
}
