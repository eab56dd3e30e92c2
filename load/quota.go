package load

import (
	"context"
	"time"
)

// Quota is how many requests an account may send, as all those share it that send for the account.
type Quota interface {
	// TakeQuota takes up to most requests, perMinute evenly spread. The first of those granted may go after wait, the
	// others each every later. None are granted where others go first: then it is asked again after wait. Yielding
	// requests wait until nobody else wants the turn.
	TakeQuota(ctx context.Context, account string, perMinute float64, most int, yielding bool) (granted int, wait, every time.Duration, err error)
	// LimitQuota has everybody pause, and keep to a lower rate for some time; zero is neither.
	LimitQuota(ctx context.Context, account string, pause time.Duration, perMinute float64, lasting time.Duration) error
}

// Usage is how a quota is being used.
type Usage struct {
	PerMinute float64 // requests that this process sent in the last minute
	Allowed   float64 // requests a minute that may be sent, as configured or as the server teaches
}

// Usage tells how the quota is used by this process.
func (c *Client) Usage() Usage { return c.pacer.usage() }
