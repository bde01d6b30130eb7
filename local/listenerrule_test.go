package local

import (
	"maps"
	"net/http"
	"testing"
)

// ruleNamed finds a created rule.
func ruleNamed(t *testing.T, e *Environment, id string) *listenerRule {
	t.Helper()
	for _, r := range all[*listenerRule](e) {
		if r.id == id {
			return r
		}
	}
	t.Fatalf("there is no rule %s", id)
	return nil
}

// changed is a resource's declaration with other properties.
func changed(d declared, properties map[string]any) declared {
	d.properties = maps.Clone(d.properties)
	maps.Copy(d.properties, properties)
	return d
}

// Weights move at once, by the target groups' refs, and a wrong one moves
// nothing.
func TestL3_WeightsOfARule(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, nil)
	rule := ruleNamed(t, e, "Rule")
	blue, green := all[*targetGroup](e)[0], all[*targetGroup](e)[1]
	if blue.name() != "tg-blue-test" {
		blue, green = green, blue
	}
	if got := rule.weights(); got[blue.ref()] != 100 || got[green.ref()] != 0 || len(got) != 2 {
		t.Errorf("the weights are %v", got)
	}
	if n, _, _ := blue.engine.Hosts(); n != 2 {
		t.Errorf("%d targets are healthy", n)
	}
	if err := rule.setWeights(map[string]int{blue.ref(): 0, green.ref(): 100}); err != nil {
		t.Fatal(err)
	}
	if code, _ := p.ask(t, e, http.MethodGet, "/health"); code != 503 {
		t.Errorf("green without targets answers %d", code)
	}
	wantError(t, rule.setWeights(map[string]int{blue.ref(): 1, "arn:nobody": 1}), "does not forward to arn:nobody")
	wantError(t, rule.setWeights(map[string]int{blue.ref(): 1000}), "must be 0 to 999")
	if got := rule.weights(); got[blue.ref()] != 0 || got[green.ref()] != 100 {
		t.Errorf("a refused change moved the weights to %v", got)
	}
	if err := rule.setWeights(map[string]int{blue.ref(): 100, green.ref(): 0}); err != nil {
		t.Fatal(err)
	}
	if code, _ := p.ask(t, e, http.MethodGet, "/health"); code != 200 {
		t.Errorf("blue answers %d", code)
	}
}

// Rules, default actions and attributes change while requests are served.
func TestL2_RoutingUpdatesInPlace(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, nil)
	rule, l, lb := ruleNamed(t, e, "Rule"), all[*listener](e)[0], all[*loadBalancer](e)[0]
	arn := rule.ref()
	fixed := func(text string) []any {
		return []any{map[string]any{"Type": "fixed-response", "FixedResponseConfig": map[string]any{"StatusCode": "200", "MessageBody": text}}}
	}
	values := func(paths ...any) []any {
		return []any{map[string]any{"Field": "path-pattern", "PathPatternConfig": map[string]any{"Values": paths}}}
	}
	if err := rule.update(t.Context(), changed(rule.declared, map[string]any{"Priority": 7, "Conditions": values("/new"), "Actions": fixed("by the rule")})); err != nil {
		t.Fatal(err)
	}
	if err := l.update(t.Context(), changed(l.declared, map[string]any{"DefaultActions": fixed("by default")})); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/new": "by the rule", "/health": "by default"} {
		if code, body := p.ask(t, e, http.MethodGet, path); code != 200 || body != want {
			t.Errorf("%s: %d %s, want %s", path, code, body, want)
		}
	}
	if rule.ref() != arn {
		t.Errorf("its ARN changed from %s to %s", arn, rule.ref())
	}
	wantError(t, rule.update(t.Context(), changed(rule.declared, map[string]any{"Priority": 0})), "its priority is 0")
	wantError(t, l.update(t.Context(), changed(l.declared, map[string]any{"Port": 81})), "keeps its port and protocol")
	wantError(t, lb.update(t.Context(), changed(lb.declared, balancerAttribute("idle_timeout.timeout_seconds", "0"))), "must be 1 to 4000")
	if code, body := p.ask(t, e, http.MethodGet, "/new"); code != 200 || body != "by the rule" {
		t.Errorf("a refused update changed the rule: %d %s", code, body)
	}
	if err := lb.update(t.Context(), changed(lb.declared, balancerAttribute("idle_timeout.timeout_seconds", "5"))); err != nil {
		t.Fatal(err)
	}
	if got := lb.engine.Settings().IdleTimeout.Seconds(); got != 5 {
		t.Errorf("the idle timeout is %g s", got)
	}
}

func balancerAttribute(key, value string) map[string]any {
	return map[string]any{"LoadBalancerAttributes": []any{map[string]any{"Key": key, "Value": value}}}
}

func TestL2_APriorityIsTakenOnce(t *testing.T) {
	t.Parallel()
	newPlace(t).fail(t, edits{"Resources.Second": `{"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "DependsOn": ["Rule"], "Properties": {
		"ListenerArn": {"Ref": "Listener"}, "Priority": 10,
		"Conditions": [{"Field": "path-pattern", "Values": ["/x"]}],
		"Actions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]}}`},
		"its priority 10 is taken by Rule")
}

func TestL2_ActionsThatTheLocalPlaceRefuses(t *testing.T) {
	t.Parallel()
	e := &Environment{}
	for want, properties := range map[string]string{
		"it has 0 actions":                       `[]`,
		"it has 2 actions":                       `[{"Type": "forward"}, {"Type": "forward"}]`,
		"its action authenticate-oidc is not":    `[{"Type": "authenticate-oidc"}]`,
		"its action fixed-response is not known": `[{"Type": "fixed-response"}]`, // without what to answer
		"it must be HTTP_301 or HTTP_302":        `[{"Type": "redirect", "RedirectConfig": {"StatusCode": "301", "Port": 443}}]`,
		"it refers to arn:nobody":                `[{"Type": "forward", "TargetGroupArn": "arn:nobody"}]`,
		"keeps clients at a target group":        `[{"Type": "forward", "ForwardConfig": {"TargetGroupStickinessConfig": {"Enabled": "true"}}}]`,
	} {
		var p struct{ Actions []actionProperties }
		if err := (declared{properties: map[string]any{"Actions": fromJSON(t, properties)}}).decode(&p); err != nil {
			t.Fatal(err)
		}
		_, err := newAction(e, &loadBalancer{}, p.Actions)
		wantError(t, err, want)
	}
}

// Conditions come under the names of CloudFormation.
func TestL2_ConditionsOfATemplate(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, edits{"Resources.Rule.Properties.Conditions": `[
		{"Field": "host-header", "HostHeaderConfig": {"Values": ["127.0.*"]}},
		{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "User-Agent", "Values": ["Go-*"]}},
		{"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET"]}},
		{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "1"}]}},
		{"Field": "source-ip", "SourceIpConfig": {"Values": ["127.0.0.0/8"]}}]`})
	for path, want := range map[string]int{"/health?v=1": 200, "/health?v=2": 404} {
		if code, _ := p.ask(t, e, http.MethodGet, path); code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
	newPlace(t).fail(t, edits{"Resources.Rule.Properties.Conditions": `[{"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/a"]}}]`},
		"has regular expressions")
}
