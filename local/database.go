package local

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// database is a PostgreSQL server in the place of an Aurora cluster.
type database struct {
	declared
	props  databaseProperties
	server *server
	fresh  bool
	// verified trusts the server's own authority and nobody else.
	verified *tls.Config
}

type databaseProperties struct {
	DBClusterIdentifier         string
	DatabaseName                string
	Engine                      string
	EngineVersion               string
	MasterUsername              string
	MasterUserPassword          string
	DBClusterParameterGroupName string
}

func newDatabase(e *Environment, d declared) (runner, error) {
	db := &database{declared: d, fresh: e.options.Fresh}
	if err := d.decode(&db.props); err != nil {
		return nil, err
	}
	if !strings.Contains(db.props.Engine, "postgresql") {
		return nil, fmt.Errorf("its engine is %s: the local place has PostgreSQL", db.props.Engine)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(e.options.StateDir, postgresDir, orElse(db.props.DBClusterIdentifier, strings.ToLower(d.id)))
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	bin, err := filepath.Abs(e.options.PostgresDir)
	if err != nil {
		return nil, err
	}
	db.server = &server{bin: bin, dir: dir, port: port, settings: map[string]string{}, user: databaseUser(e.options.StateDir, bin)}
	if name := db.props.DBClusterParameterGroupName; name != "" {
		group, err := find[*parameterGroup](e, name)
		if err != nil {
			return nil, err
		}
		maps.Copy(db.server.settings, group.parameters)
	}
	return db, nil
}

func (db *database) start(ctx context.Context) error {
	s := db.server
	if db.fresh {
		if err := os.RemoveAll(s.dir); err != nil {
			return fmt.Errorf("the old data cannot be dropped: %w", err)
		}
	}
	if err := os.MkdirAll(filepath.Dir(s.dir), openDir); err != nil {
		return err
	}
	if err := os.Mkdir(s.dir, privateDir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.Remove(filepath.Join(s.dir, serverLog)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := s.own(s.dir); err != nil {
		return err
	}
	if err := s.initialize(ctx, db.props.MasterUsername, db.props.MasterUserPassword); err != nil {
		return err
	}
	if err := db.secure(); err != nil {
		return err
	}
	if err := s.start(ctx, db.clientConfig("postgres")); err != nil {
		return err
	}
	return db.createDatabase(ctx)
}

// secure turns TLS on and makes who may connect, and how, a file of ours.
func (db *database) secure() error {
	s := db.server
	var err error
	if s.tls, err = newCertificates(s.dir); err != nil {
		return fmt.Errorf("certificates for PostgreSQL: %w", err)
	}
	if err := s.own(s.tls.key); err != nil {
		return err
	}
	// rds.force_ssl is Aurora's own: here it decides the kind of entry.
	kind := "host"
	if s.settings["rds.force_ssl"] == "1" {
		kind = "hostssl"
	}
	access := filepath.Join(s.dir, "pg_hba.conf")
	if err := os.WriteFile(access, []byte(kind+" all all "+loopback+"/32 scram-sha-256\n"), 0o644); err != nil {
		return err
	}
	maps.DeleteFunc(s.settings, func(name, _ string) bool { return strings.HasPrefix(name, "rds.") })
	maps.Copy(s.settings, map[string]string{
		"listen_addresses":        loopback,
		"unix_socket_directories": "",
		"hba_file":                access,
		"ssl":                     "on",
		"ssl_cert_file":           s.tls.server,
		"ssl_key_file":            s.tls.key,
	})
	pem, err := os.ReadFile(s.tls.authority)
	if err != nil {
		return err
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(pem)
	db.verified = &tls.Config{RootCAs: authorities, ServerName: loopback, MinVersion: tls.VersionTLS12}
	return nil
}

func (db *database) clientConfig(name string) *pgx.ConnConfig {
	config, err := pgx.ParseConfig("postgres://" + loopback + ":" + strconv.Itoa(db.server.port) + "/?sslmode=disable")
	if err != nil { // an address and a number
		panic(err)
	}
	config.Database, config.User, config.Password = name, db.props.MasterUsername, db.props.MasterUserPassword
	config.TLSConfig = db.verified
	return config
}

// createDatabase creates the cluster's first database where it is not there.
func (db *database) createDatabase(ctx context.Context) error {
	if db.props.DatabaseName == "" {
		return nil
	}
	c, err := pgx.ConnectConfig(ctx, db.clientConfig("postgres"))
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	var exists bool
	err = c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", db.props.DatabaseName).Scan(&exists)
	if err != nil || exists {
		return err
	}
	_, err = c.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{db.props.DatabaseName}.Sanitize())
	return err
}

func (db *database) stop(ctx context.Context) error {
	db.server.stop(ctx)
	return nil
}

// connection is what an attached secret says of the cluster.
func (db *database) connection() map[string]string {
	return map[string]string{
		"engine": "postgres",
		"host":   loopback,
		"port":   strconv.Itoa(db.server.port),
		"dbname": db.props.DatabaseName,
	}
}

func (db *database) ref() string { return orElse(db.props.DBClusterIdentifier, db.id) }

func (db *database) attribute(name string) (string, bool) {
	switch name {
	case "Endpoint.Address", "ReadEndpoint.Address":
		return loopback, true
	case "Endpoint.Port", "ReadEndpoint.Port":
		return strconv.Itoa(db.server.port), true
	case "DBClusterArn":
		return db.arn("rds", "cluster:"+db.ref()), true
	case "DBClusterResourceId":
		return "cluster-LOCAL", true
	}
	return "", false
}

// parameterGroup holds settings for a server.
type parameterGroup struct {
	declared
	parameters map[string]string
}

func newParameterGroup(_ *Environment, d declared) (runner, error) {
	var p struct{ Parameters map[string]any }
	if err := d.decode(&p); err != nil {
		return nil, err
	}
	group := &parameterGroup{declared: d, parameters: map[string]string{}}
	for name, value := range p.Parameters {
		group.parameters[name] = fmt.Sprint(value)
	}
	return group, nil
}

func (g *parameterGroup) start(context.Context) error { return nil }
func (g *parameterGroup) stop(context.Context) error  { return nil }

func (g *parameterGroup) ref() string {
	if name, ok := g.properties["DBClusterParameterGroupName"].(string); ok {
		return name
	}
	return g.id
}

func (g *parameterGroup) attribute(string) (string, bool) { return "", false }
