package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"catalog/local/pgserver"
	"catalog/local/process"
)

// server is a PostgreSQL as the drill reaches it: past the proxy.
type server struct {
	port               int
	username, password string
	authority          string // file
	pid                func(context.Context) (int, error)
	kept               *pgx.Conn
}

// connect opens a session of the drill's own; parameters are its settings.
func (s *server) connect(ctx context.Context, database string) (*pgx.Conn, error) {
	authorities := x509.NewCertPool()
	content, err := os.ReadFile(s.authority)
	if err != nil {
		return nil, err
	}
	authorities.AppendCertsFromPEM(content)
	config, err := pgx.ParseConfig("host=" + pgserver.Host + " port=" + strconv.Itoa(s.port) + " sslmode=disable connect_timeout=5")
	if err != nil {
		return nil, err
	}
	config.Database, config.User, config.Password = database, s.username, s.password
	config.RuntimeParams = map[string]string{"application_name": "drill"}
	config.TLSConfig = &tls.Config{RootCAs: authorities, ServerName: pgserver.Host, MinVersion: tls.VersionTLS12}
	return pgx.ConnectConfig(ctx, config)
}

// database is the catalog's.
const database = "catalog"

// ask runs do on a session that is kept for the next time.
func (s *server) ask(ctx context.Context, do func(*pgx.Conn) error) error {
	for deadline := time.Now().Add(20 * time.Second); ; pause(ctx, 200*time.Millisecond) {
		if s.kept == nil || s.kept.IsClosed() {
			c, err := s.connect(ctx, database)
			if err != nil && time.Now().Before(deadline) && ctx.Err() == nil {
				continue // it starts again
			}
			if err != nil {
				return fmt.Errorf("the database on port %d does not answer the drill: %w", s.port, err)
			}
			s.kept = c
		}
		err := do(s.kept)
		if err == nil || !s.kept.IsClosed() || time.Now().After(deadline) {
			return err
		}
	}
}

// hangUp gives the kept session up, before a fault takes it.
func (s *server) hangUp(ctx context.Context) {
	if s.kept != nil {
		s.kept.Close(ctx)
		s.kept = nil
	}
}

// signal reaches the server and all of its processes, the first one first: it
// starts no other one then.
func (s *server) signal(ctx context.Context, signal syscall.Signal) error {
	pid, err := s.pid(ctx)
	if err != nil {
		return err
	}
	return signalTree(pid, signal)
}

func signalTree(pid int, signal syscall.Signal) error {
	if pid == 0 {
		return fmt.Errorf("there is no process to send %v to: the environment shows none", signal)
	}
	snapshot, err := process.Look()
	if err != nil {
		return err
	}
	tree, ok := snapshot.Of(pid)
	if !ok {
		return fmt.Errorf("process %d does not run any more", pid)
	}
	for _, one := range tree.Processes {
		if err := syscall.Kill(one, signal); err != nil && err != syscall.ESRCH {
			return fmt.Errorf("process %d cannot be sent %v: %w", one, signal, err)
		}
	}
	return nil
}
