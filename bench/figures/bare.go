package main

import (
	"net/http"
	"os"
	"strconv"

	"catalog/contract"
)

// bareCommand is the argument that makes this program the server that the API
// is compared with; bareBody is the variable with what it writes.
const (
	bareCommand = "bare"
	bareBody    = "BARE_BODY"
)

// serveBare is the least that net/http can do: one handler, the same bytes.
func serveBare() error {
	body := []byte(os.Getenv(bareBody))
	length := strconv.Itoa(len(body))
	return http.ListenAndServe("127.0.0.1:"+os.Getenv(contract.EnvPort), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", length)
		w.Write(body)
	}))
}
