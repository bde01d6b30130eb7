package balancer

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Redirect is a redirect action. Each part may have #{protocol}, #{host},
// #{port}, #{path} and #{query} in it, which stand for the request's (AWS:
// "Redirect actions"). An empty part is the request's own.
type Redirect struct {
	Protocol, Host, Port, Path, Query string
	// Permanent is HTTP_301, else HTTP_302.
	Permanent bool
}

func (d *Redirect) check() error {
	switch orElse(d.Protocol, "#{protocol}") {
	case "HTTP", "HTTPS", "#{protocol}":
	default:
		return fmt.Errorf("its redirect has the protocol %q: it must be HTTP, HTTPS or #{protocol}", d.Protocol)
	}
	if port := orElse(d.Port, "#{port}"); port != "#{port}" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return fmt.Errorf("its redirect has the port %q: it must be 1 to 65535 or #{port}", d.Port)
		}
	}
	if d.Path != "" && d.Path[0] != '/' {
		return fmt.Errorf("its redirect has the path %q: it must begin with /", d.Path)
	}
	if d.isSame() {
		return errors.New("its redirect leads to the request itself: change its protocol, host, port or path")
	}
	return nil
}

func (d *Redirect) isSame() bool {
	return orElse(d.Protocol, "#{protocol}") == "#{protocol}" && orElse(d.Host, "#{host}") == "#{host}" &&
		orElse(d.Port, "#{port}") == "#{port}" && orElse(d.Path, "/#{path}") == "/#{path}"
}

// location is where a request is sent. port finds the port that stands for one
// of the template's on this machine: a redirect to 443 must reach the listener
// that runs here.
func (d *Redirect) location(r *request, listens int, port func(int) int) string {
	scheme := "http"
	if r.secure {
		scheme = "https"
	}
	here := requestPort(r, listens)
	fill := strings.NewReplacer("#{protocol}", scheme, "#{host}", string(hostname(r.host)), "#{port}", here,
		"#{path}", strings.TrimPrefix(string(r.path), "/"), "#{query}", string(r.query))
	to := strings.ToLower(fill.Replace(orElse(d.Protocol, "#{protocol}")))
	toPort := here
	if n, err := strconv.Atoi(d.Port); err == nil {
		toPort = strconv.Itoa(port(n))
	}
	location := to + "://" + fill.Replace(orElse(d.Host, "#{host}"))
	if !(to == "http" && toPort == "80" || to == "https" && toPort == "443") {
		location += ":" + toPort
	}
	location += fill.Replace(orElse(d.Path, "/#{path}"))
	if query := fill.Replace(orElse(d.Query, "#{query}")); query != "" {
		location += "?" + query
	}
	return location
}

// requestPort is the port that a client asked for: the Host field's, which on
// this machine is not the template's, or the listener's own.
func requestPort(r *request, listens int) string {
	if name := hostname(r.host); len(name) < len(r.host) {
		if port := string(bytes.TrimPrefix(r.host[len(name):], []byte(":"))); port != "" {
			return port
		}
	}
	return strconv.Itoa(listens)
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
