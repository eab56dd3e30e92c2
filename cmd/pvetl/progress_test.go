package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/pipeline"
	"pvetl/load"
)

func TestTheProgressLineLeavesOutWhatThereIsNothingOf(t *testing.T) {
	t.Parallel()
	s := summaryOf(func(*pipeline.Summary) {})
	require.Equal(t, "tickets: 3 read, 2 new, 0 changed, 1 unchanged, 0 rejected, 0 requests", progressLine(s, s.StartedAt))
	s = summaryOf(func(s *pipeline.Summary) {
		s.Interactions.Deleted, s.Comments.Read, s.Attachments.Read, s.Requests.Total = 4, 5, 6, 7
	})
	require.Equal(t, "tickets: 3 read (1.5 rows/s), 2 new, 0 changed, 1 unchanged, 0 rejected, 4 deleted, 5 comments, 6 files, 7 requests",
		progressLine(s, s.StartedAt.Add(2*time.Second)))
}

// backfillOf is a backfill under way, changed a little.
func backfillOf(change func(*pipeline.BackfillStatus)) *pipeline.BackfillStatus {
	b := &pipeline.BackfillStatus{
		ID: "3", Job: "tickets", From: "2024-01-01", To: "2026-01-01", State: pipeline.BackfillRunning, Slices: 30, SlicesDone: 12, RowsSettled: 8000,
		Rows: new(int64(20000)), RowsPerSecond: new(83.04), QuotaUse: new(0.987), RequestsLeft: new(int64(240)), EtaSeconds: new(int64(14040)),
		OpenSlices: []pipeline.SliceStatus{{Number: 13, From: "2024-10-21", To: "2024-11-15", Rows: new(int64(700)), Settled: 350}, {Number: 14, From: "2024-11-15"}},
	}
	change(b)
	return b
}

func TestWhereABackfillStandsLeavesOutWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("CET", 3600)
	now := time.Date(2026, 11, 21, 22, 30, 0, 0, zone)
	const begin = "backfill 3 of tickets: running, 12 of 30 slices, "
	const rows, pace = "8000 of 20000 rows, ", ", 83 rows/s, 99 % of the quota, 240 requests left"
	for name, test := range map[string]struct {
		change func(*pipeline.BackfillStatus)
		want   string
	}{
		"until tomorrow": {func(*pipeline.BackfillStatus) {}, begin + rows + "3 h 54 min left (Sun 02:24 CET)" + pace},
		"until today":    {func(b *pipeline.BackfillStatus) { *b.EtaSeconds = 59 }, begin + rows + "59 s left (22:30 CET)" + pace},
		"for days":       {func(b *pipeline.BackfillStatus) { *b.EtaSeconds = 9*24*3600 + 7300 }, begin + rows + "9 days 2 h left (2026-12-01 00:31 CET)" + pace},
		"stopped":        {func(b *pipeline.BackfillStatus) { b.State = pipeline.BackfillPaused }, strings.Replace(begin, "running", "paused", 1) + "8000 of 20000 rows"},
		"before anything is known": {func(b *pipeline.BackfillStatus) {
			b.Rows, b.RowsPerSecond, b.QuotaUse, b.RequestsLeft, b.EtaSeconds = nil, nil, nil, nil, nil
		}, begin + "8000 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, standing(backfillOf(test.change), now))
		})
	}
}

func TestHowLongItTakesIsSaidRoughly(t *testing.T) {
	t.Parallel()
	for text, took := range map[string]time.Duration{
		"0 s": 0, "59 s": 59 * time.Second, "1 min": time.Minute, "59 min": 59*time.Minute + 20*time.Second, "1 h 0 min": 59*time.Minute + 40*time.Second,
		"3 h 54 min": 3*time.Hour + 54*time.Minute, "47 h 59 min": 48*time.Hour - time.Minute, "2 days 3 h": 51 * time.Hour,
	} {
		require.Equal(t, text, roughly(took))
	}
}

// paper keeps what is written to it while others look.
type paper struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *paper) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(text)
}

func (p *paper) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// take returns what was written since.
func (p *paper) take() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.text.Reset()
	return p.text.String()
}

var controls = regexp.MustCompile(`\x1b\[(\d*)([A-Z])|\n|[^\x1b\n]+`)

// seen is what somebody sees of what is written to a terminal: lines, of which the last is being written.
func seen(written string) []string {
	lines := []string{""}
	for _, token := range controls.FindAllStringSubmatch(written, -1) {
		last := len(lines) - 1
		switch {
		case token[0] == "\n":
			lines = append(lines, "")
		case token[2] == "A":
			up, _ := strconv.Atoi(token[1])
			lines = lines[:last+1-up]
		case token[2] == "J":
			lines[last] = ""
		default:
			lines[last] += token[0]
		}
	}
	return lines
}

func TestBarsShowEachOpenSliceAndAllOfThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out paper
		a := &app{Process: Process{Terminal: true}, screen: &screen{w: &out}, logLevel: "info"}
		p := a.newProgress()
		summary := summaryOf(func(s *pipeline.Summary) { s.Backfill = backfillOf(func(*pipeline.BackfillStatus) {}) })
		p.show(summary)
		time.Sleep(time.Second)
		synctest.Wait()
		shown := seen(out.String())
		require.Len(t, shown, 5, "%q", shown)
		require.Regexp(t, `^slice 13, from 2024-10-21 +\[=+>-+\] 350 of 700 rows *$`, shown[0])
		require.Regexp(t, `^slice 14, from 2024-11-15 +\S +0 rows *$`, shown[1])
		require.Regexp(t, `^12 of 30 slices +\[=+>-+\] 8000 of 20000 rows *$`, shown[2])
		require.Regexp(t, `^3 h 54 min left \(.*\), 83 rows/s, 99 % of the quota, `, shown[3])

		a.logger().Warn("Playvox is slow")
		a.logger().Warn("and slower")
		summary.Backfill = backfillOf(func(b *pipeline.BackfillStatus) { b.OpenSlices = b.OpenSlices[1:] })
		p.show(summary)
		time.Sleep(time.Second)
		synctest.Wait()
		shown = seen(out.String())
		require.Len(t, shown, 6, "%q", shown)
		require.Contains(t, shown[0], "Playvox is slow")
		require.Contains(t, shown[1], "and slower")
		require.Regexp(t, "^slice 14", shown[2])
		require.Regexp(t, "^12 of 30 slices", shown[3])

		p.clear()
		shown = seen(out.String())
		require.Len(t, shown, 3, "the bars are gone and the log stays: %q", shown)
		require.Contains(t, shown[1], "and slower")
		a.logger().Warn("it is over")
		require.Contains(t, seen(out.String())[2], "it is over")
	})
}

func TestNoMoreThanAFewSlicesHaveABar(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out paper
		a := &app{Process: Process{Terminal: true}, screen: &screen{w: &out}}
		p := a.newProgress()
		p.show(summaryOf(func(s *pipeline.Summary) {
			s.Backfill = backfillOf(func(b *pipeline.BackfillStatus) {
				b.OpenSlices = nil
				for i := range 20 {
					b.OpenSlices = append(b.OpenSlices, pipeline.SliceStatus{Number: i + 1})
				}
			})
		}))
		time.Sleep(time.Second)
		synctest.Wait()
		require.Len(t, seen(out.String()), shownSlices+3)
		p.clear()
		require.Equal(t, []string{""}, seen(out.String()))
	})
}

func TestARunHasOneLineOnATerminal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out paper
		p := (&app{Process: Process{Terminal: true}, screen: &screen{w: &out}}).newProgress()
		p.write("about to")
		summary := summaryOf(func(s *pipeline.Summary) { s.StartedAt = time.Now() })
		time.Sleep(2 * time.Second)
		p.show(summary)
		time.Sleep(time.Second)
		synctest.Wait()
		require.Equal(t, []string{"tickets: 3 read (1.5 rows/s), 2 new, 0 changed, 1 unchanged, 0 rejected, 0 requ…", ""}, seen(out.String()))
		p.clear()
		require.Equal(t, []string{""}, seen(out.String()))
	})
}

func TestWhereNoTerminalIsALineIsLoggedNowAndThen(t *testing.T) {
	t.Parallel()
	for name, process := range map[string]Process{"no terminal": {}, "--json on a terminal": {Terminal: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var out paper
				a := &app{Process: process, screen: &screen{w: &out}, logLevel: "info", json: true}
				p := a.newProgress()
				p.usage = func() load.Usage { return load.Usage{PerMinute: 49.5, Allowed: 99} }
				summary := summaryOf(func(s *pipeline.Summary) { s.RunID, s.Interactions.Read, s.Requests.Total = "r1", 600, 12 })
				p.show(summary)
				time.Sleep(logEvery - time.Second)
				synctest.Wait()
				require.Empty(t, out.String(), "what is over soon has its summary")
				time.Sleep(time.Second)
				synctest.Wait()
				const counts = "new=2 changed=0 unchanged=1 rejected=0 "
				require.Equal(t, []string{"progress job=tickets run=r1 read=600 " + counts + "requests=12 rows_per_second=20 quota_use=0.5"}, logged(out.take()))
				summary.Interactions.Read = 615
				p.show(summary)
				time.Sleep(logEvery)
				synctest.Wait()
				require.Equal(t, []string{"progress job=tickets run=r1 read=615 " + counts + "requests=12 rows_per_second=0.5 quota_use=0.5"}, logged(out.take()))
				summary.Backfill = backfillOf(func(*pipeline.BackfillStatus) {})
				p.show(summary)
				time.Sleep(logEvery)
				synctest.Wait()
				require.Equal(t, []string{"progress job=tickets run=r1 read=615 " + counts + "requests=12 " +
					"backfill=3 state=running slices=30 slices_done=12 rows_settled=8000 rows=20000 requests_left=240 eta_seconds=14040 rows_per_second=83.04 quota_use=0.99"}, logged(out.take()))
				p.clear()
				time.Sleep(2 * logEvery)
				require.Empty(t, logged(out.take()), "it has ended")
			})
		})
	}
}

// logged are the lines that were written, without their times and levels.
func logged(written string) []string {
	var lines []string
	for line := range strings.Lines(written) {
		_, said, _ := strings.Cut(strings.TrimSpace(line), "msg=")
		lines = append(lines, said)
	}
	return lines
}

func TestAQuietRunLogsOnlyWhatIsWrong(t *testing.T) {
	t.Parallel()
	w, _ := newSmall(t)
	w.mustRun(exitDone, "apply")
	w.runJob(exitRejects)
	w.edit("map: {1: open, 2: solved}", "map: {1: open, 2: open, 9: solved}")
	w.edit("key: id", "key: id, page_size: 1")
	_, stdout, stderr := w.pvetl("run", "--quiet")
	require.Empty(t, stdout+stderr)
	w.edit("9: solved", "9: open")
	_, _, stderr = w.pvetl("run", "--quiet", "--log-level", "info")
	require.Contains(t, stderr, "the mapping changed")
}

func TestLogsAreNotLostWithTheBars(t *testing.T) {
	t.Parallel()
	var out paper
	s := &screen{w: &out}
	b := newBars(s)
	b.write("working")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		log := slog.New(slog.NewTextHandler(s, nil))
		for i := range 200 {
			log.Info("a line", "number", i)
		}
	}()
	b.clear()
	<-ended
	for i := range 200 {
		require.Contains(t, out.String(), fmt.Sprintf("number=%d\n", i))
	}
}

// torn is a terminal that cannot be drawn on for a while.
type torn struct {
	paper

	broken atomic.Bool
}

func (t *torn) Write(text []byte) (int, error) {
	if t.broken.Load() {
		return 0, io.ErrClosedPipe
	}
	return t.paper.Write(text)
}

func TestLogsOutliveBarsThatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out torn
		s := &screen{w: &out}
		b := newBars(s)
		out.broken.Store(true)
		b.write("working")
		time.Sleep(time.Second)
		out.broken.Store(false)
		_, err := s.Write([]byte("a line\n"))
		require.NoError(t, err)
		require.Equal(t, "a line\n", out.String())
		b.write("still working")
		b.showSlices([]pipeline.SliceStatus{{Number: 1}})
		b.clear()
	})
}
