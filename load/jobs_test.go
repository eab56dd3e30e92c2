package load_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

const ended = `{"success": true, "result": {"_id": "j1", "status": "completed", "total": 3, "total_completed": 2, "total_failed": 1,
	"completed": [{"_id": "r1", "interaction_id": "48213"}, {"_id": 2, "interaction_id": 48214}],
	"failed": [{"interaction_id": 48215, "error": "already exists"}],
	"created_at": "2026-11-20T17:00:00Z", "updated_at": "2026-11-20T17:00:07.5+00:00"}}`

func TestWhenAJobIsOver(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status                   string
		total, completed, failed int
		want                     bool
	}{
		"all are counted":               {"running", 100, 98, 2, true},
		"more than all are counted":     {"running", 100, 100, 2, true},
		"all have failed":               {"", 1, 0, 1, true},
		"one is missing":                {"running", 100, 98, 1, false},
		"a total of nothing":            {"queued", 0, 0, 0, false},
		"a total of nothing, completed": {"completed", 0, 0, 0, true},
		"completed":                     {"completed", 100, 98, 0, true},
		"Complete":                      {"Complete", 100, 0, 0, true},
		"FINISHED":                      {"FINISHED", 100, 0, 0, true},
		"done":                          {"done", 100, 0, 0, true},
		"Success":                       {"Success", 100, 0, 0, true},
		"failed":                        {"failed", 100, 0, 0, true},
		"ERROR":                         {"ERROR", 100, 0, 0, true},
		"a word that is not known":      {"incomplete", 100, 0, 0, false},
		"processing":                    {"processing", 100, 50, 0, false},
		"no word":                       {"", 100, 50, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			job := load.JobStatus{Status: tt.status, Total: tt.total, Completed: tt.completed, Failed: tt.failed}
			require.Equal(t, tt.want, job.Over())
		})
	}
}

func TestWhatAJobSays(t *testing.T) {
	t.Parallel()
	full := load.JobStatus{
		Status: "completed", Total: 3, Completed: 2, Failed: 1, Took: 7500 * time.Millisecond,
		Stored:   []load.Stored{{RemoteID: "r1", InteractionID: "48213"}, {RemoteID: "2", InteractionID: "48214"}},
		Refusals: []load.Refusal{{InteractionID: "48215", Reason: "already exists"}},
	}
	for name, tt := range map[string]struct {
		body string
		want load.JobStatus
	}{
		"all of it":                  {ended, full},
		"at the top":                 {strings.TrimSuffix(strings.Replace(ended, `"result": {`, "", 1), "}"), full},
		"numbers as texts":           {`{"result": {"status": 5, "total": "3", "total_completed": "2.0"}}`, load.JobStatus{Status: "5", Total: 3, Completed: 2}},
		"numbers that make no sense": {`{"result": {"total": 1e99, "total_completed": -1, "total_failed": "NaN"}}`, load.JobStatus{Total: 1<<31 - 1}},
		"lists that are none":        {`{"result": {"status": "done", "completed": 98, "failed": null}}`, load.JobStatus{Status: "done"}},
		"an interaction's id of many digits": {
			`{"result": {"status": "done", "completed": [{"_id": "r1", "interaction_id": 90071992547409931}]}}`,
			load.JobStatus{Status: "done", Stored: []load.Stored{{RemoteID: "r1", InteractionID: "90071992547409931"}}},
		},
		"refusals of every kind": {
			`{"result": {"status": "done", "failed": ["bad", {"interaction_id": "1", "errors": {"csat": ["no float"]}}, {"interaction_id": "2"}, 7]}}`,
			load.JobStatus{Status: "done", Refusals: []load.Refusal{
				{Reason: "bad"},
				{InteractionID: "1", Reason: "csat: no float"},
				{InteractionID: "2", Reason: `{"interaction_id": "2"}`},
				{Reason: "7"},
			}},
		},
		"a clock that runs backwards": {
			`{"result": {"status": "done", "created_at": "2026-11-20T17:00:07Z", "updated_at": "2026-11-20T17:00:00Z"}}`,
			load.JobStatus{Status: "done"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := live(t, replies(200, tt.body))
			got, err := client.Job(t.Context(), "a/1")
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
			require.Equal(t, "/api/v1/jobs/a%2F1", server.received()[0].path)
		})
	}
	t.Run("nothing of a job", func(t *testing.T) {
		t.Parallel()
		client, _ := live(t, replies(200, `{"success": true, "result": {"_id": "j1"}}`))
		_, err := client.Job(t.Context(), "j1")
		require.EqualError(t, err, "GET jobs/j1: status 200: the answer is no job")
	})
}

// jobs are worked on for a time each, beginning when they are first asked for.
type jobs struct {
	mu    sync.Mutex
	takes func(n int) time.Duration
	tells string // created_at and updated_at: "", "seconds" or "nanoseconds"
	began map[string]time.Time
	ended map[string]time.Time
}

func (j *jobs) begin(id string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := time.Now()
	j.began[id], j.ended[id] = now, now.Add(j.takes(len(j.began)))
}

func (j *jobs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	id := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	status := "running"
	if !time.Now().Before(j.ended[id]) {
		status = "completed"
	}
	clock := ""
	if layout := map[string]string{"seconds": time.RFC3339, "nanoseconds": time.RFC3339Nano}[j.tells]; layout != "" {
		clock = fmt.Sprintf(`, "created_at": %q, "updated_at": %q`, j.began[id].Format(layout), j.ended[id].Format(layout))
	}
	_, _ = io.WriteString(w, fmt.Sprintf(`{"result": {"_id": %q, "status": %q, "total": 9%s}}`, id, status, clock))
}

func TestAJobCostsAboutOnePoll(t *testing.T) {
	t.Parallel()
	always := func(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }
	for name, tt := range map[string]struct {
		takes func(int) time.Duration
		polls float64       // per job
		slack time.Duration // the most that is waited for nothing, on average
	}{
		"no time at all":    {always(0), 1, 150 * time.Millisecond},
		"300 ms":            {always(300 * time.Millisecond), 1.2, 400 * time.Millisecond},
		"1.5 s":             {always(1500 * time.Millisecond), 1.2, time.Second},
		"8 s":               {always(8 * time.Second), 1.2, 4 * time.Second},
		"25 s":              {always(25 * time.Second), 1.2, 8 * time.Second},
		"between 2 and 4 s": {func(n int) time.Duration { return 2*time.Second + time.Duration(n*7%11)*200*time.Millisecond }, 1.4, 3 * time.Second},
		"2 s, but 20 min once": {func(n int) time.Duration {
			return map[bool]time.Duration{true: 20 * time.Minute, false: 2 * time.Second}[n == 20]
		}, 2, 2 * time.Second},
		"2 s first, then 4": {func(n int) time.Duration {
			return map[bool]time.Duration{true: 2 * time.Second, false: 4 * time.Second}[n < 50]
		}, 1.2, 2 * time.Second},
		"a minute, by the minute": {always(time.Minute), 3, 30 * time.Second},
	} {
		for _, tells := range []string{"", "seconds", "nanoseconds"} {
			t.Run(name+" "+tells, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					j := &jobs{takes: tt.takes, tells: tells, began: map[string]time.Time{}, ended: map[string]time.Time{}}
					client, server := bubbled(t, 60_000, j.ServeHTTP)
					pace := load.NewPace(nil, 8)
					var needless time.Duration
					const learning, count = 10, 110
					learnt := 0
					for n := range count {
						if n == learning {
							learnt, needless = len(server.received()), 0
						}
						id := fmt.Sprint(n)
						j.begin(id)
						status, took, err := client.Await(t.Context(), id, pace)
						require.NoError(t, err)
						require.Equal(t, "completed", status.Status)
						require.LessOrEqual(t, took, time.Since(j.began[id]))
						needless += time.Since(j.ended[id])
					}
					polls := float64(len(server.received())-learnt) / (count - learning)
					require.LessOrEqual(t, polls, tt.polls)
					require.LessOrEqual(t, needless/(count-learning), tt.slack)
				})
			})
		}
	}
}

func TestThePaceOfEarlierJobs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := bubbled(t, 60_000, replies(200, ended))
		newestFirst := slices.Repeat([]float64{2}, 60)
		newestFirst[7], newestFirst[9], newestFirst[55] = 20, 10, 300
		began := time.Now()
		_, took, err := client.Await(t.Context(), "j1", load.NewPace(newestFirst, 8))
		require.NoError(t, err)
		require.InDelta(t, 11, server.received()[0].at.Sub(began).Seconds(), 0.01, "the slowest of the last fifty but one, and a tenth")
		require.InDelta(t, 7.5, took.Seconds(), 0.01, "what its clock says")
	})
}

func TestSettleDelay(t *testing.T) {
	t.Parallel()
	slowest := func(seconds float64, at int) []float64 { // the newest first
		all := make([]float64, 110)
		all[at] = seconds
		return all
	}
	for name, tt := range map[string]struct {
		seconds []float64
		want    time.Duration
	}{
		"no job is known":                 {nil, 30 * time.Second},
		"jobs are fast":                   {[]float64{0.1, 1.2, 0.5}, 5 * time.Second},
		"three times the slowest":         {[]float64{2, 7, 3}, 21 * time.Second},
		"the slowest of the last hundred": {slowest(60, 99), 3 * time.Minute},
		"not the slowest of all":          {slowest(60, 100), 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, load.NewPace(tt.seconds, 8).SettleDelay())
		})
	}
}

func TestAJobThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := bubbled(t, 60_000, replies(200, strings.Replace(queued, "queued", "stalled", 1)))
		began := time.Now()
		status, _, err := client.Await(t.Context(), "j1", load.NewPace(nil, 8))
		var stuck *load.StuckError
		require.ErrorAs(t, err, &stuck)
		require.Equal(t, "stalled", status.Status)
		require.Equal(t, "j1", stuck.JobID)
		require.Regexp(t, `^job j1 is still "stalled" after 30m\d+s$`, err.Error())
		require.Equal(t, load.NotApplied, load.OutcomeOf(err))
		require.InDelta(t, 30, time.Since(began).Minutes(), 0.6)
		require.Less(t, len(server.received()), 75)
	})
}

func TestAJobThatIsNotKnown(t *testing.T) {
	t.Parallel()
	client, _ := live(t, replies(404, `{"success": false, "error": "no such job"}`))
	_, _, err := client.Await(t.Context(), "j1", load.NewPace([]float64{0.01}, 8))
	require.EqualError(t, err, "GET jobs/j1: status 404: no such job")
	require.Equal(t, load.Missing, load.OutcomeOf(err))
}

func TestWaitingForAJobEndsWithItsRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := bubbled(t, 60_000, replies(200, queued))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		_, _, err := client.Await(ctx, "j1", load.NewPace([]float64{20}, 8))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.EqualError(t, err, "waiting for job j1: context deadline exceeded")
		require.Equal(t, 5*time.Second, time.Since(began))
		require.Empty(t, server.received())
	})
}
