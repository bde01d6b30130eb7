package balancer

import (
	"math/bits"
	"time"
)

// histogram counts durations in buckets that are at most an eighth wide, from
// a microsecond to an hour. Each bucket keeps its sum too, so that averages
// stay exact.
type histogram struct {
	count [buckets]uint64
	sum   [buckets]time.Duration
}

const (
	lowestBits = 10 // 2^10 ns, about a microsecond
	perDouble  = 8  // buckets from a duration to its double
	buckets    = (42-lowestBits)*perDouble + 1
)

// Sample is a number of durations that are nearly the same, in seconds.
type Sample struct {
	Seconds float64
	Count   float64
}

func (h *histogram) add(d time.Duration) {
	i := bucketOf(d)
	h.count[i]++
	h.sum[i] += d
}

func bucketOf(d time.Duration) int {
	if d < 1<<lowestBits {
		return 0
	}
	double := bits.Len64(uint64(d)) - 1
	eighth := int(d>>(double-3)) & (perDouble - 1)
	return min((double-lowestBits)*perDouble+eighth, buckets-1)
}

func (h *histogram) merge(other *histogram) {
	for i, n := range other.count {
		h.count[i] += n
		h.sum[i] += other.sum[i]
	}
}

func (h *histogram) samples() []Sample {
	var all []Sample
	for i, n := range h.count {
		if n > 0 {
			all = append(all, Sample{h.sum[i].Seconds() / float64(n), float64(n)})
		}
	}
	return all
}
