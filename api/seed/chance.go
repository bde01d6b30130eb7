package seed

import "math/rand/v2"

// Everything that is left to chance is whole numbers: floating point may differ
// in its last bit from one kind of processor to another, and the same seed must
// give the same bytes everywhere.

// chance is where a product's values come from.
type chance struct{ pcg rand.PCG }

// begin makes it the chance of one product: what product i is depends on the
// seed and i alone, so that a larger catalog begins with the smaller one.
func (c *chance) begin(seed uint64, i int) {
	c.pcg.Seed(seed, mix(uint64(i)))
}

// mix is the finalizer of SplitMix64: neighbours become far apart.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// below is a number from 0 up to but without n, with a bias that is smaller
// than any catalog could show.
func (c *chance) below(n int) int {
	return int(c.pcg.Uint64() >> 32 * uint64(n) >> 32)
}

// percent is true in p of a hundred cases.
func (c *chance) percent(p int) bool { return c.below(100) < p }

func (c *chance) of(words []string) string { return words[c.below(len(words))] }

// zipf are the cumulated weights of a list in which the first are common and
// the last rare: weight 1/(rank+flat). A greater flat makes the first less
// common.
type zipf []uint64

func newZipf(n, flat int) zipf {
	z := make(zipf, n)
	var sum uint64
	for rank := range z {
		sum += 1 << 24 / uint64(rank+flat)
		z[rank] = sum
	}
	return z
}

// rank draws one.
func (z zipf) rank(c *chance) int {
	at := uint64(c.below(int(z[len(z)-1])))
	low, high := 0, len(z)-1
	for low < high {
		if middle := (low + high) / 2; z[middle] > at {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// priceQuantiles are the prices, in cents, that 0/16, 1/16 … 16/16 of the goods
// are cheaper than: a log-normal distribution around 39.95 with its long tail
// cut off.
var priceQuantiles = []int{
	195, 740, 1_130, 1_505, 1_900, 2_330, 2_810, 3_360, 3_995, 4_750, 5_680, 6_850, 8_400, 10_600, 14_100, 21_600, 249_900,
}

// price draws one, in cents, with an ending as shops have it.
func (c *chance) price() int {
	last := len(priceQuantiles) - 1
	at := c.below(last)
	low, high := priceQuantiles[at], priceQuantiles[at+1]
	part := c.below(1024)
	if at == last-1 { // the tail: most of it is near its beginning
		part = part * part / 1024 * part / 1024 * part / 1024
	}
	cents := low + (high-low)*part/1024
	endings := [...]int{95, 95, 99, 0, 50, 90}
	return cents/100*100 + endings[c.below(len(endings))]
}
