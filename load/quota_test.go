package load_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

// watched is a quota that notes who asks it.
type watched struct {
	load.Quota
	broken   error
	mu       sync.Mutex
	accounts []string
}

func (w *watched) TakeQuota(ctx context.Context, account string, perMinute float64, most int, yielding bool) (int, time.Duration, time.Duration, error) {
	w.mu.Lock()
	w.accounts = append(w.accounts, account)
	w.mu.Unlock()
	if w.broken != nil {
		return 0, 0, 0, w.broken
	}
	return w.Quota.TakeQuota(ctx, account, perMinute, most, yielding)
}

func quotaOf(perMinute int) (load.Account, *watched) {
	quota := &watched{Quota: load.NewLocalQuota()}
	shared := account("http://127.0.0.1", perMinute)
	shared.Quota = quota
	return shared, quota
}

func TestProcessesShareAQuota(t *testing.T) {
	t.Parallel()
	for name, perMinute := range map[string]int{"one turn at a time": 100, "turns by the second": 6000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shared, _ := quotaOf(perMinute)
				clients, server := sharing(t, shared, 3, replies(200, queued))
				began := time.Now()
				var group sync.WaitGroup
				for i := range perMinute {
					group.Go(func() {
						_, err := clients[i%3].Job(t.Context(), "j1")
						require.NoError(t, err)
					})
				}
				group.Wait()
				require.InDelta(t, 60, time.Since(began).Seconds(), 2.5)
				requests := server.received()
				for i := 1; i < len(requests); i++ {
					require.GreaterOrEqual(t, requests[i].at.Sub(requests[i-1].at), time.Minute/time.Duration(perMinute))
				}
			})
		})
	}
}

func TestHowOftenTheQuotaIsAsked(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ perMinute, requests, least, most int }{
		"for each request":      {100, 50, 50, 50},
		"about once a second":   {6000, 500, 5, 10},
		"hardly, without limit": {600_000, 5000, 1, 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shared, quota := quotaOf(tt.perMinute)
				clients, _ := sharing(t, shared, 1, replies(200, queued))
				began := time.Now()
				for range tt.requests {
					_, err := clients[0].Job(t.Context(), "j1")
					require.NoError(t, err)
				}
				require.GreaterOrEqual(t, len(quota.accounts), tt.least)
				require.LessOrEqual(t, len(quota.accounts), tt.most)
				least := float64(tt.requests-1) / float64(tt.perMinute) * 60
				require.InEpsilon(t, least, time.Since(began).Seconds(), 0.03, "without a timer for each")
			})
		})
	}
}

// Turns that were granted by the second and not used are not saved up.
func TestAnIdleProcessSavesNothingUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := bubbled(t, 6000, replies(200, queued))
		for i := range 50 {
			_, err := client.Job(t.Context(), "j1")
			require.NoError(t, err)
			if i == 20 {
				idle := time.NewTimer(405 * time.Millisecond)
				<-idle.C
			}
		}
		requests := server.received()
		for i := 1; i < len(requests); i++ {
			require.GreaterOrEqual(t, requests[i].at.Sub(requests[i-1].at), 9*time.Millisecond)
		}
	})
}

func TestYieldingRequestsGoWhenNobodyElseWants(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]int{"within a process": 0, "across processes": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shared, _ := quotaOf(60)
				clients, server := sharing(t, shared, 2, replies(200, queued))
				backfill := clients[0].ForRun(load.RunOptions{Requests: &load.Requests{}, Yielding: true})
				nightly := clients[other].ForRun(load.RunOptions{Requests: &load.Requests{}})
				var group sync.WaitGroup
				send := func(client *load.Client, count int, job string) {
					for range count {
						group.Go(func() {
							_, err := client.Job(t.Context(), job)
							require.NoError(t, err)
						})
					}
				}
				send(backfill, 10, "history")
				later := time.NewTimer(3500 * time.Millisecond)
				<-later.C
				send(nightly, 5, "tonight")
				began := time.Now()
				group.Wait()

				order := ""
				for _, request := range server.received() {
					order += request.path[len("/api/v1/jobs/"):][:1]
				}
				require.Equal(t, "hhhh"+"ttttt"+"hhhhhh", order)
				require.InDelta(t, 11, time.Since(began).Seconds(), 0.8, "no turn is lost to politeness")
			})
		})
	}
}

func TestAPauseHoldsBackOtherProcesses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared, _ := quotaOf(600)
		clients, server := sharing(t, shared, 2, script{replies(429, "", "Retry-After", "60"), replies(200, queued)}.inTurn())
		began := time.Now()
		for _, client := range clients {
			_, err := client.Job(t.Context(), "j1")
			require.NoError(t, err)
		}
		for _, request := range server.received()[1:] {
			require.GreaterOrEqual(t, request.at.Sub(began), time.Minute)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		shared, _ := quotaOf(600)
		clients, _ := sharing(t, shared, 2, replies(429, "", "Retry-After", "3600"))
		for _, client := range clients {
			_, err := client.Job(t.Context(), "j1")
			var paused *load.PausedError
			require.ErrorAs(t, err, &paused)
			require.InDelta(t, time.Hour, time.Until(paused.Until), float64(3*time.Second))
		}
	})
}

func TestARequestThatIsGivenUpLeavesItsTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := bubbled(t, 1, replies(200, queued))
		_, err := client.Job(t.Context(), "j1")
		require.NoError(t, err)
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = client.Job(ctx, "j1")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = client.Job(t.Context(), "j1")
		require.NoError(t, err)
		require.InDelta(t, 61, time.Since(began).Seconds(), 1)
	})
}

func TestAQuotaThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	shared, quota := quotaOf(100)
	quota.broken = errors.New("the state database is gone, so is " + apiKey)
	client, err := load.NewClient(shared)
	require.NoError(t, err)
	defer client.Close()
	counts := &load.Requests{}
	_, err = client.ForRun(load.RunOptions{Requests: counts}).SubmitBulk(t.Context(), "i1", []byte(`[]`))
	require.EqualError(t, err, "POST integrations/i1/bulk/interactions: taking a turn of the shared quota: the state database is gone, so is ***")
	require.Equal(t, load.NotApplied, load.OutcomeOf(err))
	require.ErrorIs(t, err, quota.broken)
	require.False(t, load.Passes(err))
	require.Zero(t, counts.Total.Load())
	require.Len(t, quota.accounts, 1, "it is not asked again")
}

func TestAnAccountIsNamedWithoutItsCredentials(t *testing.T) {
	t.Parallel()
	named := func(change func(*load.Account)) string {
		shared, quota := quotaOf(100)
		quota.broken = errors.New("no")
		change(&shared)
		client, err := load.NewClient(shared)
		require.NoError(t, err)
		_, err = client.Job(t.Context(), "j1")
		require.Error(t, err)
		return quota.accounts[0]
	}
	same := named(func(*load.Account) {})
	require.Regexp(t, `^[0-9a-f]{32}$`, same)
	require.Equal(t, same, named(func(a *load.Account) { a.APIKey = "another"; a.RequestsPerMinute = 7 }), "a new key is no new quota")
	require.NotEqual(t, same, named(func(a *load.Account) { a.UID = "another" }))
	require.NotEqual(t, same, named(func(a *load.Account) { a.BaseURL = "http://another" }))
}

func TestHowTheQuotaIsUsed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := bubbled(t, 100, replies(200, queued))
		require.Zero(t, client.Usage().PerMinute)
		require.InDelta(t, 99, client.Usage().Allowed, 0.01)
		began := time.Now()
		for time.Since(began) < 2*time.Minute {
			_, err := client.Job(t.Context(), "j1")
			require.NoError(t, err)
		}
		require.InDelta(t, 99, client.Usage().PerMinute, 2)
		idle := time.NewTimer(time.Minute)
		<-idle.C
		require.Zero(t, client.Usage().PerMinute)
	})
	synctest.Test(t, func(t *testing.T) {
		client, _ := bubbled(t, 100, replies(200, queued, "X-RateLimit-Remaining", "29", "X-RateLimit-Reset", "60"))
		_, err := client.Job(t.Context(), "j1")
		require.NoError(t, err)
		require.InDelta(t, 29, client.Usage().Allowed, 0.01, "as the server teaches")
	})
}
