package pipeline

import (
	"context"
	"fmt"
	"slices"

	"pvetl/extract"
)

// readComments reads the comments that changed by their own cursor, and brings those whose interactions Playvox holds.
func (r *run) readComments(ctx context.Context) error {
	if r.comments == nil || r.comments.cursor == "" || r.options.Limit > 0 {
		return nil
	}
	r.open.Wait() // whose interactions Playvox holds is known when everything has come to rest
	if ctx.Err() != nil {
		return ctx.Err()
	}
	first := func(window extract.Window) { r.firstLook(ctx, r.remarks, window) }
	return r.remarks.each(ctx, first, func(rows extract.Page) (bool, error) {
		return true, r.takeComments(ctx, rows.Rows, r.beginPage(r.remarks, rows))
	})
}

// parentsAtOnce bounds how many conversations are in memory at once.
const parentsAtOnce = 100

// compareConversations compares the comments of interactions that Playvox holds with the ledger, where no cursor of their
// own finds those that changed. Each keeps the page of its interaction's row open until it is settled.
func (r *run) compareConversations(ctx context.Context, rows []mapped, known ledgerView) error {
	if r.comments == nil || r.comments.cursor != "" || r.options.Limit > 0 || r.options.Repair != nil {
		return nil
	}
	pages := make(map[string]page)
	var parents []string
	for _, row := range rows {
		if _, sent := known.byKey[row.key]; sent && !known.held[row.key] {
			parents = append(parents, row.key)
			pages[row.key] = row.item.page
		}
	}
	for chunk := range slices.Chunk(parents, parentsAtOnce) {
		page, err := r.comments.children.Children(ctx, chunk)
		if err != nil {
			return fmt.Errorf("reading %s: %w", StreamComments, err)
		}
		remarks := r.readRemarks(page.Rows)
		for _, m := range remarks {
			m.page = pages[m.parent]
			r.extend(m.page)
		}
		if err := r.carryOutRemarks(ctx, remarks); err != nil {
			return err
		}
	}
	return nil
}

// extend makes a page wait for one more row.
func (r *run) extend(p page) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.of != nil {
		p.of.tracker.add(p.number, 1)
	}
}

func (r *run) takeComments(ctx context.Context, rows []extract.Row, of page) error {
	remarks := r.readRemarks(rows)
	for _, m := range remarks {
		m.page = of
	}
	err := r.carryOutRemarks(ctx, remarks)
	r.report()
	if err != nil {
		return err
	}
	return r.checkRejects()
}
