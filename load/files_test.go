package load_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
	"pvetl/load"
)

func TestUpload(t *testing.T) {
	t.Parallel()
	for _, place := range []string{sandbox.IDInResult, sandbox.IDAtTop} {
		t.Run("url in "+place, func(t *testing.T) {
			t.Parallel()
			h := hold(t, sandbox.Options{IDPlace: place})
			content := []byte("\x00\xff\r\n--boundary\r\n")
			url, err := h.Upload(t.Context(), load.File{Name: "a.png", ContentType: "image/png", Content: content})
			require.NoError(t, err)
			require.Equal(t, content, download(t, url))
			require.EqualValues(t, 1, h.counts.Writes.Load())
			require.Equal(t, 1, h.server.Requests().Kinds[sandbox.Upload])
		})
	}
}

func download(t *testing.T, url string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return content
}

func TestFilesOfEveryName(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ name, want string }{
		"a plain name":        {"report.pdf", "report.pdf"},
		"blanks within":       {"my report.pdf", "my report.pdf"},
		"no ASCII":            {"facturación №7 — 報告.pdf", "facturación №7 — 報告.pdf"},
		"quotes":              {`the "best" one.pdf`, `the "best" one.pdf`},
		"a backslash":         {`a\b.pdf`, `a\b.pdf`},
		"a percent sign":      {"100%25.pdf", "100%25.pdf"},
		"a semicolon":         {`a; filename="b.exe"`, `a; filename="b.exe"`},
		"a header in it":      {"a.pdf\r\nX-Injected: yes\r\n\r\n<script>", "a.pdf  X-Injected: yes    <script>"},
		"a path":              {"2026/11/a.pdf", "a.pdf"},
		"control characters":  {"a\x00b\tc\x7f.pdf", "a b c .pdf"},
		"no UTF-8":            {"a\xff.pdf", "a\uFFFD.pdf"},
		"nothing":             {"", "file"},
		"nothing but blanks":  {" \n ", "file"},
		"255 characters":      {strings.Repeat("é", 255), strings.Repeat("é", 255)},
		"what an engine runs": {`$(rm -rf ~)`, `$(rm -rf ~)`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := hold(t, sandbox.Options{})
			_, err := h.Upload(t.Context(), load.File{Name: tt.name, Content: []byte("x")})
			require.NoError(t, err)
			files := h.server.Snapshot().Files
			require.Len(t, files, 1)
			require.Equal(t, tt.want, files[0].Name)
			require.Equal(t, "application/octet-stream", files[0].ContentType)
		})
	}
}

func TestContentTypesOfFiles(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":                               "application/octet-stream",
		"image/png":                      "image/png",
		"text/plain; charset=iso-8859-1": "text/plain; charset=iso-8859-1",
		"no media type at all":           "application/octet-stream",
		"text/html\r\nX-Injected: yes":   "application/octet-stream",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			client, server := live(t, replies(200, `{"result": {"url": "https://files.example/1"}}`))
			_, err := client.Upload(t.Context(), load.File{Name: "a", ContentType: given, Content: []byte("x")})
			require.NoError(t, err)
			request := server.received()[0]
			require.Equal(t, "/api/v1/files", request.path)
			_, parameters, err := mime.ParseMediaType(request.header.Get("Content-Type"))
			require.NoError(t, err)
			part, err := multipart.NewReader(strings.NewReader(request.body), parameters["boundary"]).NextPart()
			require.NoError(t, err)
			require.Equal(t, "file", part.FormName())
			require.Equal(t, want, part.Header.Get("Content-Type"))
			require.Len(t, part.Header, 2)
		})
	}
}

func TestHowLargeAFileMayBe(t *testing.T) {
	t.Parallel()
	h := hold(t, sandbox.Options{})
	content := make([]byte, load.MaxFile+1)
	_, err := h.Upload(t.Context(), load.File{Name: "a", Content: content[:load.MaxFile]})
	require.NoError(t, err, "what Playvox takes is sent")
	_, err = h.Upload(t.Context(), load.File{Name: "a", Content: content})
	require.EqualError(t, err, "POST files: the file has 10485761 bytes, more than the 10 MB that Playvox takes")
	require.Equal(t, load.Refused, load.OutcomeOf(err))
	require.Equal(t, 1, h.server.Requests().Total, "what it would refuse is not")
	require.True(t, bytes.Equal(content[1:], h.server.Snapshot().Files[0].Data))
}

func TestAnUploadThatFails(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		script   script
		outcome  load.Outcome
		requests int
	}{
		"an answer without a url":     {script{replies(200, `{"success": true, "result": {"_id": "f1"}}`)}, load.Uncertain, 1},
		"an answer that is empty":     {script{replies(204, "")}, load.Uncertain, 1},
		"no answer":                   {script{drops}, load.Uncertain, 1},
		"an error of the server":      {script{replies(503, "")}, load.Uncertain, 1},
		"a file that is not taken":    {script{replies(422, `{"error": "infected"}`)}, load.Refused, 1},
		"one that is too large":       {script{replies(413, "")}, load.Refused, 1},
		"too many requests, for once": {script{replies(429, ""), replies(200, `{"url": "https://files.example/1"}`)}, success, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := live(t, tt.script.inTurn())
			url, err := client.Upload(t.Context(), load.File{Name: "a", Content: []byte("x")})
			require.Len(t, server.received(), tt.requests)
			if tt.outcome == success {
				require.NoError(t, err)
				require.Equal(t, "https://files.example/1", url)
				return
			}
			require.Error(t, err)
			require.Equal(t, tt.outcome, load.OutcomeOf(err))
		})
	}
}
