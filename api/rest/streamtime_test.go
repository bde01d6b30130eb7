package rest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"catalog/api/catalog"
)

// dialStore makes a server of a store, with the limits that the program serves
// with, and a connection to it that lives by the bubble's clock.
func dialStore(t *testing.T, store catalog.Store) net.Conn {
	t.Helper()
	listener := &pipes{accepted: make(chan net.Conn), closed: make(chan struct{})}
	server := newServer(t, store, io.Discard).HTTPServer()
	go server.Serve(listener)
	client, accepted := net.Pipe()
	listener.accepted <- accepted
	t.Cleanup(func() {
		client.Close()
		server.Close()
	})
	return client
}

const askExport = "GET " + exportPath + " HTTP/1.1\r\nHost: x\r\n\r\n"

// slowExport gives some products each time that a pause has gone by.
func slowExport(pause time.Duration, times int) exporting {
	return exporting{&memoryStore{}, func(ctx context.Context, give func([]byte) error) error {
		for i := range times {
			if i > 0 {
				select {
				case <-time.After(pause):
				case <-ctx.Done():
					return fmt.Errorf("%w: %w", catalog.ErrUnavailable, ctx.Err())
				}
			}
			if err := manyDocuments(1000)(ctx, give); err != nil {
				return err
			}
		}
		return nil
	}}
}

// TestExportTakesAsLongAsItMust: longer than any other answer, and than the
// server waits for a request.
func TestExportTakesAsLongAsItMust(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, begin := dialStore(t, slowExport(20*time.Second, 20)), time.Now()
		go io.WriteString(client, askExport)
		response, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || strings.Count(string(body), "\n") != 20_000 {
			t.Errorf("%s, %d lines after %s, %v", response.Status, strings.Count(string(body), "\n"), time.Since(begin), err)
		}
		// The connection is good for more.
		go io.WriteString(client, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
		if response, err = http.ReadResponse(bufio.NewReader(client), nil); err != nil || response.StatusCode != 200 {
			t.Errorf("the next request: %v", err)
		}
	})
}

// TestExportsThatTakeTooLongAreCutOff: after half an hour whoever reads, and
// when a client takes nothing for 30 seconds.
func TestExportsThatTakeTooLongAreCutOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pause time.Duration
		reads bool
		after time.Duration
	}{"half an hour": {20 * time.Second, true, 30 * time.Minute}, "nobody reads": {0, false, 30 * time.Second}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ended := make(chan time.Time, 1)
				inner := slowExport(c.pause, 1_000)
				client, begin := dialStore(t, exporting{&memoryStore{}, func(ctx context.Context, give func([]byte) error) error {
					err := inner.export(ctx, give)
					ended <- time.Now()
					return err
				}}), time.Now()
				io.WriteString(client, askExport)
				answer := bufio.NewReader(client)
				response, err := http.ReadResponse(answer, nil)
				if err != nil {
					t.Fatal(err)
				}
				if c.reads {
					if _, err := io.Copy(io.Discard, response.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
						t.Errorf("it ends with %v", err)
					}
				}
				if took := (<-ended).Sub(begin); took < c.after || took > c.after+time.Second {
					t.Errorf("it ends after %s, want %s", took, c.after)
				}
			})
		})
	}
}

// TestStoreThatDoesNotBeginIsAway: a client need not wait for half an hour to
// hear of it.
func TestStoreThatDoesNotBeginIsAway(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"", "?format=csv"} {
		synctest.Test(t, func(t *testing.T) {
			client, begin := dialStore(t, exporting{&memoryStore{}, func(ctx context.Context, _ func([]byte) error) error {
				<-ctx.Done()
				return fmt.Errorf("%w: %w", catalog.ErrUnavailable, ctx.Err())
			}}), time.Now()
			go io.WriteString(client, strings.Replace(askExport, " HTTP", query+" HTTP", 1))
			response, err := http.ReadResponse(bufio.NewReader(client), nil)
			if err != nil || response.StatusCode != 503 || response.Header.Get("Retry-After") == "" || time.Since(begin) != 5*time.Second {
				t.Errorf("%v, %v after %s", response, err, time.Since(begin))
			}
		})
	}
}
