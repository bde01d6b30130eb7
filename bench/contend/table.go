package contend

import (
	"fmt"
	"strings"

	"catalog/bench/measure"
)

// order is who comes first in a table.
var order = []string{Cached, Uncached, Flask, ORM, Bare, Pgbench}

// Page is the comparison in Markdown.
func (r *Result) Page() string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	for _, op := range []string{"get", "list", "create", "mix"} {
		r.operation(say, op)
	}
	say("### Latency of the mix at a fixed rate\n")
	say("Open loop: the schedule does not wait for answers, and each is measured from the moment it was due. Who cannot take a rate by a")
	say("fifth more is not asked for it: a growing queue would be all that is measured.\n")
	say("| | requests/s | p50 | p99 | p99.9 | failed |\n|---|---|---|---|---|---|")
	for _, l := range r.Latencies {
		say("| %s | %.0f | %.2f ms | %.2f ms | %.2f ms | %d of %d |", l.Contender, l.Rate, l.P50, l.P99, l.P999, l.Failed, l.Requests+l.Failed)
	}
	say("\n### Memory, start, image\n")
	say("Memory of all processes of the server, a page that several have counted once; the start until the first answer from the database.\n")
	say("| | memory idle | after the loads | start |\n|---|---|---|---|")
	for _, s := range r.Shapes {
		start := "–"
		if len(s.Start) > 0 {
			start = measure.Spread(s.Start, 0) + " ms"
		}
		say("| %s | %.0f MiB | %.0f MiB | %s |", s.Contender, s.Idle, s.Loaded, start)
	}
	say("\n| image, compressed | |\n|---|---|")
	for _, s := range r.Sizes {
		say("| %s | %.1f MiB |", s.What, s.MiB)
	}
	say("\n%s", r.tuning())
	return b.String()
}

// operation is one table: throughput, CPU, and how that compares in each round.
func (r *Result) operation(say func(string, ...any), op string) {
	say("### %s: %s\n", op, r.Operations[op])
	say("| | requests/s | CPU a request, server | PostgreSQL | both, × the Go API without its cache |\n|---|---|---|---|---|")
	base := r.Row(Uncached, op)
	for _, name := range order {
		row := r.Row(name, op)
		if row == nil {
			continue
		}
		server, ratio := measure.Spread(row.Server, 0)+" µs", measure.Spread(measure.Ratios(row.Both(), base.Both()), 2)
		if name == Pgbench {
			server = "–"
		}
		database := measure.Spread(row.Database, 0) + " µs"
		if name == Bare {
			database = "–"
		}
		say("| %s | %s | %s | %s | %s |", name, measure.Spread(row.Rate, 0), server, database, ratio)
	}
	say("")
}

// Both is the CPU of a request, of the server and of PostgreSQL together.
func (r Row) Both() []float64 {
	both := make([]float64, len(r.Server))
	for i := range both {
		both[i] = r.Server[i] + r.Database[i]
	}
	return both
}

// tuning says how gunicorn was set.
func (r *Result) tuning() string {
	text := "gunicorn runs with what had most requests a second of the mix, by the median of turns; tried were, in workers × threads: " +
		settings(r.Tried) + "; with SQLAlchemy " + settings(r.TriedORM) + "."
	if r.LeftOut != "" {
		text += " Left out: " + r.LeftOut + "."
	}
	return text
}

func settings(tried []tuning) string {
	var all []string
	for _, t := range tried {
		all = append(all, fmt.Sprintf("%d×%d %.0f", t.Workers, t.Threads, measure.Median(t.Rate)))
	}
	return strings.Join(all, ", ")
}
