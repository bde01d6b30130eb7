package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
)

// TestC3_TheImageOfTheRealAPI: small, the same twice, and pushed once. What
// lies under 20 MiB starts a task fast.
func TestC3_TheImageOfTheRealAPI(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	server := httptest.NewServer(registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	to := server.Listener.Addr().String() + "/ecr-catalog-cli"

	var answers [2]imageAnswer
	for i := range answers {
		r := c.start("image", "--platform", "linux/amd64", "--json", "--push", to)
		if code := r.wait(); code != 0 {
			t.Fatalf("image ends with %d: %s", code, r.stderr.String())
		}
		c.must(json.Unmarshal(r.stdout.Bytes(), &answers[i]))
		if strings.Contains(r.stderr.String(), "\r") {
			t.Errorf("a bar is drawn where no terminal is: %q", r.stderr.String())
		}
		if isThere := contains(&r.stderr, "was there already"); isThere != (i == 1) || answers[i].Pushed.Already != isThere {
			t.Errorf("push %d says %s", i, r.stderr.String())
		}
	}
	first, again := answers[0], answers[1]
	if first.Digest != again.Digest || first.Tags[0] != first.Version || first.Pushed.Digest != first.Digest {
		t.Errorf("the first is %+v, the second %+v", first, again)
	}
	if len(first.Platforms) != 1 || len(first.Referrers) != 2 || first.Platforms[0].Platform.String() != "linux/amd64" {
		t.Errorf("built %+v", first.Image)
	}
	if size := first.Platforms[0].Size; size < 1<<20 || size > 20<<20 {
		t.Errorf("the image has %s, want less than 20", megabytes(size))
	}
	c.start("image", "--platform", "linux/riscv64").refused(t, exitUsage, "linux/amd64 or linux/arm64")
	c.start("image", "--platform", "linux/amd64", "--push", "catalog").refused(t, exitFailed, "name its host too")
	shown := c.start("image", "--platform", "linux/amd64")
	shown.done(t, "application/spdx+json")
	if !contains(&shown.stdout, first.Digest) {
		t.Errorf("it shows %s", shown.stdout.String())
	}
}

// TestX5_ProgressIsLinesWithoutATerminal, a quarter each, and never too many.
func TestX5_ProgressIsLinesWithoutATerminal(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	bar := newPushBar(&talk{w: &said})
	var all sync.WaitGroup
	for part := range int64(100) {
		all.Go(func() { bar.show(part+1, 100) })
	}
	all.Wait()
	bar.show(0, 0)
	bar.show(100, 100)
	bar.end()
	if lines := strings.Count(said.String(), "\n"); lines < 1 || lines > 4 || !strings.Contains(said.String(), "100 %") {
		t.Errorf("it said %q", said.String())
	}

	said.Reset()
	drawn := &pushBar{t: &talk{w: &said}, terminal: true}
	drawn.show(1<<19, 1<<20)
	drawn.show(1<<20, 1<<20)
	drawn.end()
	if want := "\r  [===============               ]  50 % of 1.0 MiB\r  [" + strings.Repeat("=", 30) + "] 100 % of 1.0 MiB\n"; said.String() != want {
		t.Errorf("it drew %q, want %q", said.String(), want)
	}
}
