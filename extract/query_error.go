package extract

import "strings"

// QueryError is what a database says about a query that it cannot run.
type QueryError struct {
	Err    error
	Offset int // in bytes, of the place in the query's text that it complains about; 0 where it names none
}

func (e *QueryError) Error() string { return e.Err.Error() }

// Unwrap returns what the database said.
func (e *QueryError) Unwrap() error { return e.Err }

// ColumnError is a column that a query was to have and has not.
type ColumnError struct {
	Role string // key, cursor or parent
	text string
}

func (e *ColumnError) Error() string { return e.text }

// placed finds the place that the database complains about. Our statement is written around the query: before at bytes of
// the query there are shifted bytes more.
func (st *Stream) placed(err error, sent string) error {
	at := st.source.db.complaint(err, sent)
	failed := &QueryError{Err: redacted(err, st.source.redactor)}
	if at <= 0 {
		return failed
	}
	from, original := 0, 0 // of a piece of the query: in what was sent, and in what is written in jobs.yaml
	for i, text := range st.statement.texts {
		found := strings.Index(sent[from:], text)
		if found < 0 {
			return failed
		}
		start := from + found
		if at >= start && at < start+len(text) {
			failed.Offset = original + at - start
			return failed
		}
		from, original = start+len(text), original+len(text)
		if i < len(st.statement.names) {
			original += len(":") + len(st.statement.names[i])
		}
	}
	return failed
}
