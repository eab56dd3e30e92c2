package main

import (
	"context"
	"fmt"
	"strings"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

// explain tells what the next run would read of a job.
func (a *app) explain(ctx context.Context, cfg config.Config, job config.Job, only string, store *state.Store) error {
	streams, err := pipeline.ExplainWatermarks(ctx, cfg, job, store, a.logger())
	if err != nil {
		return err
	}
	objects := []explanation{}
	for _, s := range streams {
		if only == "" || only == s.Stream {
			objects = append(objects, a.explanationOf(job.Name, s))
		}
	}
	if a.json {
		return a.printJSON(map[string]any{"streams": objects})
	}
	for i, e := range objects {
		if i > 0 {
			fmt.Fprintln(a.Stdout)
		}
		a.printExplanation(e)
	}
	return nil
}

// explanation is what the next run would read of one stream, as --json prints it.
type explanation struct {
	Job        string          `json:"job"`
	Stream     string          `json:"stream"`
	Cursor     string          `json:"cursor"`
	Watermark  *positionObject `json:"watermark"`
	Since      *string         `json:"since"`
	Until      *string         `json:"until"`
	SQL        string          `json:"sql"`
	Args       []string        `json:"args"`
	Rows       int64           `json:"rows"`
	NullCursor int64           `json:"null_cursor"`
	NullKey    int64           `json:"null_key"`
	Ahead      int64           `json:"ahead"`
	Ties       int64           `json:"ties"`
	LargestTie int64           `json:"largest_tie"`
	Rescan     bool            `json:"rescan"`
	Asks       *string         `json:"asks"`
}

type positionObject struct {
	Cursor string `json:"cursor"`
	Key    string `json:"key"`
	Type   string `json:"type"`
}

func (a *app) explanationOf(job string, s pipeline.Explained) explanation {
	e := explanation{
		Job: job, Stream: s.Stream, Cursor: s.Cursor, Since: given(s.Window.Since), Until: given(s.Window.Until),
		SQL: s.Next.SQL, Args: append([]string{}, s.Next.Args...), Rows: s.Next.Rows, NullCursor: s.Next.NullCursor, NullKey: s.Next.NullKey,
		Ahead: s.Next.Ahead, Ties: s.Next.Ties, LargestTie: s.Next.LargestTie, Rescan: s.Rescan, Watermark: positionOf(s.From),
	}
	if s.Asks != nil {
		e.Asks = given(a.redactor.Redact(s.Asks.Error()))
	}
	return e
}

func positionOf(p *extract.Position) *positionObject {
	if p == nil {
		return nil
	}
	return &positionObject{Cursor: p.Cursor, Key: p.Key, Type: p.Type}
}

// given is nil for an empty text.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func (a *app) printExplanation(e explanation) {
	watermark := "none: everything is read from the start"
	switch {
	case e.Cursor == "":
		watermark = "none: without a cursor every run reads everything"
	case e.Watermark != nil:
		watermark = fmt.Sprintf("%s, key %s (%s)", e.Watermark.Cursor, e.Watermark.Key, e.Watermark.Type)
	}
	rows := [][]string{{"  cursor", textOr(given(e.Cursor), "none")}, {"  watermark", watermark}}
	if e.Cursor != "" {
		rows = append(rows, []string{"  since", textOr(e.Since, "the start")}, []string{"  until", textOr(e.Until, "nothing: no row has a cursor")})
	}
	rows = append(rows, []string{"  rows", fmt.Sprint(e.Rows)})
	for _, peril := range []struct {
		n    int64
		what string
		says string
	}{
		{e.NullCursor, "NULL cursor", "which are never read"},
		{e.NullKey, "NULL key", "which stop the run"},
		{e.Ahead, "ahead", "of the source's clock, which wait for their time"},
		{e.Ties, "ties", fmt.Sprintf("which share their cursor's value with another one; at most %d share one", e.LargestTie)},
	} {
		if peril.n > 0 {
			rows = append(rows, []string{"  " + peril.what, fmt.Sprintf("%d rows, %s", peril.n, peril.says)})
		}
	}
	if e.Rescan {
		rows = append(rows, []string{"  rescan", "the mapping changed: everything is read again, and only what differs is sent"})
	}
	if e.Asks != nil {
		rows = append(rows, []string{"  to decide", *e.Asks})
	}
	printTable(a.Stdout, []string{"job " + e.Job + ": " + e.Stream}, rows)
	a.printSQL(e)
}

func (a *app) printSQL(e explanation) {
	if e.SQL == "" {
		fmt.Fprintln(a.Stdout, "  no SQL: nothing can lie between the bounds")
		return
	}
	fmt.Fprintln(a.Stdout, "  SQL of the first page")
	for line := range strings.Lines(strings.TrimRight(e.SQL, "\n")) {
		fmt.Fprintf(a.Stdout, "    %s\n", strings.TrimRight(oneLine(line), " "))
	}
	for i, arg := range e.Args {
		fmt.Fprintf(a.Stdout, "  argument %d: %s\n", i+1, oneLine(arg))
	}
}
