package local

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// Client drives a running environment through its control socket.
type Client struct {
	http  *http.Client
	State State
}

// Connect finds the environment that runs in a state folder.
func Connect(stateDir string) (*Client, error) {
	state, err := ReadState(stateDir)
	if err != nil {
		return nil, err
	}
	return &Client{State: state, http: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", state.Socket)
		},
	}}}, nil
}

// Close gives the connection up.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Status is the environment's at the moment.
func (c *Client) Status(ctx context.Context) (Status, error) {
	var s Status
	return s, c.ask(ctx, http.MethodGet, "/status", nil, &s)
}

// Reclaim takes Spot tasks back: see Environment.Reclaim.
func (c *Client) Reclaim(ctx context.Context, request ReclaimRequest) (ReclaimAnswer, error) {
	var answer ReclaimAnswer
	return answer, c.ask(ctx, http.MethodPost, "/reclaim", request, &answer)
}

// Down asks the environment to end; it has not ended when this returns.
func (c *Client) Down(ctx context.Context) error {
	return c.ask(ctx, http.MethodPost, "/down", nil, nil)
}

// Update brings a release and calls event for each that happens until it is
// done. ErrNoUpdates says that nothing was to be done.
func (c *Client) Update(ctx context.Context, request UpdateRequest, event func(Event)) error {
	return c.follow(ctx, http.MethodPost, "/update", request, event)
}

// Rollback goes back to what ran before: see Environment.Rollback.
func (c *Client) Rollback(ctx context.Context, event func(Event)) error {
	return c.follow(ctx, http.MethodPost, "/rollback", nil, event)
}

func (c *Client) send(ctx context.Context, method, path string, body any) (*http.Response, error) {
	content, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://environment"+path, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("the environment does not answer (it was process %d): start it again with catalogctl up", c.State.PID)
	}
	if response.StatusCode < http.StatusBadRequest {
		return response, nil
	}
	defer response.Body.Close()
	why, _ := io.ReadAll(io.LimitReader(response.Body, maxRequest))
	return nil, errors.New(strings.TrimSpace(string(why)))
}

func (c *Client) ask(ctx context.Context, method, path string, body, answer any) error {
	response, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if answer == nil {
		return nil
	}
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		return fmt.Errorf("the environment's answer cannot be read: %w", err)
	}
	return nil
}

var errCutOff = errors.New("the environment ended before it was done")

// follow reads lines until the one with the result.
func (c *Client) follow(ctx context.Context, method, path string, body any, event func(Event)) error {
	response, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, maxRequest)
	for lines.Scan() {
		var line StreamLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return fmt.Errorf("the environment's answer cannot be read: %w", err)
		}
		switch {
		case line.Event != nil:
			event(*line.Event)
		case line.Unchanged:
			return ErrNoUpdates
		case line.Error != "":
			return errors.New(line.Error)
		case line.Done:
			return nil
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errCutOff
}
