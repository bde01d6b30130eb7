package pgserver

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// secure makes new certificates and says who may connect, and how. It answers
// the settings that go with that.
func (s *Server) secure() (map[string]string, error) {
	var err error
	if s.tls, err = newCertificates(s.options.Dir); err != nil {
		return nil, fmt.Errorf("certificates for PostgreSQL: %w", err)
	}
	if err := s.own(s.tls.key); err != nil {
		return nil, err
	}
	kind := "host"
	if s.options.ForceTLS {
		kind = "hostssl"
	}
	access := filepath.Join(s.options.Dir, "pg_hba.conf")
	if err := os.WriteFile(access, []byte(kind+" all all "+Host+"/32 scram-sha-256\n"), 0o644); err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(s.tls.authority)
	if err != nil {
		return nil, err
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(pem)
	s.verified = &tls.Config{RootCAs: authorities, ServerName: Host, MinVersion: tls.VersionTLS12}
	return map[string]string{
		"listen_addresses":        Host,
		"unix_socket_directories": "",
		"hba_file":                access,
		"ssl":                     "on",
		"ssl_cert_file":           s.tls.server,
		"ssl_key_file":            s.tls.key,
	}, nil
}

func (s *Server) clientConfig(database string) *pgx.ConnConfig {
	config, err := pgx.ParseConfig("postgres://" + Host + ":" + strconv.Itoa(s.port) + "/?sslmode=disable")
	if err != nil { // an address and a number
		panic(err)
	}
	config.Database, config.User, config.Password = database, s.options.Username, s.options.Password
	config.TLSConfig = s.verified
	return config
}
