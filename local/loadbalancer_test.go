package local

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
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
	} {
		_, err := newTestBalancer(t, properties)
		wantError(t, err, want)
	}
	_, err := newListener(&Environment{}, declared{properties: map[string]any{"Protocol": "HTTPS"}})
	wantError(t, err, "its protocol is HTTPS: the local place has HTTP listeners")
	_, err = newListener(&Environment{}, declared{properties: map[string]any{"Protocol": "HTTP", "LoadBalancerArn": "arn:nobody"}})
	wantError(t, err, "it refers to arn:nobody, which is no loadBalancer of this environment")
}

// The first listener is the production one and has the port that people know.
func TestL3_TheTestListenerHasAPortOfItsOwn(t *testing.T) {
	t.Parallel()
	lb, err := newTestBalancer(t, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	first, err := lb.listen()
	if err != nil || first != lb.front {
		t.Errorf("the first listener has %v, %v, want the front port", first.Addr(), err)
	}
	second, err := lb.listen()
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if second.Addr().String() == first.Addr().String() {
		t.Errorf("both listen on %v", second.Addr())
	}
	if name, ok := lb.attribute("DNSName"); !ok || name != first.Addr().String() {
		t.Errorf("its name is %q, want the front's address", name)
	}
}

// A stop takes no new connection and lets the requests in flight end.
func TestListenerStopsWithoutCuttingOff(t *testing.T) {
	t.Parallel()
	lb, err := newTestBalancer(t, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	arrived, release := make(chan struct{}), make(chan struct{})
	g := newTestGroup(t, func(r *http.Request) (*http.Response, error) {
		close(arrived)
		<-release
		return response(r, 200, "whole"), nil
	})
	g.targets = []*target{{address: "target", health: targetHealthy}}
	l := &listener{balancer: lb, fallback: &action{split: []weightedGroup{{g, 1}}, total: 1}, served: make(chan error, 1)}
	if err := l.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	address := lb.front.Addr().String()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer := make(chan string, 1)
	go func() {
		response, err := client.Get("http://" + address + "/")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		answer <- string(body)
	}()
	<-arrived
	stopped := make(chan error, 1)
	go func() { stopped <- l.stop(context.Background()) }()
	for err == nil { // until the door is closed
		var c net.Conn
		if c, err = net.Dial("tcp", address); err == nil {
			c.Close()
		}
	}
	if !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
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
	if err := l.stop(context.Background()); err != nil { // a second time is nothing
		t.Error(err)
	}
}
