package pipeline

import (
	"context"
	"fmt"

	"pvetl/extract"
	"pvetl/state"
)

// progress is how far a run has come with one stream, or with one slice of a backfill.
type progress struct {
	stream      string
	cursor      string // the cursor's column; without one there is no watermark
	rows        Rows
	planner     Planner
	fingerprint fingerprint

	from     *extract.Position // where reading begins
	position *extract.Position // the watermark as it stands
	rescan   bool              // whether everything is read again because the mapping changed
	tracker  tracker
	slice    *slice // nil for a stream
}

// page names a page of a stream. The zero page is none: its rows are below no watermark of this run.
type page struct {
	of     *progress
	number int
}

// begin finds out where reading begins.
func (p *progress) begin(ctx context.Context, journal Journal, job string) error {
	if p.cursor == "" {
		return nil
	}
	known, ok, err := journal.Watermark(ctx, job, p.stream)
	if err != nil || !ok {
		return err
	}
	p.position = &extract.Position{Cursor: known.Cursor, Key: known.Key, Type: known.Type}
	p.from = p.position
	queryChanged, mappingChanged := p.fingerprint.differs(known.Fingerprint)
	if queryChanged {
		return &ChangedQueryError{Job: job, Stream: p.stream}
	}
	if mappingChanged {
		p.from, p.rescan = nil, true
	}
	return nil
}

// isFurther reports whether a settled position moves the stream's watermark: what the lag made us read again lies behind it
// already (W1).
func (p *progress) isFurther(reached extract.Position) bool {
	return p.cursor != "" && (p.position == nil || p.rows.Later(reached, *p.position))
}

func (p *progress) watermarkAt(job string, position extract.Position) *state.Watermark {
	return &state.Watermark{
		Job: job, Stream: p.stream, Cursor: position.Cursor, Key: position.Key, Type: position.Type, Fingerprint: p.fingerprint.String(),
	}
}

// each reads what changed in the stream, a page at a time. Each page is whole in memory and its query closed before
// anything of it is sent (W3).
func (p *progress) each(ctx context.Context, first func(extract.Window), take func(extract.Page) (more bool, err error)) error {
	window, err := p.rows.Window(ctx, p.from)
	if err != nil {
		return fmt.Errorf("reading %s: %w", p.stream, err)
	}
	if p.position == nil {
		first(window)
	}
	var after *extract.Position
	for {
		page, err := p.rows.Page(ctx, window, after)
		if err != nil {
			return fmt.Errorf("reading %s: %w", p.stream, err)
		}
		if len(page.Rows) == 0 {
			return nil
		}
		more, err := take(page)
		if err != nil || !more || !page.More {
			return err
		}
		after = &page.Last
	}
}

func cursorOf(position *extract.Position) *string {
	if position == nil {
		return nil
	}
	return &position.Cursor
}
