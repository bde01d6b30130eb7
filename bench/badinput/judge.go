package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// problem is the part of a problem document that every one has.
type problem struct {
	Type, Title, Detail, Code string
	Status                    int
	TraceID                   string `json:"trace_id"`
}

// justified are the codes of a 503 that says nothing bad of the API.
var justified = []string{"too_many_streams"}

// judge counts an answer and holds it to what every answer is held to. input
// is what was sent; method that of its request, "" where it is none.
func (a *area) judge(input []byte, method string, mustNotWrite bool, got answer, err error) {
	switch {
	case errors.Is(err, errClosed) && got.status == 0:
		a.saw("closed", got.took)
		return
	case errors.Is(err, errClosed) && got.left:
		a.saw("broken off when the client left", got.took)
		return
	case errors.Is(err, errClosed):
		a.saw("broken off", got.took)
		a.found(other, fmt.Sprintf("an answer of %d is broken off", got.status), input)
		return
	case errors.Is(err, errLate):
		a.saw("late", got.took)
		a.found(other, "it is not answered within "+deadline.String(), input)
		return
	case err != nil:
		a.saw("no HTTP", got.took)
		a.found(other, "the answer is no HTTP: "+err.Error(), input)
		return
	}
	for i, one := range append([]answer{got}, got.rest...) {
		if i > 0 {
			one.left = true // what follows was not asked for on purpose
		}
		a.judgeOne(input, method, mustNotWrite, one)
	}
}

func (a *area) judgeOne(input []byte, method string, mustNotWrite bool, got answer) {
	outcome := got.outcome()
	switch {
	case traces.isIn(got.body):
		a.found(crash, "the answer holds a trace: "+excerpt(got.body), input)
	case sql.isIn(got.body) || sqlStates.isIn(got.body):
		a.found(other, "the answer holds SQL: "+excerpt(got.body), input)
	case bytes.Contains(got.body, []byte(token)) || bytes.Contains(got.body, []byte(password)):
		a.found(other, "the answer holds a secret: "+excerpt(got.body), input)
	}
	if mustNotWrite && got.status/100 == 2 && hasWritten(method, got.status) {
		a.found(other, fmt.Sprintf("it is answered %d without a token", got.status), input)
	}
	if got.took > deadline {
		a.found(other, "it took "+got.took.Round(time.Millisecond).String(), input)
	}
	if got.status < 400 || got.isServers() && len(got.body) == 0 {
		a.saw(outcome, got.took)
		return
	}
	if got.isBalancers() {
		a.saw(outcome, got.took)
		if got.status >= 500 && got.status != http.StatusNotImplemented && got.status != http.StatusHTTPVersionNotSupported {
			a.found(failure, fmt.Sprintf("the load balancer answers %d", got.status), input)
		}
		return
	}
	var p problem
	if len(got.body) > 0 {
		kind := got.header.Get("Content-Type")
		switch err := json.Unmarshal(got.body, &p); {
		case kind != "application/problem+json":
			a.found(other, fmt.Sprintf("an answer of %d is %s: %s", got.status, kind, excerpt(got.body)), input)
		case err != nil:
			a.found(other, "the problem document is no JSON: "+excerpt(got.body), input)
		case p.Type == "" || p.Title == "" || p.Detail == "" || p.Code == "" || p.TraceID == "" || p.Status != got.status:
			a.found(other, "the problem document lacks a member: "+excerpt(got.body), input)
		}
	} else if method != http.MethodHead {
		a.found(other, fmt.Sprintf("an answer of %d has no body", got.status), input)
	}
	switch {
	case got.status == http.StatusServiceUnavailable && p.Code == "unavailable" && got.left:
		outcome = "503 the client had left"
	case got.status == http.StatusServiceUnavailable && (slices.Contains(justified, p.Code) || method == http.MethodHead):
		outcome = strings.TrimSpace("503 " + p.Code)
	case got.status >= 500 && !got.isServers():
		a.found(failure, fmt.Sprintf("it is answered %d: %s", got.status, excerpt(got.body)), input)
	}
	a.saw(outcome, got.took)
}

// hasWritten says whether an answer is one to a write: reading by POST gives 200.
func hasWritten(method string, status int) bool {
	return slices.Contains([]string{"PUT", "PATCH", "DELETE"}, method) || method == http.MethodPost && status != http.StatusOK
}

func excerpt(b []byte) string { return fmt.Sprintf("%.300q", b) }
