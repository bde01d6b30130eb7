package load

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// sender sends requests.
type sender struct {
	options Options
	client  *http.Client
	tally   *tally
}

func newSender(o Options, t *tally) *sender {
	return &sender{options: o, tally: t, client: &http.Client{
		Timeout: o.Timeout,
		Transport: &http.Transport{
			MaxIdleConns: o.Concurrency, MaxIdleConnsPerHost: o.Concurrency, DisableCompression: true,
			TLSClientConfig: &tls.Config{RootCAs: o.Roots}, ForceAttemptHTTP2: true,
			DialContext: (&net.Dialer{Timeout: o.Timeout}).DialContext,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// send carries one request out that was due at a moment.
func (s *sender) send(ctx context.Context, path string, due time.Time) {
	s.tally.leave(due, time.Now())
	status, err := s.exchange(ctx, path)
	if err != nil {
		s.tally.failed(KindOf(err))
		return
	}
	s.tally.answered(status, time.Since(due))
}

func (s *sender) exchange(ctx context.Context, path string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(s.options.URL, "/")+path, nil)
	if err != nil {
		return 0, err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return 0, err
	}
	return response.StatusCode, nil
}

// KindOf names the way in which a request got no answer: refused, reset, closed,
// timeout or other.
func KindOf(err error) string {
	var network net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "closed"
	case errors.As(err, &network) && network.Timeout():
		return "timeout"
	}
	return "other"
}
