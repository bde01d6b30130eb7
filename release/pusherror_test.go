package release

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
)

// TestX5_ARefusedPushSaysWhatToDo, in one sentence and at once.
func TestX5_ARefusedPushSaysWhatToDo(t *testing.T) {
	t.Parallel()
	i := built(t, newProject(t))
	r := newTestRegistry(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, c := range []struct {
		status   int
		to, part string
	}{
		{http.StatusForbidden, r.host + "/ab", "sign in"},
		{http.StatusNotFound, r.host + "/ab", "create the registry's stack first"},
		{0, closed.Addr().String() + "/ab", "nothing answers at"},
		{0, "catalog", "name its host too"},
		{0, "ubuntu/catalog", "name its host too"},
		{0, r.host + "/UPPER", "is no repository"},
	} {
		r.refuse(c.status, "DENIED")
		_, err := i.Push(t.Context(), PushOptions{Repository: c.to, Again: func(why error) {
			t.Errorf("%s with %d is tried again for nothing: %v", c.to, c.status, why)
		}})
		if err == nil || !strings.Contains(err.Error(), c.part) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s with %d: the error is %v, want %q in it", c.to, c.status, err, c.part)
		}
	}
	i.Layout = t.TempDir()
	if _, err := i.Push(t.Context(), PushOptions{Repository: r.host + "/ab"}); !errors.Is(err, errLayout) {
		t.Errorf("without a layout the error is %v", err)
	}
}

// TestX6_ABrokenPushSaysWhatBroke: and not on which port.
func TestX6_ABrokenPushSaysWhatBroke(t *testing.T) {
	t.Parallel()
	reset := &net.OpError{Op: "write", Net: "tcp", Err: syscall.ECONNRESET}
	twice := &url.Error{Op: "Patch", URL: "http://a/uploads/1", Err: &url.Error{Op: "Patch", URL: "http://a/uploads/1", Err: &net.OpError{Op: "readfrom", Net: "tcp", Err: reset}}}
	broken := &BrokenError{Registry: "a", Tries: 6, Cause: withoutAddress(twice)}
	if got, want := broken.Error(), `the connection to a broke 6 times, at last with "connection reset by peer": push again, what has arrived is not sent twice`; got != want {
		t.Errorf("it says %s, want %s", got, want)
	}
	if !errors.Is(broken, syscall.ECONNRESET) {
		t.Error("the cause is lost")
	}
}
