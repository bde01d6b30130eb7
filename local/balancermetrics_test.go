package local

import (
	"math"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"catalog/local/balancer"
	"catalog/local/metrics"
)

// Metrics have AWS's names and dimensions; counts of nothing are absent, host
// counts never.
func TestO3_LoadBalancerMetrics(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, nil)
	lb := all[*loadBalancer](e)[0]
	store, at := metrics.NewStore(), time.Now().Truncate(time.Minute).Add(-2*time.Minute)
	lb.collect(metrics.NewStore(), at) // what came before
	for range 5 {
		p.ask(t, e, http.MethodGet, "/health")
	}
	p.ask(t, e, http.MethodGet, "/nowhere")
	counted := func(name string, dimensions map[string]string, stat string) float64 {
		points := store.Query(metrics.NewKey(albNamespace, name, dimensions), stat, time.Minute, at.Add(-time.Minute), at.Add(time.Minute))
		if len(points) != 1 {
			return math.NaN()
		}
		return points[0].Value
	}
	own := map[string]string{"LoadBalancer": "app/alb-test/local"}
	blue := map[string]string{"LoadBalancer": "app/alb-test/local", "TargetGroup": "targetgroup/tg-blue-test/local"}
	// A request is counted after its answer left.
	for deadline := time.Now().Add(10 * time.Second); counted("RequestCount", own, "Sum") != 5 && time.Now().Before(deadline); {
		lb.collect(store, at)
	}
	for _, c := range []struct {
		name       string
		dimensions map[string]string
		stat       string
		want       float64
	}{
		{"RequestCount", own, "Sum", 5},
		{"RequestCount", blue, "Sum", 5},
		{"HTTPCode_Target_2XX_Count", blue, "Sum", 5},
		{"HTTPCode_ELB_4XX_Count", own, "Sum", 1},
		{"HTTP_Fixed_Response_Count", own, "Sum", 1},
		{"HealthyHostCount", blue, "Minimum", 2},
		{"UnHealthyHostCount", blue, "Maximum", 0},
		{"TargetResponseTime", blue, "SampleCount", 5},
	} {
		if got := counted(c.name, c.dimensions, c.stat); got != c.want {
			t.Errorf("%s of %v is %g, want %g", c.name, c.dimensions, got, c.want)
		}
	}
	for _, key := range store.Keys() {
		if strings.HasPrefix(key.Name, "HTTPCode_Target_5XX") || strings.Contains(key.Dimensions, "tg-green") {
			t.Errorf("%+v is there, and nothing happened", key)
		}
	}
}

// O3: where no target answers at all, the template's alarm on errors sees every
// request fail.
func TestO3_TheErrorsAlarmSeesTargetsThatNeverAnswer(t *testing.T) {
	t.Parallel()
	lb, err := newTestBalancer(t, `{"Name": "alb-test"}`)
	if err != nil {
		t.Fatal(err)
	}
	g := &targetGroup{declared: declared{id: "Blue"}, engine: balancer.NewGroup("blue", balancer.GroupSettings{Interval: time.Minute, Timeout: time.Second})}
	lb.add(g)
	l := lb.engine.NewListener(80)
	l.SetTable(balancer.Table{Default: balancer.Action{Forward: []balancer.Weighted{{Group: g.engine, Weight: 1}}}})
	target, front := closing(t), listening(t)
	l.Serve(front)
	g.engine.Register(target, func() {})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	const requests = 30
	for range requests {
		response, err := client.Get("http://" + front.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 502 {
			t.Fatal(response.StatusCode)
		}
	}
	if err := l.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	g.engine.Stop()
	store, at := metrics.NewStore(), time.Now().Truncate(time.Minute)
	lb.collect(store, at)
	series := map[string][]metrics.Point{}
	for id, name := range map[string]string{"requests": "RequestCount", "tasks": "HTTPCode_Target_5XX_Count", "balancer": "HTTPCode_ELB_5XX_Count"} {
		key := metrics.NewKey(albNamespace, name, map[string]string{"LoadBalancer": lb.fullName()})
		series[id] = store.Query(key, metrics.Sum, time.Minute, at, at.Add(time.Minute))
	}
	expression, err := metrics.ParseExpression("IF(FILL(requests, 0) >= 20, 100 * (FILL(tasks, 0) + FILL(balancer, 0)) / requests, 0)")
	if err != nil {
		t.Fatal(err)
	}
	if got := expression.Evaluate(series, []time.Time{at}); len(got) != 1 || got[0].Value != 100 {
		t.Errorf("of %d requests that failed the share is %v, of %v", requests, got, series)
	}
}

func listening(t *testing.T) net.Listener {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	return socket
}

// closing is a target that ends every connection without a word.
func closing(t *testing.T) (address string) {
	t.Helper()
	socket := listening(t)
	go func() {
		for {
			c, err := socket.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	return socket.Addr().String()
}
