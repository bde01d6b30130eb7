package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"catalog/contract"
	"catalog/local/balancer"
	"catalog/local/load"
)

type loadOptions struct {
	rate    float64
	span    time.Duration
	timeout time.Duration
	url     string
	paths   []string
	asJSON  bool
}

func loadCommand(suffix *string) *cobra.Command {
	var o loadOptions
	cmd := &cobra.Command{
		Use:   "load",
		Short: "Send requests at a constant rate and show latencies and failures",
		Long: `Sends GET requests at a constant rate, whatever the answers do, and measures each
from the moment it was due. It ends with exit code 1 when a request failed: no
answer, or a 5XX. Ctrl-C ends it early, with its report.`,
		Example: `  catalogctl load --rps 200 --for 5m
  catalogctl load --rps 50 --for 30s --path /api/v1/products --path /health --json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runLoad(cmd.Context(), *suffix, o, os.Stdout, os.Stderr)
		},
	}
	flags := cmd.Flags()
	flags.Float64Var(&o.rate, "rps", 50, "requests per second")
	flags.DurationVar(&o.span, "for", time.Minute, "how long requests are sent, like 30s or 5m")
	flags.DurationVar(&o.timeout, "timeout", load.DefaultTimeout, "how long one request may take")
	flags.StringArrayVar(&o.paths, "path", nil, "what is asked for, in turns; more than once for several (default: the list of products)")
	flags.StringVar(&o.url, "url", "", "another address on this machine, like http://127.0.0.1:8080 (default: that of the environment that runs)")
	flags.BoolVar(&o.asJSON, "json", false, "print the report as JSON")
	return cmd
}

func runLoad(ctx context.Context, suffix string, o loadOptions, stdout, stderr io.Writer) error {
	options, err := o.resolve(ctx, suffix)
	if err != nil {
		return err
	}
	if err := options.Check(); err != nil {
		return &exitError{exitUsage, err}
	}
	fmt.Fprintf(stderr, "sending %g requests per second to %s for %v (Ctrl-C ends it early)\n", o.rate, options.URL, o.span)
	report, err := load.Run(ctx, options, func(r load.Report) { printProgress(stderr, r) })
	if err != nil {
		return &exitError{exitUsage, err}
	}
	if o.asJSON {
		err = json.NewEncoder(stdout).Encode(report)
	} else {
		printReport(stdout, report)
	}
	if succeeded(report) == 0 && report.Failed() == 0 && report.Done > 0 {
		fmt.Fprintln(stderr, "no request was answered 2xx: is what --path asks for right?")
	}
	if err == nil && report.Failed() > 0 {
		err = &exitError{code: exitFailed}
	}
	return err
}

// succeeded counts the answers that gave what was asked for.
func succeeded(r load.Report) int {
	count := 0
	for status, n := range r.Statuses {
		if status/100 == 2 {
			count += n
		}
	}
	return count
}

// resolve finds out where requests go: to --url, or to the environment that
// runs.
func (o loadOptions) resolve(ctx context.Context, suffix string) (load.Options, error) {
	options := load.Options{URL: o.url, Rate: o.rate, Duration: o.span, Timeout: o.timeout, Paths: o.paths}
	if o.url == "" {
		project, err := here()
		if err != nil {
			return options, err
		}
		api, err := apiURL(ctx, suffix)
		if err != nil {
			return options, err
		}
		options.URL = api.Scheme + "://" + api.Host
		if len(options.Paths) == 0 {
			options.Paths = []string{strings.TrimSuffix(api.Path, "/") + "/products"}
		}
		if options.Roots, err = authorities(project.StateDir(suffix)); err != nil {
			return options, err
		}
	}
	if len(options.Paths) == 0 {
		options.Paths = []string{contract.APIBase + "/products"}
	}
	return options, nil
}

// apiURL asks the environment that runs for its output ApiUrl.
func apiURL(ctx context.Context, suffix string) (*url.URL, error) {
	client, err := connect(suffix)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	status, err := client.Status(ctx)
	if err != nil {
		return nil, err
	}
	address, err := url.Parse(status.Outputs[contract.OutputAPIURL])
	if err != nil || address.Host == "" {
		return nil, fmt.Errorf("the environment %s has no output %s: give the address with --url", suffix, contract.OutputAPIURL)
	}
	return address, nil
}

// authorities are the system's and the environment's own, if it has one.
func authorities(stateDir string) (*x509.CertPool, error) {
	content, err := os.ReadFile(filepath.Join(stateDir, balancer.AuthorityFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the environment's certificate authority cannot be read: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	pool.AppendCertsFromPEM(content)
	return pool, nil
}

func printProgress(w io.Writer, r load.Report) {
	fmt.Fprintf(w, "%4.0fs  %d sent, %.1f/s, %d failed, p50 %s, p99 %s\n",
		r.Elapsed.Seconds(), r.Sent, r.Rate, r.Failed(), milliseconds(r.P50), milliseconds(r.P99))
}

func printReport(w io.Writer, r load.Report) {
	rows := [][]string{
		{"REQUESTS", strconv.Itoa(r.Sent) + " sent, " + strconv.Itoa(r.Failed()) + " failed"},
		{"RATE", fmt.Sprintf("%.1f/s of %g/s", r.Rate, r.Wanted)},
		{"LATENCY", "p50 " + milliseconds(r.P50) + ", p99 " + milliseconds(r.P99) + ", p99.9 " + milliseconds(r.P999) + ", max " + milliseconds(r.Max)},
	}
	for _, status := range slices.Sorted(maps.Keys(r.Statuses)) {
		rows = append(rows, []string{"STATUS " + strconv.Itoa(status), strconv.Itoa(r.Statuses[status])})
	}
	for _, kind := range slices.Sorted(maps.Keys(r.Failures)) {
		rows = append(rows, []string{"FAILED: " + kind, strconv.Itoa(r.Failures[kind])})
	}
	table(w, rows)
	if r.FellBehind() {
		fmt.Fprintf(w, "\nThe schedule fell behind by %s: latencies include waiting on this side. Send fewer requests per second.\n", milliseconds(r.Behind))
	}
}

func milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 1, 64) + " ms"
}
