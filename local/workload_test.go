package local

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

// The program that the containers of these tests run:
//
//	workload serve                 listens on $HOST:$PORT; with $NEEDS set, ends with 4 where that file is missing
//	                               with $DRAINS set, it takes no notice of SIGTERM
//	                               with $SLOW and $SLOW_END, it takes so long to begin and to end
//	workload sick                  the same, but /health fails from the beginning
//	workload write FILE TEXT       writes a file and ends
//	workload fail CODE TEXT        prints the text and ends with the code
//	workload print LINES           prints so many lines and ends
//	workload hang FILE             writes its process number there and waits for ever
//	workload healthcheck           asks /health as a container's health check does
const workloadName = "workload"

func runWorkload(args []string) int {
	switch {
	case len(args) == 1 && (args[0] == "serve" || args[0] == "sick"):
		return serveWorkload(args[0] == "sick")
	case len(args) == 3 && args[0] == "write":
		if err := os.WriteFile(args[1], []byte(args[2]), 0o600); err != nil {
			fmt.Println(err)
			return 1
		}
		return 0
	case len(args) == 3 && args[0] == "fail":
		fmt.Println(args[2])
		code, _ := strconv.Atoi(args[1])
		return code
	case len(args) == 2 && args[0] == "print":
		lines, _ := strconv.Atoi(args[1])
		for i := range lines {
			fmt.Println("line", i)
		}
		return 0
	case len(args) == 2 && args[0] == "hang":
		if err := os.WriteFile(args[1], []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
			return 1
		}
		select {}
	case len(args) == 1 && args[0] == "healthcheck":
		response, err := http.Get("http://" + workloadAddress() + "/health")
		if err != nil {
			return 1
		}
		defer response.Body.Close()
		return response.StatusCode / 100 / 3 // 0 for 2xx
	}
	fmt.Println("unknown arguments", args)
	return 2
}

func workloadAddress() string { return net.JoinHostPort(os.Getenv("HOST"), os.Getenv("PORT")) }

func serveWorkload(sick bool) int {
	if needs := os.Getenv("NEEDS"); needs != "" {
		if _, err := os.Stat(needs); err != nil {
			fmt.Println("started too early:", err)
			return 4
		}
	}
	if slow, err := time.ParseDuration(os.Getenv("SLOW")); err == nil {
		time.Sleep(slow)
	}
	var ill atomic.Bool
	ill.Store(sick)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		if ill.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("POST /api/sicken", func(http.ResponseWriter, *http.Request) { ill.Store(true) })
	mux.HandleFunc("GET /api/environment", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(os.Environ())
	})
	mux.HandleFunc("GET /api/burn", func(http.ResponseWriter, *http.Request) {
		for end := time.Now().Add(100 * time.Millisecond); time.Now().Before(end); {
		}
	})
	mux.HandleFunc("GET /api/pid", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, os.Getpid()) })

	ending := []os.Signal{syscall.SIGTERM, syscall.SIGINT}
	if os.Getenv("DRAINS") != "" {
		signal.Ignore(syscall.SIGTERM)
		ending = ending[1:]
	}
	ctx, cancel := signal.NotifyContext(context.Background(), ending...)
	defer cancel()
	server := &http.Server{Addr: workloadAddress(), Handler: mux, ReadHeaderTimeout: time.Second}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		<-ctx.Done()
		drain(server)
	}()
	fmt.Println("serving")
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		fmt.Println(err)
		return 1
	}
	<-closed
	return 0
}

// drain serves on for a moment, as the API does, since the load balancer may
// have chosen this task just before it was told of its end.
func drain(server *http.Server) {
	pause, err := time.ParseDuration(os.Getenv("SLOW_END"))
	if err != nil {
		pause = 200 * time.Millisecond
	}
	time.Sleep(pause)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		server.Close()
	}
}
