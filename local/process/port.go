package process

import (
	"fmt"
	"net"
)

// FreePort finds a port of the loopback interface that nobody listens on, for
// a program that is to be started.
func FreePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("no port is free for another program: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
