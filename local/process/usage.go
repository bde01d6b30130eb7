package process

import "time"

// Usage is what a process, and all that came from it, has used so far.
type Usage struct {
	CPU    time.Duration // of all processors together
	Memory uint64        // resident, in bytes, at the moment
	// Processes are the numbers of those that run, the asked one first.
	Processes []int
}

// one is what the system says of one process.
type one struct {
	pid, parent int
	command     string
	cpu         time.Duration // its own and that of its children that have ended
	memory      uint64
}

// Snapshot is a look at all processes at one moment.
type Snapshot struct {
	processes map[int]one
	children  map[int][]int
}

// Look reads the system once, for as many questions as there are.
func Look() (Snapshot, error) {
	processes, err := readProcesses()
	if err != nil {
		return Snapshot{}, err
	}
	s := Snapshot{processes: map[int]one{}, children: map[int][]int{}}
	for _, p := range processes {
		s.processes[p.pid] = p
		s.children[p.parent] = append(s.children[p.parent], p.pid)
	}
	return s, nil
}

// Of answers the usage of a process with all below it; false when it does not
// run.
func (s Snapshot) Of(pid int) (Usage, bool) {
	root, ok := s.processes[pid]
	if !ok {
		return Usage{}, false
	}
	usage := Usage{CPU: root.cpu, Memory: root.memory, Processes: []int{pid}}
	for _, child := range s.children[pid] {
		if below, ok := s.Of(child); ok {
			usage.CPU += below.CPU
			usage.Memory += below.Memory
			usage.Processes = append(usage.Processes, below.Processes...)
		}
	}
	return usage, true
}

// Children counts a process's children whose command line fits.
func (s Snapshot) Children(pid int, fits func(command string) bool) int {
	count := 0
	for _, child := range s.children[pid] {
		if fits(s.processes[child].command) {
			count++
		}
	}
	return count
}
