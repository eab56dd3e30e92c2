package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

// upload sends one file as multipart/form-data.
func (c client) upload(field, name, contentType string, data []byte) answer {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"; filename="%s"`, field, name)},
		"Content-Type":        {contentType},
	})
	require.NoError(c.t, err)
	_, err = part.Write(data)
	require.NoError(c.t, err)
	require.NoError(c.t, form.Close())
	request := c.request("POST", "/api/v1/files", "")
	request.Body = io.NopCloser(&body)
	request.ContentLength = int64(body.Len())
	request.Header.Set("Content-Type", form.FormDataContentType())
	return c.send(request)
}

func TestFiles(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	for name, test := range map[string]struct {
		name, declared, served string
	}{
		"an image is served as one":      {"ä b.png", "image/png", "image/png"},
		"a page is served as bare bytes": {"a.html", "text/html", "application/octet-stream"},
		"no type is bare bytes":          {"a", "", "application/octet-stream"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client{t, c.address, c.server}
			got := c.upload("file", test.name, test.declared, []byte("<script>"))
			require.Equal(t, http.StatusOK, got.Status, got.Text)
			var file struct{ URL string }
			require.NoError(t, json.Unmarshal(got.Result, &file))
			request, err := http.NewRequestWithContext(t.Context(), "GET", file.URL, nil)
			require.NoError(t, err)
			served := c.send(request)
			require.Equal(t, "<script>", served.Text)
			require.Equal(t, test.served, served.Header.Get("Content-Type"))
			require.Contains(t, served.Header.Get("Content-Disposition"), "attachment")
			require.Equal(t, "nosniff", served.Header.Get("X-Content-Type-Options"))
			require.Contains(t, served.Header.Get("Content-Security-Policy"), "sandbox")
		})
	}
	for name, test := range map[string]struct {
		field  string
		size   int
		status int
		reason string
	}{
		"exactly 10 MiB": {"file", 10 << 20, 200, ""},
		"a byte more":    {"file", 10<<20 + 1, 413, "at most 10 MB"},
		"far more":       {"file", 12 << 20, 413, "larger than"},
		"another field":  {"upload", 1, 400, `form field "upload"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := client{t, c.address, c.server}.upload(test.field, "a.bin", "", make([]byte, test.size))
			require.Equal(t, test.status, got.Status, got.Error)
			require.Contains(t, got.Error, test.reason)
		})
	}
	t.Run("no multipart", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, http.StatusUnsupportedMediaType, client{t, c.address, c.server}.call("POST", "files", "{}").Status)
	})
	t.Run("the url stands at the top where ids do", func(t *testing.T) {
		t.Parallel()
		got := start(t, sandbox.Options{IDPlace: sandbox.IDAtTop}).upload("file", "a", "", nil)
		require.Contains(t, got.URL, "/files/"+got.ID+"/a")
	})
}

// page fetches a page as a browser would, without credentials.
func (c client) page(path string) answer {
	c.t.Helper()
	request := c.request("GET", path, "")
	request.Header.Del("Authorization")
	got := c.send(request)
	require.Equal(c.t, "text/html; charset=utf-8", got.Header.Get("Content-Type"))
	require.Contains(c.t, got.Header.Get("Content-Security-Policy"), "default-src 'self'")
	require.Equal(c.t, "nosniff", got.Header.Get("X-Content-Type-Options"))
	return got
}

func TestPagesWithNothingToShowSayWhatToDo(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	require.Contains(t, c.page("/").Text, "pvetl apply")
	require.Contains(t, c.page("/").Text, c.address+"/api/v1")
	bare := c.must("POST", "integrations", `{"name": "bare"}`)
	require.Contains(t, c.page("/integrations/"+bare).Text, "pvetl apply")
	id := c.schema()
	require.Contains(t, c.page("/integrations/"+id).Text, "pvetl run")
	interactionID := c.must("POST", "integrations/"+id+"/interactions", interaction("1"))
	require.Contains(t, c.page("/interactions/"+interactionID).Text, "No comments")
	for _, path := range []string{"/nowhere", "/integrations/nowhere", "/interactions/nowhere", "/files/no/where"} {
		require.Equal(t, http.StatusNotFound, c.page(path).Status)
	}
	require.Equal(t, http.StatusMethodNotAllowed, c.send(c.request("POST", "/", "{}")).Status)
}

func TestPagesShowWhatIsHeld(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	integration := c.schema()
	id := c.must("POST", "integrations/"+integration+"/interactions", interaction("48213", `"assignee_id": "ana@acme.example"`,
		`"tag_names": ["billing", "<i>vip</i>"]`, `"csat": 4.50`, `"comments": [
		  {"body": "second", "type": "internal_note", "author_id": "Cy", "added_at": "2026-11-20T17:05:00Z"},
		  {"body": "first\nline <script>alert(1)</script>", "type": "customer_comment", "author_id": "Bo", "added_at": "2026-11-20T17:00:00Z",
		   "attachments": [{"url": "https://files.example/a.png", "name": "a.png"}]}]`))

	index := c.page("/").Text
	require.Contains(t, index, `<a href="/integrations/`+integration+`">Acme Helpdesk</a>`)
	require.Contains(t, index, `<td class="number">2</td>`)

	list := c.page("/integrations/" + integration).Text
	for _, want := range []string{"48213", "ana@acme.example", "billing, &lt;i&gt;vip&lt;/i&gt;", "4.50", "<th>solved_date</th>", `<td class="time">2026-11-20 17:03:09 UTC</td>`, " UTC</time>"} {
		require.Contains(t, list, want)
	}

	page := c.page("/interactions/" + id).Text
	for _, want := range []string{
		`<article class="customer_comment">`, `<article class="internal_note">`, "2026-11-20 17:00:00 UTC", "internal note", "Bo",
		"first\nline &lt;script&gt;alert(1)&lt;/script&gt;", `<a href="https://files.example/a.png" rel="noopener noreferrer">a.png</a>`,
	} {
		require.Contains(t, page, want)
	}
	require.NotContains(t, page, "<script>")
	require.Regexp(t, `(?s)first\nline.*second`, page, "in order of time")
}

func TestTheListPagesAndFilters(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	integration := c.schema()
	c.finished(c.must("POST", "integrations/"+integration+"/bulk/interactions", rows(100)))
	path := "/integrations/" + integration
	c.must("POST", path[1:]+"/interactions", interaction("special", `"assignee_id": "Zoë"`))

	first := c.page(path).Text
	require.Contains(t, first, "1 to 50 of 101, newest first")
	require.Regexp(t, `(?s)>special</a>.*>99</a>.*>51</a>`, first)
	require.NotContains(t, first, `rel="prev"`)
	require.Contains(t, first, `<a href="?page=2" rel="next">`)
	last := c.page(path + "?page=3").Text
	require.Contains(t, last, "101 to 101 of 101")
	require.NotContains(t, last, `rel="next"`)
	require.Equal(t, last, c.page(path+"?page=99").Text, "beyond the end stands the last page")

	found := c.page(path + "?q=zo%C3%AB").Text
	require.Contains(t, found, "1 to 1 of 1,")
	require.Contains(t, found, ">special</a>")
	require.Contains(t, c.page(path+"?q=%3Cb%3E").Text, "No interaction contains “&lt;b&gt;”")
}

func TestTheStyleSheetIsServed(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	got := c.send(c.request("GET", "/style.css", ""))
	require.Equal(t, http.StatusOK, got.Status)
	require.Contains(t, got.Header.Get("Content-Type"), "text/css")
}
