package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"catalog/local/pgserver"
)

// database is a PostgreSQL server in the place of an Aurora cluster.
type database struct {
	declared
	props  databaseProperties
	server *pgserver.Server
	dir    string
	fresh  bool

	environment *Environment
	quit        chan struct{} // closed when it is to stop
	quitOnce    sync.Once
	watched     chan struct{} // closed when nobody restarts it any more
	used        databaseUsage // of the watcher's alone
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
	db := &database{declared: d, fresh: e.options.Fresh, environment: e, quit: make(chan struct{})}
	if err := d.decode(&db.props); err != nil {
		return nil, err
	}
	if !strings.Contains(db.props.Engine, "postgresql") {
		return nil, fmt.Errorf("its engine is %s: the local place has PostgreSQL", db.props.Engine)
	}
	db.dir = filepath.Join(e.options.StateDir, postgresDir, db.ref())
	options := pgserver.Options{
		Port: e.options.DatabasePort, Binaries: e.options.PostgresDir, Dir: db.dir, Database: db.props.DatabaseName,
		Username: db.props.MasterUsername, Password: db.props.MasterUserPassword, Settings: map[string]string{},
	}
	if name := db.props.DBClusterParameterGroupName; name != "" {
		group, err := find[*parameterGroup](e, name)
		if err != nil {
			return nil, err
		}
		// Settings that begin with rds. are Aurora's own.
		options.ForceTLS = group.parameters["rds.force_ssl"] == "1"
		for name, value := range group.parameters {
			if !strings.HasPrefix(name, "rds.") {
				options.Settings[name] = value
			}
		}
	}
	var err error
	db.server, err = pgserver.New(options)
	return db, err
}

func (db *database) start(ctx context.Context) error {
	if db.fresh {
		if err := os.RemoveAll(db.dir); err != nil {
			return fmt.Errorf("the old data cannot be dropped: %w", err)
		}
	}
	err := db.server.Start(ctx)
	if errors.Is(err, pgserver.ErrOtherPassword) {
		return fmt.Errorf("%w than the secret: start once with --fresh, which drops that data", err)
	}
	if err != nil {
		return err
	}
	db.watched = make(chan struct{})
	go db.watch()
	return nil
}

func (db *database) stop(ctx context.Context) error {
	db.quitOnce.Do(func() { close(db.quit) })
	if db.watched != nil {
		<-db.watched
	}
	return db.server.Stop(ctx)
}

// endpoint is where the tasks are sent: to the server, or to what stands in
// front of it. The place itself always asks the server.
func (db *database) endpoint() (host, port string) {
	if at := db.environment.options.DatabaseEndpoint; at != "" {
		host, port, _ = net.SplitHostPort(at) // it was checked at the start
		return host, port
	}
	return pgserver.Host, strconv.Itoa(db.server.Port())
}

// connection is what an attached secret says of the cluster.
func (db *database) connection() map[string]string {
	host, port := db.endpoint()
	return map[string]string{
		"engine": "postgres",
		"host":   host,
		"port":   port,
		"dbname": db.props.DatabaseName,
	}
}

func (db *database) ref() string { return orElse(db.props.DBClusterIdentifier, strings.ToLower(db.id)) }

func (db *database) attribute(name string) (string, bool) {
	host, port := db.endpoint()
	switch name {
	case "Endpoint.Address", "ReadEndpoint.Address":
		return host, true
	case "Endpoint.Port", "ReadEndpoint.Port":
		return port, true
	case "DBClusterArn":
		return db.arn("rds", "cluster:"+db.ref()), true
	case "DBClusterResourceId":
		return "cluster-LOCAL", true
	}
	return "", false
}
