package pgserver

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"time"
)

// certificates are a server's TLS in PEM: the authority that clients trust,
// the server's own certificate, and its key.
type certificates struct{ authority, server, key []byte }

// The files that they stand in.
const (
	authorityFile   = "ca.pem"
	certificateFile = "server.pem"
	keyFile         = "server.key"
)

// Certificates are made anew for each run and need to last for one.
const certificateLife = 30 * 24 * time.Hour

// certificates are new ones, or those of another server.
func (s *Server) certificates() (taken certificates, err error) {
	if s.options.Certificates == "" {
		return newCertificates()
	}
	root, err := os.OpenRoot(s.options.Certificates)
	if err != nil {
		return taken, err
	}
	defer root.Close()
	for name, content := range map[string]*[]byte{
		authorityFile: &taken.authority, certificateFile: &taken.server, keyFile: &taken.key,
	} {
		if *content, err = root.ReadFile(name); err != nil {
			return taken, err
		}
	}
	return taken, nil
}

// newCertificates makes an authority and a certificate for this machine that
// it signed. The authority's key is never written down.
func newCertificates() (made certificates, err error) {
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return made, err
	}
	authority := certificateTemplate("catalog local authority")
	authority.IsCA, authority.BasicConstraintsValid = true, true
	authority.KeyUsage = x509.KeyUsageCertSign
	authorityDER, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		return made, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return made, err
	}
	server := certificateTemplate("localhost")
	server.KeyUsage = x509.KeyUsageDigitalSignature
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	server.DNSNames = []string{"localhost"}
	server.IPAddresses = []net.IP{net.ParseIP(Host)}
	serverDER, err := x509.CreateCertificate(rand.Reader, server, authority, key.Public(), authorityKey)
	if err != nil {
		return made, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return made, err
	}
	return certificates{
		authority: encodePEM("CERTIFICATE", authorityDER),
		server:    encodePEM("CERTIFICATE", serverDER),
		key:       encodePEM("PRIVATE KEY", keyDER),
	}, nil
}

func encodePEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func certificateTemplate(name string) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil { // the system's random source does not fail
		panic(err)
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(certificateLife),
	}
}
