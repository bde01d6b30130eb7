package local

import (
	"slices"
	"time"

	"catalog/local/balancer"
	"catalog/local/metrics"
)

// albNamespace is where load balancers report (AWS: "CloudWatch metrics for
// your Application Load Balancer").
const albNamespace = "AWS/ApplicationELB"

// series are the metrics of one set of dimensions at one moment.
type series struct {
	store      *metrics.Store
	at         time.Time
	dimensions map[string]string
}

// sum puts a count; none at all when nothing happened, as on AWS.
func (s series) sum(name string, n int) {
	if n != 0 {
		s.gauge(name, n)
	}
}

func (s series) gauge(name string, n int) {
	s.store.Put(metrics.NewKey(albNamespace, name, s.dimensions), s.at, float64(n))
}

// targets puts what targets answered.
func (s series) targets(c *balancer.Counts) {
	s.sum("RequestCount", c.Requests)
	s.sum("HTTPCode_Target_2XX_Count", c.Target[2])
	s.sum("HTTPCode_Target_3XX_Count", c.Target[3])
	s.sum("HTTPCode_Target_4XX_Count", c.Target[4])
	s.sum("HTTPCode_Target_5XX_Count", c.Target[5])
	s.sum("TargetConnectionErrorCount", c.ConnectionErrors)
	s.store.PutDistribution(metrics.NewKey(albNamespace, "TargetResponseTime", s.dimensions), s.at, &c.ResponseTimes)
}

// collect takes what was counted since the last call and puts it into a store:
// for the load balancer, and for it and each of its target groups.
func (lb *loadBalancer) collect(store *metrics.Store, at time.Time) {
	lb.mu.Lock()
	groups := slices.Clone(lb.groups)
	lb.mu.Unlock()
	own := series{store, at, map[string]string{"LoadBalancer": lb.fullName()}}
	var all balancer.Counts
	for _, g := range groups {
		counts := g.engine.Drain()
		one := series{store, at, map[string]string{"LoadBalancer": lb.fullName(), "TargetGroup": g.fullName()}}
		one.targets(counts)
		if healthy, unhealthy, known := g.engine.Hosts(); known {
			one.gauge("HealthyHostCount", healthy)
			one.gauge("UnHealthyHostCount", unhealthy)
		}
		all.Add(counts)
	}
	own.targets(&all)
	lb.collectOwn(own)
}

// collectOwn puts what the load balancer did itself.
func (lb *loadBalancer) collectOwn(s series) {
	c := lb.engine.Drain()
	s.sum("HTTPCode_ELB_3XX_Count", c.Own[3])
	s.sum("HTTPCode_ELB_4XX_Count", c.Own[4])
	s.sum("HTTPCode_ELB_5XX_Count", c.Own[5])
	s.sum("HTTPCode_ELB_502_Count", c.Own502)
	s.sum("HTTPCode_ELB_503_Count", c.Own503)
	s.sum("HTTPCode_ELB_504_Count", c.Own504)
	s.sum("HTTP_Fixed_Response_Count", c.Fixed)
	s.sum("HTTP_Redirect_Count", c.Redirects)
	s.sum("NewConnectionCount", c.NewConnections)
	s.sum("ProcessedBytes", c.Bytes)
	s.sum("ActiveConnectionCount", lb.activeSince(s.at, c.NewConnections))
}

// activeSince is how many connections were active since the last collection
// and are not yet counted in this minute: a minute's Sum is to be the number
// of connections in it, however often it is collected.
func (lb *loadBalancer) activeSince(at time.Time, opened int) int {
	lb.mu.Lock()
	defer lb.mu.Unlock()
	if minute := at.Unix() / 60; minute != lb.minute {
		lb.minute = minute
		return max(lb.engine.Active(), opened)
	}
	return opened
}
