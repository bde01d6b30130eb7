package console_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestO5_TheOverviewShowsTheWholeSystem(t *testing.T) {
	t.Parallel()
	c := newCanned(t)
	page := c.get(t, "/")
	for _, word := range []string{
		"catalog-dev", "Requests a minute", "alarm-cpu-high-dev", "ALARM", "tg-blue-dev", "tg-green-dev", "8080: <strong>90</strong>", "FARGATE_SPOT",
		"ap-southeast-2a", "service-catalog-dev: 2 of 2 tasks run", "SUCCESSFUL", "PRODUCTION_TRAFFIC_SHIFT", "http://127.0.0.1:8080",
		"scaling target 70", "database went away", `aria-current="page"`,
	} {
		if !strings.Contains(page, word) {
			t.Errorf("the overview does not show %q", word)
		}
	}
	if strings.Contains(page, "not drawn") {
		t.Error("a widget is not drawn")
	}
}

func TestO5_EveryPageShowsItsList(t *testing.T) {
	t.Parallel()
	c := newCanned(t)
	for path, words := range map[string][]string{
		"/deployments":                          {"catalog-dev:6", "catalog-dev:7", "tg-green-dev", "BAKE_TIME", "IN_PROGRESS"},
		"/tasks":                                {"0123456789abcdef", "72.5 %", "UNHEALTHY", "db-catalog-dev", "<meter"},
		"/targets":                              {"127.0.0.1:40001", "draining", "alb-catalog-dev"},
		"/alarms":                               {"alarm-cpu-high-dev", "3 of 3 datapoints", `href="/runbooks/cpu-high"`, "More than 80 %"},
		"/events":                               {"CREATE_COMPLETE", "Vpc", "1.50 s", "TASK_STOPPED", "out of memory", "AWS::IAM::Role"},
		"/events?recorded=1":                    {"Hide what is only recorded"},
		"/notifications":                        {"ALARM: alarm-cpu-high-dev", "topic-alarms-dev", "&lt;b&gt;hot&lt;/b&gt;"},
		"/traces":                               {exampleTrace, "/api/products", "FAULT", "503"},
		"/traces?status=2xx":                    {"No trace is like this"},
		"/traces?status=abc":                    {"is no HTTP status"},
		"/traces?least=x":                       {"is no number of milliseconds"},
		"/traces?text=products&method=GET":      {exampleTrace, `value="products"`, "<option selected>GET"},
		"/traces/" + exampleTrace:               {"SELECT products", `data-depth="1"`, "begins after 50 ms and takes 100 ms", "connection refused"},
		"/logs":                                 {"logs-api-dev", "<strong>request</strong>", "error=database went away", `href="/traces/` + exampleTrace + `"`, "ERROR"},
		"/logs?text=WENT&last=1":                {"1 lines"},
		"/logs?raw=1":                           {`{&#34;level&#34;:&#34;INFO&#34;,&#34;msg&#34;:&#34;fine&#34;}`, "checked"},
		"/logs?task=nobody":                     {"No line is like this"},
		"/logs?group=logs-collector-dev":        {"collector is ready"},
		"/metrics":                              {"AWS/ECS", "CPUUtilization", "ClusterName=cluster-catalog-dev", "Average of every minute"},
		"/metrics?stat=p99":                     {"p99 of every minute"},
		"/runbooks/cpu-high":                    {"<h1>alarm-cpu-high", "What it means"},
		"/runbooks/README.md":                   {"<table>", "<th>alarm</th>"},
		"/?range=15m":                           {`aria-current="true">15m`},
		"/?range=" + "%3Cscript%3E":             {"as the dashboard says"},
		"/events?pause=1":                       {"Resume"},
		"/notifications?pause=1&x=%22%3Escript": {"Resume"},
	} {
		page := c.get(t, path)
		for _, word := range words {
			if !strings.Contains(page, word) {
				t.Errorf("%s does not show %q", path, word)
			}
		}
		for _, word := range []string{"<script", "ZgotmplZ", "hunter2", "style=\"", "<b>hot"} {
			if strings.Contains(page, word) {
				t.Errorf("%s has %q in it", path, word)
			}
		}
	}
	if strings.Contains(c.get(t, "/events"), "RECORDED</span></td><td>AWS::EC2::VPC") {
		t.Error("what is only recorded is among the events")
	}
}

func TestI5_EveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	c := newCanned(t)
	for path, code := range map[string]int{
		"/": 200, "/logs": 200, "/style.css": 200, "/icon.svg": 200, "/nothing": 404, "/runbooks/none": 404, "/runbooks/..%2f..%2fgo": 404, "/traces/1-2-3": 404,
	} {
		response := c.do(t, http.MethodGet, path)
		h := response.Header
		policy := h.Get("Content-Security-Policy")
		if response.StatusCode != code || !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") ||
			h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s answers %d with %v", path, response.StatusCode, h)
		}
	}
	for _, path := range []string{"/", "/tasks", "/logs", "/style.css"} {
		if code := c.do(t, http.MethodPost, path).StatusCode; code != 405 {
			t.Errorf("POST %s answers %d", path, code)
		}
	}
}

func TestI5_PagesAreLoadedAgainUnlessSomebodyWrites(t *testing.T) {
	t.Parallel()
	c := newCanned(t)
	for path, refresh := range map[string]string{
		"/": "5", "/?pause=1": "", "/tasks": "5", "/logs": "", "/logs?live=1": "5", "/traces": "", "/traces?live=1&text=x": "5",
		"/traces/" + exampleTrace: "", "/runbooks/cpu-high": "", "/nothing": "",
	} {
		if got := c.do(t, http.MethodGet, path).Header.Get("Refresh"); got != refresh {
			t.Errorf("%s is loaded again after %q, want %q", path, got, refresh)
		}
	}
	if page := c.get(t, "/?pause=1&range=1h"); !strings.Contains(page, `<a href="/?range=1h">Resume</a>`) {
		t.Error("resuming forgets the range")
	}
}

// Before anything runs, and where nothing is measured, every page is there.
func TestI5_AnEmptyEnvironmentHasAllPages(t *testing.T) {
	t.Parallel()
	c := &canned{dir: t.TempDir(), now: time.Now()}
	for path, word := range map[string]string{
		"/": "The template&#39;s dashboard is not created yet", "/deployments": "No service runs yet", "/tasks": "No database runs yet", "/targets": "There is no target group yet",
		"/alarms": "There is no alarm yet", "/events": "Nothing happened yet", "/notifications": "Nothing was sent yet", "/traces": "No trace is like this",
		"/logs": "No line is like this", "/metrics": "Nothing was measured yet",
	} {
		if page := c.get(t, path); !strings.Contains(page, strings.ReplaceAll(word, "&#39;", "'")) && !strings.Contains(page, word) {
			t.Errorf("%s does not say %q", path, word)
		}
	}
	c.body = "{"
	if page := c.get(t, "/"); !strings.Contains(page, "is no JSON of widgets") {
		t.Error("the overview does not say why there is no dashboard")
	}
}

// do asks the console directly.
func (c *canned) do(t *testing.T, method, path string) *http.Response {
	t.Helper()
	recorder := httptest.NewRecorder()
	c.handler(t).ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), method, path, nil))
	return recorder.Result()
}

// get answers a page's body.
func (c *canned) get(t *testing.T, path string) string {
	t.Helper()
	body, err := io.ReadAll(c.do(t, http.MethodGet, path).Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
