package process

import (
	"fmt"
	"net"
	"sync"
	"time"
)

// handedOut remembers for a while which ports were given to programs that may
// not listen yet: two of them must not get one.
var handedOut = struct {
	sync.Mutex
	at map[int]time.Time
}{at: map[int]time.Time{}}

// handOutAgain is more than any program takes to begin to listen.
const handOutAgain = time.Minute

// portAttempts is how many ports are looked at before it is given up.
const portAttempts = 1000

// FreePort finds a port of the loopback interface that nobody listens on, for
// a program that is to be started. It does not answer one again for a minute.
func FreePort() (int, error) {
	for range portAttempts {
		port, err := listenOnce()
		if err != nil {
			return 0, fmt.Errorf("no port is free for another program: %w", err)
		}
		if takePort(port) {
			return port, nil
		}
	}
	return 0, fmt.Errorf("no port is free for another program: %d were tried, and each was given away in the last minute", portAttempts)
}

func listenOnce() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// takePort hands a port out unless it was just now.
func takePort(port int) bool {
	handedOut.Lock()
	defer handedOut.Unlock()
	now := time.Now()
	for old, at := range handedOut.at {
		if now.Sub(at) > handOutAgain {
			delete(handedOut.at, old)
		}
	}
	if _, taken := handedOut.at[port]; taken {
		return false
	}
	handedOut.at[port] = now
	return true
}
