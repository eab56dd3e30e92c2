package state

import (
	"context"
)

var watermarkTable = upsert{
	table:   "watermarks",
	key:     []string{"job", "stream"},
	replace: []string{"cursor_text", "row_key", "cursor_type", "fingerprint", "updated_at"},
}

const selectWatermarks = "SELECT job, stream, cursor_text, row_key, cursor_type, fingerprint, updated_at FROM watermarks WHERE "

func intoWatermark(w *Watermark) []any {
	return []any{&w.Job, &w.Stream, (*exactText)(&w.Cursor), (*exactText)(&w.Key), &w.Type, &w.Fingerprint, timeTo{&w.UpdatedAt}}
}

// Watermarks returns the watermarks of a job, of all jobs where job is empty, ordered by job and stream.
func (s *Store) Watermarks(ctx context.Context, job string) ([]Watermark, error) {
	condition, args := ofJob(job)
	found, err := read(ctx, s, intoWatermark, selectWatermarks+condition+" ORDER BY job, stream", args...)
	return found, s.explain("read watermarks", err)
}

// Watermark returns the watermark of a stream and whether there is one.
func (s *Store) Watermark(ctx context.Context, job, stream string) (Watermark, bool, error) {
	found, err := read(ctx, s, intoWatermark, selectWatermarks+"job = ? AND stream = ?", job, stream)
	if err != nil || len(found) == 0 {
		return Watermark{}, false, s.explain("read watermark", err)
	}
	return found[0], true, nil
}

// SetWatermark writes a watermark over the one of its job and stream.
func (s *Store) SetWatermark(ctx context.Context, watermark Watermark) error {
	return s.write(ctx, "set watermark", func(w *writer) error { return w.setWatermark(ctx, watermark) })
}

// DeleteWatermark removes the watermark of a stream, if there is one.
func (s *Store) DeleteWatermark(ctx context.Context, job, stream string) error {
	return s.write(ctx, "delete watermark", func(w *writer) error {
		return w.exec(ctx, "DELETE FROM watermarks WHERE job = ? AND stream = ?", job, stream)
	})
}

func (w *writer) setWatermark(ctx context.Context, m Watermark) error {
	return w.upsert(ctx, watermarkTable,
		[]any{m.Job, m.Stream, exact(m.Cursor), exact(m.Key), m.Type, m.Fingerprint, stamp(w.Now())})
}
