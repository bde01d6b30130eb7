package balancer

import (
	"sync"
	"time"

	"catalog/local/metrics"
)

// Recorder counts what becomes of requests. A request takes one of its shards
// for a moment, so that connections seldom wait for each other.
type Recorder struct{ shards [shards]shard }

// shards is a power of two.
const shards = 8

type shard struct {
	mu     sync.Mutex
	counts Counts
	_      [64]byte // no two shards in one cache line
}

// Counts are what a Recorder has counted (AWS: "CloudWatch metrics for your
// Application Load Balancer").
type Counts struct {
	// Requests for which a target was chosen, whether it answered or not:
	// RequestCount.
	Requests int
	// Target and Own are statuses by class, 2 to 5, of targets
	// (HTTPCode_Target_2XX_Count) and of the balancer (HTTPCode_ELB_4XX_Count).
	Target, Own [6]int
	// Own502, Own503, Own504: HTTPCode_ELB_502_Count and its like.
	Own502, Own503, Own504 int
	// ConnectionErrors: TargetConnectionErrorCount.
	ConnectionErrors int
	// NewConnections of clients and to targets: NewConnectionCount.
	NewConnections int
	// Bytes of requests and answers, on the clients' side: ProcessedBytes.
	Bytes int
	// Fixed, Redirects: HTTP_Fixed_Response_Count, HTTP_Redirect_Count.
	Fixed, Redirects int
	// ResponseTimes: TargetResponseTime, in seconds.
	ResponseTimes metrics.Distribution
}

func (r *Recorder) shard(i uint32) *shard { return &r.shards[i&(shards-1)] }

// note changes a shard's sums.
func (s *shard) note(change func(*Counts)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.counts)
}

// targeted counts a request for which a target was chosen, with the status that
// the target answered; 0 is none.
func (s *shard) targeted(status int, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Requests++
	if status == 0 {
		return
	}
	if class := status / 100; class < len(s.counts.Target) {
		s.counts.Target[class]++
	}
	s.counts.ResponseTimes.Add(took.Seconds())
}

// moved counts the bytes of an exchange.
func (s *shard) moved(bytes int) {
	s.mu.Lock()
	s.counts.Bytes += bytes
	s.mu.Unlock()
}

// answeredItself counts an answer of the balancer.
func (c *Counts) answeredItself(status int) {
	if class := status / 100; class < len(c.Own) {
		c.Own[class]++
	}
	switch status {
	case 502:
		c.Own502++
	case 503:
		c.Own503++
	case 504:
		c.Own504++
	}
}

// drain takes what was counted.
func (r *Recorder) drain() *Counts {
	all := &Counts{}
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		one := s.counts
		s.counts = Counts{}
		s.mu.Unlock()
		all.Add(&one)
	}
	return all
}

// Add adds what another one has.
func (c *Counts) Add(other *Counts) {
	c.Requests += other.Requests
	c.ConnectionErrors += other.ConnectionErrors
	c.NewConnections += other.NewConnections
	c.Bytes += other.Bytes
	c.Fixed += other.Fixed
	c.Redirects += other.Redirects
	for class := range c.Target {
		c.Target[class] += other.Target[class]
		c.Own[class] += other.Own[class]
	}
	c.Own502 += other.Own502
	c.Own503 += other.Own503
	c.Own504 += other.Own504
	c.ResponseTimes.Merge(&other.ResponseTimes)
}
