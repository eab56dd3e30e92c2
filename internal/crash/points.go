package crash

// Point is a place in the flow at which a process may die, by the name under which PVETL_CRASH knows it.
type Point string

// The points, in the order in which a run comes past them.
const (
	LeaseTaken Point = "lease_taken" // the job's lease is ours, and nothing is done with it
	RunStarted Point = "run_started" // the run is recorded as running
	Adopted    Point = "adopted"     // the ledger is forgotten, and nothing of what Playvox holds taken over yet

	BatchPrepared Point = "batch_prepared" // a batch is recorded, and not to be sent yet
	BatchSending  Point = "batch_sending"  // it is recorded as on its way, before its request
	BulkSent      Point = "bulk_sent"      // its request is answered, and its job's id not saved
	BatchAccepted Point = "batch_accepted" // its job's id is saved
	JobOver       Point = "job_over"       // its job is over, and nothing of that is written down
	BatchSettled  Point = "batch_settled"  // its rows are settled
	UnknownMarked Point = "unknown_marked" // it is recorded as unknown, before the first look
	Looked        Point = "looked"         // a look at Playvox is answered, and nothing made of it

	UpdateRecorded Point = "update_recorded" // the update of an interaction is recorded, before its request
	UpdateSent     Point = "update_sent"     // it is answered, and not written down
	UpdateSettled  Point = "update_settled"  // it is settled

	CommentRecorded Point = "comment_recorded" // a new comment of an interaction that is there is recorded, before its request
	CommentSent     Point = "comment_sent"     // it is answered, and not written down
	CommentSettled  Point = "comment_settled"  // it is settled

	EditRecorded   Point = "edit_recorded"   // the edit of a comment is recorded, before its request
	EditSent       Point = "edit_sent"       // it is answered, and not written down
	EditSettled    Point = "edit_settled"    // it is settled
	CommentDeleted Point = "comment_deleted" // the old comment of a replacement is gone, and the new one not sent

	FileUploaded Point = "file_uploaded" // a file is uploaded, and its URL not saved
	FileSaved    Point = "file_saved"    // its URL is saved

	DeletionRecorded   Point = "deletion_recorded"   // the deletion of an interaction is recorded, before its request
	InteractionDeleted Point = "interaction_deleted" // an interaction is deleted, and that not written down
	DeletionSettled    Point = "deletion_settled"    // it is forgotten here as well

	PageSettled Point = "page_settled" // a watermark has moved
	RunFinished Point = "run_finished" // the end of the run is recorded

	BackfillRecorded Point = "backfill_recorded" // a backfill is written down with its slices, and nothing of it brought
	SliceEnded       Point = "slice_ended"       // a slice is marked as done
	SteppedAside     Point = "stepped_aside"     // a backfill has given its job up for a run of it
	BackfillEnded    Point = "backfill_ended"    // all of a backfill is there, and it is marked as done
)

// All are the points.
func All() []Point {
	return []Point{
		LeaseTaken, RunStarted, Adopted,
		BatchPrepared, BatchSending, BulkSent, BatchAccepted, JobOver, BatchSettled, UnknownMarked, Looked,
		UpdateRecorded, UpdateSent, UpdateSettled,
		CommentRecorded, CommentSent, CommentSettled,
		EditRecorded, EditSent, EditSettled, CommentDeleted,
		FileUploaded, FileSaved,
		DeletionRecorded, InteractionDeleted, DeletionSettled,
		PageSettled, RunFinished,
		BackfillRecorded, SliceEnded, SteppedAside, BackfillEnded,
	}
}
