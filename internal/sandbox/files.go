package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// File is an uploaded file.
type File struct {
	ID          string    `json:"_id,omitzero"`
	Name        string    `json:"name"`
	ContentType string    `json:"content_type"` // as the client said
	Data        []byte    `json:"-"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
}

// createFile takes the one file of a multipart form.
func (s *Server) createFile(r *http.Request, body []byte) (any, error) {
	file, err := readForm(r.Header.Get("Content-Type"), body)
	if err != nil {
		return nil, err
	}
	id := newID()
	s.store.record(Created, FileChange, id, "", file)
	address := url.URL{Scheme: "http", Host: r.Host, Path: "/files/" + id + "/" + file.Name}
	if r.TLS != nil {
		address.Scheme = "https"
	}
	return map[string]any{"_id": id, "url": address.String(), "name": file.Name, "size": len(file.Data)}, nil
}

func readForm(contentType string, body []byte) (File, error) {
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || parameters["boundary"] == "" {
		return File{}, refuse("Content-Type %q: has no boundary", contentType)
	}
	form := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
	file, err := readPart(form)
	if err != nil {
		return File{}, err
	}
	if _, err := form.NextPart(); !errors.Is(err, io.EOF) {
		return File{}, refuse("body: must hold one file and nothing else")
	}
	return file, nil
}

func readPart(form *multipart.Reader) (File, error) {
	part, err := form.NextPart()
	if err != nil {
		return File{}, refuse("body: malformed multipart form: %s", err)
	}
	if part.FormName() != "file" || part.FileName() == "" {
		return File{}, refuse("body: the form field %q must be a file in the field \"file\"", part.FormName())
	}
	data, err := io.ReadAll(part)
	if err != nil {
		return File{}, refuse("body: malformed multipart form: %s", err)
	}
	if len(data) > maxFile {
		reason := fmt.Sprintf("file %q: %d bytes; at most 10 MB are allowed", part.FileName(), len(data))
		return File{}, &refusal{status: http.StatusRequestEntityTooLarge, reason: reason}
	}
	return File{Name: part.FileName(), ContentType: part.Header.Get("Content-Type"), Data: data}, nil
}

// harmless are the content types a browser may be told; nothing among them can carry a script.
var harmless = []string{"application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp", "text/plain"}

// serveFile hands out an uploaded file as a download that no browser runs.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	file, ok := s.store.files[r.PathValue("file")]
	s.mu.Unlock()
	if !ok || file.Name != r.PathValue("name") {
		s.notFound(w, r)
		return
	}
	media, _, err := mime.ParseMediaType(file.ContentType)
	if err != nil || !slices.Contains(harmless, media) {
		media = "application/octet-stream"
	}
	header := w.Header()
	header.Set("Content-Type", media)
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Length", strconv.Itoa(len(file.Data)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(file.Data)
	}
}
