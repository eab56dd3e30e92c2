package state

import (
	"context"
	"database/sql"
	"sync"
)

// prepared are the statements that are kept compiled where compiling them is a notable part of the work: on the one
// connection to SQLite. A nil one, of a server, keeps none.
//
// A statement that is met in a transaction is compiled before the next one, because meanwhile the transaction has the
// connection.
type prepared struct {
	mu    sync.Mutex
	kept  map[string]*sql.Stmt
	met   map[string]int // how often each other was
	asked []string       // to be kept
}

const (
	maxPrepared = 200 // statements; whatever is beyond is compiled each time
	worthIt     = 4   // times that a statement is met before it is kept: a short run meets most of them once or twice
)

// of returns the statement of a query, or nil and keeps in mind that it is worth keeping.
func (p *prepared) of(query string) *sql.Stmt {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if statement := p.kept[query]; statement != nil || len(p.kept)+len(p.asked) >= maxPrepared {
		return statement
	}
	if p.met == nil {
		p.met = make(map[string]int)
	}
	if p.met[query]++; p.met[query] == worthIt {
		p.asked = append(p.asked, query)
	}
	return nil
}

// ready compiles what was met since the last time. What fails here fails where it is needed, and says so there.
func (p *prepared) ready(ctx context.Context, db *sql.DB) {
	if p == nil {
		return
	}
	p.mu.Lock()
	asked := p.asked
	p.asked = nil
	p.mu.Unlock()
	for _, query := range asked {
		if statement, err := db.PrepareContext(ctx, query); err == nil {
			p.keep(query, statement)
		}
	}
}

// keep takes a statement over. One that another has brought meanwhile stays, because it may be in use.
func (p *prepared) keep(query string, statement *sql.Stmt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept[query] != nil {
		_ = statement.Close()
		return
	}
	if p.kept == nil {
		p.kept = make(map[string]*sql.Stmt)
	}
	p.kept[query] = statement
	delete(p.met, query)
}
