package pipeline

import (
	"context"
	"encoding/json"
	"time"

	"pvetl/state"
)

// BackfillStatus is where a backfill stands, also while it is under way. What is not known is null.
type BackfillStatus struct {
	ID            string        `json:"id"`
	Job           string        `json:"job"`
	From          string        `json:"from"`
	To            string        `json:"to"`
	NewestFirst   bool          `json:"newest_first"`
	Parallel      int           `json:"parallel"`
	State         string        `json:"state"` // one of the words below
	Slices        int           `json:"slices"`
	SlicesDone    int           `json:"slices_done"`
	Rows          *int64        `json:"rows"` // as they were counted beforehand
	RowsSettled   int64         `json:"rows_settled"`
	RowsPerSecond *float64      `json:"rows_per_second"`
	QuotaUse      *float64      `json:"quota_use"` // of the requests that may be sent, as a share
	RequestsLeft  *int64        `json:"requests_left"`
	EtaSeconds    *int64        `json:"eta_seconds"`
	OpenSlices    []SliceStatus `json:"open_slices"` // begun and not done
	CreatedAt     time.Time     `json:"created_at"`
	UpdatedAt     time.Time     `json:"updated_at"`
	FinishedAt    *time.Time    `json:"finished_at"`
	HeldBy        *string       `json:"held_by"` // who is at work on it
}

// Where a backfill stands.
const (
	BackfillRunning     = "running"
	BackfillWaiting     = "waiting"     // for a run of its job, or for Playvox or the source to answer again
	BackfillInterrupted = "interrupted" // nobody is at work on it, and nobody said that it should not go on
	BackfillPaused      = "paused"
	BackfillDone        = "done"
	BackfillCancelled   = "cancelled"
)

// SliceStatus is where a slice stands.
type SliceStatus struct {
	Number  int    `json:"number"`
	From    string `json:"from"`
	To      string `json:"to"`
	Rows    *int64 `json:"rows"`
	Settled int64  `json:"settled"`
	Done    bool   `json:"done"`
}

// HistoryBooks is what the state tells of backfills.
type HistoryBooks interface {
	Backfill(ctx context.Context, id string) (state.Backfill, bool, error)
	Backfills(ctx context.Context, job string) ([]state.Backfill, error)
	Slices(ctx context.Context, id string) ([]state.Slice, error)
	Holder(ctx context.Context, job string) (state.HeldBy, bool, error)
}

// Backfills tells where the backfills of a job stand, of all jobs where job is empty, the newest first.
func Backfills(ctx context.Context, books HistoryBooks, job string) ([]BackfillStatus, error) {
	known, err := books.Backfills(ctx, job)
	if err != nil {
		return nil, err
	}
	all := make([]BackfillStatus, len(known))
	for i, b := range known {
		if all[i], _, err = statusOfBackfill(ctx, books, b); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Backfill tells where one backfill stands, with all of its slices; ok is false where there is none of that id.
func Backfill(ctx context.Context, books HistoryBooks, id string) (status BackfillStatus, slices []SliceStatus, ok bool, err error) {
	b, ok, err := books.Backfill(ctx, id)
	if err != nil || !ok {
		return BackfillStatus{}, nil, false, err
	}
	status, slices, err = statusOfBackfill(ctx, books, b)
	return status, slices, true, err
}

func statusOfBackfill(ctx context.Context, books HistoryBooks, b state.Backfill) (BackfillStatus, []SliceStatus, error) {
	slices, err := books.Slices(ctx, b.ID)
	if err != nil {
		return BackfillStatus{}, nil, err
	}
	statuses := make([]SliceStatus, len(slices))
	for i, s := range slices {
		statuses[i] = statusOfSlice(s)
	}
	status := newBackfillStatus(b)
	status.addUp(statuses)
	holder, held, err := books.Holder(ctx, leaseOf(b.ID))
	if err != nil {
		return BackfillStatus{}, nil, err
	}
	if held {
		status.HeldBy = &holder.Owner
	}
	status.State = status.word(b)
	return status, statuses, nil
}

// word says in one word where a backfill stands. What it reported last counts only while somebody is at work on it.
func (s *BackfillStatus) word(b state.Backfill) string {
	switch {
	case !isOpen(b), b.State == state.BackfillPaused:
		return string(b.State)
	case s.HeldBy == nil:
		return BackfillInterrupted
	}
	var last BackfillStatus
	if json.Unmarshal(b.Progress, &last) != nil {
		return BackfillRunning
	}
	s.RowsPerSecond, s.QuotaUse, s.RequestsLeft, s.EtaSeconds = last.RowsPerSecond, last.QuotaUse, last.RequestsLeft, last.EtaSeconds
	if last.State == BackfillWaiting {
		return BackfillWaiting
	}
	return BackfillRunning // it may not have reported yet
}

func newBackfillStatus(b state.Backfill) BackfillStatus {
	status := BackfillStatus{
		ID: b.ID, Job: b.Job, From: b.From, To: b.To, NewestFirst: b.NewestFirst, Parallel: b.Parallel,
		State: BackfillRunning, CreatedAt: b.CreatedAt.UTC(), UpdatedAt: b.UpdatedAt.UTC(),
	}
	if !b.FinishedAt.IsZero() {
		finished := b.FinishedAt.UTC()
		status.FinishedAt = &finished
	}
	return status
}

func statusOfSlice(s state.Slice) SliceStatus {
	status := SliceStatus{Number: s.Number, From: s.From, To: s.To, Settled: s.Settled, Done: s.Done}
	if s.Rows >= 0 {
		status.Rows = &s.Rows
	}
	return status
}

// addUp sums its slices.
func (s *BackfillStatus) addUp(slices []SliceStatus) {
	s.Slices, s.OpenSlices = len(slices), []SliceStatus{}
	rows, counted := int64(0), true
	for _, slice := range slices {
		s.RowsSettled += slice.Settled
		switch {
		case slice.Done:
			s.SlicesDone++
		case slice.Settled > 0:
			s.OpenSlices = append(s.OpenSlices, slice)
		}
		if slice.Rows == nil {
			counted = false
			continue
		}
		rows += *slice.Rows
	}
	if counted {
		s.Rows = &rows
	}
}
