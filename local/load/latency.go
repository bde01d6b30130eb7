package load

import (
	"math/bits"
	"time"
)

// latencies counts durations in buckets that are at most 1/32 wide, so that
// memory does not grow with the number of requests.
type latencies struct {
	count [64 * fine]uint64
	total uint64
	max   time.Duration
}

// fine is the number of buckets from a duration to its double.
const fine = 32

func (l *latencies) add(d time.Duration) {
	d = max(d, 0)
	l.count[bucketOf(uint64(d))]++
	l.total++
	l.max = max(l.max, d)
}

func bucketOf(n uint64) int {
	if n < fine {
		return int(n)
	}
	shift := bits.Len64(n) - 6 // leaves six bits, the first of them set
	return shift*fine + int(n>>shift)
}

// upper is the largest duration of a bucket.
func upper(bucket int) time.Duration {
	if bucket < 2*fine {
		return time.Duration(bucket)
	}
	shift := bucket/fine - 1
	return time.Duration((uint64(bucket-shift*fine)+1)<<shift - 1)
}

// quantile is the duration that a share of all, 0 to 1, does not exceed.
func (l *latencies) quantile(q float64) time.Duration {
	if l.total == 0 {
		return 0
	}
	rank := max(1, uint64(q*float64(l.total)+0.9999999))
	seen := uint64(0)
	for bucket, n := range l.count {
		if seen += n; seen >= rank {
			return min(upper(bucket), l.max)
		}
	}
	return l.max
}
