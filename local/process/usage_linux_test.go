package process

import (
	"context"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A1: a task's CPU is that of its process and of all that came from it, also
// of what has ended meanwhile.
func TestA1_UsageIsThatOfTheWholeTree(t *testing.T) {
	t.Parallel()
	running, err := Start(Program{
		Path: "/bin/sh", Output: os.Stderr, OrphanSignal: syscall.SIGKILL,
		Args: []string{"-c", `(i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done); sleep 60 & while :; do :; done`},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer running.End(context.Background(), syscall.SIGKILL, 0)
	var before Usage
	deadline := time.Now().Add(20 * time.Second)
	for ; time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		snapshot, err := Look()
		if err != nil {
			t.Fatal(err)
		}
		usage, ok := snapshot.Of(running.PID())
		if !ok {
			t.Fatal("the process is not seen")
		}
		if usage.CPU < before.CPU {
			t.Fatalf("CPU fell from %v to %v", before.CPU, usage.CPU)
		}
		before = usage
		sleeping := snapshot.Children(running.PID(), func(command string) bool { return strings.HasPrefix(command, "sleep") })
		if usage.CPU > 100*time.Millisecond && usage.Memory > 0 && sleeping == 1 {
			if !slices.Contains(usage.Processes, running.PID()) || len(usage.Processes) != 2 {
				t.Errorf("the processes are %v, want the shell and sleep", usage.Processes)
			}
			return
		}
	}
	t.Errorf("it never used CPU: %+v", before)
}

func TestA1_AProcessThatHasEndedUsesNothing(t *testing.T) {
	t.Parallel()
	snapshot, err := Look()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := snapshot.Of(1 << 30); ok {
		t.Error("a process that does not exist uses something")
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add([]byte("12 (a) b) S 1 12 12 0 -1 4194304 100 0 0 0 7 3 2 1 20 0 1 0 100 1000 25 18446744073709551615"))
	f.Add([]byte(") "))
	f.Fuzz(func(t *testing.T, stat []byte) {
		if p, ok := parseStat(stat); ok && p.pid != 0 {
			t.Error("the number is not in what was parsed")
		}
	})
}
