package postgres_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"catalog/api/postgres"
)

// otherAuthority writes the certificate of an authority that signed nothing.
func otherAuthority(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, authority, authority, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return writeFile(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
}

func writeFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestG3_ConnectionsAreEncrypted with the server verified by its authority.
func TestG3_ConnectionsAreEncrypted(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s := open(t, o)
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, err := connect(t.Context(), "postgres")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	var sessions, encrypted int
	err = c.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE ssl AND version IN ('TLSv1.2', 'TLSv1.3'))
		FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = $1`, o.Database).Scan(&sessions, &encrypted)
	if err != nil || sessions == 0 || encrypted != sessions {
		t.Errorf("%d of %d sessions are encrypted, %v", encrypted, sessions, err)
	}
}

// TestG3_WithoutAFileOnlyAmazonRDSIsTrusted: what a container in AWS does. The
// server here has another authority.
func TestG3_WithoutAFileOnlyAmazonRDSIsTrusted(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	o.CAFile = ""
	err := open(t, o).Ping(t.Context())
	if err == nil || !strings.Contains(err.Error(), "unknown authority") {
		t.Errorf("the error is %v", err)
	}
	content, err := os.ReadFile("rds-ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	regions := map[string]int{}
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		authority, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if err := authority.CheckSignatureFrom(authority); err != nil || authority.NotAfter.Before(time.Now().AddDate(10, 0, 0)) {
			t.Errorf("%s is no root for the next ten years: %v", authority.Subject.CommonName, err)
		}
		for _, region := range []string{"ap-southeast-2", "ap-southeast-1", "eu-west-1", "us-west-2"} {
			if strings.Contains(authority.Subject.CommonName, "Amazon RDS "+region+" Root CA") {
				regions[region]++
			}
		}
	}
	if len(regions) != 4 || regions["ap-southeast-2"] != 3 {
		t.Errorf("the file has authorities of %v", regions)
	}
}

func TestG3_WrongAuthorityIsRefused(t *testing.T) {
	t.Parallel()
	o := optionsFor(shared)
	o.CAFile = otherAuthority(t)
	err := open(t, o).Ping(t.Context())
	if err == nil || !strings.Contains(err.Error(), "certificate signed by unknown authority") {
		t.Errorf("the answer is %v", err)
	}
}

// TestG3_WrongNameIsRefused: a certificate of the right authority that was
// made for another host.
func TestG3_WrongNameIsRefused(t *testing.T) {
	t.Parallel()
	o := optionsFor(shared)
	o.Host = "0.0.0.0" // reaches the loopback interface on this machine, and is in no certificate
	err := open(t, o).Ping(t.Context())
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("the answer is %v", err)
	}
}

func TestG3_AuthorityThatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "nowhere.pem")
	for path, want := range map[string]string{
		missing:                       "no such file",
		writeFile(t, "not a PEM"):     "no certificate",
		writeFile(t, ""):              "no certificate",
		writeFile(t, "-----BEGIN X-"): "no certificate",
	} {
		o := optionsFor(shared)
		o.CAFile = path
		_, err := postgres.Open(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

// TestD4_PasswordIsInNoMessage: whatever goes wrong between a task and its
// database, the log that says so may be read by people who may not know it.
func TestD4_PasswordIsInNoMessage(t *testing.T) {
	t.Parallel()
	const secret = "hunter2%2F@:/?#\\' \"x"
	for name, change := range map[string]func(o *postgres.Options){
		"wrong password":    func(*postgres.Options) {},
		"wrong user":        func(o *postgres.Options) { o.Username = "nobody" },
		"wrong database":    func(o *postgres.Options) { o.Database = "nowhere" },
		"wrong port":        func(o *postgres.Options) { o.Port = nowhere(t).Port },
		"no host at all":    func(o *postgres.Options) { o.Host = "not a host/" },
		"wrong authority":   func(o *postgres.Options) { o.CAFile = otherAuthority(t) },
		"missing authority": func(o *postgres.Options) { o.CAFile = "nowhere.pem" },
	} {
		o := optionsFor(shared)
		o.Password = secret
		change(&o)
		s, err := postgres.Open(t.Context(), o)
		if err == nil {
			t.Cleanup(s.Close)
			err = s.Ping(t.Context())
		}
		if err == nil {
			t.Fatalf("%s: no error", name)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestD4_WrongPasswordIsNoOutage: a migration that is told a wrong password
// ends at once instead of trying until its time is over.
func TestD4_WrongPasswordIsNoOutage(t *testing.T) {
	t.Parallel()
	o := optionsFor(shared)
	o.Password = "hunter2"
	var log strings.Builder
	err := postgres.Migrate(t.Context(), o, slog.New(slog.NewTextHandler(&log, nil)))
	if err == nil || !strings.Contains(err.Error(), "password authentication failed") {
		t.Errorf("the answer is %v", err)
	}
	if strings.Contains(log.String()+err.Error(), "hunter2") {
		t.Errorf("the password is in %v or %s", err, log.String())
	}
}
