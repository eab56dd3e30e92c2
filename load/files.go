package load

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"unicode"
)

// MaxFile is the most bytes that one file may have.
const MaxFile = 10 << 20

// File is a file to be uploaded.
type File struct {
	Name        string
	ContentType string
	Content     []byte
}

// Upload hands a file to Playvox and returns the URL that it has there. [A] Where the answer holds it is not documented:
// below result or at the top.
func (c *Client) Upload(ctx context.Context, file File) (url string, err error) {
	const path = "files"
	if len(file.Content) > MaxFile {
		reason := fmt.Sprintf("the file has %d bytes, more than the 10 MB that Playvox takes", len(file.Content))
		return "", &Error{Outcome: Refused, Method: http.MethodPost, Path: path, Reason: reason}
	}
	body, contentType, err := file.form()
	if err != nil {
		return "", err
	}
	got, err := c.do(ctx, call{method: http.MethodPost, path: path, body: body, contentType: contentType, kind: &c.requests.Writes})
	if err != nil {
		return "", err
	}
	if url = got.url(); url == "" {
		return "", &Error{Outcome: Uncertain, Method: http.MethodPost, Path: path, Status: http.StatusOK, Reason: "the answer names no url"}
	}
	return url, nil
}

// form is the multipart form that carries the file. [A] The name of its field is not documented.
func (f File) form() (body []byte, contentType string, err error) {
	var buffer bytes.Buffer
	buffer.Grow(len(f.Content) + 1<<10)
	form := multipart.NewWriter(&buffer)
	header := textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("file", fileName(f.Name))},
		"Content-Type":        {mediaType(f.ContentType)},
	}
	part, err := form.CreatePart(header)
	if err != nil {
		return nil, "", fmt.Errorf("file %q: %w", f.Name, err)
	}
	_, _ = part.Write(f.Content) // a buffer takes everything
	_ = form.Close()
	return buffer.Bytes(), form.FormDataContentType(), nil
}

// fileName makes a name fit for a header: what is not ASCII goes as UTF-8, as browsers send it, and what would end the
// header or be dropped from it is a space.
func fileName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
	return cmp.Or(strings.TrimSpace(clean), "file")
}

func mediaType(text string) string {
	media, parameters, err := mime.ParseMediaType(text)
	if err != nil {
		return "application/octet-stream"
	}
	return cmp.Or(mime.FormatMediaType(media, parameters), "application/octet-stream")
}

// url is where the answer says that a file is.
func (a answer) url() string {
	for _, object := range []json.RawMessage{a.Result, a.body} {
		var fields struct {
			URL json.RawMessage `json:"url"`
		}
		if json.Unmarshal(object, &fields) == nil && scalar(fields.URL) != "" {
			return scalar(fields.URL)
		}
	}
	return ""
}
