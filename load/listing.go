package load

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// maxPerPage is the most a listing returns at once.
const maxPerPage = 100

// pages walks through a listing, page by page, and yields each element once, as it came. It ends also where a server
// does not know of pages and would return the same one for ever.
func (c *Client) pages(ctx context.Context, path string, query url.Values) iter.Seq2[[]json.RawMessage, error] {
	return func(yield func([]json.RawMessage, error) bool) {
		seen := make(map[string]bool)
		for number := 1; ; number++ {
			got, err := c.page(ctx, path, query, number)
			if err != nil {
				yield(nil, err)
				return
			}
			fresh := unseen(list(got.Result), seen)
			if !yield(fresh, nil) || len(fresh) == 0 || !got.more() {
				return
			}
		}
	}
}

func (c *Client) page(ctx context.Context, path string, query url.Values, number int) (answer, error) {
	paged := url.Values{"page": {strconv.Itoa(number)}, "per_page": {strconv.Itoa(maxPerPage)}}
	maps.Copy(paged, query)
	got, err := c.do(ctx, call{method: http.MethodGet, path: path, query: paged, kind: &c.requests.Lookups})
	if err != nil {
		return answer{}, err
	}
	if len(got.Result) == 0 || got.Result[0] != '[' && string(got.Result) != "null" {
		return answer{}, &Error{Outcome: Uncertain, Method: http.MethodGet, Path: path, Status: http.StatusOK, Reason: "the answer is no listing"}
	}
	return got, nil
}

// unseen returns the elements that no earlier page held: a page moves on when something is added while it is read.
func unseen(items []json.RawMessage, seen map[string]bool) []json.RawMessage {
	var fresh []json.RawMessage
	for _, item := range items {
		name := remoteOf(item).id
		if name == "" {
			name = string(item)
		}
		if !seen[name] {
			seen[name] = true
			fresh = append(fresh, item)
		}
	}
	return fresh
}
