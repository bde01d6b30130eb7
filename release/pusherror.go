package release

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

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
