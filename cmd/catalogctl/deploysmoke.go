package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"catalog/contract"
)

// Parts of integration/ that a deployment runs: whether requests get where
// they should. They change no product, and take seconds.
const (
	smokeTests      = `^(TestX2_OutputsAreComplete|TestL2_.*|TestS4_WritesNeedTheToken)$`
	smokeTestsFlask = `^(TestX2_OutputsAreComplete|TestL2_OtherPathsAreRefusedByTheLoadBalancer)$`
)

// smoke asks the deployed API whether it serves.
func (d *deploying) smoke(ctx context.Context, outputs string) error {
	if d.noSmoke {
		return nil
	}
	token, err := d.account.WriteToken(ctx, d.suffix)
	if err != nil {
		return err
	}
	file, err := filepath.Abs(outputs)
	if err != nil {
		return err
	}
	tests := smokeTests
	if d.workload == "flask" {
		tests = smokeTestsFlask
	}
	begin := time.Now()
	d.t.note("asking the API whether it serves")
	command := exec.CommandContext(ctx, "go", "test", "-count=1", "-run", tests, "./integration")
	command.Dir = d.project.Dir
	command.Env = append(os.Environ(), contract.EnvOutputs+"="+file, contract.EnvAPIWriteToken+"="+oneToken(token))
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			return &exitError{exitInterrupted, errors.New("interrupted, and the deployment is complete: go test ./integration asks it again")}
		}
		return fmt.Errorf("the deployment is complete and does not serve as it should: %s: look at %s, and take it back with %s", failedTests(said.String()), d.awsOptions.self("status --aws"), d.awsOptions.self("rollback --aws"))
	}
	d.t.done("smoke", "the API serves what the load balancer lets through", begin)
	return nil
}

// failedTests takes out of go test's output which tests failed, and the first
// line of why.
func failedTests(output string) string {
	var names []string
	why := ""
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "--- FAIL: "); ok {
			name, _, _ = strings.Cut(name, " ")
			names = append(names, name)
		} else if why == "" && strings.Contains(line, ".go:") {
			why = line
		}
	}
	if len(names) == 0 {
		lines := strings.Fields(output)
		return strings.Join(lines[:min(len(lines), 60)], " ")
	}
	return strings.Join(names, ", ") + ": " + why
}
