package load

import (
	"net/http"
	"time"
)

// judge makes a success or an error of what a server sends back.
func (c *Client) judge(call call, got reply) (answer, *Error) {
	failed := &Error{Method: call.method, Path: call.path, Status: got.status, wait: askedPause(got.header, time.Now())}
	switch {
	case got.status == http.StatusNoContent:
		return answer{}, nil
	case got.status >= 300 && got.status <= 399:
		failed.Outcome = classify(got.status)
		failed.Reason = "the server answers with a redirect, which is not followed: is playvox.base_url right?"
		return answer{}, failed
	case !succeeded(got.status):
		failed.Outcome, failed.Reason = classify(got.status), c.words(reason(got.body))
		return answer{}, failed
	}
	parsed, err := parseEnvelope(got.body)
	switch {
	case err != nil:
		failed.Outcome, failed.Reason, failed.Err = Uncertain, c.words("not understood: "+reason(got.body)), err
		return answer{}, failed
	case parsed.refused():
		failed.Outcome, failed.Reason = Refused, c.words(reason(got.body))
		return answer{}, failed
	}
	return answer{envelope: parsed, body: got.body}, nil
}

// words makes what a server says fit to be shown: without our credentials, and not longer than anyone reads.
func (c *Client) words(text string) string { return cut(c.redactor.Redact(text)) }
