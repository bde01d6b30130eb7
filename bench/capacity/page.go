package capacity

import (
	"fmt"
	"strings"

	"catalog/bench/growth"
	"catalog/bench/measure"
)

// Page is docs/capacity.md.
func Page(m *Measured, p Prices) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("# Capacity: what a load takes, and what it costs\n")
	say("`make bench` writes this page from what it measures (bench/results.json) and from bench/capacity/prices.json; a test holds")
	say("the page to both. The model is in bench/capacity/model.go and month.go, its assumptions are at the end.\n")
	say("## One task\n")
	say("%s, with tracing on and the template's GOMAXPROCS, over %s products. The task gets %.0f requests a second, which is", Says(), growth.Number(float64(m.Products)), TaskRate)
	say("a tenth of a million a minute; the other nine tasks' writes are made beside it, since it hears of all of them. Without a cache it")
	say("gets %d a second, which is what PostgreSQL has room for here.\n", uncachedRate)
	say("| | CPU a request, API | PostgreSQL | requests a minute of a task at 70 %% CPU |\n|---|---|---|---|")
	say("| with the task's cache | %s µs | %s µs | **%s** |", measure.Spread(m.API, 0), measure.Spread(m.Database, 0), measure.SpreadThousands(m.PerTask()))
	say("| if nothing came from memory | %s µs | %s µs | %s |\n", measure.Spread(m.UncachedAPI, 0), measure.Spread(m.UncachedDatabase, 0), measure.SpreadThousands(m.PerTaskUncached()))
	say("Medians, least and most of %d rounds. Of all rounds with the cache: p50 %.1f ms and p99 %.1f ms with the load, the API and PostgreSQL on", len(m.API), m.P50, m.P99)
	say("the same two cores, %d requests failed, an answer has %.0f bytes, a request's log lines %.0f, its share of the traces %.0f; the task", m.Failed, m.AnswerBytes, m.LogBytes, m.TraceBytes)
	say("took %.0f MiB. A task of %.1f vCPU has %.0f ms of CPU a second at 70 %%, without the %.0f that the collector reserves.\n", m.Memory, vCPU, TaskCPU()*1000, collectorVCPU*1000)
	if h := m.Held; h != nil {
		say("The same task held to half a core by the system, as Fargate does, at %.0f requests a second: **%.0f %% of its CPU**, p50 %.1f ms,", h.Rate, h.CPU, h.P50)
		say("p99 %.1f ms, %d failed.\n", h.P99, h.Failed)
	} else {
		say("The task was not held to half a core by the system: %s.\n", m.NotHeld)
	}
	m.kinds(say)
	m.goal(say)
	m.tables(p, say)
	say("%s", assumptions(p))
	return b.String()
}

// kinds says which requests take most.
func (m *Measured) kinds(say func(string, ...any)) {
	total := 0.0
	for _, p := range m.Parts {
		total += p.Database * float64(p.Share)
	}
	say("Without a cache, by kind:\n\n| | of the requests | CPU, API | PostgreSQL | of PostgreSQL's time |\n|---|---|---|---|---|")
	for _, p := range m.Parts {
		say("| %s | %g %% | %.0f µs | %.0f µs | %.0f %% |", p.Kind, percent(p.Share), p.API, p.Database, 100*p.Database*float64(p.Share)/total)
	}
	say("")
}

// goal says whether ten tasks take a million requests a minute.
func (m *Measured) goal(say func(string, ...any)) {
	ten := Ten(m.PerTask())
	say("## A million requests a minute on ten tasks\n")
	verdict := "is met"
	if measure.Median(ten) < 1e6 {
		verdict = "is missed"
	}
	say("The goal **%s**: ten tasks take %s requests a minute at 70 %% CPU, by what one takes while it hears of the writes of", verdict, measure.SpreadThousands(ten))
	say("ten. Every new product empties the lists that tasks keep: with %d times as many, %.0f a minute, it is %s. If caches", eager, 1e6*Creates*eager/whole, measure.Thousands(Ten(perTask([]float64{m.Eager}))[0]))
	say("were of no use at all it would be %s.\n", measure.SpreadThousands(Ten(m.PerTaskUncached())))
	if h := m.Held; h != nil {
		say("The task that was held to half a core did take its tenth of the load, at %.0f %% of its CPU; the sidecar's is not in that.\n", h.CPU)
	}
}

func (m *Measured) tables(p Prices, say func(string, ...any)) {
	say("## What a load takes\n")
	say("With the caches that the task had above; in brackets, as if nothing came from memory. A busy day is between them.\n")
	say("| requests a minute | tasks | their CPU | Aurora, writer | connections, two colours | ALB capacity units | what gives way next |\n|---|---|---|---|---|---|---|")
	for _, load := range Loads {
		n, bound := m.Needs(load, p.Hours, true), m.Needs(load, p.Hours, false)
		say("| %s | %d (%d) | %.0f %% (%.0f %%) | %g ACU (%g) | %d of %d (%d) | %.1f, by %s | %s (%s) |", measure.Thousands(load), n.Tasks, bound.Tasks,
			n.CPU, bound.CPU, n.ACU, bound.ACU, n.Connections, connectionsAllowed, bound.Connections, n.LCU, n.LCUBy, n.Next(), bound.Next())
	}
	say("\n## What a month of it costs\n")
	say("In USD, for the load all day and all month, in %s by the list prices of %s, with Spot for 70 %% of the tasks above the first;", p.Region, p.Date)
	say("tasks and Aurora with those caches, in brackets at the end without any:\n")
	head, rule := "| |", "|---|"
	rows := map[string]string{}
	var names []string
	totals, outs := "| **together** |", "| to the internet, besides |"
	for _, load := range Loads {
		n := m.Needs(load, p.Hours, true)
		head, rule = head+" "+measure.Thousands(load)+" a minute |", rule+"---|"
		items, total := n.Month(p)
		for _, item := range items {
			if rows[item.Name] == "" {
				names = append(names, item.Name)
			}
			rows[item.Name] += fmt.Sprintf(" %s (%s) |", measure.Thousands(item.USD), item.How)
		}
		_, bound := m.Needs(load, p.Hours, false).Month(p)
		totals += fmt.Sprintf(" **%s**, %.2f a million requests (%s) |", measure.Thousands(total), total/(n.requests(p)/1e6), measure.Thousands(bound))
		outs += fmt.Sprintf(" %s (%s GB, not compressed) |", measure.Thousands(p.out(n.OutGB)), measure.Thousands(n.OutGB))
	}
	say("%s\n%s", head, rule)
	for _, name := range names {
		say("| %s |%s", name, rows[name])
	}
	say("%s\n%s\n", totals, outs)
	top := m.Needs(Loads[len(Loads)-1], p.Hours, true)
	say("At a million a minute the API's log lines cost %s a month and its tasks %s: log less, or to a cheaper class, before anything", measure.Thousands(top.LogsGB*p.LogsGB), measure.Thousands(fargate(top, p)))
	say("else is tuned. What goes to the internet costs most, and goes away behind a CDN: reads carry an `ETag` and may be compressed.\n")
}

func fargate(n Need, p Prices) float64 {
	items, _ := n.Month(p)
	return items[0].USD
}

func assumptions(p Prices) string {
	return fmt.Sprintf(`## What is assumed, and not measured

* **Prices**: %s.
* **The mix** is ours; the customer named none. The rates are steady: a peak of an hour costs an hour of it.
* **A vCPU of Fargate** does what a core of the measuring machine does (bench/results.md names it). Measure one task there before a sale.
* **Aurora**: an ACU is taken as %g of a vCPU, since a db.r6g.large has 16 GiB, which are 8 ACUs, and 2 vCPUs; AWS names the memory
  alone. Its capacity is sized by CPU at 70 %%, on PostgreSQL's own measured time; storage I/O is estimated.
* **Left out**: data between zones, access logs in S3, flow logs, backups, support and tax.
* **The collector** is counted as its reservation, %.0f CPU units, and was not measured.
* **Connections**: a client sends %d requests over one and keeps it %d s.`, p.Source, vcpuPerACU, collectorVCPU*1024, requestsPerConnection, connectionSeconds)
}
