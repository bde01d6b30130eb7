package postgres

import (
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"fmt"
	"os"
)

// rdsAuthorities are what a container in AWS trusts: it has no trust store of
// its own.
//
//go:embed rds-ca.pem
var rdsAuthorities []byte

// tlsConfig verifies the server's certificate and the name in it (G3).
func tlsConfig(o Options) (*tls.Config, error) {
	authorities, from := rdsAuthorities, "the file of Amazon RDS's authorities"
	if o.CAFile != "" {
		content, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("reading the database's certificate authorities: %w", err)
		}
		authorities, from = content, o.CAFile
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authorities) {
		return nil, fmt.Errorf("%s holds no certificate: it must be a PEM file", from)
	}
	return &tls.Config{ServerName: o.Host, RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}
