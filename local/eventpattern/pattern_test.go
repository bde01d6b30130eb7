package eventpattern_test

import (
	"encoding/json"
	"testing"

	"catalog/local/eventpattern"
)

const interruption = `{"source": "aws.ecs", "detail-type": "ECS Task State Change", "resources": ["arn:task/1", "arn:task/2"],
	"detail": {"lastStatus": "STOPPED", "stopCode": "SpotInterruption", "attempt": 3, "reason": "say \"stop\"", "nothing": null}}`

// Checklist 11: the rules of the template are patterns like these.
func TestI5_Patterns(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]bool{
		`{"source": ["aws.ecs"]}`:            true,
		`{"source": ["aws.ec2"]}`:            false,
		`{"source": ["aws.ec2", "aws.ecs"]}`: true,
		`{"source": ["aws.ecs"], "detail": {"stopCode": ["SpotInterruption"]}}`:       true,
		`{"source": ["aws.ecs"], "detail": {"stopCode": ["UserInitiated"]}}`:          false,
		`{"detail": {"lastStatus": ["STOPPED"], "stopCode": ["SpotInterruption"]}}`:   true,
		`{"resources": ["arn:task/2"]}`:                                               true,
		`{"resources": ["arn:task/3"]}`:                                               false,
		`{"resources": [{"prefix": "arn:task/"}]}`:                                    true,
		`{"detail": {"stopCode": [{"prefix": "Spot"}]}}`:                              true,
		`{"detail": {"stopCode": [{"suffix": "Spot"}]}}`:                              false,
		`{"detail": {"stopCode": [{"equals-ignore-case": "spotinterruption"}]}}`:      true,
		`{"detail": {"stopCode": [{"anything-but": ["UserInitiated"]}]}}`:             true,
		`{"detail": {"stopCode": [{"anything-but": "SpotInterruption"}]}}`:            false,
		`{"detail": {"stopCode": [{"anything-but": {"prefix": "Spot"}}]}}`:            false,
		`{"detail": {"absent": [{"anything-but": "x"}]}}`:                             false,
		`{"detail": {"stopCode": [{"exists": true}], "absent": [{"exists": false}]}}`: true,
		`{"detail": {"absent": [{"exists": true}]}}`:                                  false,
		`{"detail": {"nothing": [null]}}`:                                             true,
		`{"detail": {"attempt": [{"numeric": [">", 2, "<=", 3]}]}}`:                   true,
		`{"detail": {"attempt": [{"numeric": ["<", 3]}]}}`:                            false,
		`{"detail": {"attempt": [3]}}`:                                                true,
		`{"detail": {"deeper": {"still": ["x"]}}}`:                                    false,
		`{"source": {"is": ["an object"]}}`:                                           false,
	} {
		p, err := eventpattern.Parse([]byte(pattern))
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
			continue
		}
		if got := p.Matches([]byte(interruption)); got != want {
			t.Errorf("%s matches: %v, want %v", pattern, got, want)
		}
	}
}

func TestI5_PatternsThatEventBridgeRefuses(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{
		``, `[]`, `{}`, `{"source": "aws.ecs"}`, `{"source": []}`, `{"source": [["x"]]}`, `{"source": [{"like": "x"}]}`,
		`{"source": [{"prefix": 1}]}`, `{"source": [{"prefix": "a", "suffix": "b"}]}`, `{"a": [{"numeric": [">"]}]}`, `{"a": [{"exists": "yes"}]}`,
	} {
		if _, err := eventpattern.Parse([]byte(pattern)); err == nil {
			t.Errorf("%s was taken", pattern)
		}
	}
}

func TestI5_Transform(t *testing.T) {
	t.Parallel()
	paths := map[string]string{"detail": "$.detail", "code": "$.detail.stopCode", "reason": "$.detail.reason", "none": "$.nowhere.x", "all": "$"}
	for template, want := range map[string]string{
		`{"code": <code>}`:              `{"code": "SpotInterruption"}`,
		`"It was <code>: <reason>"`:     `"It was SpotInterruption: say \"stop\""`,
		`<none>`:                        ``,
		`{"unknown": "<other>"}`:        `{"unknown": "<other>"}`,
		`{"m": "text", "code": <code>}`: `{"m": "text", "code": "SpotInterruption"}`,
	} {
		if got := eventpattern.Transform([]byte(interruption), paths, template); got != want {
			t.Errorf("%s gives %s, want %s", template, got, want)
		}
	}
	var detail struct{ Detail map[string]any }
	if err := json.Unmarshal([]byte(eventpattern.Transform([]byte(interruption), paths, `{"detail": <detail>}`)), &detail); err != nil || detail.Detail["attempt"] != 3.0 {
		t.Errorf("the object came as %v, %v", detail, err)
	}
}

// Whatever is parsed can be matched with whatever comes.
func FuzzPattern(f *testing.F) {
	f.Add([]byte(`{"source": ["aws.ecs"], "detail": {"a": [{"numeric": [">", 2]}]}}`), []byte(interruption))
	f.Add([]byte(`{"a": [{"anything-but": {"prefix": "b"}}]}`), []byte(`{"a": ["b", null, {}]}`))
	f.Fuzz(func(t *testing.T, pattern, event []byte) {
		p, err := eventpattern.Parse(pattern)
		if err != nil {
			return
		}
		if first := p.Matches(event); first != p.Matches(event) {
			t.Error("it matches once and not again")
		}
		eventpattern.Transform(event, map[string]string{"a": "$.a"}, string(pattern))
	})
}
