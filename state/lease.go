package state

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// leaseTimes are what a lease lives by. It is renewed every third of ttl.
type leaseTimes struct {
	ttl    time.Duration // how long the row vouches for a holder that is not heard of
	margin time.Duration // how much sooner the holder stops trusting it
	retry  time.Duration // after a renewal that failed

	patience time.Duration // with a holder that steps aside
	knock    time.Duration // between two looks whether it has
	wish     time.Duration // how long a wish lasts that is not repeated
	look     time.Duration // of a holder that steps aside, whether somebody wants the job
}

var usualLease = leaseTimes{
	ttl: 30 * time.Second, margin: 3 * time.Second, retry: time.Second,
	patience: time.Minute, knock: 200 * time.Millisecond, wish: 5 * time.Second, look: 500 * time.Millisecond,
}

// farewell bounds what is done for a lease that is given up.
const farewell = 10 * time.Second

// ErrLeaseLost says that a lease is no longer this process's to act on, for good.
var ErrLeaseLost = errors.New("the lease of this job is lost: another process has taken it over, or this one could not renew it in time; " +
	"let the other one finish, then run the job again")

// HeldError says that another process works on a job. The times are those of the state's clock.
type HeldError struct {
	Job     string
	Owner   string
	Since   time.Time
	Expires time.Time // unless it is renewed, which a living holder does

	yields bool // whether it steps aside for whoever waits
}

func (e *HeldError) Error() string {
	return fmt.Sprintf("job %s is held by %s since %s: wait for it, or stop it", e.Job, e.Owner, e.Since.UTC().Format("2006-01-02 15:04:05 UTC"))
}

// Lease is the right to work on a job, which one process has at a time. It is renewed in the background until it is
// released or lost. A lost one never comes back. It is safe for concurrent use.
type Lease struct {
	base   *Store // not fenced
	fenced *Store
	row    lockRow
	file   *leaseFile
	stop   context.CancelFunc // ends what goes on in the background,
	behind sync.WaitGroup     // which is this
	wanted chan struct{}      // closed when somebody wants the job; nil for a holder that does not step aside

	trust
}

// Acquire takes the lease of a job, or says with a *HeldError, as it is, who has it. Owner names this process to people,
// such as by host and pid. A lease has an epoch, one more than the one before it, by which the writes of those are refused.
// A holder that steps aside is asked to, and waited for.
func (s *Store) Acquire(ctx context.Context, job, owner string) (*Lease, error) {
	patience := time.Now().Add(s.lease.patience)
	for {
		lease, err := s.acquire(ctx, job, owner, false)
		held, isHeld := errors.AsType[*HeldError](err)
		if !isHeld || !held.yields || time.Now().After(patience) {
			return lease, err
		}
		if err := s.want(ctx, job, owner); err != nil {
			return nil, err
		}
		if err := rest(ctx, s.lease.knock); err != nil {
			return nil, s.explain("wait for job "+job, err)
		}
	}
}

// rest waits for d or for the end of ctx, whose error it returns.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// AcquireYielding is Acquire for whoever steps aside when somebody else wants the job, which Wanted tells. It does not wait,
// and says with a *HeldError also that somebody waits for the job.
func (s *Store) AcquireYielding(ctx context.Context, job, owner string) (*Lease, error) {
	return s.acquire(ctx, job, owner, true)
}

func (s *Store) acquire(ctx context.Context, job, owner string, yields bool) (*Lease, error) {
	l := &Lease{base: s.unfenced(), row: lockRow{job: job, owner: clean(owner)}}
	if yields {
		l.row.yields, l.wanted = 1, make(chan struct{})
	}
	if row, held, err := s.holder(ctx, job); err != nil || held { // whoever holds it need not be waited for
		if err == nil {
			err = row.held()
		}
		return nil, err
	}
	taken := lockRow{}
	var began time.Time
	err := l.base.write(ctx, "acquire job "+job, func(w *writer) (err error) {
		if taken, err = w.lockedRow(ctx, job); err != nil {
			return err
		}
		switch {
		case s.alive(taken):
			return taken.held()
		case yields && taken.isWanted():
			return &HeldError{Job: job, Owner: taken.wanter, Since: taken.now, Expires: taken.wanted}
		}
		l.row.epoch = taken.epoch + 1
		if l.file, err = s.lockLeaseFile(ctx, l.row); err != nil {
			return err
		}
		began = time.Now()
		return w.take(ctx, l.row)
	})
	if held, ok := errors.AsType[*HeldError](err); ok {
		return nil, held
	}
	if err != nil {
		l.file.remove()
		return nil, err
	}
	s.removeLeaseFile(taken)
	l.begin(ctx, began)
	return l, nil
}

// begin starts the renewals. They outlive the context of the acquisition, whose end says nothing about the work.
func (l *Lease) begin(ctx context.Context, began time.Time) {
	fenced := *l.base
	fenced.fence = l
	l.fenced = &fenced
	l.start(began.Add(l.base.lease.ttl - l.base.lease.margin))
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	l.behind.Go(func() { l.keep(ctx) })
	if l.wanted != nil {
		l.behind.Go(func() { l.listen(ctx) })
	}
}

// Wanted is closed when somebody else wants the job. It is nil for a lease that does not yield.
func (l *Lease) Wanted() <-chan struct{} { return l.wanted }

// listen looks whether somebody wants the job, until somebody does or there is no point any more. What it cannot see it
// sees the next time.
func (l *Lease) listen(ctx context.Context) {
	timer := time.NewTicker(l.base.lease.look)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.lost:
			return
		case <-timer.C:
			if row, held, err := l.base.holder(ctx, l.row.job); err == nil && held && row.isWanted() {
				close(l.wanted)
				return
			}
		}
	}
}

// Store returns the store with every write of it fenced: it fails with ErrLeaseLost when another process has taken the job
// over, found out in the very transaction. Reads are not fenced. Closing either store closes both.
func (l *Lease) Store() *Store { return l.fenced }

// Release stops the renewals and lets the next one have the job. The lease is lost by that, so a fenced write is refused
// from then on. It is done though ctx has ended, in a limited time. Releasing a lost lease is no error.
func (l *Lease) Release(ctx context.Context) error {
	wasLost := l.Check() != nil
	l.stop()
	l.behind.Wait()
	l.lose()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	err := l.base.giveUp(ctx, l.row)
	if err != nil {
		l.file.close() // and so everybody sees that nobody holds it
	} else {
		l.file.remove()
	}
	if wasLost {
		return nil
	}
	return l.base.explain("release job "+l.row.job, err)
}

// keep renews the lease until ctx is done or it is lost.
func (l *Lease) keep(ctx context.Context) {
	timer := time.NewTimer(l.base.lease.ttl / 3)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.lost:
			return
		case <-timer.C:
			timer.Reset(l.renew(ctx))
		}
	}
}

// renew returns when to renew the next time. An attempt takes no longer than the lease is trusted.
func (l *Lease) renew(ctx context.Context) time.Duration {
	began := time.Now()
	ctx, cancel := context.WithDeadline(ctx, l.end())
	defer cancel()
	ours, err := l.base.renew(ctx, l.row)
	switch {
	case err != nil:
		return l.base.lease.retry
	case ours:
		l.extend(began.Add(l.base.lease.ttl - l.base.lease.margin))
	default:
		l.lose()
	}
	return l.base.lease.ttl / 3
}

// refuse returns ErrLeaseLost, in the transaction of a write, where the row is no longer ours. It asks for the row only,
// not the time: a lease that has run out and that nobody took is still ours. The row stays locked until the transaction
// ends, so nobody takes it meanwhile.
func (l *Lease) refuse(ctx context.Context, w *writer) error {
	ours, err := w.holds(ctx, l.row)
	if err == nil && !ours {
		l.lose()
		err = ErrLeaseLost
	}
	return err
}
