package main

import (
	"bufio"
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// What no answer and no log may hold. What is thrown at the API is written so
// that it matches none of them: what matches comes from the program. The words
// are looked for first, since answers are many.
var (
	traces    = pattern{regexp.MustCompile(`goroutine \d+ |panic|runtime error|\.go:\d+|fatal error|DATA RACE`), []string{"goroutine", "panic", "runtime error", ".go:", "fatal error", "DATA RACE"}}
	sql       = pattern{regexp.MustCompile(`\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH) [\s\S]{0,400}\b(FROM|VALUES|SET|WHERE|RETURNING) `), []string{"SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH "}}
	sqlStates = pattern{regexp.MustCompile(`SQLSTATE|pgx|pgconn`), []string{"SQLSTATE", "pgx", "pgconn"}}
)

// pattern is an expression, and words one of which is in all that it matches.
type pattern struct {
	expression *regexp.Regexp
	words      []string
}

func (p pattern) isIn(text []byte) bool {
	return slices.ContainsFunc(p.words, func(word string) bool { return bytes.Contains(text, []byte(word)) }) && p.expression.Match(text)
}

// watch reads what a process says.
type watch struct {
	mu       sync.Mutex
	lines    int
	findings []string
	levels   map[string]int
}

var levelOf = regexp.MustCompile(`"level":"([A-Z]+)","msg":"([^"]*)"`)

func (w *watch) read(out io.Reader) {
	lines := bufio.NewReaderSize(out, 1<<16)
	for {
		line, err := lines.ReadString('\n')
		w.line(strings.TrimSpace(line))
		if err != nil {
			_, _ = io.Copy(io.Discard, lines)
			return
		}
	}
}

func (w *watch) line(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if text == "" {
		return
	}
	w.lines++
	if level := levelOf.FindStringSubmatch(text); level != nil {
		if w.levels == nil {
			w.levels = map[string]int{}
		}
		name := level[1]
		if name != "INFO" { // of which there are hundreds of thousands
			name += " " + level[2]
		}
		w.levels[name]++
	}
	if (traces.isIn([]byte(text)) || sql.isIn([]byte(text)) || strings.Contains(text, `"level":"ERROR"`)) && len(w.findings) < maxShown {
		w.findings = append(w.findings, text)
	}
	for _, secret := range []string{token, password} {
		if strings.Contains(text, secret) {
			w.findings = append(w.findings, "a secret's value: "+text)
		}
	}
}
