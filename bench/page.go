package main

import (
	"fmt"
	"path"
	"strings"

	"catalog/bench/contend"
	"catalog/bench/measure"
)

// page is bench/results.md.
func (r *Results) page() string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("# Results\n")
	say("`%s` wrote this page and bench/results.json in %s; `make bench` does the same. %s", r.Command, r.Took, r.Machine)
	say("Everything ran on these cores together: PostgreSQL, the server that was asked, and the clients. Times are worth what they are")
	say("beside the bare handler's; ratios hold elsewhere. A figure with two in brackets is the median of the rounds, with the least and")
	say("the most; latencies are of all rounds together, and one without brackets was measured once.\n")
	say("## In short\n\n%s", r.Short())
	say("## Beside what a user would take\n")
	say("One PostgreSQL with %d products, durable, over TLS; every server logs each request. The contenders take turns, %d clients that", contendAt, contend.Connections)
	say("wait for their answers. Before the first round 20 products and 20 lists of each were checked to be the same. CPU is of all processes of a server, and of")
	say("all of PostgreSQL.\n")
	say("%s", r.Contend.Page())
	say("## How cost grows\n")
	for _, c := range r.Curves {
		say("### %s\n\n![%s](%s)\n", c.Title, c.Title, path.Base(curveFile(c.Name)))
		say("%s\n%s.\n", c.Table(), upper(c.Knee))
	}
	say("## What the API is held to\n")
	say("The goals were set where a bare `net/http` handler takes some 20 µs of CPU for a get; here it takes %.0f.\n", measure.Median(r.Contend.Row(contend.Bare, "get").Server))
	say("%s", goalTable(r.goals()))
	say("What a load takes and costs is in [docs/capacity.md](../docs/capacity.md).")
	return b.String()
}

// Short is the table of ratios, as the README has it. They are to the API
// without its cache, which does what the others do: it asks the database.
func (r *Results) Short() string {
	var b strings.Builder
	b.WriteString("| CPU of a request, server and PostgreSQL together, × the Go API without its cache | get | list of 20 | create | mix |\n|---|---|---|---|---|\n")
	for _, name := range []string{contend.Flask, contend.ORM, contend.Pgbench, contend.Cached, contend.Bare} {
		title := name
		switch name {
		case contend.Cached:
			title = "Go API, answered from memory"
		case contend.Pgbench:
			title = "pgbench, the statement alone"
		case contend.Bare:
			title = "bare net/http, no database"
		}
		line := "| " + title + " |"
		for _, op := range []string{"get", "list", "create", "mix"} {
			cell := "–"
			if row := r.Contend.Row(name, op); row != nil {
				cell = measure.Spread(measure.Ratios(row.Both(), r.Contend.Row(contend.Uncached, op).Both()), 2)
			}
			line += " " + cell + " |"
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

func upper(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
