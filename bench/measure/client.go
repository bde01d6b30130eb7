package measure

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Client is one connection that asks and waits, at the least possible cost:
// the load must leave the machine to what is measured.
type Client struct {
	net.Conn
	reader *bufio.Reader
}

// Dial connects.
func Dial(address string) (*Client, error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &Client{c, bufio.NewReaderSize(c, 64<<10)}, nil
}

// Request is a GET as it goes over the wire.
func Request(path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: catalog\r\nAccept: application/json\r\n\r\n")
}

// Write is a request with a body, and with the token that allows it.
func Write(method, path, contentType string, body []byte, headers ...string) []byte {
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: catalog\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n",
		method, path, Token, contentType, len(body))
	for _, h := range headers {
		head += h + "\r\n"
	}
	return append([]byte(head+"\r\n"), body...)
}

// patience is how long an answer may take: a server that hangs must not hang
// what measures it.
const patience = 30 * time.Second

// Ask sends a request and reads its answer.
func (c *Client) Ask(request []byte) (body []byte, status int, err error) {
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, 0, err
	}
	if _, err := c.Conn.Write(request); err != nil {
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
