package pipeline

import (
	"context"
	"time"

	"pvetl/extract"
	"pvetl/state"
)

// timed has all that the pipeline asks of others measured by its stopwatch.
func (p *Pipeline) timed() *Pipeline {
	if p.interactions != nil {
		tickets := *p.interactions
		tickets.rows = timedRows{tickets.rows, tickets.rows, p.watch}
		p.interactions = &tickets
	}
	if p.comments != nil {
		remarks := *p.comments
		remarks.rows, remarks.children = timedRows{remarks.rows, remarks.rows, p.watch}, timedChildren{remarks.children, p.watch}
		p.comments = &remarks
	}
	if p.attachments != nil {
		files := *p.attachments
		files.rows = timedFiles{files.rows, p.watch}
		p.attachments = &files
	}
	p.store = timedState{p.store, p.watch}
	if p.playvox != nil {
		p.playvox = timedPlayvox{p.playvox, p.watch}
	}
	return p
}

type timedRows struct {
	Pages
	rows  Rows
	watch *stopwatch
}

func (t timedRows) Window(ctx context.Context, from *extract.Position) (extract.Window, error) {
	defer since(&t.watch.read, time.Now())
	return t.rows.Window(ctx, from)
}

func (t timedRows) Page(ctx context.Context, w extract.Window, after *extract.Position) (extract.Page, error) {
	defer since(&t.watch.read, time.Now())
	return t.rows.Page(ctx, w, after)
}

func (t timedRows) Gaps(ctx context.Context, w extract.Window) (extract.Gaps, error) {
	defer since(&t.watch.read, time.Now())
	return t.rows.Gaps(ctx, w)
}

func (t timedRows) Rows(ctx context.Context, keys []string) (extract.Page, error) {
	defer since(&t.watch.read, time.Now())
	return t.rows.Rows(ctx, keys)
}

type timedChildren struct {
	children Children
	watch    *stopwatch
}

func (t timedChildren) Children(ctx context.Context, parents []string) (extract.Page, error) {
	defer since(&t.watch.read, time.Now())
	return t.children.Children(ctx, parents)
}

type timedFiles struct {
	files Files
	watch *stopwatch
}

func (t timedFiles) Children(ctx context.Context, parents []string) (extract.Page, error) {
	defer since(&t.watch.read, time.Now())
	return t.files.Children(ctx, parents)
}

func (t timedFiles) ChildKeys(ctx context.Context, parents []string, sizeOf string) ([]extract.Child, error) {
	defer since(&t.watch.read, time.Now())
	return t.files.ChildKeys(ctx, parents, sizeOf)
}

func (t timedFiles) RowsOf(ctx context.Context, parents, keys []string) (extract.Page, error) {
	defer since(&t.watch.read, time.Now())
	return t.files.RowsOf(ctx, parents, keys)
}

type timedState struct {
	State
	watch *stopwatch
}

func (t timedState) Known(ctx context.Context, job string, keys, interactionIDs []string) ([]state.Entry, error) {
	defer since(&t.watch.compared, time.Now())
	return t.State.Known(ctx, job, keys, interactionIDs)
}

func (t timedState) Comments(ctx context.Context, job string, parents []string) (map[string][]state.CommentEntry, error) {
	defer since(&t.watch.compared, time.Now())
	return t.State.Comments(ctx, job, parents)
}

func (t timedState) KnownRejects(ctx context.Context, job, stream string, keys []string) (map[string]state.Reject, error) {
	defer since(&t.watch.compared, time.Now())
	return t.State.KnownRejects(ctx, job, stream, keys)
}

func (t timedState) Entries(ctx context.Context, job, after string, limit int) ([]state.Entry, error) {
	defer since(&t.watch.compared, time.Now())
	return t.State.Entries(ctx, job, after, limit)
}

func (t timedState) Settle(ctx context.Context, s state.Settlement) error {
	defer since(&t.watch.settled, time.Now())
	return t.State.Settle(ctx, s)
}

func (t timedState) SaveBatch(ctx context.Context, b state.Batch) error {
	defer since(&t.watch.settled, time.Now())
	return t.State.SaveBatch(ctx, b)
}

func (t timedState) MoveBatch(ctx context.Context, b state.Batch) error {
	defer since(&t.watch.settled, time.Now())
	return t.State.MoveBatch(ctx, b)
}
