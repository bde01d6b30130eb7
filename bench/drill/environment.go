package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"catalog/contract"
	"catalog/local"
	"catalog/local/process"
	"catalog/release"
)

// suffix is the environment's.
// suffix is one that nobody else would choose: what an environment of that name
// has is dropped.
const suffix = "bench-drill"

// environment is a local place that catalogctl runs in a process of its own,
// with a proxy in front of its database.
type environment struct {
	project release.Project
	dir     string // for files of the drill's own
	running *process.Process
	client  *local.Client
	proxy   *proxy
	load    *load
	// primary is the place's own server, serving the one that the proxy leads to.
	primary, serving *server
	standby          *standby

	stopLoad func()
	logs     *local.LogReader
	// movableImage is the API with a clock that can be moved, "" without; movable
	// says that it runs.
	movableImage string
	movable      bool
}

const (
	upTimeout   = 8 * time.Minute // with the CDK to be compiled
	downTimeout = time.Minute
	firstOnes   = 200 // products that the load begins with
)

// start brings an environment up; more are flags of catalogctl up.
func start(ctx context.Context, r *runner, more ...string) (e *environment, err error) {
	e = &environment{project: r.project, dir: r.dir, stopLoad: func() {}}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.close())
		}
	}()
	if e.proxy, err = newProxy(); err != nil {
		return e, fmt.Errorf("the proxy does not start: %w", err)
	}
	port, err := process.FreePort()
	if err != nil {
		return e, err
	}
	if err := e.proxy.lead(port); err != nil {
		return e, err
	}
	if err := e.launch(ctx, r, append([]string{
		"--database-port", strconv.Itoa(port), "--database-endpoint", e.proxy.address(),
	}, more...)); err != nil {
		return e, err
	}
	if e.client, err = local.Connect(e.state()); err != nil {
		return e, err
	}
	return e, e.reach(ctx, port)
}

func (e *environment) state() string { return e.project.StateDir(suffix) }

// launch runs catalogctl up until the environment serves.
func (e *environment) launch(ctx context.Context, r *runner, flags []string) error {
	log, err := os.Create(filepath.Join(e.dir, "catalogctl.log"))
	if err != nil {
		return err
	}
	defer log.Close() // the process has its own
	outputs := filepath.Join(e.dir, "outputs.json")
	args := append([]string{"up", "--suffix", suffix, "--port", "0", "--dashboard-port", "0", "--bake", "5s", "--outputs", outputs}, flags...)
	e.running, err = process.Start(process.Program{
		Path: r.catalogctl, Args: args, Env: os.Environ(), Dir: e.project.Dir, Output: log, OrphanSignal: syscall.SIGTERM,
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, upTimeout)
	defer cancel()
	for {
		if _, err := os.Stat(outputs); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the environment was not ready: %w", ctx.Err())
		case <-e.running.Done:
			content, _ := os.ReadFile(log.Name())
			return fmt.Errorf("catalogctl up ended with code %d: %s", e.running.ExitCode(), lastLines(string(content), 5))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// reach finds the credentials of the database and of the API.
func (e *environment) reach(ctx context.Context, port int) error {
	secret := func(name, key string) string {
		value, err := local.ReadSecret(e.state(), name, key)
		if err != nil {
			value = ""
		}
		return value
	}
	status, err := e.client.Status(ctx)
	if err != nil {
		return err
	}
	if len(status.Databases) != 1 {
		return fmt.Errorf("the environment has %d databases, and the drills are for one", len(status.Databases))
	}
	name := contract.DBSecretName(suffix)
	e.primary = &server{
		port: port, username: secret(name, contract.SecretKeyUsername), password: secret(name, contract.SecretKeyPassword),
		authority: filepath.Join(e.databaseDir(status), "ca.pem"), pid: e.databasePID,
	}
	e.serving = e.primary
	token := secret(contract.APISecretName(suffix), contract.SecretKeyWriteToken)
	e.load = newLoad(status.Outputs[contract.OutputAPIURL], token, "drill-"+strconv.FormatInt(time.Now().Unix(), 36))
	e.logs = local.NewLogReader(e.state())
	return nil
}

// databaseDir is the folder of the place's server.
func (e *environment) databaseDir(status local.Status) string {
	return filepath.Join(e.state(), "postgres", status.Databases[0].Name)
}

func (e *environment) databasePID(ctx context.Context) (int, error) {
	status, err := e.client.Status(ctx)
	if err != nil {
		return 0, err
	}
	return status.Databases[0].PID, nil
}

// begin starts the load, which goes on through all drills.
func (e *environment) begin(ctx context.Context, r *runner) error {
	if err := e.load.fill(firstOnes); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		e.load.keepUp(ctx, r.options.rate, r.options.seed)
	}()
	e.stopLoad = func() {
		cancel()
		<-ended
	}
	return nil
}

// tasks are those that run behind the load balancer.
func (e *environment) tasks(ctx context.Context) ([]local.TaskStatus, error) {
	status, err := e.client.Status(ctx)
	if err != nil {
		return nil, err
	}
	return healthyTasks(status), nil
}

func healthyTasks(status local.Status) (running []local.TaskStatus) {
	for _, t := range status.Services[0].Tasks {
		if t.Status == "RUNNING" && t.Health == "healthy" {
			running = append(running, t)
		}
	}
	return running
}

// whole waits until as many tasks are healthy as there are to be.
func (e *environment) whole(ctx context.Context, limit time.Duration) error {
	healthy, desired, err := e.awaitTasks(ctx, limit)
	if err == nil && healthy < desired {
		err = fmt.Errorf("%d of %d tasks are healthy after %v", healthy, desired, limit)
	}
	return err
}

// awaitTasks waits until as many tasks are healthy as there are to be, without
// those that went, or until the limit has passed.
func (e *environment) awaitTasks(ctx context.Context, limit time.Duration, gone ...string) (healthy, desired int, err error) {
	for deadline := time.Now().Add(limit); ; pause(ctx, 100*time.Millisecond) {
		status, err := e.client.Status(ctx)
		if err != nil {
			return 0, 0, err
		}
		healthy, desired = 0, status.Services[0].Desired
		for _, t := range healthyTasks(status) {
			if !slices.Contains(gone, t.ID) {
				healthy++
			}
		}
		if healthy >= desired || time.Now().After(deadline) {
			return healthy, desired, nil
		}
	}
}

// close ends everything that start began.
func (e *environment) close() error {
	e.stopLoad()
	if e.standby != nil {
		e.standby.close()
	}
	for _, s := range []*server{e.primary, e.serving} {
		if s != nil {
			s.hangUp(context.Background())
		}
	}
	if e.client != nil {
		e.client.Close()
	}
	var err error
	if e.running != nil {
		err = e.running.End(context.Background(), syscall.SIGINT, downTimeout)
	}
	if e.proxy != nil {
		e.proxy.close()
	}
	return err
}
