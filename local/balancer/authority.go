package balancer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Authority is the certificate authority of one machine: it stands for AWS
// Certificate Manager. A client trusts it by its certificate file.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// Names of an authority's files in its folder. The key's is for its owner
// alone.
const (
	AuthorityFile    = "ca.pem"
	authorityKeyFile = "ca-key.pem"
)

// How long an authority and its certificates are valid. Browsers refuse a
// certificate of more than 398 days.
const (
	authorityYears   = 10
	certificateDays  = 397
	clockSkew        = time.Hour
	renewalRemainder = 24 * time.Hour
)

// OpenAuthority reads the authority in a folder, or makes it, also in the place
// of one that ends within a day.
func OpenAuthority(dir string) (*Authority, error) {
	a, err := readAuthority(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && time.Until(a.certificate.NotAfter) < renewalRemainder {
		a, err = makeAuthority(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("the certificate authority in %s cannot be used: %w: remove %s there to get a new one", dir, err, AuthorityFile)
	}
	return a, nil
}

func readAuthority(dir string) (*Authority, error) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, AuthorityFile), filepath.Join(dir, authorityKeyFile))
	if err != nil {
		return nil, err
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok || !pair.Leaf.IsCA {
		return nil, errors.New("it is no authority with an ECDSA key")
	}
	return &Authority{pair.Leaf, key}, nil
}

func makeAuthority(dir string) (*Authority, error) {
	template := &x509.Certificate{
		Subject:  pkix.Name{CommonName: "local load balancer", Organization: []string{"catalogctl"}},
		NotAfter: time.Now().AddDate(authorityYears, 0, 0),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
	}
	a := &Authority{}
	certificate, key, err := a.sign(template)
	if err != nil {
		return nil, err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	if a.certificate, err = x509.ParseCertificate(certificate); err != nil {
		return nil, err
	}
	a.key = key
	// The key first: a certificate without its key would be read the next time.
	if err := writePEM(filepath.Join(dir, authorityKeyFile), "PRIVATE KEY", encoded, 0o600); err != nil {
		return nil, err
	}
	return a, writePEM(filepath.Join(dir, AuthorityFile), "CERTIFICATE", certificate, 0o644)
}

// writePEM replaces a file, so that its mode is the given one.
func writePEM(path, kind string, content []byte, mode os.FileMode) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), mode)
}

// sign makes a key and a certificate for it; an authority without a
// certificate signs its own.
func (a *Authority) sign(template *x509.Certificate) ([]byte, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template.NotBefore = time.Now().Add(-clockSkew)
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return nil, nil, err
	}
	parent, signer := template, key
	if a.certificate != nil {
		parent, signer = a.certificate, a.key
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	return certificate, key, err
}

// Certificate makes a certificate for localhost, 127.0.0.1 and the given
// domain names.
func (a *Authority) Certificate(domains ...string) (tls.Certificate, error) {
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "localhost"}, DNSNames: append([]string{"localhost"}, domains...),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().AddDate(0, 0, certificateDays),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	certificate, key, err := a.sign(template)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{certificate, a.certificate.Raw}, PrivateKey: key}, nil
}

// Config is the TLS of a listener: a certificate and a policy's lowest version.
// Clients may go on with HTTP/2 or HTTP/1.1.
func Config(certificate tls.Certificate, minimum uint16) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: minimum, NextProtos: []string{"h2", "http/1.1"}}
}
