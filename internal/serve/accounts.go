package serve

import (
	"sync"

	"pvetl/internal/config"
	"pvetl/load"
)

// accounts keeps one client for each account that jobs.yaml has named: runs that began before an edit go on with theirs.
type accounts struct {
	mu      sync.Mutex
	clients map[config.Playvox]*load.Client
	current *load.Client // asked for last
}

// client returns the one for an account as it is configured.
func (a *accounts) client(account config.Playvox, quota load.Quota, userAgent string) (*load.Client, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if known, ok := a.clients[account]; ok {
		a.current = known
		return known, nil
	}
	client, err := load.NewClient(load.Account{
		BaseURL: account.BaseURL, UID: account.UID, APIKey: account.APIKey,
		RequestsPerMinute: account.RequestsPerMinute, UserAgent: userAgent, Quota: quota,
	})
	if err != nil {
		return nil, err
	}
	if a.clients == nil {
		a.clients = make(map[config.Playvox]*load.Client)
	}
	a.clients[account], a.current = client, client
	return client, nil
}

// usage tells how the quota is used by this process; nothing before the first client.
func (a *accounts) usage() load.Usage {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current == nil {
		return load.Usage{}
	}
	return a.current.Usage()
}

func (a *accounts) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, client := range a.clients {
		client.Close()
	}
}
