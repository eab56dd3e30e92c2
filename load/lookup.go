package load

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"
)

// maxFilter bounds the ids in one address, in bytes: servers refuse addresses past some 8 KB.
const maxFilter = 3 << 10

// Find returns those of the interactions that Playvox holds, as it shows them: under each interaction_id that it holds,
// several where it holds copies. An id that is not in the answer is not held. It asks by filter; where the server does not
// filter, it reads the listing, newest first, until every id is found once, or to the end, or to what was created before
// since, unless that is zero. Deleted interactions are not held.
func (c *Client) Find(ctx context.Context, integrationID string, ids []string, since time.Time) (map[string][]RemoteInteraction, error) {
	search := search{client: c, path: interactionsPath(integrationID), found: make(map[string][]RemoteInteraction)}
	for chunk := range chunked(ids) {
		filters, err := search.filter(ctx, chunk)
		if err != nil {
			return nil, err
		}
		if !filters {
			return search.newest(ctx, ids, since)
		}
	}
	if len(ids) == 0 || len(search.found) > 0 {
		return search.found, nil
	}
	// Nothing found may also mean that the filter is not understood: it is trusted once it has found something.
	filters, err := search.trial(ctx, ids)
	if err != nil {
		return nil, err
	}
	if !filters {
		return search.newest(ctx, ids, since)
	}
	return search.found, nil
}

// search is one look at an integration's interactions.
type search struct {
	client *Client
	path   string
	found  map[string][]RemoteInteraction
}

// idFilter asks for the interactions of these ids. [A] The grammar of filters is not documented.
func idFilter(ids []string) (string, error) {
	filter, err := json.Marshal(map[string]any{"interaction_id": map[string]any{"$in": ids}})
	return string(filter), err
}

// filter looks for ids by the server's filter, and reports whether the server filters: it does not where it refuses to, or
// returns anything that was not asked for.
func (s *search) filter(ctx context.Context, ids []string) (filters bool, err error) {
	query := whole(newestFirst())
	filter, err := idFilter(ids)
	if err != nil {
		return false, err
	}
	query.Set("query", filter)
	asked := setOf(ids)
	for page, err := range s.client.pages(ctx, s.path, query) {
		if OutcomeOf(err) == Refused {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		for _, item := range page {
			if !asked[remoteOf(item).interactionID] {
				return false, nil
			}
			if err := s.add(item); err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// trial reports whether the filter finds what is certainly there: the newest interaction that is listed without one.
func (s *search) trial(ctx context.Context, ids []string) (filters bool, err error) {
	asked := setOf(ids)
	for page, err := range s.client.pages(ctx, s.path, newestFirst()) {
		if err != nil {
			return false, err
		}
		for _, item := range page {
			one := remoteOf(item)
			switch {
			case one.deleted:
				continue
			case asked[one.interactionID]: // the filter did not find it, or it has come since
				return false, nil
			}
			known := search{client: s.client, path: s.path, found: make(map[string][]RemoteInteraction)}
			filters, err := known.filter(ctx, []string{one.interactionID})
			return filters && len(known.found) > 0, err
		}
	}
	return true, nil // nothing is held at all
}

// newest looks for ids in the listing itself.
func (s *search) newest(ctx context.Context, ids []string, since time.Time) (map[string][]RemoteInteraction, error) {
	s.found = make(map[string][]RemoteInteraction)
	asked := setOf(ids)
	bound := bound{since: since}
	for page, err := range s.client.pages(ctx, s.path, whole(newestFirst())) {
		if err != nil {
			return nil, err
		}
		for _, item := range page {
			one := remoteOf(item)
			bound.see(one.createdAt)
			if !asked[one.interactionID] {
				continue
			}
			if err := s.add(item); err != nil {
				return nil, err
			}
		}
		if len(s.found) == len(asked) || bound.passed() {
			break
		}
	}
	return s.found, nil
}

func (s *search) add(item json.RawMessage) error {
	if remoteOf(item).deleted {
		return nil
	}
	one := interactionOf(item)
	if one.ID == "" {
		return fmt.Errorf("GET %s: interaction %q is listed without an _id", s.path, one.InteractionID)
	}
	s.found[one.InteractionID] = append(s.found[one.InteractionID], one)
	return nil
}

// bound notices when a listing has come to what was created before since. It believes only a listing that it has seen
// fall and never rise: a server that ignores the order may begin with the oldest.
type bound struct {
	since      time.Time
	last       time.Time
	fell, rose bool
}

func (b *bound) see(createdAt string) {
	at, err := parseTime(createdAt)
	if err != nil {
		return
	}
	if !b.last.IsZero() {
		b.fell = b.fell || at.Before(b.last)
		b.rose = b.rose || at.After(b.last)
	}
	b.last = at
}

func (b *bound) passed() bool { return b.fell && !b.rose && b.last.Before(b.since) }

// chunked cuts ids into lists that one request can ask for and one page can answer.
func chunked(ids []string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		start, size := 0, 0
		for i, id := range ids {
			if i > start && (i-start == maxPerPage || size+len(id) > maxFilter) {
				if !yield(ids[start:i]) {
					return
				}
				start, size = i, 0
			}
			size += len(id)
		}
		if start < len(ids) {
			yield(ids[start:])
		}
	}
}

func setOf(ids []string) map[string]bool {
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}
