package load

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Outcome says what a request that did not succeed has done to Playvox, and so what may be done next.
type Outcome uint8

// The outcomes of a request that did not succeed.
const (
	NotApplied   Outcome = iota // certainly without effect, and what it carried is not to blame
	Refused                     // without effect because of what it carried: it would be refused again
	Unauthorized                // the credentials are not accepted: nothing else will be either
	Missing                     // what the address names is not there
	Uncertain                   // it may have taken effect without our knowing: look before sending it again
)

// Error is a request that did not succeed.
type Error struct {
	Outcome Outcome
	Method  string
	Path    string // without the base URL
	Status  int    // 0 where there was no answer
	Reason  string // the server's own words, or what broke
	Err     error  // what broke, if something did

	wait time.Duration // what the server asks for before the next request; negative where it does not say
	slow bool          // whether it ran into a time-out
}

func (e *Error) Error() string {
	what := e.Method + " " + e.Path
	switch {
	case e.Outcome == Unauthorized:
		return fmt.Sprintf("Playvox does not accept the credentials playvox.uid and playvox.api_key (%s: status %d): %s", what, e.Status, e.Reason)
	case e.Status == 0:
		return fmt.Sprintf("%s: %s", what, e.Reason)
	default:
		return fmt.Sprintf("%s: status %d: %s", what, e.Status, e.Reason)
	}
}

// Unwrap returns what broke.
func (e *Error) Unwrap() error { return e.Err }

// OutcomeOf returns the outcome that err carries. An error without one, such as a cancelled wait, came before the
// request was sent.
func OutcomeOf(err error) Outcome {
	if failed, ok := errors.AsType[*Error](err); ok {
		return failed.Outcome
	}
	return NotApplied
}

// classify is the only place that decides what an answer's status means. Only what speaks of the content counts as
// Refused, because that makes rejects of rows: a wrong address or method must stop the run instead.
func classify(status int) Outcome {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return Refused
	case http.StatusUnauthorized, http.StatusForbidden:
		return Unauthorized
	case http.StatusNotFound, http.StatusGone:
		return Missing
	case http.StatusRequestTimeout, http.StatusConflict:
		return Uncertain
	case http.StatusNotImplemented:
		return NotApplied
	}
	if status >= 500 {
		return Uncertain
	}
	return NotApplied
}

// mayRepeat decides whether a request that failed so is sent again without asking anyone. What changes something is
// repeated only where it certainly has not done so yet.
func mayRepeat(failed *Error) bool {
	switch {
	case failed.Outcome == Uncertain:
		return failed.Method == http.MethodGet
	case failed.Outcome == NotApplied && failed.Status == 0:
		return !misconfigured(failed.Err)
	default:
		return failed.Status == http.StatusTooManyRequests || failed.Status == http.StatusTooEarly
	}
}

// misconfigured reports whether a connection failed for a reason that waiting does not cure.
func misconfigured(err error) bool {
	var certificate *tls.CertificateVerificationError
	var noTLS tls.RecordHeaderError
	return errors.As(err, &certificate) || errors.As(err, &noTLS)
}

func (e *Error) cost() float64 {
	if e.slow {
		return costOfTimeout
	}
	return costOfRetry
}
