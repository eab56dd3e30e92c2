package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"pvetl/extract"
	"pvetl/load"
	"pvetl/mapping"
	"pvetl/state"
)

// remark is one comment on its way through a run.
type remark struct {
	page    page
	parent  string // key of its interaction
	key     string
	comment load.Comment
	hash    commentHash
	fault   *mapping.Fault
	reject  *state.Reject // what is known against it
	files   []*file
	again   bool // whether another row of the same key counts instead
	counts  bool // whether this run counts it now, and has not counted it with its interaction
}

func (m *remark) name() string { return nameOfComment(m.parent, m.key) }

// entry is what the ledger is to hold of the comment.
func (m *remark) entry(remoteID string) state.CommentEntry {
	return state.CommentEntry{Key: m.key, RemoteID: remoteID, Hash: m.hash.String()}
}

// read maps rows of the comments, in the order of the conversation. Of several rows with one key the last counts.
func (c *comments) read(rows []extract.Row) []*remark {
	remarks := make([]*remark, len(rows))
	latest := make(map[string]*remark, len(rows))
	for i, row := range rows {
		m := &remark{parent: c.parent(row), key: c.key(row), counts: true}
		if earlier, ok := latest[m.name()]; ok {
			earlier.again = true
		}
		latest[m.name()] = m
		if m.fault = tooLong(m.key); m.fault == nil {
			m.comment, m.fault = c.mapper.Map(m.key, row)
		} else {
			m.key = m.fault.Value
		}
		m.hash = hashOf(m.comment)
		remarks[i] = m
	}
	slices.SortStableFunc(remarks, inOrder)
	return remarks
}

// readRemarks maps rows of the comments, and notes how long that takes.
func (r *run) readRemarks(rows []extract.Row) []*remark {
	defer since(&r.watch.mapped, time.Now())
	return r.comments.read(rows)
}

// inOrder sorts comments by time, and by key where that is the same.
func inOrder(a, b *remark) int {
	return cmp.Or(strings.Compare(a.comment.AddedAt, b.comment.AddedAt), compareKeys(a.key, b.key))
}

// compareKeys orders numbers as numbers, so that 10 stands behind 9.
func compareKeys(a, b string) int {
	x, okX := new(big.Int).SetString(a, 10)
	y, okY := new(big.Int).SetString(b, 10)
	if okX && okY {
		return x.Cmp(y)
	}
	return strings.Compare(a, b)
}

// nestComments reads the comments of new interactions with one query and nests them, in the order of the conversation,
// with their files. A comment that cannot be mapped stays behind alone, and so does a file.
func (r *run) nestComments(ctx context.Context, items []*item) error {
	if r.comments == nil {
		return nil
	}
	parents := make([]string, len(items))
	byKey := make(map[string]*item, len(items))
	for i, it := range items {
		parents[i], byKey[it.entry.Key] = it.entry.Key, it
	}
	rows, err := r.comments.children.Children(ctx, parents)
	if err != nil {
		return fmt.Errorf("reading %s: %w", StreamComments, err)
	}
	remarks := r.readRemarks(rows.Rows)
	if err := r.knowRejects(ctx, remarks); err != nil {
		return err
	}
	s := newSettlement()
	kept := remarks[:0]
	for _, m := range remarks {
		switch {
		case m.again:
			r.tallyRemark(s, m, asUnchanged)
		case m.fault != nil:
			r.rejectRemark(s, m)
		default:
			kept = append(kept, m)
		}
	}
	if err := r.attach(ctx, kept, true); err != nil {
		return err
	}
	for _, m := range kept {
		it := byKey[m.parent]
		it.remarks = append(it.remarks, m)
		it.interaction.Comments = append(it.interaction.Comments, m.comment)
		it.entry.Comments = append(it.entry.Comments, m.entry(""))
		r.count(m.read)
	}
	return r.settle(ctx, s)
}

// knownRejects asks the state what is known against rows, where anything is known against any row of the job.
func (r *run) knownRejects(ctx context.Context, stream string, keys []string) (map[string]state.Reject, error) {
	r.mu.Lock()
	spotless := r.spotless
	r.mu.Unlock()
	if spotless {
		return nil, nil
	}
	return r.store.KnownRejects(ctx, r.job, stream, keys)
}

// knowRejects asks the state what is known against comments.
func (r *run) knowRejects(ctx context.Context, remarks []*remark) error {
	keys := make([]string, len(remarks))
	for i, m := range remarks {
		keys[i] = m.key
	}
	rejects, err := r.knownRejects(ctx, StreamComments, keys)
	for _, m := range remarks {
		if reject, ok := rejects[m.key]; ok {
			m.reject = &reject
		}
	}
	return err
}

// rejectRemark settles a comment that cannot be mapped. One whose interaction went in this run has been counted with it.
func (r *run) rejectRemark(s *settlement, m *remark) {
	if rejection(m.fault, m.reject) == isDismissed {
		r.tallyRemark(s, m, asUnchanged)
		return
	}
	reject := r.rejectOf(StreamComments, m.key, m.fault)
	s.Rejects = append(s.Rejects, reject)
	r.tallyRejected(s, m, reject)
}

// tallyRejected settles a comment as read and rejected. Its files were not asked for.
func (r *run) tallyRejected(s *settlement, m *remark, why state.Reject) {
	r.tallyRemark(s, m, asRejected)
	s.counts(func(sum *Summary) {
		if m.counts {
			sum.causes.add(why)
		}
	})
}

// tallyRemark settles a comment as read and counted.
func (r *run) tallyRemark(s *settlement, m *remark, as tally) {
	s.counts(func(sum *Summary) { m.read(sum) })
	r.settleRemark(s, m, as)
}

// settleRemark settles a comment that has been counted as read, with its files.
func (r *run) settleRemark(s *settlement, m *remark, as tally) {
	s.rows[m.page]++
	s.free = append(s.free, m.name())
	s.counts(func(sum *Summary) { m.end(sum, as) })
}

// read counts a comment and its files as read.
func (m *remark) read(s *Summary) {
	if m.counts {
		s.Comments.Read++
		s.Attachments.Read += int64(len(m.files))
	}
}

// end counts what became of a comment. Its files share its fate, but for those that stayed behind.
func (m *remark) end(s *Summary, as tally) {
	if !m.counts {
		return
	}
	as(&s.Comments, 1)
	for _, f := range m.files {
		if f.fault != nil {
			s.reject(&s.Attachments, faulty(StreamAttachments, f.key, f.fault))
			continue
		}
		as(&s.Attachments, 1)
	}
}
