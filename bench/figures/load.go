package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// client is one connection that asks and waits, at the least possible cost:
// the load must leave the machine to what is measured.
type client struct {
	net.Conn
	reader *bufio.Reader
}

func dial(address string) (*client, error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &client{c, bufio.NewReaderSize(c, 64<<10)}, nil
}

func request(path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: catalog\r\nAccept: application/json\r\n\r\n")
}

// ask sends a request and reads its answer.
func (c *client) ask(request []byte) (body []byte, status int, err error) {
	if _, err := c.Write(request); err != nil {
		return nil, 0, err
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return body, response.StatusCode, err
}

// connections load a server at once.
const connections = 4

// usage is what a load cost.
type usage struct {
	requests int
	cpu      time.Duration // of the server
}

func (u usage) each() float64 {
	return float64(u.cpu.Nanoseconds()) / 1000 / float64(u.requests)
}

// load asks for paths, in turn, for a while, and answers what that cost the
// server.
func load(ctx context.Context, s *process, span time.Duration, paths []string) (usage, error) {
	requests := make([][]byte, len(paths))
	for i, p := range paths {
		requests[i] = request(p)
	}
	if _, err := loop(ctx, s, span/4, requests); err != nil { // warm up
		return usage{}, err
	}
	before, err := cpuTime(s.command.Process.Pid)
	if err != nil {
		return usage{}, err
	}
	n, err := loop(ctx, s, span, requests)
	if err != nil {
		return usage{}, err
	}
	after, err := cpuTime(s.command.Process.Pid)
	return usage{n, after - before}, err
}

func loop(ctx context.Context, s *process, span time.Duration, requests [][]byte) (total int, err error) {
	ctx, cancel := context.WithTimeout(ctx, span)
	defer cancel()
	counts, errs := make([]int, connections), make([]error, connections)
	var all sync.WaitGroup
	for i := range connections {
		all.Go(func() { counts[i], errs[i] = one(ctx, s, requests, i*len(requests)/connections) })
	}
	all.Wait()
	for i := range connections {
		total += counts[i]
		if errs[i] != nil {
			err = errs[i]
		}
	}
	return total, err
}

func one(ctx context.Context, s *process, requests [][]byte, at int) (n int, err error) {
	c, err := dial(s.address)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	for ctx.Err() == nil {
		body, status, err := c.ask(requests[(at+n)%len(requests)])
		if err == nil && status != 200 {
			err = fmt.Errorf("the answer is %d: %.200s", status, body)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
