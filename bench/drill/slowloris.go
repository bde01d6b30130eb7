package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// slow is a client that holds a connection and says next to nothing.
type slow struct {
	to, first string // what it says at once
	drip      bool   // and then a byte a second
}

const (
	throughBalancer = 300
	atTask          = 200
	slowFor         = 33 * time.Second // longer than the API waits for a body
)

// slowloris holds hundreds of connections open with headers and bodies that
// never end, through the load balancer and at a task itself.
func slowloris(ctx context.Context, e *environment, s *stage) error {
	front, err := url.Parse(e.load.api)
	if err != nil {
		return err
	}
	tasks, err := e.tasks(ctx)
	if err != nil {
		return err
	}
	if len(tasks) == 0 {
		return errors.New("no task runs that slow clients could hold")
	}
	victim := tasks[s.chance.IntN(len(tasks))].Address
	ctx, cancel := context.WithTimeout(ctx, slowFor)
	defer cancel()
	s.fault()
	var all sync.WaitGroup
	var through, direct string
	all.Go(func() { through = hold(ctx, front.Host, e.load.token, throughBalancer) })
	all.Go(func() { direct = hold(ctx, victim, e.load.token, atTask) })
	all.Wait()
	s.lift()
	s.note("through the load balancer: %s", through)
	s.note("at a task: %s", direct)
	return nil
}

// hold opens connections of three kinds and says what became of them.
func hold(ctx context.Context, address, token string, count int) string {
	kinds := []slow{
		{address, "GET /api/v1/products HTTP/1.1\r\nHost: drill\r\nX-Slow: ", true},
		{address, "POST /api/v1/products HTTP/1.1\r\nHost: drill\r\nContent-Type: application/json\r\nAuthorization: Bearer " + token + "\r\nContent-Length: 100000\r\n\r\n{", true},
		{address, "", false},
	}
	var mu sync.Mutex
	var lasted []time.Duration
	refused := 0
	var all sync.WaitGroup
	for i := range count {
		all.Go(func() {
			took, err := kinds[i%len(kinds)].last(ctx)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				refused++
			} else if took > 0 {
				lasted = append(lasted, took)
			}
		})
	}
	all.Wait()
	text := fmt.Sprintf("%d connections, %d were not taken, %d were cut off within %s", count, refused, len(lasted), seconds(slowFor))
	if slices.Sort(lasted); len(lasted) > 0 {
		text += fmt.Sprintf(", the first after %s, half of them by %s", seconds(lasted[0]), seconds(lasted[len(lasted)/2]))
	}
	return text
}

// last holds a connection until it is cut off, and answers how long that took;
// 0 when it was still open when ctx ended.
func (c slow) last(ctx context.Context) (time.Duration, error) {
	conn, err := (&net.Dialer{Timeout: requestTimeout}).DialContext(ctx, "tcp", c.to)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	began := time.Now()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		for buffer := make([]byte, 512); ; { // an answer that refuses is no end yet
			if _, err := conn.Read(buffer); err != nil {
				return
			}
		}
	}()
	_, _ = conn.Write([]byte(c.first)) // reading tells when it is cut off
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return 0, nil
		case <-closed:
			return time.Since(began), nil
		case <-ticker.C:
			if c.drip {
				_, _ = conn.Write([]byte(strings.Repeat("x", 1)))
			}
		}
	}
}
