// Package pipeline is the flow of a job: rows out of the source, through the mapping, against the ledger, into Playvox,
// and what became of them into the state. It is the only place that knows the four packages that carry this out; they
// do not know each other.
//
// It keeps these invariants, which the code cites by their names at the lines that keep them:
//
//	W1  A stream's watermark, and the position in a slice of a backfill, moves only over a contiguous prefix of settled
//	    rows, in the same transaction as the ledger rows and rejects that settle them. It never moves back by itself.
//	W2  A request that changes something in Playvox is sent only after its record is committed, and none whose outcome
//	    is unknown is sent again before Playvox was looked at.
//	W3  A page is read whole and its query closed before anything is sent.
//	W4  Every row read is counted once: read = new + changed + unchanged + rejected + unknown + waiting.
//	W5  Nothing is deleted that the source has not been asked for by its key.
//
// Only the holder of the job's lease runs it, and every write of its state is fenced by the lease's epoch: see
// state.Lease. A backfill is no exception: it holds the lease of its job for one turn at a time, and gives it up when a run
// wants it.
package pipeline
