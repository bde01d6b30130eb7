package local

import (
	"net"
	"strconv"

	"catalog/local/pgserver"
)

// belongings are the processes that the environment started and run, and the
// addresses that it and they listen on.
func (e *Environment) belongings() (processes []int, addresses []string) {
	for _, s := range all[*service](e) {
		for _, t := range s.all() {
			processes = append(processes, t.processes()...)
			addresses = append(addresses, t.address())
		}
	}
	for _, db := range all[*database](e) {
		if pid := db.server.PID(); pid != 0 {
			processes = append(processes, pid)
		}
		addresses = append(addresses, net.JoinHostPort(pgserver.Host, strconv.Itoa(db.server.Port())))
	}
	for _, l := range all[*listener](e) {
		if address := l.status().Address; address != "" {
			addresses = append(addresses, address)
		}
	}
	return processes, append(addresses, e.console.listener.Addr().String(), e.metadata.listener.Addr().String(), e.traces.DaemonAddress())
}

// processes are those of the task's containers that run.
func (t *task) processes() []int {
	t.mu.Lock()
	defer t.mu.Unlock()
	var running []int
	for _, c := range t.containers {
		if !c.process.HasEnded() {
			running = append(running, c.process.PID())
		}
	}
	return running
}
