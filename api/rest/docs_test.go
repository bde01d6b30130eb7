package rest_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestL2_ContractIsServedAsItIsWritten(t *testing.T) {
	t.Parallel()
	f := serve(t)
	a := f.get("/api/v1/openapi.json")
	conform(t, a.Request, a.Response, a.body)
	if a.StatusCode != http.StatusOK || !strings.HasPrefix(string(a.body), `{"openapi":"3.1.0","info":{"title":`) {
		t.Fatalf("%s %.100s", a.Status, a.body)
	}
	written, err := json.Marshal(openAPIDocument().root)
	if err != nil {
		t.Fatal(err)
	}
	read, err := json.Marshal(decode[any](t, a))
	if err != nil || string(read) != string(written) {
		t.Errorf("what is served is not what openapi.yaml says, %v", err)
	}
	wantUnchanged(t, f, "/api/v1/openapi.json")
	wantProblem(t, f.get("/api/v1/openapi.json?version=3"), http.StatusBadRequest, "bad_parameter", "?version")
}

// wantUnchanged: who has the document does not get it again.
func wantUnchanged(t *testing.T, f *fixture, path string) {
	t.Helper()
	tag := f.get(path).Header.Get("ETag")
	plain := strings.Replace(tag, `-gzip"`, `"`, 1)
	for given, want := range map[string]int{
		tag: 304, plain: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, strings.TrimSuffix(plain, `"`) + `-zstd"`: 304, `"x"`: 200, "": 200,
	} {
		a := f.ask("GET", path, "", "If-None-Match", given)
		conform(t, a.Request, a.Response, a.body)
		if a.StatusCode != want || a.Header.Get("ETag") != tag || want == 304 && len(a.body) > 0 {
			t.Errorf("If-None-Match: %s: %s, ETag %s, %d bytes; want %d", given, a.Status, a.Header.Get("ETag"), len(a.body), want)
		}
	}
}

// TestDocsPageRunsOnlyWhatItBrings: its policy names its one script and its
// one style, and it asks nobody but the server that it came from.
func TestDocsPageRunsOnlyWhatItBrings(t *testing.T) {
	t.Parallel()
	f := serve(t)
	a := f.get("/api/docs")
	conform(t, a.Request, a.Response, a.body)
	page := string(a.body)
	policy := a.Header.Get("Content-Security-Policy")
	for _, element := range []string{"script", "style"} {
		_, rest, _ := strings.Cut(page, "<"+element+">")
		text, _, closed := strings.Cut(rest, "</"+element+">")
		hash := sha256.Sum256([]byte(text))
		want := element + "-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"
		if !closed || strings.Count(page, "<"+element) != 1 || !strings.Contains(policy, want) {
			t.Errorf("the page's one <%s> is not allowed: %s is not in %s", element, want, policy)
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none'; connect-src 'self'; ") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the header is %v", a.Header)
	}
	for _, forbidden := range []string{"http://", "https://", "innerHTML", "insertAdjacentHTML", "document.write", " style=", " onclick=", "localStorage", "sessionStorage", "cookie"} {
		if strings.Contains(page, forbidden) {
			t.Errorf("the page holds %q", forbidden)
		}
	}
	wantUnchanged(t, f, "/api/docs")
}
