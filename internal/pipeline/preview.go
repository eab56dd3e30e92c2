package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"

	"pvetl/extract"
	"pvetl/mapping"
)

// PreviewOptions say which rows a preview shows.
type PreviewOptions struct {
	Limit       int      // at most this many, unless Keys says which
	Keys        []string // those with these keys; none: the first rows
	RejectsOnly bool     // only rows that have a reject, in whichever stream; reads on until Limit of them are found
}

// Preview is some rows of a job and what a run would make of them.
type Preview struct {
	Rows    []Previewed `json:"rows"`
	Read    int         `json:"read"`          // how many rows were looked at
	Missing []string    `json:"missing"`       // the keys that were asked for and that no row has
	Bytes   int         `json:"request_bytes"` // of the bulk requests that would carry the interactions
}

// Preview reads rows of a job and maps them with their comments and attachments. It sends nothing, uploads nothing, and
// needs neither state nor credentials.
func (s *Source) Preview(ctx context.Context, options PreviewOptions) (Preview, error) {
	p := Preview{Rows: []Previewed{}, Missing: []string{}}
	seen := make(map[string]bool)
	err := s.previewRows(ctx, options, func(rows []extract.Row) (bool, error) {
		previewed, err := s.previewAll(ctx, rows)
		for _, one := range previewed {
			if len(p.Rows) == options.most() {
				break
			}
			p.Read++
			seen[one.Key] = true
			if !options.RejectsOnly || len(one.Rejects) > 0 {
				p.Rows = append(p.Rows, one)
			}
		}
		return len(p.Rows) < options.most(), err
	})
	if err != nil {
		return Preview{}, err
	}
	for _, key := range options.Keys {
		if !seen[key] {
			p.Missing = append(p.Missing, key)
		}
	}
	p.Bytes = requestBytes(p.Rows)
	return p, nil
}

// most is how many rows are wanted: those that are asked for by their keys, all of them.
func (o PreviewOptions) most() int {
	if len(o.Keys) > 0 {
		return math.MaxInt
	}
	return o.Limit
}

// previewRows hands out rows, some at a time, until take has enough.
func (s *Source) previewRows(ctx context.Context, options PreviewOptions, take func([]extract.Row) (more bool, err error)) error {
	next := s.pages(ctx, options.Keys)
	for {
		page, err := next()
		if err != nil {
			return fmt.Errorf("reading %s: %w", StreamInteractions, err)
		}
		rows := page.Rows
		if !options.RejectsOnly {
			rows = rows[:min(options.most(), len(rows))]
		}
		for chunk := range slices.Chunk(rows, parentsAtOnce) {
			if more, err := take(chunk); err != nil || !more {
				return err
			}
		}
		if !page.More {
			return nil
		}
	}
}

// pages returns what reads the next page: of the rows with the given keys all at once, without keys from the start on.
func (s *Source) pages(ctx context.Context, keys []string) func() (extract.Page, error) {
	if len(keys) > 0 {
		return func() (extract.Page, error) {
			page, err := s.stream.Rows(ctx, keys)
			page.More = false
			slices.SortStableFunc(page.Rows, func(a, b extract.Row) int {
				return slices.Index(keys, s.interactions.key(a)) - slices.Index(keys, s.interactions.key(b))
			})
			return page, err
		}
	}
	var window *extract.Window
	var after *extract.Position
	return func() (extract.Page, error) {
		if window == nil {
			w, err := s.stream.Window(ctx, nil)
			if err != nil {
				return extract.Page{}, err
			}
			window = &w
		}
		page, err := s.stream.Page(ctx, *window, after)
		last := page.Last
		after = &last
		return page, err
	}
}

// previewAll maps rows with their conversations. Files are reduced to what is shown of them one by one.
func (s *Source) previewAll(ctx context.Context, rows []extract.Row) ([]Previewed, error) {
	conversations, err := s.conversations(ctx, rows)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", StreamComments, err)
	}
	a := s.assembly()
	parts := make([]parts, len(rows))
	var parents []string
	for i, row := range rows {
		parts[i] = a.prepare(row, conversations[s.interactions.key(row)])
		parents = append(parents, parts[i].parents()...)
	}
	files := make(map[string][]*shownFile)
	if s.attachments != nil && len(parents) > 0 {
		err = s.attachments.each(ctx, parents, func(row extract.Row, key, parent string, fault *mapping.Fault) error {
			files[parent] = append(files[parent], a.file(row, key, fault))
			return nil
		})
	}
	previewed := make([]Previewed, len(rows))
	for i := range rows {
		previewed[i] = a.compose(parts[i], files)
	}
	return previewed, err
}

// conversations reads the comments of interactions, by the interactions' keys.
func (s *Source) conversations(ctx context.Context, rows []extract.Row) (map[string][]extract.Row, error) {
	if s.comments == nil || len(rows) == 0 {
		return nil, nil
	}
	keys := make([]string, len(rows))
	for i, row := range rows {
		keys[i] = s.interactions.key(row)
	}
	page, err := s.comments.children.Children(ctx, keys)
	byParent := make(map[string][]extract.Row)
	for _, row := range page.Rows {
		parent := s.comments.parent(row)
		byParent[parent] = append(byParent[parent], row)
	}
	return byParent, err
}
