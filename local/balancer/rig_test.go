package balancer

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// rig is a load balancer with one listener, whose default action forwards to
// one group, and real targets behind it.
type rig struct {
	balancer *Balancer
	listener *Listener
	group    *Group
	address  string
}

// testGroup has the template's settings.
var testGroup = GroupSettings{
	Path: "/health", Interval: 30 * time.Second, Timeout: 5 * time.Second, HealthyThreshold: 2, UnhealthyThreshold: 2,
	Matcher: Matcher{{200, 200}}, DeregistrationDelay: 30 * time.Second,
}

func newRig(t testing.TB, settings Settings, targets ...string) *rig {
	t.Helper()
	r := &rig{balancer: New("app/alb-test/local", settings), group: NewGroup("targetgroup/blue/local", testGroup)}
	for _, address := range targets {
		r.group.add(address, Healthy)
	}
	r.listener = r.balancer.NewListener(80)
	r.listener.SetTable(Table{Default: Action{Forward: []Weighted{{r.group, 1}}}})
	r.serve(t)
	return r
}

func (r *rig) serve(t testing.TB) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.address = socket.Addr().String()
	r.listener.Serve(socket)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := r.listener.Stop(ctx); err != nil {
			t.Error(err)
		}
		r.group.Stop()
	})
}

// add registers a target that nobody checks.
func (g *Group) add(address, health string) *target {
	t := &target{address: address, health: health, cancel: func() {}, idle: make(chan struct{}), draining: health == Draining}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.targets = append(g.targets, t)
	return t
}

// inFlight are the requests that targets still have.
func (r *rig) inFlight() (n int) {
	r.group.mu.Lock()
	defer r.group.mu.Unlock()
	for _, t := range r.group.targets {
		n += t.inFlight
	}
	return n
}

// newTarget is a target that answers as a handler does.
func newTarget(t testing.TB, handler http.HandlerFunc) (address string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// newRawTarget is a target that does with each connection what a function
// says, and closes it.
func newRawTarget(t testing.TB, serve func(c net.Conn, in *bufio.Reader)) (address string) {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	go func() {
		for {
			c, err := socket.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c, bufio.NewReader(c))
			}()
		}
	}()
	return socket.Addr().String()
}

// exchangeRaw sends bytes over a connection of their own and answers all that
// comes back until the other side closes.
func (r *rig) exchangeRaw(t testing.TB, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", r.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(c)
	if err != nil && !strings.Contains(err.Error(), "reset") {
		t.Fatalf("after %q: %v", out, err)
	}
	return string(out)
}

// client keeps connections, as browsers do.
func (r *rig) client(t testing.TB) *http.Client {
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 20 * time.Second}
}

// get asks once and answers status, header and body.
func (r *rig) get(t testing.TB, path string) (int, http.Header, string) {
	t.Helper()
	response, err := r.client(t).Get("http://" + r.address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(body)
}

// echo answers the request as it arrived.
func echo(w http.ResponseWriter, r *http.Request) {
	r.Write(w)
}

// wantError holds an error against the words that it must say.
func wantError(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one that says %q", words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error is %q, want it to say %q", err, word)
		}
	}
}

// ended is a connection that has nothing more to say.
type ended struct{ net.Conn }

func (ended) Read([]byte) (int, error) { return 0, io.EOF }
