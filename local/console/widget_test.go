package console_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"catalog/local/metrics"
)

// drawOne draws a dashboard of one widget and answers the page.
func drawOne(t *testing.T, kind, properties string) string {
	t.Helper()
	c := newCanned(t)
	c.body = fmt.Sprintf(`{"widgets":[{"type":%q,"width":8,"height":6,"properties":%s}]}`, kind, properties)
	for minute := range 10 {
		at := c.now.Add(-time.Duration(10-minute) * time.Minute)
		c.metrics.Put(metrics.NewKey("N", "A", map[string]string{"D": "1"}), at, float64(minute))
		c.metrics.Put(metrics.NewKey("N", "B", map[string]string{"D": "1"}), at, 2000)
		c.metrics.Put(metrics.NewKey("N", "A", map[string]string{"D": "2"}), at, -5)
	}
	_, page, ok := strings.Cut(c.get(t, "/?range=15m"), `class="widget"`)
	if !ok {
		t.Fatal("no widget is drawn")
	}
	widget, _, _ := strings.Cut(page, "</section>")
	return widget
}

func TestO5_EveryKindOfWidgetIsDrawn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind, properties string
		words            []string
	}{
		"shorthands": {
			"metric", `{"title":"T","metrics":[["N","A","D","1",{"stat":"Sum","period":60}],[".","B",".","."],["...","2",{"label":"three"}]]}`,
			[]string{"A <b>9</b>", "B <b>2k</b>", "three", "T, from "},
		},
		"an expression": {
			"metric", `{"metrics":[["N","A","D","1",{"id":"a","visible":false,"period":60}],["N","B","D","1",{"id":"b","visible":false,"period":60}],
				[{"expression":"e1 * 2","label":"twice","id":"e2"}],[{"expression":"a + b","label":"both","id":"e1"}]]}`,
			[]string{"both <b>2.009k</b>", "twice <b>4.018k</b>"},
		},
		"two axes and lines": {
			"metric", `{"metrics":[["N","A","D","1",{"period":60}],["N","B","D","1",{"yAxis":"right","period":60,"color":"#ff0000"}]],
				"yAxis":{"left":{"min":0,"max":50,"label":"left unit"}},"annotations":{"horizontal":[{"value":40,"label":"limit"},[{"value":10,"label":"low"},{"value":20,"label":"high"}],{"value":1,"label":"hidden","visible":false}]}}`,
			[]string{"limit 40", "low 10", "high 20", "left unit", "(right)", `stroke="#ff0000"`, ">50</text>", ">2k</text>"},
		},
		"numbers":       {"metric", `{"view":"singleValue","metrics":[["N","B","D","1"],["N","C",{"label":"nobody's"}]]}`, []string{"<dd>2k</dd>", "no data"}},
		"a gauge":       {"metric", `{"view":"gauge","metrics":[["N","B","D","1"]]}`, []string{"2k", "AWS draws a gauge"}},
		"stacked":       {"metric", `{"stacked":true,"metrics":[["N","A","D","1"]]}`, []string{"AWS stacks these lines"}},
		"no data":       {"metric", `{"metrics":[["N","nothing"]]}`, []string{"no data yet", "nothing has no data"}},
		"an alarm":      {"metric", `{"annotations":{"alarms":["arn:aws:cloudwatch:r:1:alarm:alarm-tasks-low-dev"]}}`, []string{"alarm-tasks-low-dev", "OK"}},
		"text":          {"text", `{"markdown":"# Head\n<script>x</script> [a](javascript:x) | b\n\n|c|\n|-|\n|d|"}`, []string{"<h1>Head</h1>", "<td>d</td>", "raw HTML omitted"}},
		"alarms":        {"alarm", `{"title":"Firing","states":["ALARM"],"alarms":["a:alarm:alarm-cpu-high-dev","a:alarm:alarm-tasks-low-dev"]}`, []string{"alarm-cpu-high-dev", "Firing"}},
		"a log":         {"log", `{"query":"SOURCE 'logs-api-dev' | fields msg as m, trace_id | filter level = \"ERROR\""}`, []string{">m</th>", "/traces/" + exampleTrace}},
		"no lines":      {"log", `{"query":"filter level = \"NONE\"","view":"bar"}`, []string{"No line is like this", "drawn as a table"}},
		"another type":  {"explorer", `{}`, []string{"drawn on AWS only"}},
		"another view":  {"metric", `{"view":"x","metrics":[]}`, []string{"use timeSeries"}},
		"half a metric": {"metric", `{"metrics":[["N","A","D"]]}`, []string{"dimensions in pairs"}},
		"nothing above": {"metric", `{"metrics":[[".","A"]]}`, []string{"has nothing above it"}},
		"too much":      {"metric", `{"metrics":[["N","A"],["...","a","b","c","d"]]}`, []string{"nothing to repeat"}},
		"a number":      {"metric", `{"metrics":[["N",1]]}`, []string{"neither a text nor options"}},
		"a statistic":   {"metric", `{"stat":"tm99","metrics":[["N","A"]]}`, []string{"not known here"}},
		"a broken sum":  {"metric", `{"metrics":[[{"expression":"m1 +","id":"e"}]]}`, []string{"cannot be drawn"}},
		"an unknown id": {"metric", `{"metrics":[[{"expression":"m1 + 1","id":"e"}]]}`, []string{"uses m1, which is no row", "give a row this id"}},
		"a broken log":  {"log", `{"query":"stats count(*)"}`, []string{"use SOURCE, fields"}},
		"broken":        {"alarm", `{"alarms":3}`, []string{"not as AWS wants them"}},
		"a bad start":   {"metric", `{"start":"yesterday","metrics":[["N","A"]]}`, []string{"relative like -PT3H"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			widget := drawOne(t, c.kind, c.properties)
			for _, word := range c.words {
				if !strings.Contains(widget, word) {
					t.Errorf("it does not show %q:\n%s", word, widget)
				}
			}
			for _, word := range []string{"<script", "javascript:", "hidden 1"} {
				if strings.Contains(widget, word) {
					t.Errorf("it has %q in it", word)
				}
			}
		})
	}
}

func TestO5_ALineBreaksWhereThereIsNoData(t *testing.T) {
	t.Parallel()
	c := newCanned(t)
	c.body = `{"widgets":[{"type":"metric","properties":{"metrics":[["N","gaps",{"period":60}]]}}]}`
	for _, minute := range []int{10, 9, 5, 2, 1} {
		c.metrics.Put(metrics.NewKey("N", "gaps", nil), c.now.Add(-time.Duration(minute)*time.Minute), 1)
	}
	page := c.get(t, "/?range=15m")
	for class, want := range map[string]int{"line look0": 2, "dot line look0": 1} {
		_, picture, _ := strings.Cut(page, `<path class="`+class+`"`)
		picture, _, _ = strings.Cut(picture, "/>")
		if moves := strings.Count(picture, "M"); moves != want {
			t.Errorf("the %s has %d parts: %s", class, moves, picture)
		}
	}
}

func TestI5_ADashboardOutsideOfItsGridIsRefused(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"widgets":[{"type":"text","x":20,"width":8}]}`, `{"widgets":[{"type":"text","width":-1}]}`, `{"widgets":[{"type":"text","width":25}]}`,
		`{"widgets":[{"type":"text","x":-1,"y":0}]}`, `{"widgets":[{"type":"text","height":1001}]}`,
	} {
		c := newCanned(t)
		c.body = body
		if page := c.get(t, "/"); !strings.Contains(page, "outside of the grid of 24 columns") {
			t.Errorf("%s is drawn", body)
		}
	}
	c := newCanned(t)
	c.body = `{"start":"-PT1H","end":"-PT2H","widgets":[]}`
	if page := c.get(t, "/"); !strings.Contains(page, "is empty: correct start or end") {
		t.Error("a range that ends before it begins is drawn")
	}
}
