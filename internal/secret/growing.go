package secret

import (
	"slices"
	"sync"
)

// Growing is a redactor that learns credentials while it is used, and forgets none. The zero value and nil know none. It is
// safe for concurrent use.
type Growing struct {
	mu  sync.RWMutex
	all Redactor
}

// Learn adds what another redactor knows.
func (g *Growing) Learn(other Redactor) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all = redactorOf(slices.Concat(g.all.known(), other.known()))
}

// Redact returns text with every known credential replaced by ***.
func (g *Growing) Redact(text string) string {
	if g == nil {
		return text
	}
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.all.Redact(text)
}
