package main

import (
	"slices"
	"strings"
	"testing"
)

func TestI7_BadFlagsAreRefused(t *testing.T) {
	t.Parallel()
	for words, o := range map[string]options{
		"-rate is 0":             {},
		"-rate is 5000":          {rate: 5000},
		`the drill "earthquake"`: {rate: 1, only: "task,earthquake"},
		`the drill ""`:           {rate: 1, only: "task,"},
	} {
		if err := o.check(); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%+v: %v, want %q", o, err, words)
		}
	}
	o := options{rate: 120, only: "task,disk"}
	if err := o.check(); err != nil || o.seed == 0 {
		t.Errorf("%v, the seed is %d", err, o.seed)
	}
	if !o.wants("disk") || o.wants("kill") {
		t.Error("-only is not what runs")
	}
}

// TestI7_EveryDrillIsNamedOnceAndSaysWhatItDoes.
func TestI7_EveryDrillIsNamedOnceAndSaysWhatItDoes(t *testing.T) {
	t.Parallel()
	all := names()
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != 14 {
		t.Errorf("there are %d drills, the issue names 14", n)
	}
	for _, d := range append(drills(), diskDrill()) {
		if d.title == "" || d.what == "" {
			t.Errorf("%s does not say what it does", d.name)
		}
	}
}
