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

	wait      time.Duration // what the server asks for before the next request; negative where it does not say
	slow      bool          // whether it ran into a time-out
	final     bool          // whether it would be no different the next time
	exhausted bool          // whether it was not repeated because too much has been
}

func (e *Error) Error() string {
	what := e.Method + " " + e.Path
	if e.exhausted {
		what = "too many requests to Playvox have failed, run again later: " + what
	}
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

// TooLarge reports whether a request was refused for its size alone: in parts it may be taken.
func TooLarge(err error) bool {
	failed, ok := errors.AsType[*Error](err)
	return ok && failed.Status == http.StatusRequestEntityTooLarge
}

// Passes reports whether what broke a request may be over by itself after a while: Playvox is down, or the network.
func Passes(err error) bool {
	failed, ok := errors.AsType[*Error](err)
	switch {
	case !ok, failed.final, misconfigured(failed.Err):
		return false
	case failed.Status == 0:
		return true
	default:
		return failed.Status >= 500 && failed.Status != http.StatusNotImplemented || failed.Status == http.StatusTooManyRequests ||
			failed.Status == http.StatusTooEarly || failed.Status == http.StatusRequestTimeout
	}
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
// repeated only where it certainly has not done so yet. That holds for deletions too: the failure of the second would hide
// that the first may have had its effect.
func mayRepeat(failed *Error) bool {
	switch {
	case failed.final, errors.Is(failed.Err, errTooLong), failed.Status == http.StatusConflict:
		return false
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
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	return certificate || speaksNoTLS(err)
}

func speaksNoTLS(err error) bool {
	_, yes := errors.AsType[tls.RecordHeaderError](err)
	return yes
}

// explain says what broke, and what to look at where that does not tell.
func explain(err error) string {
	if speaksNoTLS(err) {
		return "the server does not speak TLS at this address: is playvox.base_url right? (" + err.Error() + ")"
	}
	return err.Error()
}

func (e *Error) cost() float64 {
	if e.slow {
		return costOfTimeout
	}
	return costOfRetry
}
