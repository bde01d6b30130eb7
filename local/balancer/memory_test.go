package balancer

import (
	"bufio"
	"io"
	"net"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// steady is a client that sends so many requests over one connection and reads
// each answer.
func steady(t *testing.T, address string, requests int) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	request := []byte("GET /api/products?page=2 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: steady\r\nAccept: */*\r\n\r\n")
	in := newConn(c)
	var answer response
	for range requests {
		if _, err := c.Write(request); err != nil {
			t.Error(err)
			return
		}
		head, err := in.head(maxHead)
		if err != nil || answer.parse(head) != nil || answer.status != 200 {
			t.Errorf("%v: %d", err, answer.status)
			return
		}
		for left := int(answer.length); left > 0; {
			if in.buffered() == 0 && in.fill() != nil {
				t.Error("an answer broke off")
				return
			}
			n := min(left, in.buffered())
			in.r += n
			left -= n
		}
		in.release()
	}
}

// heap is what is in use after everything that can go has gone.
func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// A million requests leave nothing behind. Not parallel: others' memory would
// be counted.
func TestI5_MemoryStaysFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("a million requests take half a minute")
	}
	r := newRig(t, DefaultSettings, newRawTarget(t, func(c net.Conn, _ *bufio.Reader) {
		in := newConn(c)
		for {
			if _, err := in.head(maxHead); err != nil {
				return
			}
			in.release()
			if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"items\":[]}\n"); err != nil {
				return
			}
		}
	}))
	log, err := OpenAccessLog(filepath.Join(t.TempDir(), "access_log"))
	if err != nil {
		t.Fatal(err)
	}
	r.balancer.LogTo(log)
	const clients = 8
	run := func(requests int) {
		var all sync.WaitGroup
		for range clients {
			all.Go(func() { steady(t, r.address, requests/clients) })
		}
		all.Wait()
	}
	run(memoryRequests / 50) // pools and buffers get their size
	before := heap()
	run(memoryRequests)
	r.balancer.LogTo(nil).Close() // what gathers there for the disk is bounded by itself
	log = nil
	after := heap()
	t.Logf("%d requests, heap from %d to %d KiB", memoryRequests, before>>10, after>>10)
	const bound = 1 << 20
	if after-before > bound {
		t.Errorf("the heap grew by %d bytes in %d requests", after-before, memoryRequests)
	}
}
