package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"unicode/utf8"
)

const (
	mib     = 1 << 20
	jsonDoc = "application/json"

	maxFile = 10 * mib
)

// accepts says what body a route takes; limit is in bytes.
type accepts struct {
	media string
	limit int64
}

var (
	nothing  = accepts{}
	document = accepts{jsonDoc, 8 * mib}
	batch    = accepts{jsonDoc, 32 * mib}
	upload   = accepts{"multipart/form-data", maxFile + mib} // the file and what multipart puts around it
)

// read returns the body: well-formed JSON where the route takes JSON.
func (a accepts) read(r *http.Request) ([]byte, error) {
	if a.media == "" {
		return nil, nil
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != a.media {
		reason := fmt.Sprintf("Content-Type %q: must be %s", r.Header.Get("Content-Type"), a.media)
		return nil, &refusal{status: http.StatusUnsupportedMediaType, reason: reason}
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, a.limit+1))
	if err != nil {
		return nil, refuse("body: %s", err)
	}
	if int64(len(body)) > a.limit {
		// A client that is still sending would see a reset connection instead of the answer.
		_, _ = io.CopyN(io.Discard, r.Body, a.limit)
		reason := fmt.Sprintf("body: larger than %d MiB", a.limit/mib)
		return nil, &refusal{status: http.StatusRequestEntityTooLarge, reason: reason}
	}
	if a.media == jsonDoc {
		return body, within("body", checkJSON(body))
	}
	return body, nil
}

func checkJSON(body []byte) error {
	if !utf8.Valid(body) {
		return refuse("not valid UTF-8")
	}
	err := json.Unmarshal(body, new(json.RawMessage))
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return refuse("malformed JSON at byte %d: %s", syntax.Offset, syntax)
	}
	if err != nil {
		return refuse("malformed JSON: %s", err)
	}
	return nil
}
