package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"catalog/api/catalog"
)

//go:embed migrations/*.sql
var migrations embed.FS

// retryPause is how long Migrate waits for a database that is not there yet.
const retryPause = time.Second

// A migration that another task runs is waited for: asked for every second,
// longer than the whole command may take.
const (
	lockRetrySeconds = 1
	lockRetries      = 600
)

// Migrate brings the schema to the newest version. Tasks that start together
// take turns by an advisory lock; it retries until ctx ends while the database
// is not available, and logs each version that it applies.
func Migrate(ctx context.Context, o Options, log *slog.Logger) error {
	for {
		err := migrateOnce(ctx, o, log)
		if !errors.Is(err, catalog.ErrUnavailable) {
			return err
		}
		log.Warn("database not available yet", "error", err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(retryPause):
		}
	}
}

func migrateOnce(ctx context.Context, o Options, log *slog.Logger) error {
	config, err := poolConfig(o)
	if err != nil {
		return err
	}
	// A large catalog is written anew, or gets an index, in its own time.
	config.ConnConfig.RuntimeParams["statement_timeout"] = "0"
	db := stdlib.OpenDB(*config.ConnConfig)
	defer db.Close()
	if err := db.PingContext(ctx); err != nil {
		return translate(err)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockRetrySeconds, lockRetries))
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	results, err := provider.Up(ctx)
	for _, r := range results {
		log.Info("migration applied", "version", r.Source.Version, "duration_ms", r.Duration.Milliseconds())
	}
	if err != nil {
		return fmt.Errorf("migrating the schema: %w", err)
	}
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return translate(err)
	}
	log.Info("schema is current", "version", version)
	return nil
}
