package load

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
)

const (
	maxPerPage = 100 // the most a listing returns at once
	recentOnes = 10  // pages whose elements are recognised when they come again
)

// Interactions walks through all interactions of an integration, newest first, with their comments where the server shows
// them. It holds one page at a time. Deleted interactions are left out. It ends with the first error.
func (c *Client) Interactions(ctx context.Context, integrationID string) iter.Seq2[RemoteInteraction, error] {
	return func(yield func(RemoteInteraction, error) bool) {
		for page, err := range c.pages(ctx, interactionsPath(integrationID), whole(newestFirst())) {
			if err != nil {
				yield(RemoteInteraction{}, err)
				return
			}
			for _, item := range page {
				if !remoteOf(item).deleted && !yield(interactionOf(item), nil) {
					return
				}
			}
		}
	}
}

// HoldsAny reports whether an integration holds any interaction.
func (c *Client) HoldsAny(ctx context.Context, integrationID string) (bool, error) {
	got, err := c.list(ctx, interactionsPath(integrationID), url.Values{"page": {"1"}, "per_page": {"1"}})
	if err != nil {
		return false, err
	}
	items := list(got.Result)
	// Behind one that was deleted there may be others: better to be told of too many than of none.
	return len(items) > 0 && (!remoteOf(items[0]).deleted || len(items) > 1 || got.more()), nil
}

// newestFirst is the order in which what was sent lately comes first. [A] Every server sorts by created_at.
func newestFirst() url.Values { return url.Values{"sort": {"-created_at"}} }

// whole asks for all that the server can show of each element. [A] Of an interaction that is its comments as well.
func whole(query url.Values) url.Values {
	query.Set("include", "all")
	return query
}

// includes is what is known of how the server takes include=all.
type includes struct{ taken, refused atomic.Bool }

// pages walks through a listing, page by page, and yields each element once, as it came. It ends also where a server
// does not know of pages and would return the same one for ever.
func (c *Client) pages(ctx context.Context, path string, query url.Values) iter.Seq2[[]json.RawMessage, error] {
	return func(yield func([]json.RawMessage, error) bool) {
		var seen recent
		for number := 1; ; number++ {
			got, err := c.page(ctx, path, query, number)
			if err != nil {
				yield(nil, err)
				return
			}
			fresh := seen.unseen(list(got.Result))
			if !yield(fresh, nil) || len(fresh) == 0 || !got.more() {
				return
			}
		}
	}
}

// page asks for one page. What a server refuses with include=all it is asked for again without: once it has been taken, the
// refusal is of something else, and once it was all that was wrong, it is not tried again.
func (c *Client) page(ctx context.Context, path string, query url.Values, number int) (answer, error) {
	paged := url.Values{"page": {strconv.Itoa(number)}, "per_page": {strconv.Itoa(maxPerPage)}}
	maps.Copy(paged, query)
	if c.includes.refused.Load() {
		paged.Del("include")
	}
	got, err := c.list(ctx, path, paged)
	if !paged.Has("include") {
		return got, err
	}
	blamed := OutcomeOf(err) == Refused && !c.includes.taken.Load()
	switch {
	case err == nil:
		c.includes.taken.Store(true)
		return got, nil
	case !blamed && !errors.Is(err, errTooLong):
		return answer{}, err
	}
	paged.Del("include")
	if got, err = c.list(ctx, path, paged); err == nil && blamed {
		c.includes.refused.Store(true)
	}
	return got, err
}

// list asks for a part of a listing.
func (c *Client) list(ctx context.Context, path string, query url.Values) (answer, error) {
	got, err := c.do(ctx, call{method: http.MethodGet, path: path, query: query, kind: &c.requests.Lookups})
	if err != nil {
		return answer{}, err
	}
	if len(got.Result) == 0 || got.Result[0] != '[' && string(got.Result) != "null" {
		return answer{}, &Error{Outcome: Uncertain, Method: http.MethodGet, Path: path, Status: http.StatusOK, Reason: "the answer is no listing"}
	}
	return got, nil
}

// recent remembers what the latest pages held, and the first one for good, to which some servers return past the last.
type recent struct {
	pages []map[string]bool
}

// unseen returns the elements that no page before held, as far as it remembers: a page moves on when something is added
// while it is read.
func (r *recent) unseen(items []json.RawMessage) []json.RawMessage {
	var fresh []json.RawMessage
	names := make(map[string]bool)
	r.pages = append(r.pages, names)
	for _, item := range items {
		name := remoteOf(item).id
		if name == "" {
			name = string(item)
		}
		if !r.holds(name) {
			names[name] = true
			fresh = append(fresh, item)
		}
	}
	if len(r.pages) > recentOnes {
		r.pages = append(r.pages[:1], r.pages[2:]...)
	}
	return fresh
}

func (r *recent) holds(name string) bool {
	for _, names := range r.pages {
		if names[name] {
			return true
		}
	}
	return false
}
