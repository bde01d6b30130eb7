package local

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

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
