package postgres_test

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"catalog/api/postgres"
)

// TestG3_AServerWithoutTLSIsRefused: the password is not sent to a server that
// says it has no TLS, as one between the task and its database could say.
func TestG3_AServerWithoutTLSIsRefused(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var behind atomic.Int64
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				var ask [8]byte // SSLRequest: its length, and 80877103
				if _, err := io.ReadFull(c, ask[:]); err != nil {
					return
				}
				io.WriteString(c, "N")
				n, _ := io.Copy(io.Discard, c)
				behind.Add(n)
			}()
		}
	}()
	o := optionsFor(shared)
	o.Port = uint16(listener.Addr().(*net.TCPAddr).Port)
	for name, ca := range map[string]string{"the server's authority": o.CAFile, "Amazon RDS's": ""} {
		o.CAFile = ca
		s, err := postgres.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "TLS") {
			t.Errorf("with %s: %v", name, err)
		}
		s.Close()
	}
	if n := behind.Load(); n != 0 {
		t.Errorf("%d bytes were sent without TLS", n)
	}
}
