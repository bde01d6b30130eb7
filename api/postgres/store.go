// Package postgres keeps the catalog in PostgreSQL, through pgx.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"catalog/api/catalog"
	"catalog/contract"
)

// Options say where the database is and who asks.
type Options struct {
	Host     string
	Port     uint16
	Database string
	Username string
	Password string
	// CAFile holds the authorities (PEM) that may have signed the server's
	// certificate; "" are those of Amazon RDS. The certificate and the name in
	// it are verified either way.
	CAFile string
}

const (
	connectTimeout = 3 * time.Second
	// statementTimeout ends a query that outlives its request's deadline
	// because the cancellation was lost.
	statementTimeout = 10 * time.Second
)

// Store is a catalog.Store. Close it when done.
type Store struct{ pool *pgxpool.Pool }

var _ catalog.Store = (*Store)(nil)

// Open prepares a store. It does not connect: a task starts, and says that it
// is healthy, while the database is away.
func Open(ctx context.Context, o Options) (*Store, error) {
	config, err := poolConfig(o)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("preparing the connection pool: %w", err)
	}
	return &Store{pool: pool}, nil
}

// Close waits for the connections in use and closes all.
func (s *Store) Close() { s.pool.Close() }

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.translate(s.pool.Ping(ctx)) }

func poolConfig(o Options) (*pgxpool.Config, error) {
	// Parsing an address without credentials keeps them out of every message
	// that pgx makes of a connection string.
	address := "postgres://" + net.JoinHostPort(o.Host, strconv.Itoa(int(o.Port))) + "/?sslmode=disable"
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("the database's address %s: %w", net.JoinHostPort(o.Host, strconv.Itoa(int(o.Port))), err)
	}
	connection := config.ConnConfig
	connection.Database, connection.User, connection.Password = o.Database, o.Username, o.Password
	connection.ConnectTimeout = connectTimeout
	connection.Tracer = newTracer(o)
	connection.RuntimeParams["application_name"] = "catalog"
	// A request has one core to itself, not the database; and a text without
	// words is worth no notice.
	connection.RuntimeParams["max_parallel_workers_per_gather"] = "0"
	connection.RuntimeParams["synchronize_seqscans"] = "off" // the first rows are the same ones each time
	// The rows of a word that begins many words, in a million, are noted one
	// by one and not by the page.
	connection.RuntimeParams["work_mem"] = "16MB"
	connection.RuntimeParams["client_min_messages"] = "warning"
	connection.RuntimeParams["statement_timeout"] = strconv.Itoa(int(statementTimeout.Milliseconds()))
	if connection.TLSConfig, err = tlsConfig(o); err != nil {
		return nil, err
	}
	config.MaxConns = contract.DBConnectionsPerTask - 2 // Watch and an import have one each
	config.MaxConnLifetime = 30 * time.Minute
	config.MaxConnLifetimeJitter = 5 * time.Minute
	return config, nil
}

// SQLSTATE codes and constraints that have a meaning of their own.
const (
	uniqueViolation     = "23505"
	foreignKeyViolation = "23503"
	skuConstraint       = "product_sku_key"
	categoryConstraint  = "product_category_fkey"
	// readOnly: cannot write in a read-only transaction.
	readOnly = "25006"
)

// unavailableClasses are the SQLSTATE classes after which the same statement
// may succeed later: connection exceptions, insufficient resources, operator
// intervention, a server that is read-only after a fail-over, and transactions
// that were rolled back because they waited for each other.
var unavailableClasses = map[string]bool{"08": true, "53": true, "57": true, "25": true, "40": true}

// own is an error that the database has no part in: it comes through as it is.
type own struct{ error }

// translate turns pgx's errors into those of package catalog. After a server
// has become read-only, which a fail-over made of it, its connections are
// closed: the next ones find the new writer.
func (s *Store) translate(err error) error {
	if server, ok := errors.AsType[*pgconn.PgError](err); ok && server.Code == readOnly {
		s.pool.Reset()
	}
	return translate(err)
}

func translate(err error) error {
	var server *pgconn.PgError
	var connect *pgconn.ConnectError
	var mine own
	switch {
	case err == nil:
		return nil
	case errors.As(err, &mine):
		return mine.error
	case errors.Is(err, pgx.ErrNoRows):
		return catalog.ErrNotFound
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", catalog.ErrUnavailable, err)
	case errors.As(err, &server):
		switch {
		case server.Code == uniqueViolation && server.ConstraintName == skuConstraint:
			return catalog.ErrDuplicateSKU
		case server.Code == foreignKeyViolation && server.ConstraintName == categoryConstraint:
			return catalog.Invalid("/category", "there is no such category")
		case unavailableClasses[server.Code[:2]]:
			return fmt.Errorf("%w: %w", catalog.ErrUnavailable, err)
		}
		return fmt.Errorf("database: %w", err)
	case errors.As(err, &connect), isNetwork(err), pgconn.SafeToRetry(err):
		return fmt.Errorf("%w: %w", catalog.ErrUnavailable, err)
	}
	return fmt.Errorf("database: %w", err)
}

func isNetwork(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) // the server closed it
}
