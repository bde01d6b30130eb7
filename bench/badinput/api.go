package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"catalog/contract"
)

// target is a server that is asked: the API, or the load balancer before it.
type target struct {
	every                   int // it gets every one of the corpus, or every second one
	name, address           string
	corpus, made, wire, log *area
}

const (
	askers  = 8 // connections with requests, to each target
	wirings = 8 // connections that mostly wait
)

// theAPI asks the API and the load balancer at the same time: the corpus
// first, then what is made up until the span is over.
func (r *run) theAPI(ctx context.Context) (err error) {
	routes, err := readRoutes()
	if err != nil {
		return err
	}
	p, err := r.start(ctx)
	defer func() { err = errors.Join(err, p.close()) }()
	if err != nil {
		return err
	}
	sentinel, ids, err := fill(p.api.address)
	if err != nil {
		return err
	}
	var targets []*target
	for _, one := range []struct {
		name  string
		of    *process
		every int
	}{{"the API", p.api, 1}, {"the load balancer", p.balancer, 2}} {
		targets = append(targets, &target{
			every: one.every, name: one.name, address: one.of.address,
			corpus: r.area(one.name + ": the corpus, every route and header"), made: r.area(one.name + ": requests made up"),
			wire: r.area(one.name + ": bytes that are no HTTP"), log: r.area(one.name + ": lines of its log"),
		})
	}
	var all sync.WaitGroup
	for i, t := range targets {
		all.Go(func() { r.ask(ctx, uint64(100*(i+1)), t, routes, ids) })
	}
	all.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	targets[0].after(p.api, sentinel)
	targets[1].after(p.balancer, sentinel)
	for i, server := range []*process{p.balancer, p.api} {
		if code := server.stop(); code != 0 {
			targets[1-i].log.found(crash, fmt.Sprintf("it ended with exit code %d", code), nil)
		}
		targets[1-i].tell(server.watch)
	}
	return nil
}

// ask throws everything at one target.
func (r *run) ask(ctx context.Context, part uint64, t *target, routes []route, ids []string) {
	var over atomic.Bool
	isOver := over.Load
	requests := make(chan *request)
	var all sync.WaitGroup
	for range askers {
		all.Go(func() {
			c := &client{address: t.address}
			defer c.close()
			for q := range requests {
				t.corpus.send(c, q)
			}
		})
	}
	for i := range wirings {
		all.Go(func() {
			chance := r.chance(part + 50 + uint64(i))
			for n := i; ctx.Err() == nil && (n < len(wires) || !isOver()); n += wirings {
				bytes := scrambledWire(chance, routes, ids)
				if n < len(wires) {
					bytes = wires[n]
				}
				method, _, _ := strings.Cut(string(bytes[:min(len(bytes), 20)]), " ")
				a, err := converse(t.address, bytes, method)
				t.wire.judge(bytes, method, true, a, err)
			}
		})
	}
	n := 0
	for q := range corpus(routes, ids, int(part)*1e6) {
		if ctx.Err() != nil {
			break
		}
		if n++; n%t.every == 0 {
			requests <- q
		}
	}
	close(requests)
	timer := time.AfterFunc(r.span, func() { over.Store(true) })
	defer timer.Stop()
	for i := range askers {
		all.Go(func() {
			c := &client{address: t.address}
			defer c.close()
			chance := rand.New(rand.NewPCG(r.seed, part+uint64(i)))
			for ctx.Err() == nil && !isOver() {
				t.made.send(c, made(chance, routes, ids))
			}
		})
	}
	all.Wait()
}

func (a *area) send(c *client, q *request) {
	got, err := c.ask(q)
	input := q.bytes(c.address)
	if errors.Is(err, errClosed) && got.status == 0 && q.isPlain() && len(q.body) < 256<<10 {
		a.found(other, "the connection is closed without an answer", input)
	}
	a.judge(input, q.method, q.writes, got, err)
}

// fill makes the products that are asked for, and one that nobody may touch.
func fill(address string) (sentinel string, ids []string, err error) {
	for i := range 48 {
		body := fmt.Sprintf(`{"sku":"BAD-%d","name":"Steel kettle %d","brand":"Acme","attributes":{"colour":"red"},"price":{"amount":"%d.90","currency":"AUD"}}`, i, i, i)
		request, err := http.NewRequest(http.MethodPost, "http://"+address+contract.APIBase+"/products", strings.NewReader(body))
		if err != nil {
			return "", nil, err
		}
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return "", nil, err
		}
		answer, err := io.ReadAll(response.Body)
		response.Body.Close()
		var product struct{ ID string }
		if err := errors.Join(err, json.Unmarshal(answer, &product)); err != nil || response.StatusCode != http.StatusCreated {
			return "", nil, fmt.Errorf("a product is not made: %s: %s: %w", response.Status, answer, err)
		}
		ids = append(ids, product.ID)
	}
	return ids[0], ids[1:], nil
}

// after looks whether the target lives, and still has what it had.
func (t *target) after(p *process, sentinel string) {
	if !p.isAlive() {
		t.log.found(crash, "its process has ended", nil)
		return
	}
	response, err := http.Get("http://" + t.address + contract.APIBase + "/products/" + sentinel)
	if err != nil {
		t.log.found(crash, "it does not answer any more: "+err.Error(), nil)
		return
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK || !strings.Contains(string(body), `"sku":"BAD-0"`) || response.Header.Get("ETag") != `"1"` {
		t.log.found(other, "a product that nobody asked to change is another one: "+response.Status, body)
	}
}

// tell counts what the target's process has said.
func (t *target) tell(w *watch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t.log.tried = w.lines
	for level, n := range w.levels {
		t.log.counts[level] = n
	}
	for _, line := range w.findings {
		k := other
		if traces.isIn([]byte(line)) {
			k = crash
		}
		t.log.found(k, "its log says", []byte(line))
	}
}
