package state

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// leaseFile is a file beside a state in SQLite that the holder of a lease keeps locked for as long as it lives: its end
// unlocks the file, whatever that was, and is noticed before the row has run out. Each epoch has a file of its own, so a
// holder that was taken over disturbs nobody. The state's own file cannot serve: closing a descriptor of it drops
// SQLite's locks. A nil leaseFile, of a state that is no file, does nothing.
type leaseFile struct{ *flock.Flock }

// lockFilePatience is for a file that somebody whose acquisition failed is about to remove.
const lockFilePatience = time.Second

func (t target) leasePath(row lockRow) string {
	return fmt.Sprintf("%s.%s.%d.lease", t.file, url.PathEscape(row.job), row.epoch)
}

func (t target) lockLeaseFile(ctx context.Context, row lockRow) (*leaseFile, error) {
	if t.file == "" {
		return nil, nil //nolint:nilnil // nothing to lock is no failure, and nil stands for it
	}
	patience, cancel := context.WithTimeout(ctx, lockFilePatience)
	defer cancel()
	lock := flock.New(t.leasePath(row), flock.SetPermissions(ownerOnly))
	_, err := lock.TryLockContext(patience, lockFilePace)
	switch {
	case err == nil:
		return &leaseFile{lock}, nil
	case patience.Err() != nil && ctx.Err() == nil:
		return nil, fmt.Errorf("another process has %s locked, as if it held the job in a state that was here before: stop it", lock.Path())
	default:
		return nil, err
	}
}

// holderIsDead says whether the file of a row is there and nobody keeps it locked. A file that is missing tells nothing:
// the state may have another name here, such as behind a link. The lock is shared, so that nobody who asks at the same time
// is taken for the holder.
func (t target) holderIsDead(row lockRow) bool {
	if t.file == "" {
		return false
	}
	lock := flock.New(t.leasePath(row), flock.SetFlag(os.O_RDONLY))
	free, err := lock.TryRLock()
	_ = lock.Close()
	return err == nil && free
}

// removeLeaseFile removes the file that a dead, stopped or unheard-of holder left behind.
func (t target) removeLeaseFile(row lockRow) {
	if t.file != "" && row.epoch > 0 {
		_ = os.Remove(t.leasePath(row))
	}
}

func (f *leaseFile) close() {
	if f != nil {
		_ = f.Close()
	}
}

func (f *leaseFile) remove() {
	if f != nil {
		_ = os.Remove(f.Path())
		f.close()
	}
}
