package local

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"
	"time"
)

// What the load balancer answers by itself (AWS: "Troubleshoot your
// Application Load Balancers").
var (
	noTargets  = fixedResponse{503, "text/html", "<html><head><title>503 Service Temporarily Unavailable</title></head></html>\n"}
	badGateway = fixedResponse{502, "text/html", "<html><head><title>502 Bad Gateway</title></head></html>\n"}
	timedOut   = fixedResponse{504, "text/html", "<html><head><title>504 Gateway Time-out</title></head></html>\n"}
)

type targetKey struct{}

// forward sends a request to a target and its answer back.
func (g *targetGroup) forward(w http.ResponseWriter, r *http.Request) {
	t := g.pick()
	if t == nil {
		answerFixed(w, noTargets)
		return
	}
	defer g.done(t)
	g.proxy.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), targetKey{}, t.address)))
}

// connectTimeout is ALB's for a connection to a target.
const connectTimeout = 10 * time.Second

func newTransport() *http.Transport {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: connectTimeout}).DialContext,
		MaxIdleConnsPerHost: 256,
		IdleConnTimeout:     30 * time.Second,
		DisableCompression:  true, // bytes go through as they are
	}
}

func newProxy(transport http.RoundTripper) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme = "http"
			p.Out.URL.Host = p.In.Context().Value(targetKey{}).(string)
			p.Out.Host = p.In.Host
			p.Out.URL.RawQuery = p.In.URL.RawQuery // ALB sends a query on as it is, even one like "a=1;2"
			// ALB appends to what the client sent; Rewrite took it away.
			p.Out.Header["X-Forwarded-For"] = p.In.Header["X-Forwarded-For"]
			p.SetXForwarded()
			p.Out.Header.Del("X-Forwarded-Host") // ALB sends none
			_, port, _ := net.SplitHostPort(p.In.Host)
			p.Out.Header.Set("X-Forwarded-Port", orElse(port, "80"))
			p.Out.Header.Set("X-Amzn-Trace-Id", traceHeader(p.In.Header.Get("X-Amzn-Trace-Id")))
		},
		Transport: transport,
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			var network net.Error
			switch {
			case errors.Is(err, context.Canceled): // the client went away
				w.WriteHeader(http.StatusBadGateway)
			case errors.As(err, &network) && network.Timeout():
				answerFixed(w, timedOut)
			default:
				answerFixed(w, badGateway)
			}
		},
		ErrorLog: log.New(discard{}, "", 0), // clients that break off
	}
}

// traceHeader begins a trace, Root=1-time-random, or puts its own Self field in
// front of a client's, in the place of another balancer's (AWS: "Request
// tracing for your Application Load Balancer").
func traceHeader(given string) string {
	var random [12]byte
	rand.Read(random[:])
	stamp := fmt.Sprintf("1-%08x-%s", time.Now().Unix(), hex.EncodeToString(random[:]))
	if given == "" {
		return "Root=" + stamp
	}
	fields := strings.Split(given, ";")
	fields = slices.DeleteFunc(fields, func(field string) bool { return strings.HasPrefix(strings.TrimSpace(field), "Self=") })
	return strings.Join(slices.Insert(fields, 0, "Self="+stamp), ";")
}
