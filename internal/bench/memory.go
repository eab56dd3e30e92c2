package main

import (
	"context"
	"errors"
	"fmt"
)

// What the peak may grow by when the load grows tenfold, and where it must stay.
const (
	mostGrowth = 1.10
	mostMiB    = 100
)

// memory loads a tenth of the tickets and all of them, and fails where that takes more memory.
func (w *workshop) memory(ctx context.Context) error {
	few, err := w.peak(ctx, w.rows/10)
	if err != nil {
		return err
	}
	many, err := w.peak(ctx, w.rows)
	if err != nil {
		return err
	}
	growth := many / few
	fmt.Fprintf(w.out, "ratio %.2f\n", growth)
	if growth > mostGrowth || many > mostMiB {
		return fmt.Errorf("the peak should grow at most by a factor of %.2f and stay below %d MiB", mostGrowth, mostMiB)
	}
	return nil
}

// peak loads so many tickets with 5 comments each and returns the peak in MiB, of the first load or of the re-read.
func (w *workshop) peak(ctx context.Context, tickets int) (most float64, err error) {
	const perTicket = 5
	d := dialects[0]
	dsn, drop, err := d.create(ctx, "", w.folder, tickets, perTicket)
	defer func() { err = errors.Join(err, drop(context.WithoutCancel(ctx))) }()
	if err != nil {
		return 0, err
	}
	done, err := w.load(ctx, desk{d, dsn, tickets, perTicket}, nested)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(w.out, "%d tickets with %d comments each: peak %.1f MiB in %.0f s, re-read %.1f MiB in %.0f s\n", tickets, perTicket,
		mebibytes(done.first), done.first.Elapsed.Seconds(), mebibytes(done.again), done.again.Elapsed.Seconds())
	return max(mebibytes(done.first), mebibytes(done.again)), nil
}
