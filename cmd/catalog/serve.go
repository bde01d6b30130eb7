package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"catalog/api/postgres"
	"catalog/api/rest"
	"catalog/api/telemetry"
	"catalog/contract"
)

// shutdownTimeout is how long requests in flight may take to end.
const shutdownTimeout = 20 * time.Second

// defaultCacheBytes is what the answers that are kept in memory may take: a
// hundred thousand products, in a task of 1 GiB.
const defaultCacheBytes = 128 << 20

// serve answers requests until it is told to stop.
//
// SIGTERM is what ECS sends, before the load balancer has stopped sending
// requests here: /health turns 503, everything is served for the drain delay,
// then the server shuts down. SIGINT, or a second SIGTERM, leaves the delay
// out. Either way requests in flight are answered.
func serve(ctx context.Context) error {
	output := telemetry.NewWriter(os.Stdout)
	defer output.Flush()
	log, err := telemetry.NewLogger(output, logLevel())
	if err != nil {
		return fmt.Errorf("%s: %w", contract.EnvLogLevel, err)
	}
	database, err := databaseOptions()
	if err != nil {
		return err
	}
	tokens, err := writeTokens()
	if err != nil {
		return err
	}
	drainDelay, err := durationOf(contract.EnvDrainDelay, 0)
	if err != nil {
		return err
	}
	cacheBytes, err := bytesOf(contract.EnvCacheBytes, defaultCacheBytes)
	if err != nil {
		return err
	}
	listener, err := listen(ctx)
	if err != nil {
		return err
	}
	store, err := postgres.Open(ctx, database)
	if err != nil {
		listener.Close()
		return err
	}
	defer store.Close()

	watch, err := startTelemetry(ctx, log, store)
	if err != nil {
		listener.Close()
		return err
	}
	server := rest.New(rest.Options{
		Store: store, WriteTokens: tokens, Log: log, Telemetry: watch, Version: buildVersion(), CacheBytes: cacheBytes,
	})
	background, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { store.Watch(background, server, log) })
	running.Go(func() { server.RunImports(background) })
	err = run(ctx, log, server, listener, drainDelay)
	stop()
	running.Wait()
	watch.Close()
	if err == nil {
		log.Info("stopped")
	}
	return err
}

func listen(ctx context.Context) (net.Listener, error) {
	port, err := portOf(contract.EnvPort, contract.Port)
	if err != nil {
		return nil, err
	}
	var config net.ListenConfig
	address := net.JoinHostPort(os.Getenv(contract.EnvHost), strconv.Itoa(int(port)))
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", address, err)
	}
	return listener, nil
}

func run(ctx context.Context, log *slog.Logger, server *rest.Server, listener net.Listener, drainDelay time.Duration) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(signals)

	httpServer := server.HTTPServer()
	served := make(chan error, 1)
	go func() { served <- httpServer.Serve(rest.Refusals(listener)) }()
	log.Info("serving", "address", listener.Addr().String(), "version", buildVersion())

	select {
	case err := <-served:
		return fmt.Errorf("serving on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	case s := <-signals:
		server.Drain()
		if s == syscall.SIGTERM && drainDelay > 0 {
			log.Info("draining", "delay", drainDelay.String())
			select {
			case <-signals:
			case <-time.After(drainDelay):
			}
		}
	}

	shutdown, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if err := httpServer.Shutdown(shutdown); err != nil {
		return fmt.Errorf("shutting down: requests were still running after %s: %w", shutdownTimeout, err)
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
