package load

import "sync"

// budget bounds how much of a run's work may be repetition, so that a server that is down is left alone.
type budget struct {
	mu     sync.Mutex
	tokens float64
}

const (
	budgetSize    = 20
	budgetRefill  = 0.1 // for each request that went well
	costOfRetry   = 1
	costOfTimeout = 2
)

func newBudget() *budget { return &budget{tokens: budgetSize} }

func (b *budget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tokens = min(budgetSize, b.tokens+budgetRefill)
}

func (b *budget) spend(cost float64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tokens < cost {
		return false
	}
	b.tokens -= cost
	return true
}
