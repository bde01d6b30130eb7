package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"catalog/bench/measure"
	"catalog/contract"
	localprocess "catalog/local/process"
)

// What no answer and no log may hold: package measure chooses them.
const (
	token    = measure.Token
	password = "bench-password"
)

// place is a PostgreSQL, the API in front of it, and the load balancer in
// front of that.
type place struct {
	*measure.Place
	api       *process
	balancer  *process
	collector *measure.Traces
}

// balancerRole makes this program the load balancer: one that crashed would
// take the other half with it.
const balancerRole = "balancer"

// process is a server that is asked.
type process struct {
	command *exec.Cmd
	address string
	watch   *watch
	ended   chan struct{}
}

// start starts all of it; what was started has to be closed also after an
// error.
func (r *run) start(ctx context.Context) (p *place, err error) {
	p = &place{}
	if p.Place, err = measure.NewPlace(ctx); err != nil {
		return p, err
	}
	if p.Database.Password != password {
		return p, errors.New("the database has another password than the one that is looked for in logs")
	}
	if p.collector, err = measure.ListenForTraces(); err != nil {
		return p, err
	}
	free, err := localprocess.FreePort()
	if err != nil {
		return p, err
	}
	port := strconv.Itoa(free)
	command := exec.Command(p.Program, "serve")
	command.Env = p.Environment(map[string]string{contract.EnvPort: port, contract.EnvOTLPEndpoint: p.collector.URL()})
	if p.api, err = begin(command, net.JoinHostPort("127.0.0.1", port), false); err != nil {
		return p, err
	}
	if err := p.api.await(ctx); err != nil {
		return p, err
	}
	self, err := os.Executable()
	if err != nil {
		return p, err
	}
	if p.balancer, err = begin(exec.Command(self, balancerRole, p.api.address, filepath.Join(r.dir, "access_log")), "", true); err != nil {
		return p, err
	}
	return p, p.balancer.await(ctx)
}

// begin starts a process and watches what it says; where it chooses its
// address itself, that is its first line.
func begin(command *exec.Cmd, address string, saysAddress bool) (*process, error) {
	p := &process{command: command, address: address, watch: &watch{}, ended: make(chan struct{})}
	out, in := io.Pipe()
	command.Stdout, command.Stderr = in, in
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is this program's to pass on
	if err := command.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = command.Wait() // the code is asked for later
		in.Close()
		close(p.ended)
	}()
	lines := bufio.NewReader(out)
	if saysAddress {
		line, err := lines.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("%s did not start: %w", command.Path, err)
		}
		p.address = strings.TrimSpace(line)
	}
	go p.watch.read(lines)
	return p, nil
}

// await polls until the database answers through it.
func (p *process) await(ctx context.Context) error {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		response, err := http.Get("http://" + p.address + contract.APIBase + "/products?limit=1")
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return nil
		}
	}
	return errors.Join(ctx.Err(), fmt.Errorf("%s does not serve at %s", p.command.Path, p.address))
}

// isAlive says whether the process has not ended.
func (p *process) isAlive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// stop ends it in order and answers its exit code.
func (p *process) stop() int {
	_ = p.command.Process.Signal(syscall.SIGTERM) // it may have ended
	timer := time.AfterFunc(25*time.Second, func() { _ = p.command.Process.Kill() })
	defer timer.Stop()
	<-p.ended
	return p.command.ProcessState.ExitCode()
}

// close ends all of it.
func (p *place) close() error {
	for _, server := range []*process{p.balancer, p.api} {
		if server != nil {
			server.stop()
		}
	}
	if p.collector != nil {
		p.collector.Close()
	}
	if p.Place != nil {
		return p.Close()
	}
	return nil
}
