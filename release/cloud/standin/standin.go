// Package standin answers, on this machine, the few calls to AWS that a
// release makes. Tests point AWS_ENDPOINT_URL at it, and make any call fail.
// It keeps stacks, secrets, parameters and images, and knows of everything
// else that there is nothing.
package standin

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

// AccountID is whose account it is.
const AccountID = "123456789012"

// AWS is the stand-in. Its fields are held by the lock that Do takes.
type AWS struct {
	*httptest.Server
	// OnCDK is what a test's command line of the CDK asks for; it answers the
	// exit code and what is printed.
	OnCDK func(r *http.Request, args []string) (code int, output string)

	mu         sync.Mutex
	Stacks     map[string]*Stack
	Secrets    map[string]string // values by name
	Parameters map[string]string
	Images     []string          // digests, the newest last
	Tags       map[string]string // digests by tag
	LiveGroup  string            // the target group that there is
	Cuts       int               // how many uploads break in the middle
	Sent       map[string]int    // how often a blob was sent whole, by digest
	Commands   [][]string        // what the CDK was asked for, synthesis apart
	Answers    map[string]string
	Calls      []string
	failures   map[string]*failure
	images     http.Handler
}

// Stack is a stack's state.
type Stack struct {
	Name, Status, Reason string
	Outputs, Parameters  map[string]string
	Events               []Event
}

// Event is one of a stack's.
type Event struct{ ID, Type, Status, Reason string }

type failure struct {
	code, message string
	left          int
}

// Start begins to answer. What a first deployment needs is there: bootstrap
// and secrets.
func Start(suffix string) *AWS {
	a := &AWS{
		Stacks: map[string]*Stack{}, failures: map[string]*failure{}, Answers: map[string]string{}, Tags: map[string]string{}, Sent: map[string]int{},
		Parameters: map[string]string{"/cdk-bootstrap/hnb659fds/version": "21"},
		Secrets: map[string]string{
			"secret-catalog-db-" + suffix:  `{"username":"catalog","password":"not-to-be-seen-1"}`,
			"secret-catalog-api-" + suffix: `{"write_token":"not-to-be-seen-2"}`,
		},
		images: registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0))),
	}
	a.Server = httptest.NewServer(http.HandlerFunc(a.serve))
	return a
}

// Do changes or reads the state.
func (a *AWS) Do(do func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	do()
}

// Fail makes the next calls of an action fail with a code of AWS's.
func (a *AWS) Fail(action, code, message string, times int) {
	a.Do(func() { a.failures[action] = &failure{code, message, times} })
}

// Called counts the calls of an action.
func (a *AWS) Called(action string) (n int) {
	a.Do(func() {
		for _, call := range a.Calls {
			if call == action {
				n++
			}
		}
	})
	return n
}

func (a *AWS) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/v2"):
		a.registry(w, r)
		return
	case r.URL.Path == "/cdk":
		a.cdk(w, r)
		return
	}
	c := newCall(r)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.Calls = append(a.Calls, c.action)
	if f := a.failures[c.action]; f != nil && f.left > 0 {
		f.left--
		c.refuse(w, f.code, f.message)
		return
	}
	if answer, ok := a.Answers[c.action]; ok {
		c.answer(w, answer)
		return
	}
	a.known(w, c)
}

// call is one call of an API in one of AWS's protocols.
type call struct {
	action string
	form   url.Values
	body   map[string]any
	kind   string // json, query, ec2 or cbor
}

func newCall(r *http.Request) call {
	content, _ := io.ReadAll(r.Body) // a broken request has no action
	c := call{}
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		c.kind, c.action = "json", target[strings.LastIndex(target, ".")+1:]
		_ = json.Unmarshal(content, &c.body)
		return c
	}
	if _, operation, ok := strings.Cut(r.URL.Path, "/operation/"); ok {
		c.kind, c.action = "cbor", operation
		return c
	}
	if r.URL.Path == "/TraceSummaries" { // X-Ray's calls have paths
		c.kind, c.action = "json", "GetTraceSummaries"
		return c
	}
	c.kind = "query"
	c.form, _ = url.ParseQuery(string(content))
	c.action = c.form.Get("Action")
	if c.form.Get("Version") == "2016-11-15" {
		c.kind = "ec2"
	}
	return c
}

func (c call) answer(w http.ResponseWriter, body string) {
	switch c.kind {
	case "json":
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if body == "" {
			body = "{}"
		}
	case "cbor":
		w.Header().Set("Content-Type", "application/cbor")
		w.Header().Set("smithy-protocol", "rpc-v2-cbor")
		body = fromJSON(body)
	case "query":
		w.Header().Set("Content-Type", "text/xml")
		body = fmt.Sprintf("<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", c.action, body)
	default:
		w.Header().Set("Content-Type", "text/xml")
		body = fmt.Sprintf("<%[1]sResponse>%[2]s</%[1]sResponse>", c.action, body)
	}
	_, _ = io.WriteString(w, body) // whoever asked may be gone
}

func (c call) refuse(w http.ResponseWriter, code, message string) {
	status := http.StatusBadRequest
	body := ""
	switch c.kind {
	case "json":
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("X-Amzn-Errortype", code)
		content, _ := json.Marshal(map[string]string{"__type": code, "message": message})
		body = string(content)
	case "cbor":
		w.Header().Set("Content-Type", "application/cbor")
		w.Header().Set("smithy-protocol", "rpc-v2-cbor")
		content, _ := json.Marshal(map[string]string{"__type": code, "message": message})
		body = fromJSON(string(content))
	case "ec2":
		body = fmt.Sprintf("<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors></Response>", code, message)
	default:
		body = fmt.Sprintf("<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>", code, message)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// cdk answers the command line that a test puts in the CDK's place.
func (a *AWS) cdk(w http.ResponseWriter, r *http.Request) {
	var args []string
	_ = json.NewDecoder(r.Body).Decode(&args)
	answer := a.Deploys
	a.Do(func() {
		a.Commands = append(a.Commands, args)
		if a.OnCDK != nil {
			answer = a.OnCDK
		}
	})
	code, output := answer(r, args)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": code, "output": output, "time": time.Now()})
}
