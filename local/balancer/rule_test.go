package balancer

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
)

// asks parses a request's head, for rules to be asked.
func asks(t *testing.T, head string) *request {
	t.Helper()
	r := &request{}
	if no := r.parse([]byte(head)); no != nil {
		t.Fatalf("%q is refused: %+v", head, no)
	}
	r.peer = addressOf(&net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 4711})
	return r
}

func TestL2_Conditions(t *testing.T) {
	t.Parallel()
	const get = "GET /api/v1?Version=v1&debug HTTP/1.1\r\nHost: Shop.Example:8080\r\nUser-Agent: Chrome on a phone\r\nX-Two: no\r\nX-Two: yes\r\n"
	for name, c := range map[string]struct {
		condition Condition
		want      bool
	}{
		"a path":                       {Condition{Field: "path-pattern", Values: []string{"/health", "/api/*"}}, true},
		"a path in another case":       {Condition{Field: "path-pattern", Values: []string{"/API/*"}}, false},
		"a path with the query":        {Condition{Field: "path-pattern", Values: []string{"*debug*"}}, false},
		"a host in another case":       {Condition{Field: "host-header", Values: []string{"*.EXAMPLE"}}, true},
		"another host":                 {Condition{Field: "host-header", Values: []string{"example"}}, false},
		"a method":                     {Condition{Field: "http-request-method", Values: []string{"POST", "GET"}}, true},
		"another method":               {Condition{Field: "http-request-method", Values: []string{"HEAD"}}, false},
		"a field":                      {Condition{Field: "http-header", HeaderName: "user-agent", Values: []string{"*chrome*"}}, true},
		"the second of two fields":     {Condition{Field: "http-header", HeaderName: "X-Two", Values: []string{"yes"}}, true},
		"a field that is not there":    {Condition{Field: "http-header", HeaderName: "X-None", Values: []string{"*"}}, false},
		"a query's pair":               {Condition{Field: "query-string", Pairs: []QueryPair{{"version", "V?"}}}, true},
		"a query's value of any key":   {Condition{Field: "query-string", Pairs: []QueryPair{{"", "v1"}}}, true},
		"a query's pair without value": {Condition{Field: "query-string", Pairs: []QueryPair{{"debug", "*"}}}, true},
		"another value":                {Condition{Field: "query-string", Pairs: []QueryPair{{"version", "v2"}}}, false},
		"a source":                     {Condition{Field: "source-ip", Values: []string{"198.51.100.0/24", "192.0.2.0/24"}}, true},
		"another source":               {Condition{Field: "source-ip", Values: []string{"192.0.3.0/24"}}, false},
	} {
		if err := c.condition.compile(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := c.condition.holds(asks(t, get)); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestL2_RulesByPriorityElseTheDefault(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings)
	rule := func(priority int, body string, paths ...string) Rule {
		one := Rule{Priority: priority, Conditions: []Condition{{Field: "path-pattern", Values: paths}}, Action: Action{Fixed: &Fixed{200, "text/plain", body}}}
		if err := one.Compile(); err != nil {
			t.Fatal(err)
		}
		return one
	}
	r.listener.SetTable(Table{
		Rules:   []Rule{rule(20, "second", "/api/old/*"), rule(10, "first", "/api/*", "/health"), rule(5, "narrow", "/api/new/*")},
		Default: Action{Fixed: &Fixed{404, "application/json", `{"code":"no_such_path"}`}},
	})
	for path, want := range map[string]string{
		"/api/v1": "first", "/api/v1?x=/health": "first", "/health": "first", "/health?verbose": "first",
		"/api/old/x": "first", // the second rule would match, but comes later
		"/api/new/x": "narrow",
	} {
		if status, _, body := r.get(t, path); status != 200 || body != want {
			t.Errorf("%s: %d %s, want the rule %s", path, status, body, want)
		}
	}
	for _, path := range []string{"/", "/api", "/admin", "/?path=/api/v1", "/HEALTH"} {
		status, header, body := r.get(t, path)
		if status != 404 || body != `{"code":"no_such_path"}` || header.Get("Content-Type") != "application/json" || header.Get("Server") != "awselb/2.0" {
			t.Errorf("%s: %d %s %v, want the default action's 404", path, status, body, header)
		}
	}
}

// Blue-green deployment moves weights: 100/0 must mean all and none.
func TestL3_WeightedForward(t *testing.T) {
	t.Parallel()
	blue, green := NewGroup("blue", testGroup), NewGroup("green", testGroup)
	const requests = 2000
	for _, c := range []struct{ blue, green, least, most int }{
		{100, 0, requests, requests},
		{0, 100, 0, 0},
		{1, 1, requests * 40 / 100, requests * 60 / 100}, // 9 standard deviations
		{90, 10, requests * 83 / 100, requests * 97 / 100},
	} {
		a := &Action{Forward: []Weighted{{blue, c.blue}, {green, c.green}}}
		count := 0
		for range requests {
			if a.draw() == blue {
				count++
			}
		}
		if count < c.least || count > c.most {
			t.Errorf("with weights %d/%d blue got %d of %d requests, want %d to %d", c.blue, c.green, count, requests, c.least, c.most)
		}
	}
	none := &Action{Forward: []Weighted{{blue, 0}, {green, 0}}}
	if none.draw() != nil {
		t.Error("a group without weight is drawn")
	}
}

// New weights hold from the next request on, and no request is lost while they
// change.
func TestL3_WeightsShiftWithoutALostRequest(t *testing.T) {
	t.Parallel()
	answers := func(body string) string {
		return newTarget(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(body)) })
	}
	r := newRig(t, DefaultSettings, answers("blue"))
	green := NewGroup("green", testGroup)
	defer green.Stop()
	green.add(answers("green"), Healthy)
	for i := range 40 {
		want := []string{"blue", "green"}[i%2]
		r.listener.SetTable(Table{Default: Action{Forward: []Weighted{{r.group, 100 - i%2*100}, {green, i % 2 * 100}}}})
		if status, _, body := r.get(t, "/"); status != 200 || body != want {
			t.Errorf("%d %s, want %s", status, body, want)
		}
	}
}

func TestI5_Redirects(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings)
	r.balancer.setPort(443, 8443)
	for want, d := range map[string]Redirect{
		"https://shop.example:8443/a%20b/c?x=1&y":      {Protocol: "HTTPS", Port: "443", Permanent: true},
		"http://www.shop.example:8080/a%20b/c?x=1&y":   {Host: "www.#{host}"},
		"http://shop.example:8080/new/a%20b/c?q=x=1&y": {Path: "/new/#{path}", Query: "q=#{query}"},
		"http://shop.example:81/a%20b/c?x=1&y":         {Port: "81"},
	} {
		action := Action{Redirect: &d}
		if err := action.Check(); err != nil {
			t.Error(err)
		}
		r.listener.SetTable(Table{Default: action})
		got := r.exchangeRaw(t, "GET /a%20b/c?x=1&y HTTP/1.1\r\nHost: shop.example:8080\r\nConnection: close\r\n\r\n")
		status := "HTTP/1.1 302 Found\r\n"
		if d.Permanent {
			status = "HTTP/1.1 301 Moved Permanently\r\n"
		}
		if !strings.HasPrefix(got, status) || !strings.Contains(got, "\r\nLocation: "+want+"\r\n") {
			t.Errorf("it answers %q, want %s", got, want)
		}
	}
}

func TestL2_RulesThatAreRefused(t *testing.T) {
	t.Parallel()
	fixed := Action{Fixed: &Fixed{Status: 200}}
	one := []Condition{{Field: "path-pattern", Values: []string{"/"}}}
	for want, rule := range map[string]Rule{
		"its priority is 0":                        {Priority: 0, Conditions: one, Action: fixed},
		"its priority is 50001":                    {Priority: 50001, Conditions: one, Action: fixed},
		"it has no condition":                      {Priority: 1, Action: fixed},
		"have 6 values":                            {Priority: 1, Conditions: []Condition{{Field: "path-pattern", Values: strings.Split("abcdef", "")}}, Action: fixed},
		"has no value":                             {Priority: 1, Conditions: []Condition{{Field: "path-pattern"}}, Action: fixed},
		"1 to 128 characters":                      {Priority: 1, Conditions: []Condition{{Field: "host-header", Values: []string{strings.Repeat("x", 129)}}}, Action: fixed},
		"condition on weather is not known":        {Priority: 1, Conditions: []Condition{{Field: "weather", Values: []string{"rain"}}}, Action: fixed},
		"names the header \"Host\"":                {Priority: 1, Conditions: []Condition{{Field: "http-header", HeaderName: "Host", Values: []string{"a"}}}, Action: fixed},
		"has the method \"get\"":                   {Priority: 1, Conditions: []Condition{{Field: "http-request-method", Values: []string{"get"}}}, Action: fixed},
		"must be a CIDR block":                     {Priority: 1, Conditions: []Condition{{Field: "source-ip", Values: []string{"10.0.0.1"}}}, Action: fixed},
		"query-string has keys and values":         {Priority: 1, Conditions: []Condition{{Field: "query-string", Values: []string{"a"}}}, Action: fixed},
		"has the status 302":                       {Priority: 1, Conditions: one, Action: Action{Fixed: &Fixed{Status: 302}}},
		"it may have 1024":                         {Priority: 1, Conditions: one, Action: Action{Fixed: &Fixed{Status: 200, Body: strings.Repeat("x", 1025)}}},
		"it forwards to 0 target groups":           {Priority: 1, Conditions: one},
		"must be 0 to 999":                         {Priority: 1, Conditions: one, Action: Action{Forward: []Weighted{{&Group{}, 1000}}}},
		"leads to the request itself":              {Priority: 1, Conditions: one, Action: Action{Redirect: &Redirect{Query: "x"}}},
		"has the protocol \"FTP\"":                 {Priority: 1, Conditions: one, Action: Action{Redirect: &Redirect{Protocol: "FTP"}}},
		"has the port \"0\"":                       {Priority: 1, Conditions: one, Action: Action{Redirect: &Redirect{Port: "0"}}},
		"has the path \"x\": it must begin with /": {Priority: 1, Conditions: one, Action: Action{Redirect: &Redirect{Path: "x"}}},
	} {
		wantError(t, rule.Compile(), want)
	}
}

// A stop takes no new connection and lets the requests in flight end.
func TestI5_ListenerStopsWithoutCuttingOff(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	r := newRig(t, DefaultSettings, newTarget(t, func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-release
		w.Write([]byte("whole"))
	}))
	idle, _ := dial(t, r)
	answer := make(chan string, 1)
	go func() {
		_, _, body := r.get(t, "/")
		answer <- body
	}()
	<-arrived
	stopped := make(chan error, 1)
	go func() { stopped <- r.listener.Stop(context.Background()) }()
	if n, err := idle.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Error("an idle connection stays open")
	}
	if c, err := net.Dial("tcp", r.address); err == nil {
		c.Close()
		t.Error("it takes a new connection")
	}
	select {
	case err := <-stopped:
		t.Errorf("it stopped before its request ended: %v", err)
	default:
	}
	close(release)
	if got := <-answer; got != "whole" {
		t.Errorf("the request in flight got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}
