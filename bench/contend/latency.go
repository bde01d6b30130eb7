package contend

import (
	"context"
	"fmt"
	"slices"
	"time"

	"catalog/bench/measure"
)

// latencies sends the mix at fixed rates, in turns. Flask is not asked for more
// than it can do: its queue would be all that is measured.
func (r *Result) latencies(ctx context.Context, o Options, contenders []*contender, mix measure.Source) error {
	for _, rate := range Rates {
		o.Say("%g requests a second", rate)
		met := map[string]*measure.Latency{}
		for range o.Rounds {
			for _, c := range contenders {
				if !c.answers || median(r.Row(c.name, "mix").Rate) < rate*1.2 {
					continue
				}
				l, err := o.Place.Open(ctx, []*measure.Process{c.process}, rate, 2*o.Span, mix)
				if err != nil {
					return fmt.Errorf("%s at %g requests a second: %w", c.name, rate, err)
				}
				all := met[c.name]
				if all == nil {
					all = &measure.Latency{}
					met[c.name] = all
				}
				all.Times = append(all.Times, l.Times...)
				all.Failed += l.Failed
				all.Behind = max(all.Behind, l.Behind)
			}
		}
		for _, c := range contenders {
			if l := met[c.name]; l != nil {
				slices.Sort(l.Times)
				at := func(q float64) float64 { return measure.Quantile(l.Times, q) * 1000 }
				r.Latencies = append(r.Latencies, LatencyRow{
					Contender: c.name, Rate: rate, P50: at(0.5), P99: at(0.99), P999: at(0.999),
					Requests: len(l.Times), Failed: l.Failed, Behind: l.Behind * 1000,
				})
			}
		}
	}
	return nil
}

var median = measure.Median

// shapes reads everyone's memory.
func (r *Result) shapes(contenders []*contender, set func(*Shape, float64)) error {
	time.Sleep(time.Second)
	for _, c := range contenders {
		mib, err := measure.Memory(c.process.PID())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(r.Shapes, func(s Shape) bool { return s.Contender == c.name })
		if i < 0 {
			i = len(r.Shapes)
			r.Shapes = append(r.Shapes, Shape{Contender: c.name})
		}
		set(&r.Shapes[i], mib)
	}
	return nil
}

// starts measures from the start to the first answer from the database.
func (r *Result) starts(ctx context.Context, contenders []*contender, rounds int) error {
	for range max(3, rounds) {
		for i, c := range contenders {
			if !c.answers {
				continue
			}
			began := time.Now()
			s, err := c.begin()
			if err != nil {
				return err
			}
			err = s.AwaitOK(ctx, measure.APage)
			r.Shapes[i].Start = append(r.Shapes[i].Start, float64(time.Since(began).Microseconds())/1000)
			s.Stop()
			if err != nil {
				return err
			}
		}
	}
	return nil
}
