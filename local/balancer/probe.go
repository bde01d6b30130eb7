package balancer

import (
	"context"
	"net"
	"strconv"
	"time"
)

// probe makes one health check: GET on the group's path over a connection of
// its own, with ALB's User-Agent; redirects are not followed. It passes when
// the status is one of the matcher's and came in time.
func (g *Group) probe(ctx context.Context, s *GroupSettings, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	if s.Port != 0 {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return false
		}
		address = net.JoinHostPort(host, strconv.Itoa(s.Port))
	}
	socket, err := g.dial(ctx, address)
	if err != nil {
		return false
	}
	defer socket.Close()
	defer context.AfterFunc(ctx, func() { socket.SetDeadline(time.Unix(1, 0)) })()
	request := "GET " + s.Path + " HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\nUser-Agent: ELB-HealthChecker/2.0\r\nAccept-Encoding: gzip, compressed\r\n\r\n"
	if _, err := socket.Write([]byte(request)); err != nil {
		return false
	}
	c := newConn(socket)
	var answer response
	for range maxInterim {
		head, err := c.head(maxHead)
		if err != nil || answer.parse(head) != nil {
			return false
		}
		if answer.status >= 200 {
			return s.Matcher.Matches(answer.status)
		}
	}
	return false
}
