package console_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"catalog/local"
	"catalog/local/console"
	"catalog/local/metrics"
	"catalog/local/traces"
)

const exampleTrace = "1-5759e988-bd862e3fe1be46a994272793"

// canned is an environment of a moment: every list has something in it.
type canned struct {
	dir, body string
	status    local.Status
	metrics   *metrics.Store
	traces    *traces.Store
	now       time.Time

	once sync.Once
	made http.Handler
}

func (c *canned) Status() local.Status {
	s := c.status // what the page sorts must not be ours
	s.Events = append([]local.Event(nil), s.Events...)
	return s
}
func (c *canned) StateDir() string        { return c.dir }
func (c *canned) Metrics() *metrics.Store { return c.metrics }
func (c *canned) Traces() *traces.Store   { return c.traces }

func (c *canned) Dashboards() []local.Dashboard {
	if c.body == "" {
		return nil
	}
	return []local.Dashboard{{Name: "catalog-dev", Body: c.body}}
}

func (c *canned) handler(*testing.T) http.Handler {
	c.once.Do(func() {
		c.made = console.New(c, console.Options{RunbooksDir: "../../docs/runbooks", Now: func() time.Time { return c.now }})
	})
	return c.made
}

// newCanned is a system at work: two tasks, a deployment, an alarm, a trace.
func newCanned(t *testing.T) *canned {
	t.Helper()
	c := &canned{dir: t.TempDir(), now: time.Now(), metrics: metrics.NewStore(), body: templateDashboard(t)}
	c.status = cannedStatus(c.now)
	c.traces = cannedTraces(t)
	c.measure(t)
	c.log(t, "logs-api-dev", "api", fmt.Sprintf(`{"level":"ERROR","msg":"request","error":"database went away","path":"/api/products","trace_id":%q}`, exampleTrace))
	c.log(t, "logs-api-dev", "api", `{"level":"INFO","msg":"fine"}`)
	c.log(t, "logs-collector-dev", "otel-collector", "collector is ready")
	return c
}

// templateDashboard is the body of the real template's dashboard, with a name
// in the place of every reference.
func templateDashboard(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("testdata/dashboard.json")
	if synthesized, missing := os.ReadFile("../../cdk.out/stack-catalog-dev.template.json"); missing == nil {
		content, err = joined(t, synthesized), nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// joined resolves the Fn::Join that is the body, roughly.
func joined(t *testing.T, template []byte) []byte {
	t.Helper()
	var parsed struct {
		Resources map[string]struct {
			Type       string
			Properties json.RawMessage
		}
	}
	if err := json.Unmarshal(template, &parsed); err != nil {
		t.Fatal(err)
	}
	for _, r := range parsed.Resources {
		if r.Type != "AWS::CloudWatch::Dashboard" {
			continue
		}
		var p struct {
			DashboardBody struct {
				Join []json.RawMessage `json:"Fn::Join"`
			}
		}
		var parts []json.RawMessage
		if err := json.Unmarshal(r.Properties, &p); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(p.DashboardBody.Join[1], &parts); err != nil {
			t.Fatal(err)
		}
		return whole(parts, parsed.Resources)
	}
	t.Fatal("the template has no dashboard")
	return nil
}

func whole[R any](parts []json.RawMessage, _ map[string]R) []byte {
	var b bytes.Buffer
	for _, part := range parts {
		var text string
		if json.Unmarshal(part, &text) == nil {
			b.WriteString(text)
			continue
		}
		var reference map[string][]string // Fn::GetAtt
		json.Unmarshal(part, &reference)
		if of := reference["Fn::GetAtt"]; len(of) == 2 && strings.Contains(of[0], "cpuhigh") {
			b.WriteString("arn:aws:cloudwatch:ap-southeast-2:123456789012:alarm:alarm-cpu-high-dev")
		} else if len(of) == 2 {
			b.WriteString(of[0])
		} else {
			b.WriteString("ap-southeast-2")
		}
	}
	return b.Bytes()
}

// log writes a line where a container's would be.
func (c *canned) log(t *testing.T, group, container, text string) {
	t.Helper()
	folder := filepath.Join(c.dir, "logs", group, "catalog", container)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(filepath.Join(folder, "0123456789abcdef.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	fmt.Fprintf(file, "%s\t%s\n", c.now.Add(-time.Minute).Format(time.RFC3339Nano), text)
}

// measure gives every metric of the dashboard an hour of values.
func (c *canned) measure(t *testing.T) {
	t.Helper()
	var body struct {
		Widgets []struct {
			Properties struct{ Metrics [][]any }
		}
	}
	if err := json.Unmarshal([]byte(c.body), &body); err != nil {
		t.Fatal(err)
	}
	for w, widget := range body.Widgets {
		for r, row := range widget.Properties.Metrics {
			var words []string
			for _, part := range row {
				if word, ok := part.(string); ok {
					words = append(words, word)
				}
			}
			dimensions := map[string]string{}
			for i := 2; i+1 < len(words); i += 2 {
				dimensions[words[i]] = words[i+1]
			}
			for minute := range 60 {
				value := float64((w+1)*10+r*5) + float64(minute%7)
				c.metrics.Put(metrics.NewKey(words[0], words[1], dimensions), c.now.Add(-time.Duration(60-minute)*time.Minute), value)
			}
		}
	}
}
