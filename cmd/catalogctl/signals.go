package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// interrupts are what the user asked by Ctrl-C: once to stop in order, twice
// to stop at once.
type interrupts struct{ first, second context.Context }

// watchSignals listens to SIGINT, SIGTERM and SIGHUP until stop is called.
func watchSignals(parent context.Context) (i interrupts, stop func()) {
	first, cancelFirst := context.WithCancel(parent)
	second, cancelSecond := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for _, cancel := range []func(){cancelFirst, cancelSecond} {
			select {
			case <-signals:
				cancel()
			case <-parent.Done():
				return
			}
		}
	}()
	return interrupts{first, second}, func() { signal.Stop(signals) }
}
