package pipeline

import (
	"context"
	"time"

	"pvetl/load"
)

// timedPlayvox measures what writes, with the wait for its turn, and the wait for jobs.
type timedPlayvox struct {
	Playvox
	watch *stopwatch
}

func (t timedPlayvox) SubmitBulk(ctx context.Context, integrationID string, batch []byte) (string, error) {
	defer since(&t.watch.sent, time.Now())
	return t.Playvox.SubmitBulk(ctx, integrationID, batch)
}

func (t timedPlayvox) Await(ctx context.Context, jobID string, pace *load.Pace) (load.JobStatus, time.Duration, error) {
	defer since(&t.watch.polled, time.Now())
	return t.Playvox.Await(ctx, jobID, pace)
}

func (t timedPlayvox) Upload(ctx context.Context, file load.File) (string, error) {
	defer since(&t.watch.sent, time.Now())
	return t.Playvox.Upload(ctx, file)
}

func (t timedPlayvox) UpdateInteraction(ctx context.Context, integrationID, remoteID string, fields []load.Field) error {
	defer since(&t.watch.sent, time.Now())
	return t.Playvox.UpdateInteraction(ctx, integrationID, remoteID, fields)
}

func (t timedPlayvox) DeleteInteraction(ctx context.Context, integrationID, remoteID string) error {
	defer since(&t.watch.sent, time.Now())
	return t.Playvox.DeleteInteraction(ctx, integrationID, remoteID)
}

func (t timedPlayvox) CreateComment(ctx context.Context, interactionID string, comment load.Comment) (string, error) {
	defer since(&t.watch.sent, time.Now())
	return t.Playvox.CreateComment(ctx, interactionID, comment)
}

func (t timedPlayvox) UpdateComment(ctx context.Context, interactionID, commentID string, comment load.Comment) error {
	defer since(&t.watch.sent, time.Now())
	return t.Playvox.UpdateComment(ctx, interactionID, commentID, comment)
}

func (t timedPlayvox) DeleteComment(ctx context.Context, interactionID, commentID string) error {
	defer since(&t.watch.sent, time.Now())
	return t.Playvox.DeleteComment(ctx, interactionID, commentID)
}
