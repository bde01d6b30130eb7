package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// TestI7_TheJudgeFindsWhatIsWrong: one that finds nothing would let everything
// pass.
func TestI7_TheJudgeFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	document := func(status int, code string) string {
		return fmt.Sprintf(`{"type":"about:blank","title":"x","status":%d,"detail":"x","instance":"/","code":%q,"trace_id":"1"}`, status, code)
	}
	for name, c := range map[string]struct {
		method string
		writes bool // without a token
		got    answer
		err    error
		kind   string // "" is no finding
	}{
		"a problem":                {"GET", false, problemAnswer(404, document(404, "not_found")), nil, ""},
		"a list":                   {"GET", false, answer{status: 200, body: []byte("{}")}, nil, ""},
		"a write with a token":     {"POST", false, answer{status: 201}, nil, ""},
		"a write without one":      {"POST", true, answer{status: 201}, nil, "other"},
		"reading by POST":          {"POST", true, answer{status: 200}, nil, ""},
		"a 500":                    {"GET", false, problemAnswer(500, document(500, "internal")), nil, "failure"},
		"a 503":                    {"GET", false, problemAnswer(503, document(503, "unavailable")), nil, "failure"},
		"a 503 with a reason":      {"GET", false, problemAnswer(503, document(503, "too_many_streams")), nil, ""},
		"a page instead":           {"GET", false, answer{status: 404, header: http.Header{"Content-Type": {"text/html"}}, body: []byte("<html>")}, nil, "other"},
		"no JSON":                  {"GET", false, problemAnswer(404, "{"), nil, "other"},
		"another status":           {"GET", false, problemAnswer(404, document(400, "x")), nil, "other"},
		"no code":                  {"GET", false, problemAnswer(404, document(404, "")), nil, "other"},
		"no body":                  {"GET", false, answer{status: 404}, nil, "other"},
		"no body to HEAD":          {"HEAD", false, answer{status: 404}, nil, ""},
		"SQL":                      {"GET", false, answer{status: 200, body: []byte(`"SELECT id FROM product WHERE id = $1"`)}, nil, "other"},
		"a state of SQL":           {"GET", false, answer{status: 200, body: []byte("ERROR (SQLSTATE 42601)")}, nil, "other"},
		"a trace":                  {"GET", false, answer{status: 200, body: []byte("goroutine 1 [running]:\nmain.main()\n\tserver.go:12")}, nil, "crash"},
		"the token":                {"GET", false, answer{status: 200, body: []byte(token)}, nil, "other"},
		"late":                     {"GET", false, answer{}, errLate, "other"},
		"slow":                     {"GET", false, answer{status: 200, took: deadline + time.Second}, nil, "other"},
		"broken off":               {"GET", false, answer{status: 200}, errClosed, "other"},
		"broken off by its client": {"GET", false, answer{status: 200, left: true}, errClosed, ""},
		"the load balancer's 502":  {"GET", false, answer{status: 502, header: http.Header{"Server": {"awselb/2.0"}}}, nil, "failure"},
		"the load balancer's 400":  {"GET", false, answer{status: 400, header: http.Header{"Server": {"awselb/2.0"}}, body: []byte("<html>")}, nil, ""},
	} {
		a := &area{name: name, counts: map[string]int{}}
		a.judge(nil, c.method, c.writes, c.got, c.err)
		got := ""
		switch {
		case a.crashes > 0:
			got = "crash"
		case a.failed > 0:
			got = "failure"
		case a.others > 0:
			got = "other"
		}
		if got != c.kind || a.tried != 1 {
			t.Errorf("%s is %q after %d tries, want %q: %v", name, got, a.tried, c.kind, a.shown)
		}
	}
}

func problemAnswer(status int, body string) answer {
	return answer{status: status, header: http.Header{"Content-Type": {"application/problem+json"}}, body: []byte(body)}
}

// TestI7_WhatIsThrownMatchesNothingThatIsLookedFor: an echo of it would count as
// the program's own.
func TestI7_WhatIsThrownMatchesNothingThatIsLookedFor(t *testing.T) {
	t.Parallel()
	check := func(text []byte) {
		if traces.isIn(text) || sql.isIn(text) || sqlStates.isIn(text) {
			t.Errorf("%.80q looks like a trace or SQL", text)
		}
	}
	for _, v := range hostile {
		check([]byte(v))
	}
	for body := range badBodies() {
		check(body)
	}
	for _, h := range headers {
		for _, v := range h.values {
			check([]byte(v))
		}
	}
}
