package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"

	bench "catalog/bench/measure"
)

// Roles of this program when it starts itself.
const (
	upstreamRole = "upstream"
	balancerRole = "balancer"
	baselineRole = "reverseproxy"
)

// runRole plays a role until SIGTERM; false is no role.
func runRole(args []string) bool {
	var err error
	switch {
	case args[0] == upstreamRole && len(args) == 1:
		err = serveUpstream()
	case args[0] == balancerRole && len(args) == 3:
		err = bench.ServeBalancer("bench", args[1], "/", args[2])
	case args[0] == baselineRole && len(args) == 2:
		err = serveBaseline(args[1])
	default:
		return false
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, args[0]+":", err)
		os.Exit(1)
	}
	return true
}

// listen takes a free port and says which.
func listen() (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		fmt.Println(l.Addr())
	}
	return l, err
}

func awaitEnd() {
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
}

// serveUpstream answers what a small API answers: 600 bytes of JSON.
func serveUpstream() error {
	l, err := listen()
	if err != nil {
		return err
	}
	body := []byte(`{"items":[` + strings.Repeat(`{"id":"0123","name":"a product","price":"12.50"},`, 12) + `{}]}`)
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "max-age=60")
		w.Write(body)
	}))
	awaitEnd()
	return nil
}

// serveBaseline is what net/http has: the way it was done before.
func serveBaseline(upstream string) error {
	l, err := listen()
	if err != nil {
		return err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}
	proxy := &httputil.ReverseProxy{Transport: transport, ErrorLog: log.New(io.Discard, "", 0), Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(&url.URL{Scheme: "http", Host: upstream})
		p.Out.Host = p.In.Host
		p.SetXForwarded()
	}}
	go http.Serve(l, proxy)
	awaitEnd()
	return nil
}
