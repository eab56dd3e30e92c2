package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"syscall"
)

// ErrReadOnly is the answer of a state opened for reading to everything that writes.
var ErrReadOnly = errors.New("the state is open for reading only")

// Error is what went wrong with a state. It never contains a credential.
type Error struct {
	State string // the path of its file, or host:port/database
	Cure  string // what to do about it; empty where nobody knows
	Err   error

	doing string
	text  string // of Err, redacted
}

func (e *Error) Error() string {
	message := fmt.Sprintf("state %s: %s: %s", e.State, e.doing, e.text)
	if e.Cure != "" {
		message += ": " + e.Cure
	}
	return message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// explain puts err into the words of an *Error: what was being done to which state, and what to do about it.
func (t target) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	cure := ""
	if !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		cure = t.cure(err)
	}
	return &Error{State: t.name, Cure: cure, Err: err, doing: doing, text: t.redactor.Redact(err.Error())}
}

// networkCure is the part of every server's cure that does not depend on its kind.
func networkCure(err error) string {
	if name, ok := errors.AsType[*net.DNSError](err); ok && name.IsNotFound {
		return "the host name is unknown: check the host"
	}
	broken, ok := errors.AsType[*net.OpError](err)
	switch {
	case !ok:
		return ""
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, fs.ErrNotExist):
		return "nothing listens there: check host and port, and that the server runs"
	case broken.Timeout():
		return "no answer: check host, port and firewall"
	default:
		return "check host, port and network"
	}
}
