package telemetry

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// Buckets of a histogram: 16 between a power of two and the next, so that a
// percentile is at most 1/16 above the truth, from a microsecond to a minute.
const (
	bucketBits = 4
	perDoubled = 1 << bucketBits
	doublings  = 22
	buckets    = perDoubled * (doublings + 1)
)

// histogram counts durations in buckets of fixed bounds: to add one is a
// single atomic addition and no allocation.
type histogram struct{ counts [buckets]atomic.Uint64 }

func (h *histogram) add(d time.Duration) { h.counts[bucketOf(d)].Add(1) }

// bucketOf: the first 16 buckets are a microsecond wide, and each 16 that
// follow twice as wide as those before. The last one takes all that is longer.
func bucketOf(d time.Duration) int {
	us := uint64(max(0, d.Microseconds()))
	doubled := max(0, bits.Len64(us)-bucketBits-1)
	return min(doubled<<bucketBits+int(us>>doubled), buckets-1)
}

// upperBound is what every duration in a bucket is shorter than.
func upperBound(bucket int) time.Duration {
	doubled := max(0, bucket>>bucketBits-1)
	return time.Duration((bucket-doubled<<bucketBits+1)<<doubled) * time.Microsecond
}

// durations are what a histogram counted until it was taken.
type durations struct {
	counts [buckets]uint64
	total  uint64
}

// take answers what was counted and begins anew; what is added meanwhile is in
// this one or in the next, never in both.
func (h *histogram) take() *durations {
	taken := &durations{}
	for i := range h.counts {
		taken.counts[i] = h.counts[i].Swap(0)
		taken.total += taken.counts[i]
	}
	return taken
}

// percentile is a duration that so many in a hundred do not reach; 0 of none.
func (d *durations) percentile(p uint64) time.Duration {
	rank := (d.total*p + 99) / 100
	for i, seen := 0, uint64(0); i < buckets; i++ {
		if seen += d.counts[i]; seen >= rank && seen > 0 {
			return upperBound(i)
		}
	}
	return 0
}
