package main

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"catalog/local"
)

// doors holds every socket to loopback, and the console to its own name and to
// readers.
func (v visit) doors() {
	v.t.Helper()
	sockets := socketsOf(v.t, family(v.t, v.up.command.Process.Pid))
	protocols := map[string]int{}
	for _, s := range sockets {
		protocols[s.protocol[:3]]++
		if !s.at.Addr().IsLoopback() {
			v.t.Errorf("a socket hears on %s %s, which is not this machine alone", s.protocol, s.at)
		}
	}
	// The load balancer, the console, PostgreSQL, a task, the registry, the
	// metadata, traces over OTLP and by the daemon's TCP; and its UDP.
	if protocols["tcp"] < 8 || protocols["udp"] < 1 {
		v.t.Errorf("only these sockets are found: %v", sockets)
	}
	address, err := url.Parse(v.console)
	v.must(err)
	for _, c := range []struct {
		method, host, origin string
		want                 int
	}{
		{"GET", address.Host, "", 200},
		{"GET", "evil.example:" + address.Port(), "", http.StatusMisdirectedRequest},
		{"GET", "evil.example", "", http.StatusMisdirectedRequest},
		{"POST", address.Host, "http://evil.example", http.StatusMethodNotAllowed},
		{"POST", address.Host, "null", http.StatusMethodNotAllowed},
		{"DELETE", address.Host, "http://evil.example", http.StatusMethodNotAllowed},
	} {
		for _, path := range []string{"/", "/status.json", "/tasks", "/nothing"} {
			request, err := http.NewRequest(c.method, v.console+path, nil)
			v.must(err)
			request.Host = c.host
			if c.origin != "" {
				request.Header.Set("Origin", c.origin)
			}
			response, err := http.DefaultClient.Do(request)
			v.must(err)
			response.Body.Close()
			want := c.want
			if path == "/nothing" && want == 200 {
				want = 404
			}
			if response.StatusCode != want || response.Header.Get("Access-Control-Allow-Origin") != "" {
				v.t.Errorf("%s %s for %s from %q: %s %v, want %d", c.method, path, c.host, c.origin, response.Status, response.Header, want)
			}
		}
	}
	control := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", v.path(".local/cli/control/control.sock"))
	}}}
	for _, path := range []string{"/status", "/nothing", "/update"} {
		response, err := control.Get("http://environment" + path)
		v.must(err)
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		v.must(err)
		v.seen.look("the control's answers", path, body)
	}
}

// headers holds what browsers are told, of the API and of the console.
func (v visit) headers() {
	v.t.Helper()
	for _, address := range []string{
		"http://" + v.outputs["AlbDnsName"] + "/api/v1/products", "http://" + v.outputs["AlbDnsName"] + "/api/v1/nothing", "http://" + v.outputs["AlbDnsName"] + "/health",
		"http://" + v.outputs["AlbDnsName"] + "/api/docs", v.console + "/", v.console + "/status.json", v.console + "/nothing", v.console + "/style.css",
	} {
		response, err := http.Get(address)
		v.must(err)
		response.Body.Close()
		h := response.Header
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Server") != "" || h.Get("X-Powered-By") != "" {
			v.t.Errorf("%s answers with %v", address, h)
		}
		if strings.HasPrefix(h.Get("Content-Type"), "text/html") {
			policy := h.Get("Content-Security-Policy")
			for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
				if !strings.Contains(policy, part) {
					v.t.Errorf("the policy of %s lacks %s: %s", address, part, policy)
				}
			}
			if strings.Contains(policy, "unsafe") || h.Get("Referrer-Policy") != "no-referrer" {
				v.t.Errorf("%s answers with %v", address, h)
			}
		}
		if response.StatusCode >= 400 && h.Get("Cache-Control") != "no-store" {
			v.t.Errorf("the error of %s may be kept: %v", address, h)
		}
	}
}

// modes: what is private is the owner's alone.
func (v visit) modes(state string) {
	v.t.Helper()
	for path, want := range map[string]fs.FileMode{
		"control": 0o700, "control/control.sock": 0o600, "secrets": 0o700, "environment.json": 0o600, "events.ndjson": 0o600, "lock": 0o600, "logs": 0o700,
	} {
		info, err := os.Stat(filepath.Join(state, path))
		if err != nil || info.Mode().Perm() != want {
			v.t.Errorf("%s: %v, %v, want %o", path, info, err, want)
		}
	}
	for _, dir := range []string{"secrets", "logs"} {
		v.must(filepath.WalkDir(filepath.Join(state, dir), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			if info, err := entry.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
				v.t.Errorf("others may open %s: %v, %v", path, info, err)
			}
			return nil
		}))
	}
	var s local.State
	content, err := os.ReadFile(filepath.Join(state, "environment.json"))
	v.must(err)
	v.must(json.Unmarshal(content, &s))
	if s.Socket != filepath.Join(state, "control/control.sock") {
		v.t.Errorf("the socket is at %s", s.Socket)
	}
}
