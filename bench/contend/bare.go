package contend

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"catalog/bench/measure"
	"catalog/contract"
)

// BareCommand is the argument that makes the benchmark's program the ceiling
// that servers are compared with; the variables have what it writes.
const BareCommand = "bare"

const bareProduct, bareList = "BARE_PRODUCT", "BARE_LIST"

// ServeBare is the least that net/http can do: one handler that writes bytes
// which it has. It has no log, no headers but the least, and no checks.
func ServeBare() error {
	product, list := bareAnswer(bareProduct), bareAnswer(bareList)
	return http.ListenAndServe("127.0.0.1:"+os.Getenv(contract.EnvPort), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, measure.ProductsPath+"/") {
			product(w)
		} else {
			list(w)
		}
	}))
}

func bareAnswer(variable string) func(http.ResponseWriter) {
	body := []byte(os.Getenv(variable))
	length := strconv.Itoa(len(body))
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", length)
		w.Write(body)
	}
}

// startBare starts this program as the ceiling, with the answers of another
// server.
func startBare(ctx context.Context, like *measure.Process, product, list string) (*measure.Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, self, BareCommand)
	for variable, path := range map[string]string{bareProduct: product, bareList: list} {
		body, _, err := like.Get(path)
		if err != nil {
			return nil, err
		}
		command.Env = append(command.Env, variable+"="+string(body))
	}
	s, err := measure.Begin(command)
	if err != nil {
		return nil, err
	}
	if err := s.AwaitOK(ctx, "/"); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}
