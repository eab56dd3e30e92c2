package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pvetl/extract"
)

// retryRejects reads the rejected rows from the source again, by their keys, and tries each as if it were new. A row that
// is there no more takes its reject along.
func (r *run) retryRejects(ctx context.Context) error {
	keys := make(map[string][]string)
	for _, reject := range r.options.Retry {
		keys[reject.Stream] = append(keys[reject.Stream], reject.Key)
	}
	if err := r.retryInteractions(ctx, keys[StreamInteractions]); err != nil {
		return err
	}
	if err := r.dispatch(ctx); err != nil {
		return err
	}
	r.open.Wait()
	comments, err := r.commentsOf(ctx, keys[StreamAttachments])
	if err != nil {
		return err
	}
	return r.retryComments(ctx, append(comments, keys[StreamComments]...))
}

func (r *run) retryInteractions(ctx context.Context, keys []string) error {
	for chunk := range slices.Chunk(keys, retryPage) {
		rows, err := r.readAgain(ctx, StreamInteractions, r.interactions.rows, r.interactions.key, chunk)
		if err != nil {
			return err
		}
		if err := r.takePage(ctx, rows, page{}); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) retryComments(ctx context.Context, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	if r.comments == nil {
		return errors.New("the job has no comments any more: 'pvetl rejects dismiss' takes their rejects off the list")
	}
	slices.Sort(keys)
	for chunk := range slices.Chunk(slices.Compact(keys), retryPage) {
		rows, err := r.readAgain(ctx, StreamComments, r.comments.rows, r.comments.key, chunk)
		if err != nil {
			return err
		}
		if err := r.takeComments(ctx, rows.Rows, page{}); err != nil {
			return err
		}
	}
	return nil
}

// retryPage is how many rows are read again at once.
const retryPage = 500

// readAgain reads rows by their keys. The rejects of those that are gone are taken off the list.
func (r *run) readAgain(ctx context.Context, stream string, rows Rows, keyOf func(extract.Row) string, keys []string) (extract.Page, error) {
	page, err := rows.Rows(ctx, keys)
	if err != nil {
		return page, fmt.Errorf("reading %s: %w", stream, err)
	}
	return page, r.forget(ctx, stream, goneFrom(keys, page, keyOf))
}

func goneFrom(keys []string, page extract.Page, keyOf func(extract.Row) string) map[string]bool {
	gone := make(map[string]bool, len(keys))
	for _, key := range keys {
		gone[key] = true
	}
	for _, row := range page.Rows {
		delete(gone, keyOf(row))
	}
	return gone
}

// forget takes rejects off the list whose rows are gone.
func (r *run) forget(ctx context.Context, stream string, gone map[string]bool) error {
	s := newSettlement()
	for key := range gone {
		s.heal(stream, key)
	}
	if len(gone) > 0 {
		r.log.Info("rejected rows are in the source no more", "stream", stream, "rows", len(gone))
	}
	return r.settle(ctx, s)
}

// commentsOf returns the keys of the comments that files belong to: a file is tried again with its comment.
func (r *run) commentsOf(ctx context.Context, files []string) ([]string, error) {
	if len(files) == 0 {
		return nil, nil
	}
	if r.attachments == nil {
		return nil, errors.New("the job has no attachments any more: 'pvetl rejects dismiss' takes their rejects off the list")
	}
	rows, err := r.attachments.rows.RowsOf(ctx, nil, files)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", StreamAttachments, err)
	}
	var comments []string
	for _, row := range rows.Rows {
		comments = append(comments, r.attachments.parent(row))
	}
	return comments, r.forget(ctx, StreamAttachments, goneFrom(files, rows, r.attachments.key))
}

// repair makes Playvox hold certain interactions as the source says: what is there is brought up to date, what is not is
// sent.
func (r *run) repair(ctx context.Context) error {
	for chunk := range slices.Chunk(r.options.Repair, retryPage) {
		rows, err := r.interactions.rows.Rows(ctx, chunk)
		if err != nil {
			return fmt.Errorf("reading %s: %w", StreamInteractions, err)
		}
		if err := r.takePage(ctx, rows, page{}); err != nil {
			return err
		}
	}
	return nil
}
