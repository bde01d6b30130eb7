package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"catalog/api/postgres"
	"catalog/api/telemetry"
	"catalog/contract"
)

// migrateTimeout covers a database that scales up from its smallest capacity.
const migrateTimeout = 2 * time.Minute

func migrate(ctx context.Context) error {
	log, err := telemetry.NewLogger(os.Stdout, logLevel())
	if err != nil {
		return fmt.Errorf("%s: %w", contract.EnvLogLevel, err)
	}
	database, err := databaseOptions()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, migrateTimeout)
	defer cancel()
	return postgres.Migrate(ctx, database, log)
}
