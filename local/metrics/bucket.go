package metrics

import (
	"cmp"
	"math"
	"slices"
)

// growth is how much wider a bucket begins than the one before: with 2 %,
// a bucket's middle is less than 1 % away from everything in it.
const growth = 1.02

var logGrowth = math.Log(growth)

// zeroBucket holds the zeros; no positive number comes so low.
const zeroBucket = math.MinInt32

// bucket counts the values between growth^(index-1) and growth^index.
type bucket struct {
	index int32
	count float64
}

// buckets are sorted by index. A slice is smaller than a map for the few
// buckets that a minute has, and percentiles read it in order.
type buckets []bucket

func bucketIndex(v float64) int32 {
	if v <= 0 {
		return zeroBucket
	}
	return int32(math.Ceil(math.Log(v) / logGrowth))
}

// middle is the value that stands for a bucket: equally far, in percent,
// from both of its ends.
func (b bucket) middle() float64 {
	if b.index == zeroBucket {
		return 0
	}
	return 2 * math.Exp(float64(b.index)*logGrowth) / (1 + growth)
}

func (b *buckets) add(index int32, count float64) {
	at, found := slices.BinarySearchFunc(*b, index, func(b bucket, index int32) int { return cmp.Compare(b.index, index) })
	if found {
		(*b)[at].count += count
		return
	}
	*b = slices.Insert(*b, at, bucket{index, count})
}

// valueAt is the value that rank values are at or below.
func (b buckets) valueAt(rank float64) float64 {
	var seen float64
	for _, one := range b {
		seen += one.count
		if seen >= rank {
			return one.middle()
		}
	}
	return b[len(b)-1].middle()
}
