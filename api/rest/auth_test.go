package rest_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestS4_WritingNeedsAToken(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.store.before = unreached(t)
	for _, authorization := range []string{
		"", "Bearer", "Bearer ", token, "Basic " + token, "Bearer wrong", "Bearer " + token + "x", "Bearer " + token[:len(token)-1],
		"Bearer " + strings.ToUpper(token), "Bearer" + token, "Bearer Bearer " + token, "Bearer " + token + "," + token,
	} {
		for path, method := range map[string]string{"/api/v1/products": "POST", "/api/v1/categories/kitchen": "PUT"} {
			a := f.ask(method, path, "not even read", "Authorization", authorization)
			wantProblem(t, a, http.StatusUnauthorized, "unauthorized")
			if got := a.Header.Get("WWW-Authenticate"); got != `Bearer realm="catalog"` {
				t.Errorf("%q: WWW-Authenticate is %q", authorization, got)
			}
		}
	}
}

// TestS4_EveryTokenMayWrite: several are valid while one is rotated.
func TestS4_EveryTokenMayWrite(t *testing.T) {
	t.Parallel()
	f := serve(t, "new-token", token)
	for _, authorization := range []string{"Bearer new-token", "bearer " + token, "BEARER  " + token} {
		a := f.ask("PUT", "/api/v1/categories/x", `{"name":"X"}`, "Authorization", authorization, "Content-Type", "application/json")
		if a.StatusCode >= 300 {
			t.Errorf("%q: %s %s", authorization, a.Status, a.body)
		}
	}
}

func TestS4_ReadingNeedsNoToken(t *testing.T) {
	t.Parallel()
	f := serve(t)
	for _, path := range []string{f.create(`{"sku":"A-1","name":"Kettle"}`), "/api/v1/products", "/api/v1/categories", "/health"} {
		for _, authorization := range []string{"", "Bearer wrong"} {
			if a := f.ask("GET", path, "", "Authorization", authorization); a.StatusCode != http.StatusOK {
				t.Errorf("%s with %q: %s", path, authorization, a.Status)
			}
		}
	}
}

// TestD4_TokenIsInNoLogAndNoAnswer: whatever a request does, at the level that
// logs most.
func TestD4_TokenIsInNoLogAndNoAnswer(t *testing.T) {
	t.Parallel()
	const mistyped = "mistyped-token-9876"
	f := serve(t)
	f.create(`{"sku":"A-1","name":"Kettle"}`)
	ask := func(method, path, body string) {
		for _, given := range []string{token, mistyped} {
			a := f.ask(method, path, body, "Authorization", "Bearer "+given, "Content-Type", "application/json")
			if strings.Contains(string(a.body), given) {
				t.Errorf("%s %s answers the token: %s", method, path, a.body)
			}
		}
	}
	everything := func() {
		ask("GET", "/health", "")
		ask("GET", "/api/v1/products?limit=0", "")
		ask("GET", "/nowhere", "")
		ask("DELETE", "/api/v1/products", "")
		ask("POST", "/api/v1/products", "{")
		ask("POST", "/api/v1/products", `{"sku":"A-1","name":"Kettle"}`)
		ask("PUT", "/api/v1/categories/x", `{"name":"X"}`)
	}
	everything()
	for _, failing := range failures {
		f.store.before = failing.before
		everything()
	}
	log := f.log.String()
	if len(f.log.lines(t, "request")) < 50 {
		t.Errorf("the log is short:\n%s", log)
	}
	if strings.Contains(log, token) || strings.Contains(log, mistyped) {
		t.Errorf("a token is in the log:\n%s", log)
	}
}
