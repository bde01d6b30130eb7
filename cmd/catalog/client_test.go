package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"catalog/contract"
)

const products = contract.APIBase + "/products"

// reply is an answer that was read to its end.
type reply struct {
	*http.Response
	body []byte
}

// ask sends a request with the token; headers are name and value in turn.
func (p *process) ask(method, path, body string, headers ...string) reply {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+writeToken)
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	r := reply{Response: response}
	if r.body, err = io.ReadAll(response.Body); err != nil {
		p.t.Fatal(err)
	}
	return r
}

// want asks and holds the answer to a status.
func (p *process) want(status int, method, path, body string, headers ...string) reply {
	p.t.Helper()
	r := p.ask(method, path, body, headers...)
	if r.StatusCode != status {
		p.t.Fatalf("%s %s: %s %.300s, want %d", method, path, r.Status, r.body, status)
	}
	return r
}

func parse[T any](t *testing.T, body []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v: %.300s", err, body)
	}
	return v
}

// importState is an import as it is answered.
type importState struct {
	State string
	Rows  struct {
		Total                                   *int64
		OK, Failed, Created, Updated, Unchanged int64
	}
	Detail *string
}

// startImport posts a feed and answers where it is to be found.
func (p *process) startImport(query, media, feed string) string {
	p.t.Helper()
	return p.want(http.StatusAccepted, "POST", contract.APIBase+"/imports"+query, feed, "Content-Type", media).Header.Get("Location")
}

// awaitImport waits until an import is as it is asked for.
func (p *process) awaitImport(location string, is func(importState) bool) importState {
	p.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		i := parse[importState](p.t, p.want(http.StatusOK, "GET", location, "").body)
		if is(i) {
			return i
		}
		if i.State != "running" || time.Now().After(deadline) {
			p.t.Fatalf("the import is %+v", i)
		}
	}
}

// wantSuccess waits for an import's end.
func (p *process) wantSuccess(location string) importState {
	p.t.Helper()
	return p.awaitImport(location, func(i importState) bool { return i.State == "succeeded" })
}

// seeded is a catalog of invented products.
func seeded(t *testing.T, n string, format string) string {
	t.Helper()
	code, stdout, stderr := runToEnd(t, nil, "seed", "--products", n, "--format", format)
	if code != 0 {
		t.Fatalf("seed: %s", stderr)
	}
	return stdout
}
