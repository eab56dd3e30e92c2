package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
)

// refusal is an answer that is no success.
type refusal struct {
	status int
	reason string
	allow  string // of a 405: the methods that are allowed
}

func (r *refusal) Error() string { return r.reason }

// refuse makes a 400 whose reason names field and value.
func refuse(format string, values ...any) error {
	return &refusal{status: http.StatusBadRequest, reason: fmt.Sprintf(format, values...)}
}

func missing(what, id string) error {
	return &refusal{status: http.StatusNotFound, reason: fmt.Sprintf("%s %q does not exist", what, id)}
}

// within puts the field's name before a refusal's reason.
func within(field string, err error) error {
	if err == nil {
		return nil
	}
	return refuse("%s: %s", field, err)
}

// page is the result of a listing.
type page struct {
	items []Fields
	next  bool
}

// identified is the answer to a call that has nothing else to say.
type identified struct {
	ID string `json:"_id"`
}

// envelope is the body of a success.
func (s *Server) envelope(result any) ([]byte, error) {
	if page, ok := result.(page); ok {
		return encode(map[string]any{"success": true, "result": page.items, "next_page": page.next})
	}
	body := map[string]any{"success": true, "result": result}
	if s.options.IDPlace == IDInResult {
		return encode(body)
	}
	encoded, err := encode(result)
	if err != nil {
		return nil, err
	}
	var fields Fields
	if err := json.Unmarshal(encoded, &fields); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	for _, name := range []string{"_id", "url"} {
		if value, ok := fields[name]; ok {
			body[name] = value
			delete(fields, name)
		}
	}
	body["result"] = fields
	return encode(body)
}

// write sends the answer, or the failure envelope for err.
func (s *Server) write(w http.ResponseWriter, r *http.Request, body []byte, err error) {
	status := http.StatusOK
	if err != nil {
		refused, ok := errors.AsType[*refusal](err)
		if !ok {
			refused = &refusal{status: http.StatusInternalServerError, reason: err.Error()}
		}
		status = refused.status
		if refused.allow != "" {
			w.Header().Set("Allow", refused.allow)
		}
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="Playvox API", charset="UTF-8"`)
		}
		body, _ = encode(map[string]any{"success": false, "error": refused.reason})
	}
	s.logAnswer(r, status, err)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func (s *Server) logAnswer(r *http.Request, status int, err error) {
	attributes := []slog.Attr{slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", status)}
	if err == nil {
		s.log.LogAttrs(r.Context(), slog.LevelDebug, "request answered", attributes...)
		return
	}
	s.log.LogAttrs(r.Context(), slog.LevelInfo, "request refused", append(attributes, slog.String("reason", err.Error()))...)
}

// encode is json.Marshal without the escaping for HTML, so that texts stay as they were sent.
func encode(value any) (json.RawMessage, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("encoding %T: %w", value, err)
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
}
