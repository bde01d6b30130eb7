package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"catalog/lib/settings"
)

// guarded runs what reads input here, in this program, and counts how it ends.
func (a *area) guarded(input []byte, read func() error) {
	began := time.Now()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				a.found(crash, fmt.Sprintf("it panics: %v at %.600s", p, debug.Stack()), input)
				done <- fmt.Errorf("panic: %v", p)
			}
		}()
		done <- read()
	}()
	select {
	case err := <-done:
		outcome := "taken"
		if err != nil {
			outcome = "refused"
			if text := err.Error(); traces.isIn([]byte(text)) && !strings.HasPrefix(text, "panic: ") {
				a.found(other, "the refusal holds a trace: "+text, input)
			}
		}
		a.saw(outcome, time.Since(began))
	case <-time.After(deadline):
		a.saw("late", deadline)
		a.found(other, "it does not end within "+deadline.String(), input)
	}
}

// contextKey finds what lib/settings looks up.
var contextKey = regexp.MustCompile(`r\.(?:text|whole|number|flag|peaks)\("([A-Za-z]+)"`)

// contextValues gives the CDK context values that nobody should.
func (r *run) contextValues(context.Context) error {
	source, err := os.ReadFile("lib/settings/config.go")
	if err != nil {
		return err
	}
	var keys []string
	for _, match := range contextKey.FindAllStringSubmatch(string(source), -1) {
		keys = append(keys, match[1])
	}
	if slices.Sort(keys); len(keys) < 15 {
		return fmt.Errorf("only %d context keys are found in lib/settings/config.go", len(keys))
	}
	a := r.area(fmt.Sprintf("context values, %d keys", len(keys)))
	load := func(values map[string]any) {
		a.guarded(fmt.Append(nil, values), func() error {
			_, err := settings.Load(func(key string) any { return values[key] })
			return err
		})
	}
	odd := []any{nil, true, -1.0, 0.0, 1e308, 0.1, 9007199254740993.0, map[string]any{"a": 1.0}, []any{}, []any{nil}, []any{map[string]any{}}, []any{map[string]any{"timeZone": 1.0, "start": nil, "minimum": "x"}}}
	for _, v := range hostile {
		odd = append(odd, v)
	}
	for _, key := range keys {
		for _, v := range odd {
			load(map[string]any{key: v})
		}
	}
	c := r.chance(1)
	for range 20_000 {
		values := map[string]any{}
		for range 1 + c.IntN(5) {
			values[pick(c, keys)] = oddValue(c, odd)
		}
		load(values)
	}
	return nil
}

func oddValue(c *rand.Rand, odd []any) any {
	switch v := pick(c, odd).(type) {
	case string:
		if c.IntN(2) == 0 {
			return string(scrambled(c, []byte(pick(c, []string{v, "prod", "ap-southeast-2", "10.0.0.0/8", "a@b.example", `[{"timeZone":"Australia/Sydney","start":"0 18 27 11 ? 2026","end":"0 2 28 11 ? 2026","minimum":6}]`}))))
		}
		return v
	default:
		return v
	}
}
