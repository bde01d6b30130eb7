package balancer

import (
	"slices"
	"sync"
	"time"
)

// Recorder counts what becomes of requests. A request takes one of its shards
// for a moment, so that connections seldom wait for each other.
type Recorder struct{ shards [shards]shard }

// shards is a power of two.
const shards = 8

type shard struct {
	mu     sync.Mutex
	counts counts
	times  histogram
	_      [64]byte // no two shards in one cache line
}

// counts are the sums of a shard.
type counts struct {
	requests, connectionErrors, newConnections, bytes, fixed, redirects int
	target, own                                                         [6]int // by class: 5 is 5XX
	own502, own503, own504                                              int
}

// Counts are what a Recorder has counted (AWS: "CloudWatch metrics for your
// Application Load Balancer").
type Counts struct {
	// Requests for which a target was chosen: RequestCount.
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
	// ResponseTimes: TargetResponseTime.
	ResponseTimes []Sample
}

func (r *Recorder) shard(i uint32) *shard { return &r.shards[i&(shards-1)] }

// note changes a shard's sums.
func (s *shard) note(change func(*counts)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.counts)
}

// answered counts a target's answer.
func (s *shard) answered(status int, took time.Duration) {
	s.mu.Lock()
	s.counts.requests++
	if class := status / 100; class < len(s.counts.target) {
		s.counts.target[class]++
	}
	s.times.add(took)
	s.mu.Unlock()
}

// moved counts the bytes of an exchange.
func (s *shard) moved(bytes int) {
	s.mu.Lock()
	s.counts.bytes += bytes
	s.mu.Unlock()
}

// answeredItself counts an answer of the balancer.
func (c *counts) answeredItself(status int) {
	if class := status / 100; class < len(c.own) {
		c.own[class]++
	}
	switch status {
	case 502:
		c.own502++
	case 503:
		c.own503++
	case 504:
		c.own504++
	}
}

// drain takes what was counted.
func (r *Recorder) drain() Counts {
	var all Counts
	var times histogram
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		one := s.counts
		s.counts = counts{}
		times.merge(&s.times)
		s.times = histogram{}
		s.mu.Unlock()
		all.add(one)
	}
	all.ResponseTimes = times.samples()
	return all
}

func (c *Counts) add(one counts) {
	c.Requests += one.requests
	c.ConnectionErrors += one.connectionErrors
	c.NewConnections += one.newConnections
	c.Bytes += one.bytes
	c.Fixed += one.fixed
	c.Redirects += one.redirects
	for class := range one.target {
		c.Target[class] += one.target[class]
		c.Own[class] += one.own[class]
	}
	c.Own502 += one.own502
	c.Own503 += one.own503
	c.Own504 += one.own504
}

// With is the sum of both.
func (c Counts) With(other Counts) Counts {
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
	c.ResponseTimes = slices.Concat(c.ResponseTimes, other.ResponseTimes)
	return c
}
