package traces

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// Receiver listens where a task's tracing sidecar would.
type Receiver struct {
	store    *Store
	sampling *sampling
	daemon   *daemon
	otlp     net.Listener
	proxy    net.Listener // at the daemon's port
	servers  []*http.Server
	running  sync.WaitGroup

	closing sync.Once
	failed  error
}

// Start listens on free ports of 127.0.0.1: OTLP over HTTP, and at another
// port X-Ray's daemon, by UDP and by TCP. It fails where no port is free.
func Start() (*Receiver, error) {
	r := &Receiver{store: NewStore(), sampling: newSampling()}
	var err error
	if r.otlp, err = net.Listen("tcp4", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("no port is free for OpenTelemetry's spans: %w; stop something that listens", err)
	}
	packets, proxy, err := listenBoth()
	if err != nil {
		r.otlp.Close()
		return nil, err
	}
	r.daemon, r.proxy = &daemon{conn: packets, store: r.store}, proxy
	r.serve(r.otlp, otlpHandler(r.store))
	r.serve(r.proxy, r.sampling.handler())
	r.running.Go(func() { r.daemon.run() }) // ends with its connection
	return r, nil
}

// listenTries is how often a port that is free for UDP is looked for among
// those that are free for TCP as well.
const listenTries = 20

func listenBoth() (net.PacketConn, net.Listener, error) {
	var failed error
	for range listenTries {
		packets, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			return nil, nil, fmt.Errorf("no port is free for X-Ray's daemon: %w; stop something that listens", err)
		}
		listener, err := net.Listen("tcp4", packets.LocalAddr().String())
		if err == nil {
			return packets, listener, nil
		}
		failed = err
		packets.Close()
	}
	return nil, nil, fmt.Errorf("no port is free for X-Ray's daemon by UDP and TCP both: %w; stop something that listens", failed)
}

func (r *Receiver) serve(listener net.Listener, handler http.Handler) {
	server := &http.Server{
		Handler: onlyFor(listener.Addr().(*net.TCPAddr), handler), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
	}
	r.servers = append(r.servers, server)
	r.running.Go(func() { server.Serve(listener) }) // ends with its listener
}

// onlyFor answers requests for this address alone, and none of a web page
// elsewhere: its browser sends the name that it knows this machine by, and says
// where the page is from. What programs send with has neither.
func onlyFor(address *net.TCPAddr, next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	byName := net.JoinHostPort("localhost", strconv.Itoa(address.Port))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != address.String() && r.Host != byName {
			http.Error(w, "traces are taken at http://"+address.String(), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// OTLPEndpoint is for OTEL_EXPORTER_OTLP_ENDPOINT: a URL, to which a program
// adds /v1/traces.
func (r *Receiver) OTLPEndpoint() string { return "http://" + r.otlp.Addr().String() }

// OTLPEndpointOf is the same for one task, whose id every segment then has.
func (r *Receiver) OTLPEndpointOf(task string) string {
	return r.OTLPEndpoint() + "/tasks/" + url.PathEscape(task)
}

// DaemonAddress is for AWS_XRAY_DAEMON_ADDRESS: host and port, UDP and TCP.
func (r *Receiver) DaemonAddress() string { return r.proxy.Addr().String() }

// Store has what was received.
func (r *Receiver) Store() *Store { return r.store }

// SetSamplingRules takes the rules that X-Ray's SDKs are told; X-Ray's default
// one is added.
func (r *Receiver) SetSamplingRules(rules ...SamplingRule) { r.sampling.set(rules) }

// Dropped is how many packets by UDP were no segments.
func (r *Receiver) Dropped() uint64 { return r.daemon.dropped.Load() }

// Close stops listening and ends what is under way. The store remains.
func (r *Receiver) Close() error {
	r.closing.Do(func() {
		errs := []error{r.daemon.conn.Close()}
		for _, server := range r.servers {
			errs = append(errs, server.Close())
		}
		r.running.Wait()
		r.failed = errors.Join(errs...)
	})
	return r.failed
}
