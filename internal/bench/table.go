package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"text/tabwriter"
)

// table measures everything and prints it.
func (w *workshop) table(ctx context.Context) error {
	fmt.Fprintf(w.out, "%d interactions of 10 columns, comments of about 500 bytes of HTML; SQLite state; bulk jobs of %s, %d in flight; %s, %d cores, which the\n"+
		"receiving server and the database share. The floor is a bare loop: read, encode, POST; no mapping, no polls, no state.\n\n",
		w.rows, w.jobTakes, w.inFlight, runtime.Version(), runtime.NumCPU())
	sheet := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(sheet, "source\tcomments\tload\trows/s\tCPU s/100k\tpeak MiB\trequests/100\tfloor rows/s\tfloor CPU s/100k\tfloor MiB\tratio\t")
	for _, d := range dialects {
		if w.source != "" && w.source != d.name {
			continue
		}
		if err := w.rowsOf(ctx, d, sheet); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", d.name, err), sheet.Flush())
		}
	}
	return sheet.Flush()
}

// rowsOf measures one kind of database.
func (w *workshop) rowsOf(ctx context.Context, d dialect, sheet *tabwriter.Writer) (err error) {
	const perTicket = 3
	dsn, drop, err := d.create(ctx, w.servers[d.name], w.folder, w.rows, perTicket)
	defer func() { err = errors.Join(err, drop(context.WithoutCancel(ctx))) }()
	if err != nil {
		return err
	}
	desk := desk{d, dsn, w.rows, perTicket}
	for _, s := range []shape{bare, nested, byCursor} {
		least, err := w.bareLoop(ctx, desk, s)
		if err != nil {
			return fmt.Errorf("bare loop, comments %s: %w", s.name, err)
		}
		done, err := w.load(ctx, desk, s)
		if err != nil {
			return fmt.Errorf("comments %s: %w", s.name, err)
		}
		w.line(sheet, d.name, s.name, "first", done.first, done.firstAsks, least)
		w.line(sheet, d.name, s.name, "unchanged", done.again, done.nextAsks, least)
	}
	return nil
}

func (w *workshop) line(sheet *tabwriter.Writer, source, comments, name string, spent cost, asks int, least cost) {
	speed := func(c cost) float64 { return float64(w.rows) / c.Elapsed.Seconds() }
	work := func(c cost) float64 { return c.CPU.Seconds() * 1e5 / float64(w.rows) }
	fmt.Fprintf(sheet, "%s\t%s\t%s\t%.0f\t%.2f\t%.0f\t%.2f\t%.0f\t%.2f\t%.0f\t%.2f\t\n", source, comments, name,
		speed(spent), work(spent), mebibytes(spent), float64(asks)*100/float64(w.rows),
		speed(least), work(least), mebibytes(least), speed(spent)/speed(least))
}

func mebibytes(c cost) float64 { return float64(c.PeakKiB) / 1024 }
