package console

import (
	"time"

	"catalog/local/metrics"
)

// line is a series that is drawn.
type line struct {
	Label, Color string
	Right        bool
	Period       time.Duration
	Points       []metrics.Point
}

// reading is the last value of a series.
type reading struct {
	Label string
	Value float64
	Known bool
	At    time.Time
}

// last is the newest value.
func (l *line) last() reading {
	if len(l.Points) == 0 {
		return reading{Label: l.Label}
	}
	p := l.Points[len(l.Points)-1]
	return reading{l.Label, p.Value, true, p.Time}
}

func readings(lines []line) []reading {
	all := make([]reading, len(lines))
	for i := range lines {
		all[i] = lines[i].last()
	}
	return all
}

// query reads the numbers of rows, the hidden ones for the expressions only.
func (c *console) query(rows []metricRow, over timeRange) []line {
	store := c.source.Metrics()
	if store == nil {
		store = metrics.NewStore()
	}
	series := map[string][]metrics.Point{}
	periods := map[string]time.Duration{}
	points := make([][]metrics.Point, len(rows))
	for i, row := range rows {
		if row.Expression == nil {
			points[i] = store.Query(row.Key, row.Stat, row.Period, over.From.Truncate(row.Period), over.To)
			if row.ID != "" {
				series[row.ID], periods[row.ID] = points[i], row.Period
			}
		}
	}
	evaluate(rows, points, series, periods, over)
	var lines []line
	for i, row := range rows {
		if !row.Hidden {
			lines = append(lines, line{row.Label, row.Color, row.Right, row.Period, points[i]})
		}
	}
	return lines
}

// evaluate computes the expressions. One may use another that comes before or
// after it: every round computes those whose ids are all known. Those that
// remain in the end use each other in a circle and have no points.
func evaluate(rows []metricRow, points [][]metrics.Point, series map[string][]metrics.Point, periods map[string]time.Duration, over timeRange) {
	done := make([]bool, len(rows))
	for again := true; again; {
		again = false
		for i := range rows {
			row := &rows[i]
			if row.Expression == nil || done[i] {
				continue
			}
			period, ready := periodOfAll(row.Expression.IDs(), periods)
			if !ready {
				continue
			}
			if period > 0 {
				row.Period = period
			}
			points[i] = row.Expression.Evaluate(series, moments(over, row.Period))
			done[i], again = true, true
			if row.ID != "" {
				series[row.ID], periods[row.ID] = points[i], row.Period
			}
		}
	}
}

// periodOfAll is the longest period among ids; false when one is not known.
func periodOfAll(ids []string, periods map[string]time.Duration) (longest time.Duration, ok bool) {
	for _, id := range ids {
		period, known := periods[id]
		if !known {
			return 0, false
		}
		longest = max(longest, period)
	}
	return longest, true
}

// moments are the beginnings of all periods in a range, as far back as metrics
// are kept.
func moments(over timeRange, period time.Duration) []time.Time {
	var all []time.Time
	from := over.From
	if oldest := over.To.Add(-metrics.Retention); from.Before(oldest) {
		from = oldest
	}
	for at := from.Truncate(period); at.Before(over.To); at = at.Add(period) {
		all = append(all, at)
	}
	return all
}
