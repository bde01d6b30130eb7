package local

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"catalog/local/process"
)

// chaos does things to an environment at random.
type chaos struct {
	place     *place
	e         *Environment
	random    *rand.Rand
	updating  sync.WaitGroup
	addresses map[string]bool // of every task that was seen

	mu   sync.Mutex
	done map[string]int
}

// did counts what took effect.
func (c *chaos) did(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done[what]++
}

func (c *chaos) total() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done["kill"] + c.done["reclaim"] + c.done["release"] + c.done["rollback"]
}

// G7, S2: whatever happens a thousand times, what is left is a healthy
// environment with exactly the desired tasks and nothing beside it. The seed
// is printed when it fails; LOCAL_SEED repeats it.
func TestG7_S2_AThousandKillsReleasesAndReclaims(t *testing.T) {
	t.Parallel()
	seed := uint64(20261126)
	if given, err := strconv.ParseUint(os.Getenv("LOCAL_SEED"), 10, 64); err == nil {
		seed = given
	}
	p := newPlace(t)
	e := p.up(t, blueGreenStack(nil))
	c := &chaos{place: p, e: e, random: rand.New(rand.NewPCG(seed, 0)), addresses: map[string]bool{}, done: map[string]int{}}
	t.Logf("LOCAL_SEED=%d", seed)
	for step := 0; c.total() < 1000; step++ {
		c.step(t, step)
		time.Sleep(time.Duration(c.random.IntN(25)) * time.Millisecond)
	}
	c.updating.Wait()
	t.Logf("done: %v", c.done)
	for _, what := range []string{"kill", "reclaim", "release", "rollback"} {
		if c.done[what] < 10 {
			t.Errorf("too little happened: %v", c.done)
		}
	}
	c.assertWhole(t)
}

func (c *chaos) step(t *testing.T, step int) {
	t.Helper()
	tasks := c.e.Status().Services[0].Tasks
	for _, task := range tasks {
		c.addresses[task.Address] = true
	}
	switch n := c.random.IntN(100); {
	case n < 60:
		if len(tasks) == 0 {
			return
		}
		if pid := tasks[c.random.IntN(len(tasks))].PID; pid != 0 && syscall.Kill(pid, syscall.SIGKILL) == nil {
			c.did("kill")
		}
	case n < 80:
		if _, err := c.e.Reclaim("", c.random.IntN(5) == 0); err == nil {
			c.did("reclaim")
		}
	case n < 90:
		c.change("release", func() error { return c.place.update(t, c.e, blueGreenStack(version(strconv.Itoa(step)))) })
	case n < 95:
		c.change("rollback", func() error { return c.e.Rollback(t.Context()) })
	default:
		all[*service](c.e)[0].setDesired(2 + c.random.IntN(5))
	}
}

// change begins a change of the stack beside what else happens. It may be
// refused while another one goes on, and be taken back.
func (c *chaos) change(what string, do func() error) {
	c.updating.Go(func() {
		if err := do(); !errors.Is(err, errBusy) {
			c.did(what)
		}
	})
}

// assertWhole holds what is left.
func (c *chaos) assertWhole(t *testing.T) {
	t.Helper()
	// A revision whose tasks were killed before they served waits up to a minute.
	c.place.patience = 90 * time.Second
	status := c.place.awaitStatus(t, c.e, "as many healthy tasks as desired and no other", func(s Status) bool {
		service := s.Services[0]
		return len(service.Tasks) == service.Desired && service.Running == service.Desired && servingTargets(c.e) == service.Desired
	})
	var tasks []int
	for _, task := range status.Services[0].Tasks {
		tasks = append(tasks, task.PID)
		delete(c.addresses, task.Address)
	}
	for address := range c.addresses {
		assertClosed(t, address)
	}
	c.assertNoStrayProcess(t, tasks)
	c.assertNoStrayFile(t)
	if code, _ := c.place.ask(t, c.e, "GET", "/api/pid"); code != 200 {
		t.Errorf("it answers %d", code)
	}
}

// assertNoStrayProcess: of the programs in this environment's image, the
// tasks' alone run.
func (c *chaos) assertNoStrayProcess(t *testing.T, tasks []int) {
	t.Helper()
	image, _ := c.place.options.Images(accountID + ".dkr.ecr/workload@sha256:0123")
	snapshot, err := process.Look()
	if err != nil {
		t.Skip(err)
	}
	usage, _ := snapshot.Of(os.Getpid())
	for _, pid := range usage.Processes {
		command, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
		if strings.HasPrefix(string(command), image.Root) && !slices.Contains(tasks, pid) {
			t.Errorf("process %d is left: %q", pid, command)
		}
	}
}

// assertNoStrayFile: the state folder has what a fresh environment has.
func (c *chaos) assertNoStrayFile(t *testing.T) {
	t.Helper()
	known := []string{lockFile, stateFile, eventsFile, controlDir, secretsDir, logsDir}
	entries, err := os.ReadDir(c.place.options.StateDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !slices.Contains(known, entry.Name()) {
			t.Errorf("%s is left in the state folder", entry.Name())
		}
	}
	if _, err := os.Stat(filepath.Join(c.place.options.StateDir, lockFile)); errors.Is(err, os.ErrNotExist) {
		t.Error("the lock is gone")
	}
}
