package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/state"
)

// WatermarkStore keeps watermarks.
type WatermarkStore interface {
	Watermark(ctx context.Context, job, stream string) (state.Watermark, bool, error)
	SetWatermark(ctx context.Context, watermark state.Watermark) error
}

// KeepWatermarks declares that the watermarks of a job are still right under its present queries.
func KeepWatermarks(ctx context.Context, cfg config.Config, job config.Job, store WatermarkStore) error {
	kept := 0
	for _, stream := range []string{StreamInteractions, StreamComments} {
		watermark, ok, err := store.Watermark(ctx, job.Name, stream)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		current, err := streamFingerprint(cfg, job, stream)
		if err != nil {
			return err
		}
		watermark.Fingerprint = current.String()
		if err := store.SetWatermark(ctx, watermark); err != nil {
			return err
		}
		kept++
	}
	if kept == 0 {
		return fmt.Errorf("job %s has no watermark to keep", job.Name)
	}
	return nil
}

// streamFingerprint is the fingerprint of one of a job's streams; of comments that have no cursor, or that the job has
// no more, it is zero.
func streamFingerprint(cfg config.Config, job config.Job, stream string) (fingerprint, error) {
	switch {
	case stream == StreamInteractions:
		return fingerprintOf(cfg, job)
	case job.Extract.Comments != nil && job.Extract.Comments.Cursor != "":
		return commentsFingerprint(job)
	default:
		return fingerprint{}, nil
	}
}

// MoveWatermark sets the watermark of one of a job's streams to a value of its cursor.
func MoveWatermark(ctx context.Context, cfg config.Config, job config.Job, stream string, store WatermarkStore, cursor string, log *slog.Logger) error {
	source, err := OpenSource(ctx, cfg, job, log)
	if err != nil {
		return fmt.Errorf("job %s: %w", job.Name, err)
	}
	defer source.Close()
	opened, err := source.streamOf(stream)
	if err != nil {
		return fmt.Errorf("job %s: %w", job.Name, err)
	}
	position, err := opened.At(ctx, cursor)
	if err != nil {
		return fmt.Errorf("job %s: %w", job.Name, err)
	}
	current, err := streamFingerprint(cfg, job, stream)
	if err != nil {
		return err
	}
	return store.SetWatermark(ctx, state.Watermark{
		Job: job.Name, Stream: stream, Cursor: position.Cursor, Key: position.Key, Type: position.Type, Fingerprint: current.String(),
	})
}

// streamOf returns the query of a stream.
func (s *Source) streamOf(stream string) (*extract.Stream, error) {
	switch {
	case stream == StreamInteractions:
		return s.stream, nil
	case stream == StreamComments && s.comments != nil && s.comments.cursor != "":
		return s.comments.stream, nil
	default:
		return nil, fmt.Errorf("%s have no cursor, so they have no watermark", stream)
	}
}

// Explained is what the next run would read of one stream.
type Explained struct {
	Stream string
	Cursor string // the cursor's column
	From   *extract.Position
	Window extract.Window
	Next   extract.Explanation
	Rescan bool  // whether everything is read again because the mapping changed
	Asks   error // what has to be decided first, if anything
}

// ExplainWatermarks tells for each stream that has a query of its own what the next run would read, by counting it.
func ExplainWatermarks(ctx context.Context, cfg config.Config, job config.Job, store Journal, log *slog.Logger) ([]Explained, error) {
	source, err := OpenSource(ctx, cfg, job, log)
	if err != nil {
		return nil, fmt.Errorf("job %s: %w", job.Name, err)
	}
	defer source.Close()
	streams := []*progress{source.interactions.progress()}
	if source.comments != nil && source.comments.cursor != "" {
		streams = append(streams, source.comments.progress())
	}
	var all []Explained
	for _, p := range streams {
		stream, err := source.streamOf(p.stream)
		if err != nil {
			return nil, err
		}
		one, err := p.explain(ctx, stream, store, job.Name)
		if err != nil {
			return nil, fmt.Errorf("job %s: %s: %w", job.Name, p.stream, err)
		}
		all = append(all, one)
	}
	return all, nil
}

func (p *progress) explain(ctx context.Context, stream *extract.Stream, store Journal, job string) (Explained, error) {
	one := Explained{Stream: p.stream, Cursor: p.cursor}
	if err := p.begin(ctx, store, job); err != nil {
		if _, ok := errors.AsType[*ChangedQueryError](err); !ok {
			return one, err
		}
		one.Asks = err
	}
	one.From, one.Rescan = p.position, p.rescan
	var err error
	if one.Window, err = stream.Window(ctx, p.from); err != nil {
		return one, err
	}
	one.Next, err = stream.Explain(ctx, one.Window, nil)
	return one, err
}
