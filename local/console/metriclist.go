package console

import (
	"net/http"
	"net/url"
	"time"

	"catalog/local/metrics"
)

// metricData is /metrics: every metric there is, with a statistic of the last
// hour.
type metricData struct {
	Stat    string
	Stats   []rangeChoice
	Metrics []metricLine
	Dropped int64
}

// metricLine is a metric and a small chart of it.
type metricLine struct {
	metrics.Key
	Path   string
	Dots   string
	Last   reading
	Lo, Hi float64
	Count  int // minutes with data
}

// sparkline is how long the small charts are.
const sparkline = time.Hour

func (c *console) metricList(r *http.Request) *page {
	stat := r.URL.Query().Get("stat")
	if !metrics.ValidStatistic(stat) {
		stat = metrics.Average
	}
	data := metricData{Stat: stat}
	for _, s := range []string{metrics.Average, metrics.Sum, metrics.Minimum, metrics.Maximum, metrics.SampleCount, "p50", "p99"} {
		data.Stats = append(data.Stats, rangeChoice{s, "/metrics?stat=" + url.QueryEscape(s), s == stat})
	}
	if store := c.source.Metrics(); store != nil {
		now := c.o.Now()
		over := timeRange{now.Add(-sparkline), now}
		for _, key := range store.Keys() {
			data.Metrics = append(data.Metrics, sparklineOf(store, key, stat, over))
		}
		data.Dropped = store.Dropped()
	}
	return &page{Title: "Metrics", View: "metrics", Data: data}
}

func sparklineOf(store *metrics.Store, key metrics.Key, stat string, over timeRange) metricLine {
	l := line{Label: key.Name, Period: time.Minute, Points: store.Query(key, stat, time.Minute, over.From, over.To)}
	values := valuesOf([]line{l}, nil, false)
	one := metricLine{Key: key, Last: l.last(), Count: len(l.Points)}
	for i, v := range values {
		if i == 0 {
			one.Lo, one.Hi = v, v
		}
		one.Lo, one.Hi = min(one.Lo, v), max(one.Hi, v)
	}
	// Its picture has no axis: it shows how the metric moves, not how large it is.
	scale := axis{min: one.Lo, max: one.Hi}
	if one.Lo == one.Hi {
		scale = axis{min: one.Lo - 1, max: one.Hi + 1}
	}
	one.Path, one.Dots = drawLine(l, scale, over)
	return one
}
