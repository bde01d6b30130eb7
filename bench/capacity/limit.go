package capacity

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"catalog/bench/measure"
)

// Held is a task that may use half a core, as Fargate gives it.
type Held struct {
	// CPU is what it used of that, in percent.
	CPU    float64 `json:"cpu_percent"`
	Rate   float64 `json:"requests_per_second"`
	P50    float64 `json:"p50_ms"`
	P99    float64 `json:"p99_ms"`
	Failed int     `json:"failed"`
}

// vCPU is a task's share of a core; the quota holds for each period.
const (
	vCPU   = 0.5
	period = 100 * time.Millisecond
)

// hold measures a task in a control group of half a core. Where control groups
// cannot be made it says so.
func (m *Measured) hold(ctx context.Context, place *measure.Place, with map[string]string, sample measure.Sampled, span time.Duration) error {
	group, err := makeGroup()
	if err != nil {
		m.NotHeld = err.Error()
		return nil
	}
	defer func() { // deferred first: once its process has ended
		if err := os.Remove(group); err != nil {
			fmt.Fprintln(os.Stderr, "the control group is left:", err)
		}
	}()
	s, err := place.Serving(ctx, measure.Cached, with)
	if err != nil {
		return err
	}
	defer s.Stop()
	if err := tell(filepath.Join(group, "cgroup.procs"), strconv.Itoa(s.PID())); err != nil {
		m.NotHeld = err.Error()
		return nil
	}
	if _, err := place.Open(ctx, []*measure.Process{s}, TaskRate/4, 2*span, Mix(sample, Creates, 1000)); err != nil { // fills the cache
		return err
	}
	var l measure.Latency
	err = withFleet(ctx, place, sample, Creates, func() (err error) {
		l, err = place.Open(ctx, []*measure.Process{s}, TaskRate, 2*span, Mix(sample, Creates, 1001))
		return err
	})
	if err != nil {
		return err
	}
	m.Held = &Held{
		CPU: 100 * l.Server.Seconds() / l.Span.Seconds() / vCPU, Rate: l.Rate(), Failed: l.Failed,
		P50: measure.Quantile(l.Times, 0.5) * 1000, P99: measure.Quantile(l.Times, 0.99) * 1000,
	}
	return nil
}

// makeGroup makes a control group with half a core: of version 2, or of
// version 1 where the system has that (cgroups(7)).
func makeGroup() (string, error) {
	quota, each := strconv.Itoa(int(vCPU*float64(period.Microseconds()))), strconv.Itoa(int(period.Microseconds()))
	name := "catalog-bench-" + strconv.Itoa(os.Getpid())
	var errs []error
	for _, v := range []struct {
		root  string
		files map[string]string
	}{
		{"/sys/fs/cgroup", map[string]string{"cpu.max": quota + " " + each}},
		{"/sys/fs/cgroup/cpu", map[string]string{"cpu.cfs_period_us": each, "cpu.cfs_quota_us": quota}},
	} {
		group := filepath.Join(v.root, name)
		err := os.Mkdir(group, 0o755)
		for file, value := range v.files {
			if err == nil {
				err = tell(filepath.Join(group, file), value)
			}
		}
		if err == nil {
			return group, nil
		}
		os.Remove(group)
		errs = append(errs, err)
	}
	return "", fmt.Errorf("no control group can be made here: %w", errors.Join(errs...))
}

// tell writes to a file that the system has made, and makes none: a folder that
// is no control group takes any file, and holds nobody.
func tell(path, value string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(value)
	return errors.Join(err, f.Close())
}
