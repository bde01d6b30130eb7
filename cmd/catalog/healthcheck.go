package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"catalog/contract"
)

const healthcheckTimeout = 4 * time.Second

// healthcheck asks the server on this host: a container health check that
// needs no shell and no curl in the image.
func healthcheck(ctx context.Context) error {
	port, err := portOf(contract.EnvPort, contract.Port)
	if err != nil {
		return err
	}
	host := os.Getenv(contract.EnvHost)
	if host == "" {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, healthcheckTimeout)
	defer cancel()
	address := "http://" + net.JoinHostPort(host, strconv.Itoa(int(port))) + contract.HealthPath
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no answer from %s: %w", address, err)
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", address, response.Status)
	}
	return nil
}
