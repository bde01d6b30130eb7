package contend

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"catalog/bench/measure"
	"catalog/release"
)

// Connections load a server at once, each waiting for its answer.
const Connections = 8

// Rates of the loads whose latency is measured, in requests a second: one that
// all can serve, and one that only some can.
var Rates = []float64{200, 2000}

// Options say what is compared, and how long.
type Options struct {
	Place   *measure.Place
	Project release.Project
	// Products and Lists are paths that the catalog answers.
	Products, Lists []string
	Rounds          int
	// Span is how long each load runs in each round.
	Span time.Duration
	// Say is told how far it is.
	Say func(format string, args ...any)
}

// Row is what an operation cost a contender, a value a round.
type Row struct {
	Contender string    `json:"contender"`
	Operation string    `json:"operation"`
	Rate      []float64 `json:"requests_per_second"`
	Server    []float64 `json:"server_cpu_us"`
	Database  []float64 `json:"postgres_cpu_us"`
}

// LatencyRow is what the mix met at a rate, in milliseconds, of all rounds.
type LatencyRow struct {
	Contender string  `json:"contender"`
	Rate      float64 `json:"requests_per_second"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	P999      float64 `json:"p999_ms"`
	Requests  int     `json:"requests"`
	Failed    int     `json:"failed"`
	Behind    float64 `json:"behind_ms"`
}

// Shape is what a contender takes: memory in MiB, idle and after the loads, and
// milliseconds from its start to its first answer from the database.
type Shape struct {
	Contender string    `json:"contender"`
	Idle      float64   `json:"idle_mib"`
	Loaded    float64   `json:"loaded_mib"`
	Start     []float64 `json:"start_ms"`
}

// Result is all that was measured.
type Result struct {
	Operations map[string]string `json:"operations"`
	// Tried are gunicorn's settings, the best one first, which is kept.
	Tried     []tuning     `json:"gunicorn"`
	TriedORM  []tuning     `json:"gunicorn_with_sqlalchemy"`
	Rows      []Row        `json:"rows"`
	Latencies []LatencyRow `json:"latencies"`
	Shapes    []Shape      `json:"shapes"`
	Sizes     []Size       `json:"sizes"`
	// LeftOut says which contender is missing, and why.
	LeftOut string `json:"left_out,omitempty"`
}

// Run compares everyone.
func Run(ctx context.Context, o Options) (*Result, error) {
	r := &Result{Operations: map[string]string{}}
	o.Say("Flask")
	f, err := prepareFlask(ctx, o.Place, o.Project, func(note string) { o.Say("%s", note) })
	if err != nil {
		return nil, err
	}
	all := operations(o.Products, o.Lists)
	mix := all[len(all)-1].source
	if r.Tried, err = f.tune(ctx, false, o.Span/2, mix, o.Say); err != nil {
		return nil, err
	}
	if r.TriedORM, err = f.tune(ctx, true, o.Span/2, mix, o.Say); err != nil {
		return nil, err
	}
	contenders, err := line(ctx, o, f)
	defer func() {
		for _, c := range contenders {
			c.process.Stop()
		}
	}()
	if err != nil {
		return nil, err
	}
	if err := r.shapes(contenders, func(s *Shape, mib float64) { s.Idle = mib }); err != nil {
		return nil, err
	}
	for _, op := range all {
		r.Operations[op.name] = op.says
	}
	for round := range o.Rounds {
		o.Say("round %d of %d", round+1, o.Rounds)
		if err := r.round(ctx, o, contenders, all); err != nil {
			return nil, err
		}
	}
	if err := r.latencies(ctx, o, contenders, mix); err != nil {
		return nil, err
	}
	if err := r.shapes(contenders, func(s *Shape, mib float64) { s.Loaded = mib }); err != nil {
		return nil, err
	}
	o.Say("starts")
	if err := r.starts(ctx, contenders, o.Rounds); err != nil {
		return nil, err
	}
	o.Say("image sizes")
	r.Sizes, err = sizes(ctx, o.Project, f)
	return r, err
}

// round asks everyone for everything, in turns.
func (r *Result) round(ctx context.Context, o Options, contenders []*contender, all []operation) error {
	program, err := findPgbench()
	if errors.Is(err, errNoPgbench) {
		r.LeftOut = err.Error()
	} else if err != nil {
		return err
	}
	texts := scripts(o.Products, o.Lists)
	for _, op := range all {
		for _, c := range contenders {
			if op.writes && !c.answers {
				continue
			}
			cost, err := o.Place.Closed(ctx, c.process, Connections, o.Span, op.source)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", c.name, op.name, err)
			}
			r.add(c.name, op.name, cost)
		}
		if text := texts[op.name]; text != "" && program != "" {
			cost, err := pgbench(ctx, o.Place, program, text, o.Span)
			if err != nil {
				return err
			}
			r.add(Pgbench, op.name, cost)
		}
	}
	return nil
}

func (r *Result) add(contender, operation string, c measure.Cost) {
	row := r.Row(contender, operation)
	if row == nil {
		r.Rows = append(r.Rows, Row{Contender: contender, Operation: operation})
		row = &r.Rows[len(r.Rows)-1]
	}
	row.Rate, row.Server, row.Database = append(row.Rate, c.Rate()), append(row.Server, c.ServerEach()), append(row.Database, c.DatabaseEach())
}

// Row is what a contender's operation cost; nil where it was not measured.
func (r *Result) Row(contender, operation string) *Row {
	i := slices.IndexFunc(r.Rows, func(row Row) bool { return row.Contender == contender && row.Operation == operation })
	if i < 0 {
		return nil
	}
	return &r.Rows[i]
}
