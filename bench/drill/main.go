// Command drill proves that nothing is lost when things break. It starts a
// local place with catalogctl, sends reads and writes through its load balancer
// at a constant rate, breaks one thing after the other, and asks PostgreSQL
// itself for every write that was acknowledged. It writes bench/drills.md and
// ends with code 1 when one is lost or a drill does not recover.
//
//	main.go         flags, the order of the drills, the exit code
//	stage.go        one drill under load: before, the fault, until it recovers
//	load.go, request.go, outcome.go   the load, what it asks, what became of it
//	ledger.go, verify.go              what was acknowledged, and whether it is there
//	environment.go, server.go, proxy.go, standby.go   what the drills break
//	deployment.go … import.go         the drills
//	report.go       the table
//
//	go run ./bench/drill
//	go run ./bench/drill -only task,primary -seed 7
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"catalog/bench/measure"
	"catalog/local"
	"catalog/release"
)

type options struct {
	seed   uint64
	only   string
	rate   float64
	out    string
	asJSON bool
}

// runner runs the drills that were asked for.
type runner struct {
	options    options
	project    release.Project
	dir        string // temporary
	catalogctl string
	results    []result
	looked     int    // acknowledged writes, at the very end
	last       []loss // of them
}

func main() {
	var o options
	flag.Uint64Var(&o.seed, "seed", 0, "what chance decides by; 0 takes one by the clock and prints it")
	flag.StringVar(&o.only, "only", "", "run these drills alone, with commas between their names: "+strings.Join(names(), ","))
	flag.Float64Var(&o.rate, "rate", 120, "requests a second")
	flag.StringVar(&o.out, "out", "bench/drills.md", "where the report is written")
	flag.BoolVar(&o.asJSON, "json", false, "print the results as JSON instead of the table")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	err := run(ctx, o)
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "drill: interrupted:", err)
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, "drill:", err)
		os.Exit(1)
	}
}

// names are those of all drills.
func names() []string {
	var all []string
	for _, d := range append(drills(), diskDrill()) {
		all = append(all, d.name)
	}
	return all
}

func (o *options) check() error {
	if o.rate <= 0 || o.rate > 1000 {
		return fmt.Errorf("-rate is %v: it must be more than 0 and at most 1000 requests a second", o.rate)
	}
	for name := range strings.SplitSeq(o.only, ",") {
		if o.only != "" && !slices.Contains(names(), name) {
			return fmt.Errorf("-only names the drill %q, which there is not: choose of %s", name, strings.Join(names(), ","))
		}
	}
	if o.seed == 0 {
		o.seed = uint64(time.Now().UnixNano() % 1_000_000)
	}
	return nil
}

func (o options) wants(name string) bool {
	return o.only == "" || slices.Contains(strings.Split(o.only, ","), name)
}

func run(ctx context.Context, o options) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	r := &runner{options: o}
	if r.project, err = release.FindProject("."); err != nil {
		return err
	}
	if local.IsRunning(r.project.StateDir(suffix)) {
		return fmt.Errorf("an environment %s runs on this machine: end it with bin/catalogctl down --suffix %s, the drills start their own", suffix, suffix)
	}
	if r.dir, err = os.MkdirTemp("", "catalog-drill-"); err != nil {
		return err
	}
	defer os.RemoveAll(r.dir)
	if err := os.Chmod(r.dir, 0o755); err != nil { // PostgreSQL runs as another user where this is root
		return err
	}
	_ = unmount(r.smallDisk()) // of a run that was killed; most often there is none
	began := time.Now()
	say("seed %d, %v requests a second", o.seed, o.rate)
	r.catalogctl = filepath.Join(r.dir, "catalogctl")
	if err := measure.Build(ctx, r.project.Dir, r.catalogctl, "./cmd/catalogctl"); err != nil {
		return err
	}
	if err := r.all(ctx); err != nil {
		return err
	}
	return r.report(ctx, time.Since(began))
}

// all runs the drills: those of the disk in an environment of their own.
func (r *runner) all(ctx context.Context) error {
	wanted := slices.DeleteFunc(drills(), func(d drill) bool { return !r.options.wants(d.name) })
	if len(wanted) > 0 {
		if err := r.inEnvironment(ctx, wanted, "--ephemeral"); err != nil {
			return err
		}
	}
	if d := diskDrill(); r.options.wants(d.name) {
		return r.onSmallDisk(ctx, d)
	}
	return nil
}

// inEnvironment brings an environment up and runs drills in it.
func (r *runner) inEnvironment(ctx context.Context, wanted []drill, flags ...string) (err error) {
	say("starting the environment %s", suffix)
	e, err := start(ctx, r, flags...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	for _, d := range wanted {
		if d.prepare != nil {
			if err := d.prepare(ctx, e); err != nil {
				return fmt.Errorf("preparing the drill %s: %w", d.name, err)
			}
		}
	}
	if err := e.begin(ctx, r); err != nil {
		return err
	}
	for _, d := range wanted {
		say("%s: %s", d.name, d.what)
		if d.linux && runtime.GOOS != "linux" {
			r.leaveOut(d, "it needs Linux, which shows the processes of a server")
			continue
		}
		// A drill does the same whichever others run.
		s := &stage{chance: rand.New(rand.NewPCG(r.options.seed, uint64(slices.Index(names(), d.name))))}
		done, err := e.perform(ctx, d, s)
		if ctx.Err() != nil {
			return errors.New("interrupted, nothing is left running")
		}
		if err != nil { // the others may say more
			done.Recovered = false
			done.Findings = append(done.Findings, err.Error())
		}
		say("%s: %s", d.name, done.line())
		r.results = append(r.results, done)
	}
	e.stopLoad()
	last, err := e.load.check(ctx, e.serving)
	if err != nil {
		return err
	}
	say("at the end: %d acknowledged writes looked for, %d lost", last.Acknowledged, len(last.Lost))
	r.looked, r.last = r.looked+last.Acknowledged, append(r.last, last.Lost...)
	return nil
}

// leaveOut is never silent.
func (r *runner) leaveOut(d drill, why string) {
	say("%s: left out: %s", d.name, why)
	r.results = append(r.results, result{Name: d.name, Title: d.title, What: d.what, LeftOut: why})
}

// say tells a person on stderr what happens.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05 ")+format+"\n", args...)
}

// errFailed: the report says what.
var errFailed = errors.New("an acknowledged write was lost, a repeat made a second product, a drill did not recover, or something was found: see the report")

// broke says whether a drill has shown what must never be.
func (r result) broke() bool {
	return r.LeftOut == "" && (len(r.Audit.Lost) > 0 || len(r.Audit.Twice) > 0 || len(r.Findings) > 0 || !r.Recovered)
}

func (r *runner) report(ctx context.Context, took time.Duration) error {
	page := r.page(ctx, took)
	if err := os.WriteFile(r.options.out, []byte(page), 0o644); err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	if r.options.asJSON {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(r.results); err != nil {
			return err
		}
	} else {
		fmt.Print(table(r.results))
	}
	if len(r.last) > 0 || slices.ContainsFunc(r.results, result.broke) {
		return errFailed
	}
	return nil
}
