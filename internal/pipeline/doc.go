// Package pipeline is the flow of a job: rows out of the source, through the mapping, against the ledger, into Playvox,
// and what became of them into the state. It is the only place that knows the four packages that carry this out; they
// do not know each other.
//
// It keeps these invariants, which the code cites by their names at the lines that keep them:
//
//	W1  The watermark moves only over a contiguous prefix of settled rows, in the same transaction as the ledger rows
//	    and rejects that settle them. It never moves back by itself.
//	W2  A bulk request is sent only after the record of its batch is committed, and no batch whose outcome is unknown
//	    is sent again.
//	W3  A page is read whole and its query closed before anything is sent.
//	W4  Every row read is counted once: read = new + changed + unchanged + rejected + unknown + waiting.
package pipeline
