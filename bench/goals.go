package main

import (
	"fmt"
	"strings"

	"catalog/bench/capacity"
	"catalog/bench/contend"
	"catalog/bench/growth"
	"catalog/bench/measure"
)

// goal is a figure that the API is held to.
type goal struct {
	what, goal, measured string
	met                  bool
	why                  string // it is missed, when it is
}

// Reasons for what the API misses, each found by measuring: bench/README.md.
const (
	whyGet    = "a read of the database is four system calls and two switches of processes more, through TLS"
	whyHot    = "a log line, headers and the cache's lookup, over a thousand products in turn"
	whyList   = "most of it is the kernel's copying: see the bare handler's list"
	whyFeed   = "one connection of PostgreSQL is busy all the time: words and ten indexes"
	whySearch = "up to 5,000 matches of common words are ranked, and counted for the facets"
)

func (r *Results) goals() []goal {
	get, list := r.Contend.Row(contend.Cached, "get"), r.Contend.Row(contend.Cached, "list")
	bare := r.Contend.Row(contend.Bare, "get")
	uncachedGet, uncachedList := r.Contend.Row(contend.Uncached, "get"), r.Contend.Row(contend.Uncached, "list")
	most := func(what string, limit float64, unit string, values []float64, decimals int, why string) goal {
		return goal{what, fmt.Sprintf("≤ %g %s", limit, unit), measure.Spread(values, decimals) + " " + unit, measure.Median(values) <= limit, why}
	}
	least := func(what string, limit float64, unit string, value float64, why string) goal {
		return goal{what, "≥ " + measure.Thousands(limit) + unit, measure.Thousands(value) + unit, value >= limit, why}
	}
	one := func(v float64) []float64 { return []float64{v} }
	api := r.shape(contend.Cached)
	first, last := r.Imported.First, r.Imported.Last
	goals := []goal{
		most("start to the first answer from the database", 100, "ms", api.Start, 0, ""),
		most("memory of an idle task", 30, "MiB", one(api.Idle), 0, ""),
		most(fmt.Sprintf("memory above idle of an import of %d products", r.Imported.FirstLot), 64, "MiB", one(r.Imported.Above), 0, ""),
		most(fmt.Sprintf("memory with %d products warm", r.Warm), 250, "MiB", one(r.WarmMiB), 0, ""),
		least(fmt.Sprintf("import of %d products into a catalog of few", r.Imported.FirstLot), 15_000, " rows/s", first, whyFeed),
		least(fmt.Sprintf("import of 100000 products, the last of %d", r.Imported.Products), 15_000, " rows/s", last, whyFeed),
		most("server CPU of a hot get against a bare `net/http` handler", 1.3, "×", measure.Ratios(get.Server, bare.Server), 2, whyHot),
		most("server CPU of an uncached get", 45, "µs", uncachedGet.Server, 0, whyGet),
		most("server CPU of a cached list of 20", 30, "µs", list.Server, 0, whyList),
		most("server CPU of an uncached list of 20, of a category", 90, "µs", uncachedList.Server, 0, whyGet),
		most("page 10,000 against page 1, by name", 1.2, "×", one(deep(r.curve("depth"))), 2, ""),
		most(fmt.Sprintf("search of two common words with three facets, p95 in the database, %d products", r.Imported.Products), 60, "ms", one(r.Searched.P95), 0, whySearch),
		{
			"requests a minute of ten tasks of 0.5 vCPU at 70 % CPU, the mix, tracing on", "≥ 1,000,000",
			measure.SpreadThousands(capacity.Ten(r.Capacity.PerTask())), measure.Median(capacity.Ten(r.Capacity.PerTask())) >= 1e6,
			"lists and searches are read again after each new product, and the cores are slow: see docs/capacity.md and the bare handler",
		},
	}
	const task = "CPU of a task that the system holds to 0.5 vCPU, at a tenth of that"
	if h := r.Capacity.Held; h != nil {
		return append(goals, most(task, 70, "%", one(h.CPU), 0, ""))
	}
	return append(goals, goal{task, "≤ 70 %", "not measured", false, r.Capacity.NotHeld})
}

func (r *Results) shape(contender string) contend.Shape {
	for _, s := range r.Contend.Shapes {
		if s.Contender == contender {
			return s
		}
	}
	return contend.Shape{}
}

func (r *Results) curve(name string) *growth.Curve {
	for _, c := range r.Curves {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// deep is how much longer the last page takes than the first one.
func deep(c *growth.Curve) float64 {
	return c.Points[len(c.Points)-1].Latency[0].Value / c.Points[0].Latency[0].Value
}

func goalTable(goals []goal) string {
	var b strings.Builder
	b.WriteString("| what | goal | measured | |\n|---|---|---|---|\n")
	for _, g := range goals {
		verdict := "met"
		if !g.met {
			verdict = "**missed**: " + g.why
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", g.what, g.goal, g.measured, verdict)
	}
	return b.String()
}
