package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	localprocess "catalog/local/process"
)

// findTools says what to install where something is missing.
func findTools() error {
	var missing []string
	for _, tool := range []string{"nginx", "wrk"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing = append(missing, tool)
		}
	}
	if len(missing) > 0 {
		return errors.New(strings.Join(missing, " and ") + " not found: install with apt-get update && apt-get install -y nginx wrk")
	}
	return nil
}

// configuration does what the balancer does: connections to the upstream are
// kept, the same fields are added, each request is logged in a buffer.
const configuration = `
daemon off;
worker_processes 2;
pid %[1]s/nginx.pid;
error_log %[1]s/error.log;
events { worker_connections 4096; }
http {
  access_log %[2]s;
  client_body_temp_path %[1]s/body;
  proxy_temp_path %[1]s/proxy;
  fastcgi_temp_path %[1]s/fastcgi;
  uwsgi_temp_path %[1]s/uwsgi;
  scgi_temp_path %[1]s/scgi;
  keepalive_requests 100000000;
  upstream target { server %[4]s; keepalive 256; keepalive_requests 100000000; }
  server {
    listen %[3]s reuseport;
    location / { return 404; }
    location /api/ {
      proxy_pass http://target;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Port $server_port;
      proxy_set_header X-Amzn-Trace-Id "Root=1-$request_id";
    }
  }
}
`

func startNginx(ctx context.Context, o options, dir, upstream string) (*process, string, error) {
	if err := os.Chmod(dir, 0o755); err != nil { // its workers are another user
		return nil, "", err
	}
	port, err := localprocess.FreePort()
	if err != nil {
		return nil, "", err
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	log := filepath.Join(dir, "nginx-access.log") + " combined buffer=64k flush=1s"
	if o.quiet {
		log = "off"
	}
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, fmt.Appendf(nil, configuration, dir, log, address, upstream), 0o644); err != nil {
		return nil, "", err
	}
	command := exec.CommandContext(ctx, "nginx", "-c", path, "-e", filepath.Join(dir, "error.log"))
	command.Stderr = os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := command.Start(); err != nil {
		return nil, "", err
	}
	return &process{command}, address, awaitOpen(ctx, address)
}

func awaitOpen(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for {
		c, err := net.Dial("tcp", address)
		if err == nil {
			return c.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("nginx does not listen on %s: %w", address, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
