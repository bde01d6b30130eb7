package measure

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"catalog/local/process"
)

// tree is a process with all that came from it.
func tree(pid int) ([]int, error) {
	look, err := process.Look()
	if err != nil {
		return nil, err
	}
	usage, ok := look.Of(pid)
	if !ok {
		return nil, fmt.Errorf("process %d has ended: what it said is above", pid)
	}
	return usage.Processes, nil
}

// CPU is what a process and all that came from it and live have used, in the
// nanoseconds of the scheduler.
func CPU(pid int) (total time.Duration, err error) {
	pids, err := tree(pid)
	if err != nil {
		return 0, err
	}
	for _, pid := range pids {
		files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
		if err != nil {
			return 0, err
		}
		for _, f := range files {
			content, err := os.ReadFile(f)
			if errors.Is(err, os.ErrNotExist) { // a thread that has just ended
				continue
			}
			if err != nil {
				return 0, err
			}
			ns, err := strconv.ParseInt(strings.Fields(string(content))[0], 10, 64)
			if err != nil {
				return 0, err
			}
			total += time.Duration(ns)
		}
	}
	if total == 0 {
		return 0, errors.New("the system does not say how much CPU a process used: this needs Linux with CONFIG_SCHED_INFO")
	}
	return total, nil
}

// meter reads CPU time from a moment on.
type meter struct {
	servers          []*Process
	database         int
	server, postgres time.Duration
}

func (p *Place) meter(servers ...*Process) (*meter, error) {
	m := &meter{servers: servers, database: p.Server.PID()}
	var err error
	m.server, m.postgres, err = m.now()
	return m, err
}

func (m *meter) now() (server, database time.Duration, err error) {
	for _, s := range m.servers {
		used, err := CPU(s.PID())
		if err != nil {
			return 0, 0, err
		}
		server += used
	}
	database, err = CPU(m.database)
	return server, database, err
}

// read is what was used since.
func (m *meter) read() (server, database time.Duration, err error) {
	server, database, err = m.now()
	return server - m.server, database - m.postgres, err
}

// Memory is what a process and all that came from it have in memory, in MiB; a
// page that several have counts once.
func Memory(pid int) (total float64, err error) {
	pids, err := tree(pid)
	if err != nil {
		return 0, err
	}
	for _, pid := range pids {
		mib, err := line(pid, "smaps_rollup", "Pss")
		if err != nil {
			return 0, err
		}
		total += mib
	}
	return total, nil
}

// Peak is the most that one process had in memory since ResetPeak, in MiB.
func Peak(pid int) (float64, error) { return line(pid, "status", "VmHWM") }

// ResetPeak begins a new peak.
func ResetPeak(pid int) error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
}

// line reads a line of kB from a file in /proc.
func line(pid int, file, name string) (float64, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return 0, err
	}
	for l := range strings.Lines(string(content)) {
		if value, ok := strings.CutPrefix(l, name+":"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("the system does not say %s of process %d", name, pid)
}
