package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"catalog/contract"
)

// program is the binary that the tests run as a process.
var program string

// patience is how long a test waits for a process before it fails.
const patience = 20 * time.Second

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "catalog-cmd-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	program = filepath.Join(dir, "catalog")
	args := []string{"build", "-buildvcs=false", "-o", program, "-ldflags=-X main.version=v1.2.3"}
	if underRace() {
		args = append(args, "-race") // what the tests were built with is cached
	}
	code := 1
	if out, err := exec.Command("go", append(args, ".")...).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
	} else {
		code = m.Run()
	}
	stopDatabases()
	os.RemoveAll(dir)
	os.Exit(code)
}

func underRace() bool {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return false
	}
	for _, s := range info.Settings {
		if s.Key == "-race" {
			return s.Value == "true"
		}
	}
	return false
}

const (
	writeToken = "write-token-0123456789"
	dbPassword = "db-password-9876543210"
)

// quickExit keeps the race detector from waiting a second at each end.
const quickExit = "GORACE=atexit_sleep_ms=0"

// environment is a task's, with a database that is away. What is "" in with is
// not set at all.
func environment(t *testing.T, with map[string]string) []string {
	t.Helper()
	variables := map[string]string{
		contract.EnvHost:          "127.0.0.1",
		contract.EnvPort:          strconv.Itoa(freePort(t)),
		contract.EnvDBHost:        "127.0.0.1",
		contract.EnvDBPort:        strconv.Itoa(freePort(t)),
		contract.EnvDBName:        "catalog",
		contract.EnvDBUsername:    "catalog",
		contract.EnvDBPassword:    dbPassword,
		contract.EnvAPIWriteToken: writeToken,
	}
	maps.Copy(variables, with)
	var all []string
	for name, value := range variables {
		if value != "" {
			all = append(all, name+"="+value)
		}
	}
	return all
}

// freePort is one that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// runToEnd runs the program until it ends by itself.
func runToEnd(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var out, errs bytes.Buffer
	command := exec.CommandContext(ctx, program, args...)
	command.Env, command.Stdout, command.Stderr = append(env, quickExit), &out, &errs
	var exit *exec.ExitError
	if err := command.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatalf("catalog %v does not end:\n%s%s", args, &out, &errs)
	}
	return command.ProcessState.ExitCode(), out.String(), errs.String()
}
