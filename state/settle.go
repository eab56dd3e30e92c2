package state

import "context"

// Settle makes everything in the settlement true in one transaction, or nothing of it. What is forgotten goes first, so
// that a row may be forgotten and brought anew at once. Slices and the watermark are written last, so that they never
// vouch for rows that are not there.
func (s *Store) Settle(ctx context.Context, settled Settlement) error {
	return s.write(ctx, "settle job "+settled.Job, func(w *writer) error {
		if err := w.settleLedger(ctx, settled); err != nil {
			return err
		}
		if err := w.reject(ctx, settled.Job, settled.Rejects); err != nil {
			return err
		}
		if err := w.heal(ctx, settled.Job, settled.Healed); err != nil {
			return err
		}
		if settled.Batch != nil {
			if err := w.saveBatch(ctx, *settled.Batch); err != nil {
				return err
			}
		}
		if err := w.advance(ctx, settled.Slices); err != nil {
			return err
		}
		if settled.Watermark != nil {
			return w.setWatermark(ctx, *settled.Watermark)
		}
		return nil
	})
}

func (w *writer) settleLedger(ctx context.Context, settled Settlement) error {
	if err := w.forget(ctx, settled.Job, settled.Forgotten); err != nil {
		return err
	}
	if err := w.forgetComments(ctx, settled.Job, settled.ForgottenComments); err != nil {
		return err
	}
	if err := w.remember(ctx, settled.Job, settled.Entries); err != nil {
		return err
	}
	return w.rememberComments(ctx, settled.Job, settled.Comments)
}
