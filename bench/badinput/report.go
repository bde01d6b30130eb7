package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"catalog/bench/measure"
)

// report writes the table and answers how many findings there are.
func (r *run) report() (found int) {
	var b strings.Builder
	fmt.Fprintf(&b, `# Bad input

What was thrown at everything that reads input, and what came of it. A crash is a process that ended, a panic or a
goroutine's trace in its output; other findings are an error that is no problem document, SQL or a trace in an answer or
a log, a write without a token, and an answer that came late or never.

%s With %s.

| area | tried | outcome | crashes | 500 | other findings | slowest |
|---|---|---|---|---|---|---|
`, measure.ReadMachine(context.Background()),
		fmt.Sprintf("`go run ./bench/badinput -seed %d -span %v`", r.seed, r.span))
	tried := 0
	for _, a := range r.areas {
		fmt.Fprintf(&b, "| %s | %d | %s | %d | %d | %d | %s |\n", a.name, a.tried, a.outcomes(), a.crashes, a.failed, a.others, rounded(a.slowest))
		found, tried = found+a.findings(), tried+a.tried
	}
	fmt.Fprintf(&b, "\n%d inputs, %d findings. %s\n\n%s", tried, found, fuzzTargets(), notes)
	for _, a := range r.areas {
		for _, one := range a.shown {
			fmt.Fprintf(&b, "\n* %s", strings.ReplaceAll(one, "`", "'"))
		}
	}
	text := strings.TrimRight(b.String(), "\n") + "\n"
	if r.out == "-" {
		fmt.Print(text)
		return found
	}
	exitOn(os.WriteFile(r.out, []byte(text), 0o644))
	fmt.Fprintf(os.Stderr, "%d inputs, %d findings: %s\n", tried, found, r.out)
	return found
}

// notes say how to read the outcomes.
const notes = `A number is a status or an exit code. "by net/http" is an answer that Go's server gives before the API sees a request: to a version
or transfer coding that it does not have, or an expectation that it does not meet. "by the load balancer" is one that it gives
itself, as ALB does, in ALB's HTML. "closed" is a connection that ended without an answer, which
is what bytes that are no request get. "503 too_many_streams" is an export beyond the two that a task streams at once, and
a 503 without a name the same to HEAD. "429" is an import beyond those that may wait. In the log, a
WARN is a request or a stream whose client had left. The load balancer gets every second request of the corpus.
`

// fuzzTargets says how many there are and how to run them.
func fuzzTargets() string {
	out, err := exec.Command("grep", "-rhc", "--include=*_test.go", "^func Fuzz", "api", "cmd", "contract", "lib", "local", "release").Output()
	if err != nil {
		return ""
	}
	count := 0
	for line := range strings.FieldsSeq(string(out)) {
		n := 0
		fmt.Sscan(line, &n)
		count += n
	}
	return fmt.Sprintf("Beside it, `make check-fuzz` runs the %d fuzz targets of the parsers, half a minute each.", count)
}

func rounded(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return d.Round(time.Millisecond).String()
}
