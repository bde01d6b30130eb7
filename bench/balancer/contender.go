package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// contender is one load balancer in front of the upstream.
type contender struct {
	name, url string
	pid       int // of its process, or of the one whose children do the work
}

// process is one that was started and has to end.
type process struct{ command *exec.Cmd }

// start starts the upstream and everybody in front of it; stop ends all of it,
// also after an error.
func start(ctx context.Context, o options, dir string) (contenders []*contender, stop func(), err error) {
	var started []*process
	stop = func() {
		for _, p := range started {
			p.end()
		}
	}
	role := func(name string, args ...string) (*process, string, error) {
		p, address, err := startRole(ctx, append([]string{name}, args...))
		if p != nil {
			started = append(started, p)
		}
		return p, address, err
	}
	_, upstream, err := role(upstreamRole)
	if err != nil {
		return nil, stop, err
	}
	nginx, address, err := startNginx(ctx, o, dir, upstream)
	if nginx != nil {
		started = append(started, nginx)
	}
	if err != nil {
		return nil, stop, err
	}
	contenders = append(contenders, &contender{"nginx", "http://" + address, nginx.command.Process.Pid})
	log := filepath.Join(dir, "access_log")
	if o.quiet {
		log = ""
	}
	own, address, err := role(balancerRole, upstream, log)
	if err != nil {
		return nil, stop, err
	}
	contenders = append(contenders, &contender{"balancer", "http://" + address, own.command.Process.Pid})
	if o.baseline {
		proxy, address, err := role(baselineRole, upstream)
		if err != nil {
			return nil, stop, err
		}
		contenders = append(contenders, &contender{"ReverseProxy", "http://" + address, proxy.command.Process.Pid})
	}
	return contenders, stop, nil
}

// startRole starts this program again; its first line is its address.
func startRole(ctx context.Context, args []string) (*process, string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, "", err
	}
	command := exec.CommandContext(ctx, self, args...)
	command.Stderr = os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := command.Start(); err != nil {
		return nil, "", err
	}
	p := &process{command}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return p, "", fmt.Errorf("the process for %s did not start: %w", args[0], err)
	}
	return p, strings.TrimSpace(line), nil
}

// end asks a process to stop and, after a while, makes it.
func (p *process) end() {
	p.command.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(3*time.Second, func() { p.command.Process.Kill() })
	defer timer.Stop()
	p.command.Wait()
}
