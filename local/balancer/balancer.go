package balancer

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Settings are a load balancer's attributes; all can change while it runs.
type Settings struct {
	// IdleTimeout is how long a connection may move no byte, 1 to 4000 s: a
	// target that takes longer to answer gives 504
	// (idle_timeout.timeout_seconds).
	IdleTimeout time.Duration
	// KeepAlive is how long one client's connection may be used, 60 to
	// 604,800 s (client_keep_alive.seconds).
	KeepAlive time.Duration
	// DropInvalidFields removes header fields whose name has other characters
	// than letters, digits and hyphens
	// (routing.http.drop_invalid_header_fields.enabled).
	DropInvalidFields bool
	// Strict refuses ambiguous requests that defensive mode lets through
	// (routing.http.desync_mitigation_mode is strictest).
	Strict bool
	// ForwardedFor is routing.http.xff_header_processing.mode.
	ForwardedFor ForwardedFor
	// ForwardedPort adds the client's port to X-Forwarded-For
	// (routing.http.xff_client_port.enabled).
	ForwardedPort bool
	// HTTP2 offers HTTP/2 to clients of an HTTPS listener
	// (routing.http2.enabled).
	HTTP2 bool
}

// ForwardedFor is what happens to a client's X-Forwarded-For.
type ForwardedFor int

// The modes: add the client's address, leave the field alone, take it away.
const (
	AppendForwardedFor ForwardedFor = iota
	PreserveForwardedFor
	RemoveForwardedFor
)

// DefaultSettings are ALB's.
var DefaultSettings = Settings{IdleTimeout: 60 * time.Second, KeepAlive: time.Hour, HTTP2: true}

// Check says what ALB would refuse.
func (s Settings) Check() error {
	if s.IdleTimeout < time.Second || s.IdleTimeout > 4000*time.Second {
		return errors.New("idle_timeout.timeout_seconds must be 1 to 4000")
	}
	if s.KeepAlive < time.Minute || s.KeepAlive > 7*24*time.Hour {
		return fmt.Errorf("client_keep_alive.seconds is %d: it must be 60 to 604800", int(s.KeepAlive.Seconds()))
	}
	return nil
}

// Balancer is what listeners share.
type Balancer struct {
	// Name is its full name, as the access log has it: app/name/id.
	Name string

	settings    atomic.Pointer[Settings]
	recorder    Recorder
	log         atomic.Pointer[AccessLog]
	connections atomic.Uint32 // ever: spreads them over shards
	active      atomic.Int64

	mu    sync.Mutex
	ports map[int]int // on this machine, by the template's
}

// New makes a load balancer without listeners.
func New(name string, s Settings) *Balancer {
	b := &Balancer{Name: name, ports: map[int]int{}}
	b.settings.Store(&s)
	return b
}

// Settings are the load balancer's at this moment.
func (b *Balancer) Settings() Settings { return *b.settings.Load() }

// Update changes the settings; requests in flight keep the ones they began
// with.
func (b *Balancer) Update(s Settings) { b.settings.Store(&s) }

// LogTo writes an access log from now on, or none with nil. It answers the log
// that was written before, for the caller to close.
func (b *Balancer) LogTo(log *AccessLog) (before *AccessLog) { return b.log.Swap(log) }

// Active is how many connections of clients are open.
func (b *Balancer) Active() int { return int(b.active.Load()) }

// Drain takes what was counted since the last call.
func (b *Balancer) Drain() *Counts { return b.recorder.drain() }

// setPort notes where one of the template's ports is on this machine.
func (b *Balancer) setPort(port, here int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ports[port] = here
}

// portHere is the port on this machine that stands for one of the template's.
func (b *Balancer) portHere(port int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if here, ok := b.ports[port]; ok {
		return here
	}
	return port
}
