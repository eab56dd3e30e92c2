package extract

import (
	"context"
	"time"
)

// Access is what there is to know about a connection before anything is read over it.
type Access struct {
	Server   string        // kind and version
	TLS      string        // its version; empty where the connection has none
	Anything bool          // the user may write anywhere, as a superuser may
	Writable []string      // tables that the user may write to
	Ahead    time.Duration // of the database's clock before this machine's; zero for a file, which has no clock of its own
}

// accessQueries ask for what Access tells; an empty one is not asked.
type accessQueries struct {
	server   string // kind and version, whether the user may write anywhere
	tls      string // name, version
	writable string // names of tables
	clock    bool   // whether the database has one of its own
}

// Access asks the database about this connection and its user.
func (s *Source) Access(ctx context.Context) (Access, error) {
	queries := s.db.accessQueries()
	var access Access
	for _, part := range []struct {
		query   string
		columns int
		take    func(Row)
	}{
		{queries.server, 2, func(row Row) { access.Server, access.Anything = string(row[0]), isTrue(row[1]) }},
		{queries.tls, 2, func(row Row) { access.TLS = string(row[1]) }},
		{queries.writable, 1, func(row Row) { access.Writable = append(access.Writable, string(row[0])) }},
	} {
		if part.query == "" {
			continue
		}
		rows, err := s.rows(ctx, part.columns, part.query)
		if err != nil {
			return Access{}, err
		}
		for _, row := range rows {
			part.take(row)
		}
	}
	if !queries.clock {
		return access, nil
	}
	ahead, err := s.ahead(ctx)
	access.Ahead = ahead
	return access, err
}

// ahead compares the clocks a few times and believes the quickest answer.
func (s *Source) ahead(ctx context.Context) (ahead time.Duration, err error) {
	best := time.Duration(-1)
	for range 3 {
		asked := time.Now()
		theirs, err := s.clock(ctx)
		if err != nil {
			return 0, err
		}
		took := time.Since(asked)
		if best < 0 || took < best {
			best, ahead = took, theirs.Sub(asked.Add(took/2))
		}
	}
	return ahead, nil
}
