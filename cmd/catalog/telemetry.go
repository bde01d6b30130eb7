package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"catalog/api/postgres"
	"catalog/api/telemetry"
	"catalog/contract"
)

// What a server that is run by hand is called in traces and metrics.
const (
	defaultService     = "catalog"
	defaultEnvironment = "dev"
)

// startTelemetry watches the requests of this task: spans go to the collector
// that the environment names, metrics to where the log goes.
func startTelemetry(ctx context.Context, log *slog.Logger, store *postgres.Store) (*telemetry.Telemetry, error) {
	watch, err := telemetry.Start(ctx, telemetry.Options{
		Service:     variableOr(contract.EnvOTelService, defaultService),
		Environment: variableOr(contract.EnvSuffix, defaultEnvironment),
		Version:     buildVersion(),
		Endpoint:    os.Getenv(contract.EnvOTLPEndpoint),
		Log:         log,
		Metrics:     os.Stdout,
		Pool:        func() telemetry.PoolUse { return telemetry.PoolUse(store.Usage()) },
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", contract.EnvOTLPEndpoint, err)
	}
	return watch, nil
}

func variableOr(variable, fallback string) string {
	if text := os.Getenv(variable); text != "" {
		return text
	}
	return fallback
}
