package extract_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
)

func TestReadsKeepThePace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		perSecond      int
		readers, pages int
		query          time.Duration // that a page takes
		elapsed        time.Duration
	}{
		{"no limit", 0, 1, 3, time.Second, 3 * time.Second},
		{"a page is more than a second's rows", 100, 1, 3, time.Second, 30 * time.Second},
		{"a slow query needs no rest", 10_000, 1, 3, time.Second, 3 * time.Second},
		{"all readers together", 1000, 4, 3, 100 * time.Millisecond, 12 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				rest, started := extract.Rest(c.perSecond), time.Now()
				var readers sync.WaitGroup
				for range c.readers {
					readers.Go(func() {
						for range c.pages {
							began := time.Now()
							time.Sleep(c.query)
							if err := rest(t.Context(), began, 1000); err != nil {
								t.Error(err)
							}
						}
					})
				}
				readers.Wait()
				require.Equal(t, c.elapsed, time.Since(started))
			})
		})
	}
}

func TestARestCanBeCutShort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, extract.Rest(1)(ctx, time.Now(), 1000), context.DeadlineExceeded)
	})
}

func TestASourceIsReadAtItsPace(t *testing.T) {
	t.Parallel()
	on(t, []dialect{sqlite}, func(t *testing.T, f *fixture) {
		f.fill(t, map[string]int{"2026-01-01 12:00:00": 30})
		stream := f.stream(t, extract.Query{SQL: "SELECT * FROM t", Cursor: "at"}, func(o *extract.Options) { o.RowsPerSecond = 100 })
		w, began := window(t, stream, nil), time.Now()
		_, err := stream.Page(t.Context(), w, nil)
		require.NoError(t, err)
		require.GreaterOrEqual(t, time.Since(began), 300*time.Millisecond)
		began = time.Now()
		_, err = stream.Rows(t.Context(), []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"})
		require.NoError(t, err)
		require.GreaterOrEqual(t, time.Since(began), 100*time.Millisecond)
	})
}

// Between two pages, and while somebody rests, the source sees no transaction and no more connections than it was told.
func TestASourceIsLeftAloneBetweenPages(t *testing.T) {
	t.Parallel()
	const sessions = "SELECT count(*), count(CASE WHEN state <> 'idle' THEN 1 END) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pvetl'"
	on(t, []dialect{postgres}, func(t *testing.T, f *fixture) {
		f.fill(t, map[string]int{"2026-01-01 12:00:00": 9})
		for _, connections := range []int{0, 3} {
			source := f.open(t, func(o *extract.Options) { o.Connections = connections })
			stream := streamOf(t, source, extract.Query{SQL: "SELECT t.* FROM t, pg_sleep(0.05)", Cursor: "at", PageSize: 3})
			w := window(t, stream, nil)
			var readers sync.WaitGroup
			for range 3 {
				readers.Go(func() {
					if _, err := stream.Page(background, w, nil); err != nil {
						t.Error(err)
					}
				})
			}
			readers.Wait()
			var open, busy int
			require.NoError(t, f.db.QueryRowContext(t.Context(), sessions).Scan(&open, &busy))
			require.Equal(t, max(1, connections), open)
			require.Zero(t, busy, "idle in transaction")
			source.Close()
			require.Eventually(t, func() bool {
				return f.db.QueryRowContext(t.Context(), sessions).Scan(&open, &busy) == nil && open == 0
			}, 5*time.Second, 5*time.Millisecond)
		}
	})
}
