package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// item is what a listing can show.
type item interface {
	field(name string) json.RawMessage
	object(withComments bool) Fields
}

// listing is what a client asked to see of a list.
type listing struct {
	page, perPage int
	filter        map[string][]json.RawMessage // by field: the values it may have
	fields        []string                     // empty: all
	sort          []order
	everything    bool // include=all
}

type order struct {
	field   string
	descend bool
}

// readListing reads the parameters of a listing whose items have the named fields.
func (s *Server) readListing(r *http.Request, names ...string) (listing, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return listing{}, refuse("query string: %s", err)
	}
	l := listing{page: 1, perPage: 12}
	readers := map[string]func(string) error{
		"page":     func(text string) error { return readCount(&l.page, text, 1<<31-1) },
		"per_page": func(text string) error { return readCount(&l.perPage, text, 100) },
		"fields":   func(text string) error { return l.readFields(text, names) },
		"sort":     func(text string) error { return l.readSort(text, names) },
		"include":  l.readInclude,
		"query":    func(text string) error { return l.readFilter(text, names) },
	}
	if s.options.IgnoreQuery {
		readers["query"] = func(string) error { return nil }
	}
	for name, given := range values {
		read, ok := readers[name]
		if !ok {
			return listing{}, refuse("%s: unknown parameter; known here: page, per_page, query, fields, sort, include", name)
		}
		if len(given) > 1 {
			return listing{}, refuse("%s: given more than once", name)
		}
		if err := read(given[0]); err != nil {
			return listing{}, within(name, err)
		}
	}
	return l, nil
}

func readCount(into *int, text string, most int) error {
	count, err := strconv.Atoi(text)
	if err != nil || count < 1 || count > most {
		return refuse("%q is not a whole number between 1 and %d", text, most)
	}
	*into = count
	return nil
}

func (l *listing) readInclude(text string) error {
	if text != "all" {
		return refuse("%q is not all", text)
	}
	l.everything = true
	return nil
}

func (l *listing) readFields(text string, names []string) error {
	l.fields = strings.Split(text, ",")
	for _, field := range l.fields {
		if !slices.Contains(names, field) {
			return refuse("%q is no field of the listing", field)
		}
	}
	return nil
}

// readSort also takes a blank for a plus, which is what an unescaped plus in an URL means.
func (l *listing) readSort(text string, names []string) error {
	for part := range strings.SplitSeq(text, ",") {
		field := strings.TrimLeft(part, "+- ")
		if len(part)-len(field) > 1 || !slices.Contains(names, field) {
			return refuse("%q is no field of the listing", part)
		}
		l.sort = append(l.sort, order{field, strings.HasPrefix(part, "-")})
	}
	return nil
}

// list makes the page that was asked for out of items in order of arrival.
func list[T item](l listing, items []T) page {
	found := make([]T, 0, len(items))
	for _, item := range items {
		if l.matches(item) {
			found = append(found, item)
		}
	}
	sortItems(l, found)
	from := min((l.page-1)*l.perPage, len(found))
	to := min(from+l.perPage, len(found))
	result := page{items: []Fields{}, next: to < len(found)}
	for _, item := range found[from:to] {
		result.items = append(result.items, l.show(item))
	}
	return result
}

// sortItems orders items that stand in order of arrival, which is that of created_at to a finer grain than its whole
// seconds: among equals the order of arrival goes the way of the first field.
func sortItems[T item](l listing, items []T) {
	if len(l.sort) == 0 {
		return
	}
	if l.sort[0].descend {
		slices.Reverse(items)
	}
	if l.sort[0].field == "created_at" {
		return
	}
	slices.SortStableFunc(items, func(a, b T) int {
		for _, order := range l.sort {
			result := compare(a.field(order.field), b.field(order.field))
			if order.descend {
				result = -result
			}
			if result != 0 {
				return result
			}
		}
		return 0
	})
}

func compare(a, b json.RawMessage) int {
	if a != nil && b != nil && isNumber(a) && isNumber(b) {
		first, _ := strconv.ParseFloat(string(a), 64)
		second, _ := strconv.ParseFloat(string(b), 64)
		return cmp.Compare(first, second)
	}
	return bytes.Compare(a, b)
}

func (l listing) show(item item) Fields {
	object := item.object(l.everything || slices.Contains(l.fields, "comments"))
	if len(l.fields) == 0 {
		return object
	}
	shown := Fields{"_id": object["_id"]}
	for _, field := range l.fields {
		if value, ok := object[field]; ok {
			shown[field] = value
		}
	}
	return shown
}

// plain is an item that shows everything it has.
type plain Fields

func (p plain) field(name string) json.RawMessage { return p[name] }

func (p plain) object(bool) Fields { return Fields(p) }

func toPlain(value any) (plain, error) {
	encoded, err := encode(value)
	if err != nil {
		return nil, err
	}
	fields, err := readObject(encoded)
	return plain(fields), err
}
