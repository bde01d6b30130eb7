package balancer

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// newSecureRig has an HTTPS listener; its clients trust its authority.
func newSecureRig(t *testing.T, s Settings, minimum uint16, targets ...string) (*rig, *x509.CertPool) {
	t.Helper()
	dir := t.TempDir()
	authority, err := OpenAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := authority.Certificate("shop.example")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{balancer: New("app/alb-test/local", s), group: NewGroup("targetgroup/blue/local", testGroup)}
	for _, address := range targets {
		r.group.add(address, Healthy)
	}
	r.listener = r.balancer.NewListener(443)
	r.listener.SetTLS(Config(certificate, minimum))
	r.listener.SetTable(Table{Default: Action{Forward: []Weighted{{r.group, 1}}}})
	r.serve(t)
	content, err := os.ReadFile(filepath.Join(dir, AuthorityFile))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(content)
	return r, pool
}

func secureClient(t *testing.T, pool *x509.CertPool, version int) *http.Client {
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "shop.example"}, ForceAttemptHTTP2: version == 2}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 20 * time.Second}
}

// Both versions of HTTP reach the target as HTTP/1.1, with their bodies.
func TestG3_HTTPSWithBothVersions(t *testing.T) {
	t.Parallel()
	r, pool := newSecureRig(t, DefaultSettings, tls.VersionTLS13, newTarget(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s %s %s %s", r.Proto, r.Host, r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-Port"), r.RequestURI, body)
	}))
	for version, proto := range map[int]string{1: "HTTP/1.1", 2: "HTTP/2.0"} {
		client := secureClient(t, pool, version)
		for _, size := range []int{0, 5, 100_000} {
			sent := strings.Repeat("x", size)
			request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+r.address+"/api?x=1", strings.NewReader(sent))
			request.Host = "shop.example"
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if want := "HTTP/1.1 shop.example https 443 /api?x=1 " + sent; err != nil || string(body) != want || response.Proto != proto {
				t.Errorf("over %s %.100q came back, want %.100q: %v", response.Proto, body, want, err)
			}
		}
	}
}

// Failures look the same over HTTP/2, and a broken answer resets its stream.
func TestG3_FailuresOverHTTP2(t *testing.T) {
	t.Parallel()
	r, pool := newSecureRig(t, DefaultSettings, tls.VersionTLS12)
	client := secureClient(t, pool, 2)
	response, err := client.Get("https://" + r.address)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(response.Body)
	response.Body.Close()
	if response.StatusCode != 503 || response.Header.Get("Server") != "awselb/2.0" || !bytes.Equal(body, page(503)) {
		t.Errorf("%d %v %s", response.StatusCode, response.Header, body)
	}
	r.group.add(newTarget(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Write(make([]byte, 100_000))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}), Healthy)
	if response, err = client.Get("https://" + r.address); err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.ReadAll(response.Body); err == nil {
		t.Error("an answer that broke off looks whole")
	}
}

func TestG3_TheSecurityPolicyHolds(t *testing.T) {
	t.Parallel()
	s := DefaultSettings
	s.HTTP2 = false
	r, pool := newSecureRig(t, s, tls.VersionTLS13, newTarget(t, echo))
	config := &tls.Config{RootCAs: pool, ServerName: "shop.example", MaxVersion: tls.VersionTLS12}
	if c, err := tls.Dial("tcp", r.address, config); err == nil {
		c.Close()
		t.Error("TLS 1.2 is taken by a policy of TLS 1.3")
	}
	response, err := secureClient(t, pool, 2).Get("https://" + r.address)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.ProtoMajor != 1 {
		t.Errorf("with routing.http2.enabled off it speaks %s", response.Proto)
	}
	if got := r.exchangeRaw(t, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 400 ") || !strings.Contains(got, "plain HTTP request") {
		t.Errorf("HTTP to HTTPS: %q", got)
	}
}

func TestG3_PoliciesOfAWS(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]uint16{
		"ELBSecurityPolicy-TLS13-1-2-Res-2021-06": tls.VersionTLS12, "ELBSecurityPolicy-TLS13-1-3-2021-06": tls.VersionTLS13,
		"ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04": tls.VersionTLS12, "ELBSecurityPolicy-FS-1-2-Res-2020-10": tls.VersionTLS12,
		DefaultPolicy: tls.VersionTLS10,
	} {
		if got, err := MinimumVersion(policy); err != nil || got != want {
			t.Errorf("%s: %x, %v", policy, got, err)
		}
	}
	for _, policy := range []string{"", "TLS13", "ELBSecurityPolicy-TLS14"} {
		if _, err := MinimumVersion(policy); err == nil {
			t.Errorf("%q is taken", policy)
		}
	}
}

// The authority stays, its key is for its owner, and what it signs is valid
// for this machine.
func TestG3_TheAuthorityOfThisMachine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := OpenAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := OpenAuthority(dir)
	if err != nil || !second.certificate.Equal(first.certificate) {
		t.Errorf("the second time it is another: %v", err)
	}
	if info, err := os.Stat(filepath.Join(dir, authorityKeyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its key is %v, %v", info.Mode(), err)
	}
	certificate, err := second.Certificate("shop.example")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(certificate.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(first.certificate)
	for _, name := range []string{"localhost", "127.0.0.1", "shop.example"} {
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, AuthorityFile), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = OpenAuthority(dir)
	wantError(t, err, "remove ca.pem there")
}
