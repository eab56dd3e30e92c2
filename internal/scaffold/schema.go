package scaffold

import (
	"slices"
	"strings"

	"pvetl/extract"
	"pvetl/internal/dsn"
)

// schema is the tables of a database with what they seem to refer to.
type schema struct {
	dialect Dialect
	product product // whose tables these are; empty where that is not known
	tables  []*table
	byHead  map[string][]*table // by what they hold, in one word
}

// table is a table of the database, with its name taken apart.
type table struct {
	extract.Table

	plain string // its name without what all names begin with
	words words
	named map[string]words // the names of its columns, taken apart
	key   string
	refs  []ref
}

// ref is a column that holds the key of another table.
type ref struct {
	column   string
	to       *table
	target   string // the column over there
	declared bool
	kind     string // the column that says of which table it is, where it may be of several
	value    string // what that holds
}

func newSchema(tables []extract.Table, dialect Dialect) *schema {
	s := &schema{dialect: dialect, byHead: map[string][]*table{}}
	var names []string
	for _, t := range tables {
		names = append(names, t.Name)
	}
	prefix := prefixOf(names)
	for _, t := range tables {
		plain := strings.TrimPrefix(t.Name, prefix)
		made := &table{Table: t, plain: plain, words: wordsOf(plain), named: map[string]words{}, key: keyOf(t)}
		for _, c := range t.Columns {
			made.named[c.Name] = wordsOf(c.Name)
		}
		s.tables = append(s.tables, made)
		s.byHead[made.head()] = append(s.byHead[made.head()], made)
	}
	for _, t := range s.tables {
		for _, column := range t.Columns {
			if r, ok := s.reference(t, column); ok {
				t.refs = append(t.refs, r)
			}
		}
	}
	s.product, _ = s.recognise()
	return s
}

// keyOf is the one column that names a table's rows; empty where it takes several.
func keyOf(t extract.Table) string {
	if len(t.PrimaryKey) == 1 {
		return t.PrimaryKey[0]
	}
	for _, index := range t.Indexes {
		if index.Unique && len(index.Columns) == 1 && index.Columns[0] != "" && len(t.PrimaryKey) == 0 {
			return index.Columns[0]
		}
	}
	if i := slices.IndexFunc(t.Columns, func(c extract.TableColumn) bool { return strings.EqualFold(c.Name, "id") }); i >= 0 && len(t.PrimaryKey) == 0 {
		return t.Columns[i].Name
	}
	return ""
}

func (s *schema) find(name string) *table {
	for _, t := range s.tables {
		if t.Name == name || t.Schema+"."+t.Name == name {
			return t
		}
	}
	return nil
}

func (t *table) column(name string) extract.TableColumn {
	for _, c := range t.Columns {
		if c.Name == name {
			return c
		}
	}
	return extract.TableColumn{}
}

func (t *table) ref(column string) (ref, bool) {
	for _, r := range t.refs {
		if r.column == column {
			return r, true
		}
	}
	return ref{}, false
}

// head is what the table holds, in one word.
func (t *table) head() string { return t.words.head() }

// isOfCustomers reports whether a table of people is one of customers.
func (t *table) isOfCustomers() bool {
	return slices.ContainsFunc(t.words, func(word string) bool { return customerTables[word] > 0 })
}

// reference finds the table that a column refers to: as declared, or else by its name.
func (s *schema) reference(t *table, column extract.TableColumn) (ref, bool) {
	for _, fk := range t.ForeignKeys {
		to := s.find(fk.Table)
		if to == nil || len(fk.Columns) != 1 || fk.Columns[0] != column.Name {
			continue
		}
		target := to.key
		if len(fk.References) == 1 { // SQLite may leave it out
			target = fk.References[0]
		}
		return ref{column: column.Name, to: to, target: target, declared: true}, true
	}
	base, _, isID := t.named[column.Name].withoutID()
	if !isID && !isInteger(column) {
		return ref{}, false
	}
	var best *table
	most := 0
	for _, to := range s.byHead[base.head()] {
		if to == t || to.key == "" || !s.comparable(column, to.column(to.key)) {
			continue
		}
		score := 2 * likeness(t.words, base, to.words, isID)
		if to.View {
			score--
		}
		if score > most {
			best, most = to, score
		}
	}
	if best == nil {
		return ref{}, false
	}
	return ref{column: column.Name, to: best, target: best.key}, true
}

// likeness says how well the name of a column fits that of a table, which ends with the same word.
func likeness(own, base, other words, isID bool) int {
	switch {
	case slices.Equal(other, base) && peopleTables[base.head()] > 0:
		return 7 // users_id of tickets: users, and not tickets_users
	case slices.Equal(other, slices.Concat(own, base)):
		return 6 // state_id of ticket: ticket_state
	case slices.Equal(other, base):
		return 5
	case !isID:
		return 0
	case len(own) > 0 && slices.Equal(other, append(words{own.head()}, base...)):
		return 4
	case base.endsWith(other):
		return 2 + len(other) // created_by_user_id: user
	case other.endsWith(base):
		return 1
	}
	return 0
}

// comparable reports whether two columns can be equal.
func (s *schema) comparable(a, b extract.TableColumn) bool {
	if s.dialect.kind == dsn.SQLite {
		return true
	}
	alike := a.Kind == extract.Integer || a.Kind == extract.Text && (s.dialect.kind != dsn.Postgres || a.Type == b.Type)
	return a.Kind == b.Kind && (alike || a.Kind == extract.Bytes)
}

// stem is what a column's name says beside the table's own name and beside being a key.
func (t *table) stem(column string) words {
	base, role, _ := t.named[column].withoutID()
	stem := slices.Concat(base, role)
	if len(stem) > 1 && len(t.words) > 0 && stem[0] == t.head() {
		return stem[1:]
	}
	return stem
}

// ranked are the columns whose names stand in the vocabulary and that fit, the surest first.
func (t *table) ranked(v vocabulary, fits func(extract.TableColumn) bool) []string {
	type found struct {
		name   string
		weight int
	}
	var all []found
	for _, c := range t.Columns {
		name := t.named[c.Name]
		weight := max(2*v[name.String()], 2*v[t.stem(c.Name).String()]-1, 2*v[name.withoutWhen().String()]-1)
		if weight > 0 && (fits == nil || fits(c)) {
			all = append(all, found{c.Name, weight})
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return b.weight - a.weight })
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = f.name
	}
	return names
}

// refsTo are the columns that refer to one of the tables.
func (t *table) refsTo(tables ...*table) []string {
	var names []string
	for _, r := range t.refs {
		if slices.Contains(tables, r.to) {
			names = append(names, r.column)
		}
	}
	return names
}

func first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// rest are the others that were possible, at most three.
func rest(names []string) []string {
	if len(names) < 2 {
		return nil
	}
	return names[1:min(len(names), 4)]
}
