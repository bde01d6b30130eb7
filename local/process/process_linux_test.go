package process

import (
	"strconv"
	"syscall"
	"testing"
)

// When this program is killed, what it started must not live on: nobody would
// know of it.
func TestOrphansEnd(t *testing.T) {
	t.Parallel()
	p, out := start(t, "orphan")
	child, err := strconv.Atoi(out.await(t, "child"))
	if err != nil {
		t.Fatal(err)
	}
	out.await(t, "ready") // the child's
	if err := syscall.Kill(p.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	awaitGone(t, child)
}
