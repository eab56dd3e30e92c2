package pipeline

import (
	"context"
	"fmt"
	"log/slog"

	"pvetl/internal/config"
	"pvetl/state"
)

// WatermarkStore keeps watermarks.
type WatermarkStore interface {
	Watermark(ctx context.Context, job, stream string) (state.Watermark, bool, error)
	SetWatermark(ctx context.Context, watermark state.Watermark) error
}

// KeepWatermark declares that the watermark of a job is still right under its present query.
func KeepWatermark(ctx context.Context, cfg config.Config, job config.Job, store WatermarkStore) error {
	watermark, ok, err := store.Watermark(ctx, job.Name, StreamInteractions)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("job %s has no watermark to keep", job.Name)
	}
	current, err := Fingerprint(cfg, job)
	if err != nil {
		return err
	}
	watermark.Fingerprint = current.String()
	return store.SetWatermark(ctx, watermark)
}

// MoveWatermark sets the watermark of a job to a value of its cursor.
func MoveWatermark(ctx context.Context, cfg config.Config, job config.Job, store WatermarkStore, cursor string, log *slog.Logger) error {
	source, err := OpenSource(ctx, cfg, job, log)
	if err != nil {
		return fmt.Errorf("job %s: %w", job.Name, err)
	}
	defer source.Close()
	position, err := source.stream.At(ctx, cursor)
	if err != nil {
		return fmt.Errorf("job %s: %w", job.Name, err)
	}
	current, err := Fingerprint(cfg, job)
	if err != nil {
		return err
	}
	return store.SetWatermark(ctx, state.Watermark{
		Job: job.Name, Stream: StreamInteractions, Cursor: position.Cursor, Key: position.Key, Type: position.Type,
		Fingerprint: current.String(),
	})
}
