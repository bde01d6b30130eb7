package release

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"syscall"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// BrokenError is a push whose connection broke each time that it was tried.
// What has arrived is not sent again by the next one.
type BrokenError struct {
	Registry string
	Tries    int
	Cause    error // of the last one
}

func (e *BrokenError) Error() string {
	return e.Broke() + ": push again, what has arrived is not sent twice"
}

func (e *BrokenError) Unwrap() error { return e.Cause }

// Broke is what happened, without what to do next.
func (e *BrokenError) Broke() string {
	return fmt.Sprintf("the connection to %s broke %d times, at last with %q", e.Registry, e.Tries, e.Cause)
}

// withoutAddress leaves out where something was sent to and from which port,
// which is long and nobody's concern.
func withoutAddress(err error) error {
	for {
		var asked *url.Error
		var network *net.OpError
		switch {
		case errors.As(err, &asked):
			err = asked.Err
		case errors.As(err, &network):
			err = network.Err
		default:
			return err
		}
	}
}

// statusOf is the HTTP status that a registry refused with, 0 where it did not
// answer.
func statusOf(err error) int {
	var refused *transport.Error
	if errors.As(err, &refused) {
		return refused.StatusCode
	}
	return 0
}

// isBrokenConnection says whether the same push may succeed when it is tried
// again: the line broke, or the registry is overloaded. What a registry
// refuses, an address that nobody has and a certificate that is not trusted
// stay as they are.
func isBrokenConnection(err error) bool {
	switch status := statusOf(err); {
	case status == http.StatusTooManyRequests, status >= http.StatusInternalServerError:
		return true
	case status != 0:
		return false
	}
	var unknown *net.DNSError
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.Is(err, ErrTagTaken), errors.Is(err, errLayout), errors.Is(err, syscall.ECONNREFUSED):
		return false
	case errors.As(err, &unknown):
		return unknown.IsTemporary || unknown.IsTimeout
	}
	return !errors.As(err, &untrusted)
}

// explain turns a registry's refusal into a sentence with what to do next.
func (p pusher) explain(err error) error {
	host := p.repository.RegistryStr()
	var refused *transport.Error
	if errors.As(err, &refused) {
		for _, d := range refused.Errors {
			if d.Code == "TAG_INVALID" { // somebody was faster
				return fmt.Errorf("%w: %s of %s: a tag does not move, so build from another commit", ErrTagTaken, p.image.Version, p.repository)
			}
		}
		switch refused.StatusCode {
		case http.StatusUnauthorized, http.StatusForbidden:
			return fmt.Errorf("%s does not let you push to %s: sign in as somebody who may (docker login %s, or aws sso login for ECR)", host, p.repository.RepositoryStr(), host)
		case http.StatusNotFound:
			return fmt.Errorf("%s has no repository %s: create the registry's stack first, or name another repository", host, p.repository.RepositoryStr())
		}
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("nothing answers at %s: see that the registry runs and the port is right", host)
	}
	return err
}
