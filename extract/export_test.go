package extract

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"pvetl/internal/secret"
)

// TimeWindow is Window under a clock that stands at now, for a column without a zone whose newest value is given.
func TimeWindow(query Query, zone *time.Location, newest string, now time.Time, from *Position) (Window, error) {
	st := &Stream{source: &Source{db: &sqliteDB{}, zone: zone}, query: query}
	form, _, isTime := formOf(newest, zone)
	return st.timeWindow(scale{isTime: isTime, form: form, zoneless: zone, now: now, newest: newest, class: classText}, from)
}

// CutStatement cuts a query at its placeholders and puts the pieces together again.
func CutStatement(query string, backslash bool) (joined string, names []string, err error) {
	s, err := parseStatement(query, backslash)
	if err != nil {
		return "", nil, err
	}
	var text strings.Builder
	for i, piece := range s.texts {
		text.WriteString(piece)
		if i < len(s.names) {
			text.WriteString(":" + s.names[i])
		}
	}
	return text.String(), slices.Clone(s.names), nil
}

// NewMySQLSource returns a source that reads over any database/sql connection as it does over MySQL's.
func NewMySQLSource(db *sql.DB) *Source {
	return &Source{db: &mySQL{db}, zone: time.UTC, redactor: secret.NewRedactor()}
}

// ExecSQLite runs a statement on a SQLite source's own connection, past everything that checks queries.
func ExecSQLite(ctx context.Context, s *Source, statement string) error {
	_, err := s.db.(*sqliteDB).db.ExecContext(ctx, statement)
	return err
}

// MaxPageBytes ends a page early.
const MaxPageBytes = maxPageBytes

// Rest waits as a source does that is read at so many rows in a second, by several readers.
func Rest(perSecond int) func(ctx context.Context, began time.Time, rows int) error {
	p := &pace{perSecond: perSecond}
	return p.rest
}
