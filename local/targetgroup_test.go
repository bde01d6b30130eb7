package local

import (
	"testing"
	"time"
)

func groupAttribute(key, value string) map[string]any {
	return map[string]any{"TargetGroupAttributes": []any{map[string]any{"Key": key, "Value": value}}}
}

func TestS3_TargetGroupDefaultsAreALBs(t *testing.T) {
	t.Parallel()
	s, err := targetGroupSettings(declared{id: "Plain"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Path != "/" || s.Interval != 30*time.Second || s.Timeout != 5*time.Second || s.HealthyThreshold != 5 || s.UnhealthyThreshold != 2 ||
		s.DeregistrationDelay != 300*time.Second || !s.Matcher.Matches(200) || s.Matcher.Matches(201) || s.LeastOutstanding || s.SlowStart != 0 {
		t.Errorf("the defaults are not ALB's: %+v", s)
	}
}

func TestS3_TargetGroupSettings(t *testing.T) {
	t.Parallel()
	s, err := targetGroupSettings(declared{properties: map[string]any{
		"HealthCheckPath": "/health", "HealthCheckIntervalSeconds": "10", "HealthCheckTimeoutSeconds": 2, "HealthyThresholdCount": 3,
		"HealthCheckPort": 9090, "Matcher": map[string]any{"HttpCode": "200-204"}, "Protocol": "HTTP", "ProtocolVersion": "HTTP1",
		"TargetGroupAttributes": []any{
			map[string]any{"Key": "load_balancing.algorithm.type", "Value": "least_outstanding_requests"},
			map[string]any{"Key": "deregistration_delay.timeout_seconds", "Value": "30"},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if s.Path != "/health" || s.Interval != 10*time.Second || s.Timeout != 2*time.Second || s.HealthyThreshold != 3 || s.Port != 9090 ||
		!s.Matcher.Matches(204) || !s.LeastOutstanding || s.DeregistrationDelay != 30*time.Second {
		t.Errorf("the settings are %+v", s)
	}
}

func TestS3_TargetGroupsThatTheLocalPlaceRefuses(t *testing.T) {
	t.Parallel()
	for want, properties := range map[string]map[string]any{
		"deregistration_delay.timeout_seconds must be 0 to 3600":     groupAttribute("deregistration_delay.timeout_seconds", "3601"),
		"slow_start.duration_seconds must be 30 to 900":              groupAttribute("slow_start.duration_seconds", "10"),
		"stickiness.enabled is true":                                 groupAttribute("stickiness.enabled", "true"),
		"load_balancing.algorithm.type is weighted_random":           groupAttribute("load_balancing.algorithm.type", "weighted_random"),
		"its protocol is HTTPS":                                      {"Protocol": "HTTPS"},
		"its protocol version is GRPC":                               {"ProtocolVersion": "GRPC"},
		"its HealthCheckPath is \"health\": it must begin with /":    {"HealthCheckPath": "health"},
		"its HealthCheckPort is \"x\": it must be traffic-port or 1": {"HealthCheckPort": "x"},
		"its matcher is": {"Matcher": map[string]any{"HttpCode": "600"}},
	} {
		_, err := newTargetGroup(nil, declared{properties: properties})
		wantError(t, err, want)
	}
}

func TestL3_ATargetGroupHasOneLoadBalancer(t *testing.T) {
	t.Parallel()
	r, err := newTargetGroup(nil, declared{id: "Blue"})
	if err != nil {
		t.Fatal(err)
	}
	g := r.(*targetGroup)
	first, second := &loadBalancer{declared: declared{id: "First"}}, &loadBalancer{declared: declared{id: "Second"}}
	for range 2 { // a listener's action and a rule's
		if err := g.attach(first); err != nil {
			t.Error(err)
		}
	}
	wantError(t, g.attach(second), "the target group Blue of the load balancer First", "give each its own")
}

// An update that is wrong changes nothing.
func TestS3_TargetGroupUpdates(t *testing.T) {
	t.Parallel()
	r, err := newTargetGroup(nil, declared{id: "Blue", properties: map[string]any{"HealthCheckPath": "/a"}})
	if err != nil {
		t.Fatal(err)
	}
	g := r.(*targetGroup)
	before := g.engine.Settings()
	wantError(t, g.update(t.Context(), declared{properties: map[string]any{"HealthCheckPath": "b"}}), "must begin with /")
	if got := g.engine.Settings(); got.Path != before.Path {
		t.Errorf("it changed to %+v", got)
	}
	if err := g.update(t.Context(), declared{properties: map[string]any{"HealthCheckPath": "/b", "HealthCheckIntervalSeconds": 7}}); err != nil {
		t.Fatal(err)
	}
	if got := g.engine.Settings(); got.Path != "/b" || got.Interval != 7*time.Second {
		t.Errorf("it is %+v", got)
	}
	if got := g.health("nobody"); got != targetUnused {
		t.Errorf("an unknown target is %s", got)
	}
}
