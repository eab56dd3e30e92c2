package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"pvetl/state"
)

//go:embed templates static
var files embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"moment": momentOf, "count": grouped, "plural": plural, "roughly": roughly, "seconds": secondsOf, "part": partOf,
	"jobURL": jobURL, "runURL": runURL, "rejectsURL": rejectsURL, "static": staticURL, "clip": clip, "lasting": lasting, "rate": rateOf, "list": list,
}).ParseFS(files, "templates/*.html"))

// view is what a handler makes: the template called Name with Body.
type view struct {
	Title string
	Name  string
	Body  any
	Live  bool   // whether the page is asked for again now and then
	State string // what is announced where it changes

	// What every page shows, filled in by render.
	Now      time.Time
	SignedIn bool
	Actions  bool // whether there are any
	Path     string
	Here     string // the path, and what is looked for under it
	Flash    string
	Version  string
	Values   bool
}

// errNotFound is the answer of a page about something that is not there.
var errNotFound = errors.New("not found")

// patience is how long a page may ask the state.
const patience = 10 * time.Second

func patient(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, patience)
}

// page is the handler of what show makes.
func (s *server) page(show func(ctx context.Context, r *http.Request) (view, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := patient(r.Context())
		defer cancel()
		made, err := show(ctx, r)
		switch {
		case errors.Is(err, errNotFound):
			s.notFound(w, r)
		case err != nil:
			s.fail(w, r, err)
		default:
			s.render(w, r, http.StatusOK, made)
		}
	}
}

// fail says why there is no page. The next try may well succeed.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil {
		s.Log.Warn("a page could not be made", "path", r.URL.Path, "error", err)
	}
	text := s.Redact(err.Error())
	if failed, ok := errors.AsType[*state.Error](err); ok && failed.Cure == "" {
		text += ": try again, and look whether its database answers"
	}
	w.Header().Set("Retry-After", "5")
	s.refuse(w, r, http.StatusServiceUnavailable, "The state cannot be read", text)
}

// refuse answers with a message in the place of a page.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, status int, title, text string) {
	s.render(w, r, status, view{Title: title, Name: "message.html", Body: clip(text, 2000)})
}

func (s *server) render(w http.ResponseWriter, r *http.Request, status int, v view) {
	v.Now, v.SignedIn, v.Actions, v.Version, v.Values = s.Now().UTC(), isSignedIn(r), s.Token != "", s.Version, s.Values
	v.Path, v.Here, v.Flash = r.URL.Path, r.URL.RequestURI(), flashes[r.URL.Query().Get("done")]
	var body bytes.Buffer
	if err := pages.ExecuteTemplate(&body, v.Name, v); err != nil {
		s.Log.Error("a page could not be written, which is a defect of pvetl", "page", v.Name, "error", s.Redact(err.Error()))
		http.Error(w, "this page broke, which is a defect of pvetl; its log says where", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}

// serveStatic serves what never holds anything secret, which browsers may keep while its address is the same.
func serveStatic(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	tag, ok := staticTags[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", `"`+tag+`"`)
	w.Header().Set("Cache-Control", "no-cache")
	if r.URL.RawQuery == tag {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeFileFS(w, r, files, "static/"+name)
}

// staticTags are the beginnings of the hashes of the static files, by name.
var staticTags = tagsOf("style.css", "live.js", "icon.svg")

func tagsOf(names ...string) map[string]string {
	tags := make(map[string]string)
	for _, name := range names {
		content, _ := files.ReadFile("static/" + name) // embedded: it is there
		sum := sha256.Sum256(content)
		tags[name] = hex.EncodeToString(sum[:8])
	}
	return tags
}

func staticURL(name string) string { return staticPath + name + "?" + staticTags[name] }

func jobURL(job string) string { return "/jobs/" + url.PathEscape(job) }

func runURL(id string) string { return "/runs/" + url.PathEscape(id) }

// rejectsURL is the address of a search; pairs are names and what they are to be.
func rejectsURL(pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if len(values) == 0 {
		return "/rejects"
	}
	return "/rejects?" + values.Encode()
}
