package pgserver

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestG3_TheClientRefusesAnotherServer: the superuser's password goes to the
// server that this program has started, and to nothing that took its port.
func TestG3_TheClientRefusesAnotherServer(t *testing.T) {
	t.Parallel()
	s := started(t, testOptions(t))
	ask := func(change func(*pgx.ConnConfig)) error {
		config, err := s.clientConfig("catalog")
		if err != nil {
			t.Fatal(err)
		}
		config.TLSConfig = config.TLSConfig.Clone()
		change(config)
		c, err := pgx.ConnectConfig(t.Context(), config)
		if err == nil {
			c.Close(t.Context())
		}
		return err
	}
	if err := ask(func(*pgx.ConnConfig) {}); err != nil {
		t.Fatalf("its own server: %v", err)
	}
	var unknown x509.UnknownAuthorityError
	if err := ask(func(c *pgx.ConnConfig) { c.Port = impostor(t, "S") }); !errors.As(err, &unknown) {
		t.Errorf("one whose certificate another authority signed: %v", err)
	}
	if err := ask(func(c *pgx.ConnConfig) { c.Port = impostor(t, "N") }); err == nil || !strings.Contains(err.Error(), "TLS") {
		t.Errorf("one without TLS: %v", err)
	}
	var name x509.HostnameError
	if err := ask(func(c *pgx.ConnConfig) { c.TLSConfig.ServerName = "elsewhere.test" }); !errors.As(err, &name) {
		t.Errorf("one of another name: %v", err)
	}
	if s.verified.ServerName != Host || s.verified.InsecureSkipVerify {
		t.Errorf("the client verifies %q", s.verified.ServerName)
	}
}

// impostor is a server that is asked for TLS and says yes ("S"), with a
// certificate of its own, or no ("N").
func impostor(t *testing.T, says string) (port uint16) {
	t.Helper()
	made, err := newCertificates()
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(made.server, made.key)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(Host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				var ask [8]byte // SSLRequest
				if _, err := io.ReadFull(c, ask[:]); err != nil {
					return
				}
				io.WriteString(c, says)
				if says == "S" {
					tls.Server(c, &tls.Config{Certificates: []tls.Certificate{pair}}).Handshake() // it fails: that is the client's to do
					return
				}
				io.Copy(io.Discard, c)
			}()
		}
	}()
	return uint16(listener.Addr().(*net.TCPAddr).Port)
}
