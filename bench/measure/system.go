package measure

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
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

// cpuOf is what a process and all that came from it and live have used, in the
// nanoseconds of the scheduler, by process.
func cpuOf(pid int) (map[int]time.Duration, error) {
	pids, err := tree(pid)
	if err != nil {
		return nil, err
	}
	each := map[int]time.Duration{}
	for _, pid := range pids {
		files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			content, err := os.ReadFile(f)
			if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) { // it has just ended
				continue
			}
			if err != nil {
				return nil, err
			}
			ns, err := strconv.ParseInt(strings.Fields(string(content))[0], 10, 64)
			if err != nil {
				return nil, err
			}
			each[pid] += time.Duration(ns)
		}
	}
	if len(each) == 0 {
		return nil, errors.New("the system does not say how much CPU a process used: this needs Linux with CONFIG_SCHED_INFO")
	}
	return each, nil
}

// meter reads CPU time from a moment on. A process that ends meanwhile is left
// out, with what it used before: it must not be taken off from the others.
type meter struct {
	place            *Place
	servers          []*Process
	server, postgres map[int]time.Duration
}

func (p *Place) meter(servers ...*Process) (*meter, error) {
	m := &meter{place: p, servers: servers}
	var err error
	m.server, m.postgres, err = m.now()
	return m, err
}

func (m *meter) now() (server, database map[int]time.Duration, err error) {
	server = map[int]time.Duration{}
	for _, s := range m.servers {
		each, err := cpuOf(s.PID())
		if err != nil {
			return nil, nil, err
		}
		maps.Copy(server, each)
	}
	database, err = cpuOf(m.place.Server.PID())
	m.place.leftOut.Range(func(pid, _ any) bool { delete(database, pid.(int)); return true })
	return server, database, err
}

// read is what was used since.
func (m *meter) read() (server, database time.Duration, err error) {
	ofServers, ofDatabase, err := m.now()
	return since(m.server, ofServers), since(m.postgres, ofDatabase), err
}

func since(before, after map[int]time.Duration) (total time.Duration) {
	for pid, used := range after {
		total += max(0, used-before[pid])
	}
	return total
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
