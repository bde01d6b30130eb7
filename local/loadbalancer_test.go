package local

import (
	"net/http"
	"strconv"
	"testing"
)

func newTestBalancer(t *testing.T, properties string) (*loadBalancer, error) {
	t.Helper()
	front, err := listenLocal(0, "a test", "--none")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { front.Close() })
	r, err := newLoadBalancer(&Environment{front: front}, declared{id: "Balancer", properties: fromJSON(t, properties).(map[string]any)})
	if err != nil {
		return nil, err
	}
	return r.(*loadBalancer), nil
}

func TestLoadBalancersThatTheLocalPlaceRefuses(t *testing.T) {
	t.Parallel()
	const attribute = `{"LoadBalancerAttributes": [{"Key": "idle_timeout.timeout_seconds", "Value": "`
	for properties, want := range map[string]string{
		`{"Type": "network"}`:   "its type is network",
		attribute + `0"}]}`:     "idle_timeout.timeout_seconds must be 1 to 4000",
		attribute + `4001"}]}`:  "idle_timeout.timeout_seconds must be 1 to 4000",
		attribute + `never"}]}`: "idle_timeout.timeout_seconds must be 1 to 4000",
		`{"Type": {}}`:          "its properties are not what",
		`{"LoadBalancerAttributes": [{"Key": "client_keep_alive.seconds", "Value": "59"}]}`:                 "client_keep_alive.seconds must be 60 to 604800",
		`{"LoadBalancerAttributes": [{"Key": "access_logs.s3.enabled", "Value": "yes"}]}`:                   "access_logs.s3.enabled is \"yes\"",
		`{"LoadBalancerAttributes": [{"Key": "routing.http.xff_header_processing.mode", "Value": "drop"}]}`: "must be append, preserve or remove",
		`{"LoadBalancerAttributes": [{"Key": "routing.http.desync_mitigation_mode", "Value": "lax"}]}`:      "must be monitor, defensive or strictest",
	} {
		_, err := newTestBalancer(t, properties)
		wantError(t, err, want)
	}
	_, err := newListener(&Environment{}, declared{properties: map[string]any{"Protocol": "TCP"}})
	wantError(t, err, "its protocol is TCP: the local place has HTTP and HTTPS listeners")
	_, err = newListener(&Environment{}, declared{properties: map[string]any{"Protocol": "HTTP", "LoadBalancerArn": "arn:nobody"}})
	wantError(t, err, "it refers to arn:nobody, which is no loadBalancer of this environment")
}

// The front port is the production listener's, whichever is created first.
func TestL3_TheTestListenerHasAPortOfItsOwn(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, edits{ // created first: its name comes before the other's
		"Resources.ATestListener": `{"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {
			"LoadBalancerArn": {"Ref": "Balancer"}, "Port": 9000, "Protocol": "HTTP",
			"DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "MessageBody": "only tests"}}]}}`,
	})
	status := e.Status()
	if len(status.Listeners) != 2 {
		t.Fatalf("the listeners are %+v", status.Listeners)
	}
	tests, production := status.Listeners[0], status.Listeners[1]
	if tests.Name != "alb-test" || tests.Port != 9000 || production.Name != "alb-test" || production.Port != 80 {
		t.Errorf("the listeners are %+v", status.Listeners)
	}
	if production.Address != e.Outputs()["AlbDnsName"] || production.Address == tests.Address {
		t.Errorf("production listens on %s, tests on %s, and the load balancer's name is %s", production.Address, tests.Address, e.Outputs()["AlbDnsName"])
	}
	if _, body := p.fetch(t, http.MethodGet, "http://"+tests.Address+"/"); body != "only tests" {
		t.Errorf("the test listener answers %q", body)
	}
}

func TestTheFrontIsTheProductionListeners(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ports []any
		want  int
	}{
		"80":              {[]any{9000.0, 80.0}, 80},
		"443":             {[]any{443.0, 9000.0, 8.0}, 443},
		"443 before 80":   {[]any{443.0, 80.0}, 443},
		"the only one":    {[]any{9000.0}, 9000},
		"a port as text":  {[]any{"80", 9.0}, 80},
		"the lowest":      {[]any{9000.0, 8080.0}, 8080},
		"one by its name": {[]any{map[string]any{"Ref": "Port"}}, 0}, // then the first that is created
	} {
		resources := map[string]Declaration{
			"Other": {Type: "AWS::ElasticLoadBalancingV2::Listener", Properties: map[string]any{"Port": 80.0, "LoadBalancerArn": map[string]any{"Ref": "Another"}}},
			"Group": {Type: "AWS::ElasticLoadBalancingV2::TargetGroup", Properties: map[string]any{"Port": 80.0, "LoadBalancerArn": map[string]any{"Ref": "LB"}}},
		}
		for i, port := range c.ports {
			resources[strconv.Itoa(i)] = Declaration{
				Type: "AWS::ElasticLoadBalancingV2::Listener", Properties: map[string]any{"Port": port, "LoadBalancerArn": map[string]any{"Ref": "LB"}},
			}
		}
		if got := productionPort(Template{Resources: resources}, "LB"); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
