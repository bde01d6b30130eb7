package balancer

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// logged runs requests with an access log and answers its lines.
func logged(t *testing.T, r *rig, requests ...string) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "alb", "access_log")
	log, err := OpenAccessLog(path)
	if err != nil {
		t.Fatal(err)
	}
	r.balancer.LogTo(log)
	for _, request := range requests {
		r.exchangeRaw(t, request)
	}
	if err := r.listener.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if err := r.balancer.LogTo(nil).Close(); err != nil {
		t.Error(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
}

// AWS: "Access logs for your Application Load Balancer": all fields in order.
func TestO6_AccessLogLines(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newTarget(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		w.Write([]byte("done"))
	}))
	lines := logged(t, r,
		"POST /api/a?b=c HTTP/1.1\r\nHost: shop.example:8080\r\nConnection: close\r\nUser-Agent: a \"quoted\" one\r\nContent-Length: 2\r\n\r\nhi",
		"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
		"nonsense\r\n\r\n")
	const stamp, peer, trace, seconds = `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z`, `127\.0\.0\.1:\d+`, `Root=1-[0-9a-f]{8}-[0-9a-f]{24}`, `\d+\.\d{3}`
	tail := ` "-" "-" "-"$`
	for i, want := range []string{
		`^http ` + stamp + ` app/alb-test/local ` + peer + ` ` + peer + ` ` + seconds + ` ` + seconds + ` ` + seconds + ` 201 201 121 \d+ ` +
			`"POST http://shop\.example:80/api/a\?b=c HTTP/1\.1" "a \\x22quoted\\x22 one" - - targetgroup/blue/local "` + trace + `" "-" "-" 0 ` + stamp +
			` "forward" "-" "-" "` + peer + `" "201" "-" "-" TID_[0-9a-f]{32}` + tail,
		`^http ` + stamp + ` app/alb-test/local ` + peer + ` - -1 -1 -1 400 - \d+ \d+ "GET http://a:80/ HTTP/1\.1" "-" - - - "-" "-" "-" - ` + stamp +
			` "-" "-" "-" "-" "-" "Severe" "BadContentLength" TID_[0-9a-f]{32}` + tail,
		`^http .* 400 - \d+ \d+ "- http://-:-- -" "-" .*"Severe" "BadVersion" TID_`,
	} {
		if i >= len(lines) || !regexp.MustCompile(want).MatchString(lines[i]) {
			t.Errorf("line %d of %d is\n%s, want it like\n%s", i, len(lines), strings.Join(lines, "\n"), want)
		}
	}
}

// A full file is put aside in the place of the one before, and no line is lost
// or torn however many write.
func TestO6_LogFilesRotate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	const limit, lines, writers = 256 << 10, 2000, 4
	f, err := openLogFile(path, limit)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for i := range lines {
				f.append(func(out []byte) []byte { return fmt.Appendf(out, "%040d\n", i) })
			}
		})
	}
	all.Wait()
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, name := range []string{path, path + ".1"} {
		content, err := os.ReadFile(name)
		if err != nil {
			if name == path {
				t.Error(err)
			}
			continue
		}
		for line := range bytes.Lines(content) {
			if len(line) != 41 {
				t.Fatalf("a line is %q", line)
			}
			total++
		}
	}
	if total == 0 || total > lines*writers {
		t.Errorf("%d lines are there of %d", total, lines*writers)
	}
	// From here on in steps, so that each write is one.
	f, err = openLogFile(filepath.Join(t.TempDir(), "steps"), 100)
	if err != nil {
		t.Fatal(err)
	}
	f.close()
	if err := f.open(); err != nil {
		t.Fatal(err)
	}
	defer f.file.Close()
	for i := range 5 {
		f.append(func(out []byte) []byte { return fmt.Appendf(out, "%059d\n", i) })
		if err := f.flush(); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{f.path: fmt.Sprintf("%059d\n", 4), f.path + ".1": fmt.Sprintf("%059d\n", 3)} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v, %v: logs are for their owner alone", filepath.Base(name), info, err)
		}
		if content, err := os.ReadFile(name); err != nil || string(content) != want {
			t.Errorf("%s has %q, %v", filepath.Base(name), content, err)
		}
	}
}

// Requests never wait for the disk: what it cannot take is dropped.
func TestO6_AFullLogDropsLines(t *testing.T) {
	t.Parallel()
	f := &logFile{wake: make(chan struct{}, 1)} // nobody writes
	line := bytes.Repeat([]byte("x"), 1<<20)
	for range 10 {
		f.append(func(out []byte) []byte { return append(out, line...) })
	}
	if len(f.lines) > maxWaiting+len(line) {
		t.Errorf("%d bytes wait", len(f.lines))
	}
}
