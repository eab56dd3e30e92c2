package pipeline_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/extract"
	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
)

// A writer gets the source for itself while a request is under way: no query of ours is open then.
func TestNoQueryIsOpenWhileSomethingIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 30, sandbox.Options{})
	bulks := 0
	w.beforeBulk = func() {
		bulks++
		w.exec("BEGIN EXCLUSIVE")
		w.exec("ROLLBACK")
	}
	w.source.SetMaxOpenConns(1)
	summary, err := w.try()
	require.NoError(t, err)
	require.EqualValues(t, 30, summary.Interactions.New)
	require.Equal(t, 10, bulks)
}

func TestCommentsAreAskedForOnceForAllParentsOfABatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 11, sandbox.Options{}, byCursor)
	summary, err := w.try()
	require.NoError(t, err)
	require.EqualValues(t, 11, summary.Comments.New)
	require.EqualValues(t, 4, w.commentQueries.Load(), "11 interactions in batches of 3")
	_, err = w.try()
	require.NoError(t, err)
	require.Zero(t, w.commentQueries.Load(), "a cursor finds what changed")
}

// Whatever the order in which rows are settled, the watermark stands at the last page before the first open one.
func TestTheWatermarkNeverPassesAnOpenPage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var tracker pipeline.Tracker
		open := rapid.SliceOfN(rapid.IntRange(1, 4), 1, 8).Draw(t, "rows of each page")
		for i, rows := range open {
			require.Equal(t, i, tracker.Begin(extract.Position{Cursor: strconv.Itoa(i)}, rows))
		}
		settled, reached := 0, -1
		for settled < len(open) {
			page := rapid.SampledFrom(pagesWith(open)).Draw(t, "page")
			rows := rapid.IntRange(1, open[page]).Draw(t, "rows")
			open[page] -= rows
			for settled < len(open) && open[settled] == 0 {
				settled++
			}
			moved := tracker.Settle(page, rows)
			require.Equal(t, settled-1 > reached, moved != nil)
			if reached = settled - 1; moved != nil {
				require.Equal(t, strconv.Itoa(reached), moved.Cursor)
			}
		}
	})
}

// pagesWith are the pages that have open rows.
func pagesWith(open []int) []int {
	var pages []int
	for i, rows := range open {
		if rows > 0 {
			pages = append(pages, i)
		}
	}
	return pages
}
