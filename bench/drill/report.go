package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"catalog/bench/measure"
)

// seconds writes a time as the report has it.
func seconds(d time.Duration) string {
	switch {
	case d == 0:
		return "0"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// line is a drill in a sentence, with what was found below it.
func (r result) line() string {
	text := fmt.Sprintf("%d acknowledged, %d lost; failed: reads %s; writes %s", r.Acknowledged, len(r.Audit.Lost), r.Reads.failures(), r.Writes.failures())
	if !r.Recovered {
		text += "; it did not recover"
	}
	for _, finding := range r.Findings {
		text += "\n         FINDING " + finding
	}
	for _, note := range r.Notes {
		text += "\n         " + note
	}
	return text
}

// failures are those of some requests: "12 of 340: 503 ×11, timeout ×1".
func (f figures) failures() string {
	if f.Failed == 0 {
		return fmt.Sprintf("0 of %d", f.Sent)
	}
	var why []string
	for _, name := range f.words() {
		why = append(why, fmt.Sprintf("%s ×%d", name, f.Why[name]))
	}
	return fmt.Sprintf("%d of %d: %s", f.Failed, f.Sent, strings.Join(why, ", "))
}

const heading = "| drill | reads failed | writes failed | longest time without a good read, write | writes acknowledged | lost | without an answer, of those happened | last failure after the fault began, was lifted |\n" +
	"|---|---|---|---|---|---|---|---|\n"

// table is the report's, a row for each drill.
func table(results []result) string {
	text := heading
	for _, r := range results {
		if r.LeftOut != "" {
			text += fmt.Sprintf("| %s | left out: %s | | | | | | |\n", r.Title, r.LeftOut)
			continue
		}
		recovery := seconds(r.Recovery) + ", " + seconds(r.AfterLift)
		switch {
		case !r.Recovered:
			recovery = "**did not recover**"
		case r.Reads.Failed+r.Writes.Failed == 0:
			recovery = "none failed"
		}
		text += fmt.Sprintf("| %s | %s | %s | %s, %s | %d | **%d** | %d, %d | %s |\n", r.Title, r.Reads.failures(), r.Writes.failures(),
			seconds(r.Reads.Gap), seconds(r.Writes.Gap), r.Acknowledged, len(r.Audit.Lost), r.Audit.Doubtful, r.Audit.Happened, recovery)
	}
	return text
}

// page is the whole report.
func (r *runner) page(ctx context.Context, took time.Duration) string {
	var text strings.Builder
	var requests, acknowledged, losses, repeated, twice int
	for _, d := range r.results {
		requests += d.Reads.Sent + d.Writes.Sent
		acknowledged += d.Acknowledged
		losses += len(d.Audit.Lost)
		repeated += d.Audit.Repeated
		twice += len(d.Audit.Twice)
	}
	fmt.Fprintf(&text, "# Drills: what is lost when things break\n\n`make drill` breaks one thing after the other under a constant load through the load balancer of a local place, and asks\n"+
		"PostgreSQL itself for every write that was acknowledged: when each drill ends, and once more at the end of everything.\n\n")
	fmt.Fprintf(&text, "**%d requests, %d acknowledged writes, %d of them lost**; %d looked for at the very end, %d lost. %d POSTs were sent again with their\n"+
		"`Idempotency-Key`; %d of them did not answer the one product that there is.\n\n", requests, acknowledged, losses, r.looked, len(r.last), repeated, twice)
	text.WriteString(table(r.results))
	text.WriteString("\nFour of five requests are reads (gets, lists, searches), half of the writes are `POST`, half `PATCH`. Each leaves when it is due,\n" +
		"whatever became of those before; a client gives up after 10 s. A write without an answer is one that was not answered 2xx: it\nmay have happened, and the database says whether it did. " +
		"Lost is a product that is missing, older than what was acknowledged, or\nthat has another version's content.\n\n## What was done, and seen\n\n")
	for _, d := range r.results {
		fmt.Fprintf(&text, "* **%s**: %s.\n", d.Title, d.What)
		if d.LeftOut != "" {
			fmt.Fprintf(&text, "  * Left out: %s.\n", d.LeftOut)
			continue
		}
		fmt.Fprintf(&text, "  * Nobody waited longer than %s for a read, %s for a write (99 %% of the good ones: %s, %s).\n",
			seconds(d.Reads.Slowest), seconds(d.Writes.Slowest), seconds(d.Reads.P99), seconds(d.Writes.P99))
		for _, note := range d.Notes {
			fmt.Fprintf(&text, "  * %s.\n", note)
		}
		for _, finding := range d.Findings {
			fmt.Fprintf(&text, "  * **Finding**: %s.\n", finding)
		}
	}
	fmt.Fprintf(&text, "\n## How it was measured\n\n`%s`, in %s, with toxiproxy %s. %s\n", r.command(), took.Round(time.Second),
		moduleVersion("github.com/Shopify/toxiproxy/v2"), measure.ReadMachine(ctx))
	return text.String()
}

// command is what does the same again.
func (r *runner) command() string {
	command := fmt.Sprintf("go run ./bench/drill -seed %d -rate %v", r.options.seed, r.options.rate)
	if r.options.only != "" {
		command += " -only " + r.options.only
	}
	return command
}

// moduleVersion is that of a module that this program was built with.
func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, module := range info.Deps {
		if module.Path == path {
			return module.Version
		}
	}
	return "unknown"
}

// logged is the error in a task's log line.
func logged(line string) string {
	var entry struct{ Msg, Error string }
	if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Error == "" {
		return line[:min(300, len(line))]
	}
	return entry.Error
}
