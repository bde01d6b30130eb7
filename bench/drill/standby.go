package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"catalog/local/pgserver"
)

// standby follows the place's server and can take its part.
type standby struct {
	server *pgserver.Server
	dir    string
}

// standbyName is what both servers call it.
const standbyName = "drill"

// addStandby makes a standby of the primary, by PostgreSQL's low-level backup API
// ("Making a Base Backup Using the Low Level API"): the npm package has no
// pg_basebackup. It answers when every commit waits for both.
func (e *environment) addStandby(ctx context.Context) (err error) {
	status, err := e.client.Status(ctx)
	if err != nil {
		return err
	}
	primaryDir := e.databaseDir(status)
	if err := e.allowReplication(ctx, primaryDir); err != nil {
		return fmt.Errorf("the primary does not let a standby in: %w", err)
	}
	b := &standby{dir: filepath.Join(e.dir, "standby")}
	if err := os.Mkdir(b.dir, 0o700); err != nil {
		return err
	}
	settings, err := e.backUp(ctx, primaryDir, b.dir)
	if err != nil {
		return fmt.Errorf("the primary's data cannot be copied: %w", err)
	}
	binaries, err := pgserver.Binaries(e.project.NodeModules())
	if err != nil {
		return err
	}
	b.server, err = pgserver.New(pgserver.Options{
		Binaries: binaries, Dir: b.dir, Username: e.primary.username, Password: e.primary.password,
		Certificates: primaryDir, ForceTLS: true, Settings: settings,
	})
	if err != nil {
		return err
	}
	e.standby = b
	if err := b.server.Start(ctx); err != nil {
		return fmt.Errorf("the standby does not start: %w", err)
	}
	return e.synchronize(ctx)
}

// allowReplication adds what the place's server does without: a way in for a
// standby, and a slot that keeps the log for it.
func (e *environment) allowReplication(ctx context.Context, dir string) error {
	access, err := os.OpenFile(filepath.Join(dir, "pg_hba.conf"), os.O_APPEND|os.O_WRONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(access, "hostssl replication all %s/32 scram-sha-256\n", pgserver.Host)
	if err := errors.Join(err, access.Close()); err != nil {
		return err
	}
	return e.primary.execute(ctx, "SELECT pg_reload_conf()", "SELECT pg_create_physical_replication_slot('"+standbyName+"', true)")
}

// execute runs statements one after the other.
func (s *server) execute(ctx context.Context, statements ...string) error {
	return s.ask(ctx, func(c *pgx.Conn) error {
		for _, statement := range statements {
			if _, err := c.Exec(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
}

// backUp copies the data while the primary works, and answers its settings: a
// standby must have no less of some of them.
func (e *environment) backUp(ctx context.Context, from, to string) (map[string]string, error) {
	c, err := e.primary.connect(ctx, database) // the backup lasts as long as the session
	if err != nil {
		return nil, err
	}
	defer c.Close(ctx)
	settings := map[string]string{}
	rows, err := c.Query(ctx, "SELECT name, setting FROM pg_settings WHERE source = 'command line' AND context <> 'internal'")
	if err != nil {
		return nil, err
	}
	var name, value string
	if _, err := pgx.ForEachRow(rows, []any{&name, &value}, func() error { settings[name] = value; return nil }); err != nil {
		return nil, err
	}
	if _, err := c.Exec(ctx, "SELECT pg_backup_start('drill', true)"); err != nil {
		return nil, err
	}
	data := filepath.Join(to, "data")
	if err := copyCluster(filepath.Join(from, "data"), data); err != nil {
		return nil, err
	}
	var label string
	if err := c.QueryRow(ctx, "SELECT labelfile FROM pg_backup_stop(false)").Scan(&label); err != nil {
		return nil, err
	}
	follows := fmt.Sprintf("primary_conninfo = 'host=%s port=%d user=%s password=%s sslmode=verify-full sslrootcert=%s application_name=%s'\nprimary_slot_name = '%s'\n",
		pgserver.Host, e.primary.port, e.primary.username, e.primary.password, filepath.Join(to, "ca.pem"), standbyName, standbyName)
	auto, err := os.ReadFile(filepath.Join(data, "postgresql.auto.conf"))
	if err != nil {
		return nil, err
	}
	for name, content := range map[string]string{"backup_label": label, "standby.signal": "", "postgresql.auto.conf": string(auto) + follows} {
		if err := os.WriteFile(filepath.Join(data, name), []byte(content), 0o600); err != nil {
			return nil, err
		}
		if err := sameOwner(data, filepath.Join(data, name)); err != nil {
			return nil, err
		}
	}
	return settings, nil
}

// emptied are folders of which a backup has the names alone (PostgreSQL: "Data
// That May Be Omitted"); the log comes from the slot.
var emptied = []string{"pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"}

// copyCluster copies a cluster's files with their owner. One that goes
// meanwhile is not needed.
func copyCluster(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		top, below, _ := strings.Cut(relative, string(filepath.Separator))
		switch {
		case below != "" && slices.Contains(emptied, top):
			if entry.IsDir() && top == "pg_wal" { // archive_status, summaries
				break
			}
			return skip(entry)
		case relative == "postmaster.pid" || relative == "postmaster.opts" || strings.HasPrefix(entry.Name(), "pgsql_tmp"):
			return skip(entry)
		}
		if entry.IsDir() {
			err = os.Mkdir(target, 0o700)
		} else {
			err = copyFile(path, target)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return sameOwner(from, target)
	})
}

func skip(entry fs.DirEntry) error {
	if entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

// sameOwner gives a file to whom another one belongs.
func sameOwner(as, path string) error {
	info, err := os.Stat(as)
	if err != nil {
		return err
	}
	owner := info.Sys().(*syscall.Stat_t)
	return os.Lchown(path, int(owner.Uid), int(owner.Gid))
}

// synchronize makes every commit wait for the standby.
func (e *environment) synchronize(ctx context.Context) error {
	if err := e.primary.execute(ctx, "ALTER SYSTEM SET synchronous_standby_names = '"+standbyName+"'", "SELECT pg_reload_conf()"); err != nil {
		return err
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); pause(ctx, 50*time.Millisecond) {
		state := ""
		err := e.primary.ask(ctx, func(c *pgx.Conn) error {
			return c.QueryRow(ctx, "SELECT coalesce(max(sync_state), '') FROM pg_stat_replication").Scan(&state)
		})
		if err != nil {
			return err
		}
		if state == "sync" {
			return nil
		}
	}
	return errors.New("the standby does not keep up with the primary: see its server.log")
}

func (b *standby) close() {
	if b.server != nil {
		_ = b.server.Stop(context.Background()) // its data go with the folder
	}
}
