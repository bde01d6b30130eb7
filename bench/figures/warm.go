package figures

import (
	"context"
	"fmt"

	"catalog/bench/measure"
)

// warmPages have 100 products each.
const warmPages = 1000

// Warm reads many products once and answers what the server has in memory
// then, in MiB.
func Warm(ctx context.Context, place *measure.Place) (products int, mib float64, err error) {
	s, err := place.Serving(ctx, measure.Cached, nil)
	if err != nil {
		return 0, 0, err
	}
	defer s.Stop()
	sample, err := measure.Sample(s, warmPages)
	if err != nil {
		return 0, 0, err
	}
	c, err := measure.Dial(s.Address)
	if err != nil {
		return 0, 0, err
	}
	defer c.Close()
	for _, path := range sample.Products {
		if _, status, err := c.Ask(measure.Request(path)); err != nil || status != 200 {
			return 0, 0, fmt.Errorf("GET %s: %d, %w", path, status, err)
		}
		if ctx.Err() != nil {
			return 0, 0, ctx.Err()
		}
	}
	mib, err = measure.Memory(s.PID())
	return len(sample.Products), mib, err
}
