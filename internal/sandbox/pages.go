package sandbox

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// shownMoment is how pages write an instant.
const shownMoment = "2006-01-02 15:04:05 UTC"

//go:embed templates
var templates embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"moment": func(t time.Time) string { return t.Format(shownMoment) },
	"iso":    func(t time.Time) string { return t.Format(datetime) },
	"isMoment": func(text string) bool {
		_, err := time.Parse(shownMoment, text)
		return err == nil
	},
	"isLink": func(text string) bool {
		return strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
	},
}).ParseFS(templates, "templates/*.html"))

// rowsPerPage is how many interactions a page shows.
const rowsPerPage = 50

type indexPage struct {
	Title        string
	Integrations []integrationRow
	Address      string // of the API, as this client reached it
}

type integrationRow struct {
	ID, Name, Description string
	Interactions          int
	Comments              int
	Fields                int
}

type integrationPage struct {
	Title, ID, Description string
	Search                 string
	Columns                []string
	Rows                   []interactionRow
	Found, Held            int
	First, Last            int
	Newer, Older           string // addresses of the neighbouring pages, empty where there is none
}

type interactionRow struct {
	ID, InteractionID, Assignee string
	Values                      []string
	Comments                    int
	Arrived                     time.Time
}

type interactionPage struct {
	Title, IntegrationID, Integration string
	Row                               interactionRow
	Columns                           []string
	Updated                           time.Time
	Updates                           int
	Comments                          []Comment
}

type messagePage struct{ Title, Text string }

func (s *Server) handlePages() {
	s.mux.HandleFunc("GET /{$}", s.showIndex)
	s.mux.HandleFunc("GET /integrations/{integration}", s.showIntegration)
	s.mux.HandleFunc("GET /interactions/{interaction}", s.showInteraction)
	s.mux.HandleFunc("GET /files/{file}/{name}", s.serveFile)
	s.mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		http.ServeFileFS(w, r, templates, "templates/style.css")
	})
	s.mux.HandleFunc("/", s.notFound)
}

// notFound answers what no page is for.
func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		s.render(w, http.StatusMethodNotAllowed, "message.html", messagePage{"Not here", "The API begins at " + apiPrefix + "; pages are for reading."})
		return
	}
	s.render(w, http.StatusNotFound, "message.html", messagePage{"Not found", "The sandbox holds nothing under this address, or holds it no longer."})
}

func (s *Server) showIndex(w http.ResponseWriter, r *http.Request) {
	page := indexPage{Title: "Integrations", Address: "http://" + r.Host + strings.TrimSuffix(apiPrefix, "/")}
	s.mu.Lock()
	for _, integration := range s.store.integrations {
		row := integrationRow{ID: integration.ID, Name: integration.Name, Description: integration.Description, Fields: len(integration.Metadata)}
		for _, interaction := range s.store.shelves[integration.ID].all {
			row.Interactions++
			row.Comments += len(interaction.Comments)
		}
		page.Integrations = append(page.Integrations, row)
	}
	s.mu.Unlock()
	s.render(w, http.StatusOK, "index.html", page)
}

func (s *Server) showIntegration(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	integration, err := s.integration(r.PathValue("integration"))
	if err != nil {
		s.mu.Unlock()
		s.notFound(w, r)
		return
	}
	page := s.integrationPage(integration, r.FormValue("q"), r.FormValue("page"))
	s.mu.Unlock()
	s.render(w, http.StatusOK, "integration.html", page)
}

// integrationPage shows the newest interactions first.
func (s *Server) integrationPage(integration *Integration, search, number string) integrationPage {
	held := s.store.shelves[integration.ID].all
	columns := integration.columns()
	found := held
	if search != "" {
		found = slices.DeleteFunc(slices.Clone(held), func(i *Interaction) bool { return !i.contains(search, columns) })
	}
	pageNumber := 1
	if n, err := strconv.Atoi(number); err == nil {
		pageNumber = max(1, min(n, (len(found)+rowsPerPage-1)/rowsPerPage))
	}
	to := len(found) - (pageNumber-1)*rowsPerPage
	from := max(0, to-rowsPerPage)
	page := integrationPage{
		Title: integration.Name, ID: integration.ID, Description: integration.Description, Search: search, Columns: columns,
		Found: len(found), Held: len(held), First: len(found) - to + 1, Last: len(found) - from,
	}
	for _, interaction := range slices.Backward(found[from:to]) {
		page.Rows = append(page.Rows, interaction.row(columns))
	}
	if pageNumber > 1 {
		page.Newer = pageAddress(search, pageNumber-1)
	}
	if from > 0 {
		page.Older = pageAddress(search, pageNumber+1)
	}
	return page
}

func pageAddress(search string, number int) string {
	values := url.Values{"page": {strconv.Itoa(number)}}
	if search != "" {
		values.Set("q", search)
	}
	return "?" + values.Encode()
}

func (s *Server) showInteraction(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	interaction, ok := s.store.interactions[r.PathValue("interaction")]
	if !ok {
		s.mu.Unlock()
		s.notFound(w, r)
		return
	}
	clone := interaction.clone()
	integration, _ := s.integration(interaction.IntegrationID)
	columns := integration.columns()
	page := interactionPage{
		Title: interaction.InteractionID, IntegrationID: integration.ID, Integration: integration.Name,
		Row: clone.row(columns), Columns: columns, Updated: clone.UpdatedAt, Updates: clone.Updates, Comments: clone.Comments,
	}
	s.mu.Unlock()
	slices.SortStableFunc(page.Comments, func(a, b Comment) int { return strings.Compare(a.AddedAt, b.AddedAt) })
	s.render(w, http.StatusOK, "interaction.html", page)
}

// columns are the metadata fields in the order of the schema.
func (i *Integration) columns() []string {
	var columns []string
	for _, field := range i.Metadata {
		columns = append(columns, field.FieldID)
	}
	return columns
}

func (i *Interaction) row(columns []string) interactionRow {
	row := interactionRow{
		ID: i.ID, InteractionID: i.InteractionID, Assignee: i.Fields.text("assignee_id"),
		Comments: len(i.Comments), Arrived: i.CreatedAt,
	}
	for _, column := range columns {
		row.Values = append(row.Values, i.Fields.display(column))
	}
	return row
}

// contains looks for the text, in any letter case, in everything the pages show of the interaction.
func (i *Interaction) contains(search string, columns []string) bool {
	search = strings.ToLower(search)
	row := i.row(columns)
	texts := append([]string{row.InteractionID, row.Assignee}, row.Values...)
	for _, comment := range i.Comments {
		texts = append(texts, comment.Body, comment.AuthorID)
	}
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), search) })
}

// display is a field's value for people: a string without its quotes, a datetime with its zone, a list with commas.
func (f Fields) display(name string) string {
	raw, ok := f[name]
	switch {
	case !ok:
		return ""
	case checkDatetime(raw) == nil:
		return showDatetime(f.text(name))
	case raw[0] == '"':
		return f.text(name)
	case raw[0] != '[':
		return string(raw)
	}
	elements, _ := readArray(raw)
	texts := make([]string, len(elements))
	for i, element := range elements {
		texts[i] = Fields{name: element}.display(name)
	}
	return strings.Join(texts, ", ")
}

// Author is who wrote the comment, for people.
func (c Comment) Author() string {
	if c.AuthorID == "" {
		return "unknown author"
	}
	return c.AuthorID
}

// Role says in words what the comment's type says.
func (c Comment) Role() string {
	return strings.ReplaceAll(strings.TrimSuffix(c.Type, "_comment"), "_", " ")
}

// Shown is when the comment was added, for people.
func (c Comment) Shown() string { return showDatetime(c.AddedAt) }

// showDatetime turns 2026-11-20T17:03:09Z into 2026-11-20 17:03:09 UTC.
func showDatetime(text string) string {
	return strings.TrimSuffix(strings.Replace(text, "T", " ", 1), "Z") + " UTC"
}

// Label is the attachment's name, or its address where it has none.
func (a Attachment) Label() string {
	if a.Name == "" {
		return a.URL
	}
	return a.Name
}

func (s *Server) render(w http.ResponseWriter, status int, name string, data any) {
	var body bytes.Buffer
	if err := pages.ExecuteTemplate(&body, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}
