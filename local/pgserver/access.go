package pgserver

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// secure makes new certificates and says who may connect, and how. It answers
// the settings that go with that.
func (s *Server) secure() (map[string]string, error) {
	made, err := s.certificates()
	if err != nil {
		return nil, fmt.Errorf("certificates for PostgreSQL: %w", err)
	}
	kind := "host"
	if s.options.ForceTLS {
		kind = "hostssl"
	}
	for _, f := range []struct {
		name    string
		content []byte
		mode    os.FileMode
	}{
		{authorityFile, made.authority, 0o644},
		{certificateFile, made.server, 0o644},
		{keyFile, made.key, privateFile},
		{accessFile, []byte(kind + " all all " + Host + "/32 scram-sha-256\n"), 0o644},
	} {
		if err := s.write(f.name, f.content, f.mode); err != nil {
			return nil, err
		}
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(made.authority)
	s.verified = &tls.Config{RootCAs: authorities, ServerName: Host, MinVersion: tls.VersionTLS12}
	return map[string]string{
		"data_directory":          s.data(),
		"port":                    strconv.Itoa(s.port),
		"listen_addresses":        Host,
		"unix_socket_directories": "",
		"hba_file":                s.path(accessFile),
		"ssl":                     "on",
		"ssl_cert_file":           s.path(certificateFile),
		"ssl_key_file":            s.path(keyFile),
	}, nil
}

// clientSettings say all that the user's own PG… variables would say
// otherwise: this server is ours, and they mean another one.
const clientSettings = " sslmode=disable sslrootcert='' sslcert='' sslkey='' sslpassword='' sslsni=1 sslcertmode=allow sslnegotiation=postgres connect_timeout=10 target_session_attrs=any" +
	" min_protocol_version=3.0 max_protocol_version=3.0 channel_binding=prefer require_auth=scram-sha-256"

func (s *Server) clientConfig(database string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig("host=" + Host + " port=" + strconv.Itoa(s.port) + clientSettings)
	if err != nil {
		return nil, fmt.Errorf("the variable PGSERVICE=%q names a service whose settings cannot be read: unset it, this server is another one", os.Getenv("PGSERVICE"))
	}
	config.Database, config.User, config.Password = database, s.options.Username, s.options.Password
	config.RuntimeParams = map[string]string{} // PGOPTIONS, PGTZ, a service's others
	config.TLSConfig = s.verified
	return config, nil
}
