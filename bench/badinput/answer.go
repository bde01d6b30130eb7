package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// deadline is how long an answer may take: the API gives itself 5 seconds.
const deadline = 10 * time.Second

// patience is how long something that is perhaps no whole request is waited
// for, before the client ends its side.
const patience = 400 * time.Millisecond

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	closes bool
	method string // of its request
	// left says that the client had ended its side before.
	left bool
	// rest are the answers behind it, where a request was taken for several.
	rest []answer
	took time.Duration
}

var (
	errClosed = errors.New("closed without an answer")
	errLate   = errors.New("no answer in time")
)

// client asks one server, over one connection as long as it holds.
type client struct {
	address string
	conn    net.Conn
	reader  *bufio.Reader
}

func (c *client) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// ask sends a request and reads its answer. What is not plain has a connection
// of its own, which is read to its end.
func (c *client) ask(q *request) (answer, error) {
	if !q.isPlain() {
		return converse(c.address, q.bytes(c.address), q.method)
	}
	again := c.conn != nil
	a, err := c.once(q)
	if again && errors.Is(err, errClosed) { // the server ended an idle connection
		a, err = c.once(q)
	}
	return a, err
}

func (c *client) once(q *request) (a answer, err error) {
	if c.conn == nil {
		if c.conn, err = net.DialTimeout("tcp", c.address, deadline); err != nil {
			return a, err
		}
		c.reader = bufio.NewReader(c.conn)
	}
	began := time.Now()
	c.conn.SetDeadline(began.Add(deadline))
	sent := make(chan struct{})
	go func(conn net.Conn) { // a large body may be refused before it is sent
		defer close(sent)
		_, _ = conn.Write(q.bytes(c.address))
	}(c.conn)
	a, ends, err := read(c.reader, q.method)
	a.took = time.Since(began)
	if err != nil || ends {
		c.close()
	}
	<-sent
	return a, err
}

// read takes one answer, behind those that only say to go on.
func read(reader *bufio.Reader, method string) (a answer, ends bool, err error) {
	for {
		response, err := http.ReadResponse(reader, &http.Request{Method: method})
		if err != nil {
			return a, true, reason(err)
		}
		if response.StatusCode < 200 && response.StatusCode != http.StatusSwitchingProtocols {
			continue
		}
		a.status, a.header, a.closes, a.method = response.StatusCode, response.Header, response.Close, method
		if a.body, err = io.ReadAll(response.Body); err != nil {
			return a, true, reason(err)
		}
		return a, response.Close, nil
	}
}

func reason(err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return errLate
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isReset(err) {
		return errClosed
	}
	return err
}

func isReset(err error) bool {
	var op *net.OpError
	return errors.As(err, &op)
}

// converse sends bytes on a connection of their own, ends its side where
// nothing is answered for a while, and reads what comes until the end.
func converse(address string, input []byte, method string) (a answer, err error) {
	conn, err := net.DialTimeout("tcp", address, deadline)
	if err != nil {
		return a, err
	}
	defer conn.Close()
	began := time.Now()
	conn.SetDeadline(began.Add(deadline))
	sent := make(chan struct{})
	go func() { defer close(sent); _, _ = conn.Write(input) }()
	defer func() { conn.Close(); <-sent }()
	first := make(chan struct{})
	left := make(chan bool, 1)
	go func() {
		select {
		case <-first:
			left <- false
		case <-time.After(patience):
			left <- true
		}
		<-sent
		_ = conn.(*net.TCPConn).CloseWrite() // it may be closed
	}()
	reader := bufio.NewReader(conn)
	a, ends, err := read(reader, method)
	close(first)
	a.left, a.took = <-left, time.Since(began)
	for err == nil && !ends && len(a.rest) < 50 {
		next, end, problem := read(reader, "")
		if problem != nil {
			if errors.Is(problem, errLate) {
				err = errLate
			}
			break
		}
		a.rest, ends = append(a.rest, next), end
	}
	return a, err
}

// outcome names an answer for the table.
func (a answer) outcome() string {
	status := strconv.Itoa(a.status)
	switch {
	case a.isBalancers():
		return status + " by the load balancer"
	case a.isServers():
		return status + " by net/http"
	}
	return status
}

func (a answer) isBalancers() bool { return a.header.Get("Server") == "awselb/2.0" }

// isServers says whether Go's server answered before the API saw a request: to
// what is no request, in the API's words, and without a body where it expects
// something of the client.
func (a answer) isServers() bool {
	switch a.status {
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return a.closes
	case http.StatusExpectationFailed:
		return len(a.body) == 0
	case http.StatusBadRequest:
		return a.closes && len(a.body) == 0 && a.method != http.MethodHead
	}
	return false
}
