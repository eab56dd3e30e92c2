package pipeline

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/load"
	"pvetl/mapping"
)

// Source is a job's streams, opened and compiled.
type Source struct {
	source       *extract.Source
	stream       *extract.Stream
	interactions *interactions
	comments     *comments
	attachments  *attachments
}

// Close closes the source's connections.
func (s *Source) Close() { s.source.Close() }

// OpenSource connects to the source of a job, finds the columns that its queries return, and compiles its mapping to
// them. Everything that does not fit is reported at once.
func OpenSource(ctx context.Context, cfg config.Config, job config.Job, log *slog.Logger) (*Source, error) {
	return openSource(ctx, cfg, job, 1, log)
}

// openSource is OpenSource for whoever reads with so many queries at a time.
func openSource(ctx context.Context, cfg config.Config, job config.Job, connections int, log *slog.Logger) (*Source, error) {
	settings, _ := cfg.Source(job.Source)
	zone, err := time.LoadLocation(settings.Timezone)
	if err != nil {
		return nil, fmt.Errorf("source %s: timezone: %w", job.Source, err)
	}
	db, warnings, err := extract.Open(ctx, extract.Options{
		DSN: settings.DSN, Timezone: zone, StatementTimeout: settings.StatementTimeout,
		RowsPerSecond: settings.MaxRowsPerSecond, Connections: connections,
	})
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", job.Source, err)
	}
	for _, warning := range warnings {
		log.Warn(warning, "source", job.Source) //nolint:sloglint // the source words its own warnings
	}
	s := &Source{source: db}
	integration, _ := cfg.Integration(job.Integration)
	err = errors.Join(
		s.openInteractions(ctx, job, integration, zone), s.openComments(ctx, job, zone), s.openAttachments(ctx, cfg, job, zone), s.fingerprint(cfg, job),
	)
	if err != nil {
		db.Close()
		return nil, err
	}
	return s, nil
}

func (s *Source) openInteractions(ctx context.Context, job config.Job, integration load.Integration, zone *time.Location) error {
	stream, err := s.source.Stream(ctx, job.Extract.Interactions)
	if err != nil {
		return fmt.Errorf("extract.interactions: %w", err)
	}
	mapper, err := mapping.CompileInteraction(job.Mapping.Interaction, integration.Metadata, stream.Columns(), zone)
	if err != nil {
		return fmt.Errorf("mapping.interaction: %w", err)
	}
	s.stream = stream
	s.interactions = &interactions{
		rows: stream, planner: stream, key: stream.Key, mapper: mapper, cursor: job.Extract.Interactions.Cursor, whole: job.Extract.Interactions.Start == "",
	}
	for _, field := range job.Mapping.Interaction.Metadata {
		s.interactions.filled = append(s.interactions.filled, field.Name)
	}
	return nil
}

func (s *Source) openComments(ctx context.Context, job config.Job, zone *time.Location) error {
	if job.Extract.Comments == nil || job.Mapping.Comment == nil {
		return nil
	}
	stream, err := s.source.Stream(ctx, *job.Extract.Comments)
	if err != nil {
		return fmt.Errorf("extract.comments: %w", err)
	}
	mapper, err := mapping.CompileComment(*job.Mapping.Comment, stream.Columns(), zone)
	if err != nil {
		return fmt.Errorf("mapping.comment: %w", err)
	}
	s.comments = &comments{
		rows: stream, children: stream, stream: stream, key: stream.Key, parent: stream.Parent, mapper: mapper, cursor: job.Extract.Comments.Cursor,
	}
	return nil
}

func (s *Source) openAttachments(ctx context.Context, cfg config.Config, job config.Job, zone *time.Location) error {
	if job.Extract.Attachments == nil || job.Mapping.Attachment == nil {
		return nil
	}
	stream, err := s.source.Stream(ctx, *job.Extract.Attachments)
	if err != nil {
		return fmt.Errorf("extract.attachments: %w", err)
	}
	mapper, err := mapping.CompileAttachment(*job.Mapping.Attachment, stream.Columns(), zone)
	if err != nil {
		return fmt.Errorf("mapping.attachment: %w", err)
	}
	s.attachments = &attachments{
		rows: stream, key: stream.Key, parent: stream.Parent, mapper: mapper, root: job.Load.FilesRoot, account: cfg.Playvox.BaseURL,
	}
	if content := job.Mapping.Attachment.Content; content != nil {
		s.attachments.content = content.Column
	}
	return nil
}

func (s *Source) fingerprint(cfg config.Config, job config.Job) (err error) {
	if s.interactions != nil {
		if s.interactions.fingerprint, err = fingerprintOf(cfg, job); err != nil {
			return err
		}
	}
	if s.comments != nil && s.comments.cursor != "" {
		s.comments.fingerprint, err = commentsFingerprint(job)
	}
	return err
}

// New puts a job together. Playvox may be nil for dry runs only; requests is where it counts.
func New(cfg config.Config, job config.Job, source *Source, store State, playvox Playvox, requests *load.Requests, log *slog.Logger) *Pipeline {
	integration, _ := cfg.Integration(job.Integration)
	p := &Pipeline{
		job: job.Name, integration: integration, loading: job.Load, timeout: job.Timeout, maxInFlight: cfg.Playvox.MaxInFlight,
		interactions: source.interactions, comments: source.comments, attachments: source.attachments,
		store: store, playvox: playvox, requests: requests, watch: &stopwatch{}, log: log, now: time.Now,
	}
	return p.timed()
}

// moment is how the id of a run begins.
const moment = "20060102-150405"

// newRunID names a run so that ids sort by time and two runs of one second differ.
func newRunID(now time.Time) string {
	var random [3]byte
	_, _ = rand.Read(random[:]) // never fails
	return now.UTC().Format(moment) + "-" + hex.EncodeToString(random[:])
}

// begunOf is when a run began, to the second.
func begunOf(id string) (time.Time, error) {
	return time.Parse(moment, id[:min(len(id), len(moment))])
}
