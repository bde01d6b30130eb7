package postgres_test

import (
	"io"
	"net"
	"strconv"
	"sync"
	"testing"

	"catalog/api/postgres"
	"catalog/local/pgserver"
)

// proxy stands between a store and the server, so that one test can lose the
// database while the others keep it.
type proxy struct {
	listener net.Listener
	mu       sync.Mutex
	mode     proxyMode
	open     []net.Conn
}

type proxyMode int

const (
	passes   proxyMode = iota
	refuses            // closes a connection as soon as it is made
	hangs              // takes connections and never says a word
	swallows           // keeps connections, and nothing comes through them any more
)

// newProxy makes options that reach the server through a proxy.
func newProxy(t *testing.T, o postgres.Options, mode proxyMode) (*proxy, postgres.Options) {
	t.Helper()
	listener, err := net.Listen("tcp", pgserver.Host+":0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: listener, mode: mode}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			if server := p.admit(client); server != nil {
				group.Go(func() { p.carry(server, client) })
				group.Go(func() { p.carry(client, server) })
			}
		}
	})
	t.Cleanup(func() {
		listener.Close()
		p.become(refuses)
		group.Wait()
	})
	o.Port = uint16(listener.Addr().(*net.TCPAddr).Port)
	return p, o
}

// admit answers the server's side of a new connection, nil where the proxy
// does not pass it on.
func (p *proxy) admit(client net.Conn) net.Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mode == refuses {
		client.Close()
		return nil
	}
	p.open = append(p.open, client)
	if p.mode == hangs || p.mode == swallows {
		return nil
	}
	server, err := net.Dial("tcp", net.JoinHostPort(pgserver.Host, strconv.Itoa(server.Port())))
	if err != nil {
		client.Close()
		return nil
	}
	p.open = append(p.open, server)
	return server
}

// become cuts every connection and treats new ones in another way.
func (p *proxy) become(mode proxyMode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = mode
	for _, c := range p.open {
		c.Close()
	}
	p.open = nil
}

// swallow keeps every connection and carries nothing more.
func (p *proxy) swallow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = swallows
}

func (p *proxy) carry(to, from net.Conn) {
	io.Copy(gate{to, p}, from)
	to.Close()
	from.Close()
}

// gate carries what is written while the proxy does not swallow it.
type gate struct {
	net.Conn
	proxy *proxy
}

func (g gate) Write(b []byte) (int, error) {
	g.proxy.mu.Lock()
	mode := g.proxy.mode
	g.proxy.mu.Unlock()
	if mode == swallows {
		return len(b), nil
	}
	return g.Conn.Write(b)
}
