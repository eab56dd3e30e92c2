package state

import "context"

var jobTable = upsert{
	table:   "jobs",
	key:     []string{"job"},
	replace: []string{"integration_id", "adopting"},
}

// Job returns the record of a job and whether there is one.
func (s *Store) Job(ctx context.Context, job string) (JobRecord, bool, error) {
	into := func(r *JobRecord) []any { return []any{&r.Job, &r.IntegrationID, &r.Adopting} }
	found, err := read(ctx, s, into, "SELECT job, integration_id, adopting FROM jobs WHERE job = ?", job)
	if err != nil || len(found) == 0 {
		return JobRecord{}, false, s.explain("read job "+job, err)
	}
	return found[0], true, nil
}

// JobsThatSendTo returns the jobs, of this or an earlier jobs.yaml, whose ledger speaks of an integration.
func (s *Store) JobsThatSendTo(ctx context.Context, integrationID string) ([]string, error) {
	into := func(job *string) []any { return []any{job} }
	found, err := read(ctx, s, into, "SELECT job FROM jobs WHERE integration_id = ? ORDER BY job", integrationID)
	return found, s.explain("read jobs", err)
}

// SaveJob writes the record of a job over the one it has.
func (s *Store) SaveJob(ctx context.Context, record JobRecord) error {
	return s.write(ctx, "save job "+record.Job, func(w *writer) error { return w.saveJob(ctx, record) })
}

// StartOver forgets what a job has done, all at once: its ledger, rejects and watermarks are removed, its open batches count
// as settled, and the record is written. Its runs and the uploaded files stay.
func (s *Store) StartOver(ctx context.Context, record JobRecord) error {
	return s.write(ctx, "start job "+record.Job+" over", func(w *writer) error {
		for _, table := range []string{"interactions", "comments", "rejects", "watermarks"} {
			if err := w.exec(ctx, "DELETE FROM "+table+" WHERE job = ?", record.Job); err != nil {
				return err
			}
		}
		const settle = "UPDATE batches SET state = ?, items = ?, updated_at = ? WHERE job = ? AND state <> ?"
		if err := w.exec(ctx, settle, string(Settled), noItems, stamp(w.Now()), record.Job, string(Settled)); err != nil {
			return err
		}
		return w.saveJob(ctx, record)
	})
}

func (w *writer) saveJob(ctx context.Context, r JobRecord) error {
	return w.upsert(ctx, jobTable, []any{r.Job, r.IntegrationID, r.Adopting})
}
