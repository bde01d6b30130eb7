package cloud

import (
	"context"
	"errors"
	"net"
	"strings"

	smithy "github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Failure is what did not work with AWS, in one sentence.
type Failure struct {
	What string // what did not work
	Why  string
	Next string // what to do
	// Expired says that credentials have ended: nothing else can be asked.
	Expired bool
	cause   error
}

func (f *Failure) Error() string {
	return oneLine(f.What + ": " + strings.TrimRight(f.Why, ". ") + ": " + f.Next)
}

func (f *Failure) Unwrap() error { return f.cause }

// again is the next step where only time or other credentials help.
const again = "and run the same command again, which goes on from here"

// explain makes a sentence of an error of the SDK's (AWS: "Common error
// types"). An interruption stays what it is.
func explain(what string, err error) error {
	var known *Failure
	if errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	f := &Failure{What: what, Why: err.Error(), Next: "mend it, " + again, cause: err}
	var api smithy.APIError
	var network net.Error
	var send *smithyhttp.RequestSendError
	switch {
	case errors.As(err, &api):
		f.byCode(api.ErrorCode(), api.ErrorMessage())
	case errors.As(err, &send), errors.As(err, &network):
		f.Why = "AWS cannot be reached (" + lastPart(err.Error()) + ")"
		f.Next = "look at the network and at HTTPS_PROXY, " + again
	}
	return f
}

// byCode tells the kinds of refusal apart.
func (f *Failure) byCode(code, message string) {
	is := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(code, part) {
				return true
			}
		}
		return false
	}
	switch {
	case is("Expired"):
		f.Why, f.Expired = "the credentials have expired", true
		f.Next = "take new ones, with aws sso login for one, " + again
	case is("InvalidClientTokenId", "UnrecognizedClient", "SignatureDoesNotMatch", "AuthFailure", "InvalidAccessKeyId", "IncompleteSignature"):
		f.Why = "AWS does not know the credentials (" + code + ")"
		f.Next = "look at AWS_PROFILE and at the clock, sign in again, " + again
	case is("AccessDenied", "Unauthorized", "NotAuthorized"):
		f.Why = "AWS refuses it: " + message
		f.Next = "ask for the permission (docs/deploy.md lists them all), " + again
	case is("Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown", "LimitExceededException"):
		f.Why = "AWS takes no more requests at the moment (" + code + ")"
		f.Next = "wait a minute, " + again
	default:
		f.Why = strings.TrimSpace(code + " " + message)
	}
}

// hasCode says whether AWS answered with one of these codes.
func hasCode(err error, codes ...string) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	for _, code := range codes {
		if strings.HasPrefix(api.ErrorCode(), code) {
			return true
		}
	}
	return false
}

func lastPart(text string) string {
	if at := strings.LastIndex(text, ": "); at >= 0 {
		return text[at+2:]
	}
	return text
}

// oneLine folds what AWS wrote over several lines.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
