package main_test

import (
	"strings"
	"syscall"
	"testing"
)

// TestMigrateWaitsAndStopsWhenItIsTold: a deployment that is called off while
// the database is away must not hang on its init container.
func TestMigrateWaitsAndStopsWhenItIsTold(t *testing.T) {
	t.Parallel()
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		p := start(t, nil, "migrate")
		p.await("database not available yet")
		p.signal(s)
		for line := range p.lines {
			p.said = append(p.said, line)
		}
		if err := p.command.Wait(); err == nil || p.command.ProcessState.ExitCode() != 1 {
			t.Errorf("%v ends it with %v", s, err)
		}
		if said := p.errs.String(); !strings.HasPrefix(said, "catalog: ") || strings.Contains(said+strings.Join(p.said, ""), dbPassword) {
			t.Errorf("it says %q and logs %q", said, p.said)
		}
	}
}
