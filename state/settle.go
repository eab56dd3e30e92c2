package state

import "context"

// Settle makes everything in the settlement true in one transaction, or nothing of it. The watermark is written last,
// so that it never vouches for rows that are not there.
func (s *Store) Settle(ctx context.Context, settled Settlement) error {
	return s.write(ctx, "settle job "+settled.Job, func(w *writer) error {
		if err := w.remember(ctx, settled.Job, settled.Entries); err != nil {
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
		if settled.Watermark != nil {
			return w.setWatermark(ctx, *settled.Watermark)
		}
		return nil
	})
}
