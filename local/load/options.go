package load

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// Options say what is sent.
type Options struct {
	// URL is the base that paths are joined to: http://127.0.0.1:8080.
	URL string
	// Rate is requests per second, more than 0 and at most MaxRate.
	Rate float64
	// Duration is how long requests are sent; the last ones may take Timeout
	// longer.
	Duration time.Duration
	// Paths are asked for in turns; / without any.
	Paths []string
	// Timeout is how long one request may take; 0 is DefaultTimeout.
	Timeout time.Duration
	// Concurrency bounds the requests in flight; 0 is DefaultConcurrency.
	// When all are busy the schedule falls behind, which the report says.
	Concurrency int
	// Roots are the authorities that an https address is trusted by; nil is
	// the system's.
	Roots *x509.CertPool
}

// Limits and defaults.
const (
	MaxRate            = 100_000
	DefaultTimeout     = 10 * time.Second
	DefaultConcurrency = 512
)

// Check says what is wrong with the options, in one sentence.
func (o Options) Check() error {
	_, err := o.withDefaults()
	return err
}

// withDefaults fills in what was left out, and says what is wrong.
func (o Options) withDefaults() (Options, error) {
	base, err := url.Parse(o.URL)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return o, fmt.Errorf("%q is no address to send requests to: it must be like http://127.0.0.1:8080", o.URL)
	case !isLoopback(base.Hostname()):
		return o, fmt.Errorf("%s is not this machine: load is sent to loopback addresses only, so start an environment here with catalogctl up", base.Hostname())
	case o.Rate <= 0 || o.Rate > MaxRate:
		return o, fmt.Errorf("the rate is %g requests per second: it must be more than 0 and at most %d", o.Rate, MaxRate)
	case o.Duration <= 0:
		return o, errors.New("the load lasts no time: give it a duration like 30s or 5m")
	case o.Timeout < 0:
		return o, fmt.Errorf("the timeout is %v: it must be more than 0", o.Timeout)
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Concurrency <= 0 {
		o.Concurrency = DefaultConcurrency
	}
	if len(o.Paths) == 0 {
		o.Paths = []string{"/"}
	}
	for _, path := range o.Paths {
		if !strings.HasPrefix(path, "/") {
			return o, fmt.Errorf("the path %q does not begin with /: write it like /api/v1/products", path)
		}
	}
	return o, nil
}

// isLoopback says whether a host is this machine. A name other than localhost
// is not looked up: what it means may change.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
