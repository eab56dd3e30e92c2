package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/state"
)

func (a *app) watermarkCommand() *cobra.Command {
	var stream string
	cmd := &cobra.Command{
		Use:   "watermark JOB [explain | set CURSOR | reset | keep]",
		Short: "Look at how far a job has come, or move it by hand",
		Long: "Without more, shows the watermarks of the job: of its interactions, and of its comments where they have a cursor.\n" +
			"explain: what the next run would read: the exact SQL and its arguments, the bounds, and how many rows. It counts by\n" +
			"         reading the source, which takes as long as that takes.\n" +
			"set CURSOR: the next run reads from this value of the cursor on, less the lag; of the interactions without --stream.\n" +
			"reset: the next run reads everything from the start and sends only what differs; all streams without --stream.\n" +
			"keep: goes on from the watermarks although a query changed.\n\n" +
			"--json prints {\"watermarks\": [{\"job\", \"stream\", \"cursor\", \"key\", \"type\", \"updated_at\"}]}, and of explain\n" +
			"{\"streams\": [{\"job\", \"stream\", \"cursor\" (the column, empty where there is none), \"watermark\": {\"cursor\", \"key\",\n" +
			"\"type\"} or null, \"since\", \"until\" (the bounds, null where there is none), \"sql\" (empty where nothing can lie between\n" +
			"the bounds), \"args\", \"rows\", \"null_cursor\", \"null_key\", \"ahead\", \"ties\", \"largest_tie\", \"rescan\", \"asks\": what has to\n" +
			"be decided first, or null}]}.",
		Example: "  pvetl watermark tickets\n" +
			"  pvetl watermark tickets explain\n" +
			"  pvetl watermark tickets set '2026-11-01 00:00:00+00'\n" +
			"  pvetl watermark tickets reset --stream comments",
		ValidArgsFunction: a.completeWatermark,
		RunE: func(cmd *cobra.Command, args []string) error {
			move, err := readMove(args, stream)
			if err != nil {
				return err
			}
			file, job, err := a.job(args[0])
			if err != nil {
				return err
			}
			if err := file.Require(move.needs(job)...); err != nil {
				return a.unfit(file, err)
			}
			return a.watermark(cmd.Context(), file.Config, job, move)
		},
	}
	streamFlag(cmd, &stream, "only this `STREAM`: interactions or comments", markedStreams...)
	return cmd
}

// markedStreams are what may have a watermark.
var markedStreams = []string{pipeline.StreamInteractions, pipeline.StreamComments}

// What can be done with watermarks; without any of it they are shown.
const (
	verbExplain = "explain"
	verbSet     = "set"
	verbReset   = "reset"
	verbKeep    = "keep"
)

// move is what is to be done with the watermarks of a job.
type move struct {
	verb   string
	cursor string
	stream string // empty: not said
}

func readMove(args []string, stream string) (move, error) {
	if len(args) == 0 {
		return move{}, usageError{errors.New("name one job")}
	}
	if err := checkStream(stream, markedStreams...); err != nil {
		return move{}, err
	}
	m := move{stream: stream}
	rest := args[1:]
	if len(rest) > 0 {
		m.verb, rest = rest[0], rest[1:]
	}
	switch {
	case m.verb == verbSet && len(rest) == 1:
		m.cursor = rest[0]
	case m.verb == verbKeep && stream != "":
		return move{}, usageError{errors.New("keep is for all streams: leave --stream out")}
	case len(rest) == 0 && (m.verb == "" || m.verb == verbExplain || m.verb == verbReset || m.verb == verbKeep):
	default:
		return move{}, usageError{errors.New("after the job comes nothing, explain, set CURSOR, reset, or keep")}
	}
	return m, nil
}

// needs are the parts of the configuration that a move works with: two of them ask the source.
func (m move) needs(job config.Job) []config.Need {
	if m.verb == verbSet || m.verb == verbExplain {
		return []config.Need{config.NeedState, config.NeedJob(job.Name)}
	}
	return []config.Need{config.NeedState}
}

func (a *app) completeWatermark(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 1 {
		return []string{verbExplain, verbSet, verbReset, verbKeep}, cobra.ShellCompDirectiveNoFileComp
	}
	return a.completeOneJob(cmd, args, prefix)
}

func (a *app) watermark(ctx context.Context, cfg config.Config, job config.Job, m move) error {
	looks := m.verb == "" || m.verb == verbExplain
	store, err := openState(ctx, cfg, looks)
	if err != nil {
		return err
	}
	defer store.Close()
	if m.verb == verbExplain {
		return a.explain(ctx, cfg, job, m.stream, store)
	}
	if !looks {
		if err := holding(ctx, store, job.Name, func(held *state.Store) error { return a.move(ctx, cfg, job, m, held) }); err != nil {
			return err
		}
	}
	watermarks, err := store.Watermarks(ctx, job.Name)
	if err != nil {
		return err
	}
	return a.reportWatermarks(job, m.stream, watermarks)
}

func (a *app) move(ctx context.Context, cfg config.Config, job config.Job, m move, store *state.Store) error {
	switch m.verb {
	case verbKeep:
		return pipeline.KeepWatermarks(ctx, cfg, job, store)
	case verbSet:
		stream := m.stream
		if stream == "" {
			stream = pipeline.StreamInteractions
		}
		return pipeline.MoveWatermark(ctx, cfg, job, stream, store, m.cursor, a.logger())
	default:
		return forgetWatermarks(ctx, job, m.stream, store)
	}
}

func forgetWatermarks(ctx context.Context, job config.Job, only string, store *state.Store) error {
	for _, stream := range markedStreams {
		if only != "" && only != stream {
			continue
		}
		if err := store.DeleteWatermark(ctx, job.Name, stream); err != nil {
			return err
		}
	}
	return nil
}

// watermarkObject is a watermark as --json prints it.
type watermarkObject struct {
	Job       string    `json:"job"`
	Stream    string    `json:"stream"`
	Cursor    string    `json:"cursor"`
	Key       string    `json:"key"`
	Type      string    `json:"type"`
	UpdatedAt time.Time `json:"updated_at"`
}

func (a *app) reportWatermarks(job config.Job, only string, watermarks []state.Watermark) error {
	objects := []watermarkObject{}
	var rows [][]string
	has := make(map[string]bool)
	for _, w := range watermarks {
		if only != "" && only != w.Stream {
			continue
		}
		has[w.Stream] = true
		objects = append(objects, watermarkObject{Job: w.Job, Stream: w.Stream, Cursor: w.Cursor, Key: w.Key, Type: w.Type, UpdatedAt: w.UpdatedAt.UTC()})
		rows = append(rows, []string{w.Job, w.Stream, w.Cursor, w.Key, w.Type, moment(w.UpdatedAt)})
	}
	if a.json {
		return a.printJSON(map[string]any{"watermarks": objects})
	}
	if len(rows) > 0 {
		printTable(a.Stdout, []string{"JOB", "STREAM", "CURSOR", "KEY", "TYPE", "MOVED"}, rows)
	}
	for _, stream := range markedStreams {
		if (only == "" || only == stream) && !has[stream] {
			a.sayUnmarked(job, stream)
		}
	}
	return nil
}

// sayUnmarked says what it means that a stream has no watermark.
func (a *app) sayUnmarked(job config.Job, stream string) {
	query := &job.Extract.Interactions
	if stream == pipeline.StreamComments {
		query = job.Extract.Comments
	}
	switch {
	case query == nil:
	case query.Cursor != "":
		fmt.Fprintf(a.Stdout, "%s: no watermark: the next run reads everything from the start\n", stream)
	case stream == pipeline.StreamComments:
		fmt.Fprintf(a.Stdout, "%s: no watermark, for they have no cursor: they are compared whenever their interaction's row is read\n", stream)
	default:
		fmt.Fprintf(a.Stdout, "%s: no watermark, for they have no cursor: every run reads everything\n", stream)
	}
}
