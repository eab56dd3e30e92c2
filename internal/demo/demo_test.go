package demo_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
	"pvetl/internal/demo"
	"pvetl/internal/pipeline"
	"pvetl/load"
	"pvetl/state"
)

// realSteps are the steps as the commands carry them out.
func realSteps(t *testing.T) demo.Steps {
	t.Helper()
	read := func(file demo.File) (config.Config, *load.Client) {
		t.Helper()
		read, err := config.Read(file.Path, file.Env)
		require.NoError(t, err)
		account := read.Config.Playvox
		client, err := load.NewClient(load.Account{
			BaseURL: account.BaseURL, UID: account.UID, APIKey: account.APIKey, RequestsPerMinute: account.RequestsPerMinute,
		})
		require.NoError(t, err)
		t.Cleanup(client.Close)
		return read.Config, client
	}
	return demo.Steps{
		Apply: func(ctx context.Context, file demo.File) ([]load.Change, error) {
			cfg, client := read(file)
			plan, err := client.Plan(ctx, cfg.Integrations[0], false)
			if err != nil {
				return nil, err
			}
			return client.Apply(ctx, plan)
		},
		Run: func(ctx context.Context, file demo.File) (pipeline.Summary, error) {
			cfg, client := read(file)
			store, err := state.Open(ctx, cfg.State)
			if err != nil {
				return pipeline.Summary{}, err
			}
			defer store.Close()
			tools := pipeline.Tools{Store: store, Client: client, Log: slog.New(slog.DiscardHandler)}
			return pipeline.RunJobs(ctx, cfg, cfg.Jobs, tools, pipeline.Options{})[0], nil
		},
		Rejects: func(ctx context.Context, file demo.File) ([]state.Reject, error) {
			cfg, _ := read(file)
			store, err := state.Open(ctx, cfg.State)
			if err != nil {
				return nil, err
			}
			defer store.Close()
			return store.Rejects(ctx, cfg.Jobs[0].Name)
		},
	}
}

func TestTheDemoTellsWhatHappens(t *testing.T) {
	t.Parallel()
	steps := realSteps(t)
	var runs []pipeline.Summary
	run := steps.Run
	steps.Run = func(ctx context.Context, file demo.File) (pipeline.Summary, error) {
		summary, err := run(ctx, file)
		runs = append(runs, summary)
		return summary, err
	}
	dir := filepath.Join(t.TempDir(), "kept")
	var out bytes.Buffer
	require.NoError(t, demo.Run(t.Context(), &out, dir, steps), "%s", &out)
	require.Len(t, runs, 3)
	require.Equal(t, int64(495), runs[0].Interactions.New)
	require.Equal(t, int64(5), runs[0].Interactions.Rejected)
	require.Equal(t, int64(1), runs[0].Comments.Rejected)
	require.Equal(t, int64(7+1), runs[1].Interactions.New, "the new ones and the one that was put right")
	require.Equal(t, int64(4), runs[1].Interactions.Changed)
	require.Equal(t, int64(2), runs[1].Comments.Changed)
	require.Equal(t, int64(1), runs[1].Requests.Bulk)
	require.Equal(t, int64(4+3+2), runs[1].Requests.Writes, "a changed ticket, a new message and an edited one are one request each")
	require.Zero(t, runs[2].Requests.Total)

	for _, told := range []string{
		"500 tickets in 7 languages",
		"7 new tickets, 4 old ones solved, 1 refused row put right",
		"interactions     503             503",
		"updates            4               4",
		"edits              2               2",
		"3 customers wrote once more on old tickets, and 2 old messages were edited",
		"8 new tickets, with their messages  1 bulk, ",
		"4 changed tickets                   4\n",
		"3 new messages on old tickets       3\n",
		"2 edited messages                   2, 2 to find them\n",
		"The card is [card], please",
		"soon",
		"bot",
		"map has no entry for it",
		"at most 68 characters",
		"the field is required",
		"pvetl status --config " + filepath.Join(dir, "jobs.yaml"),
	} {
		require.Contains(t, out.String(), told)
	}
	require.NotContains(t, out.String(), "4,5", "it was put right")
	for _, file := range []string{"helpdesk.db", "jobs.yaml", "pvetl.db", "playvox.jsonl"} {
		require.FileExists(t, filepath.Join(dir, file))
	}
}

// silent are steps that do nothing and say so.
func silent() demo.Steps {
	return demo.Steps{
		Apply:   func(context.Context, demo.File) ([]load.Change, error) { return nil, nil },
		Run:     func(context.Context, demo.File) (pipeline.Summary, error) { return pipeline.Summary{}, nil },
		Rejects: func(context.Context, demo.File) ([]state.Reject, error) { return nil, nil },
	}
}

func TestTheDemoFailsWhere(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	reason := "the source is gone"
	for name, test := range map[string]struct {
		change func(*demo.Steps)
		says   string
	}{
		"apply fails": {func(s *demo.Steps) {
			s.Apply = func(context.Context, demo.File) ([]load.Change, error) { return nil, broken }
		}, "apply: broken"},
		"a run fails": {func(s *demo.Steps) {
			s.Run = func(context.Context, demo.File) (pipeline.Summary, error) { return pipeline.Summary{}, broken }
		}, "run: broken"},
		"a run says that it failed": {func(s *demo.Steps) {
			s.Run = func(context.Context, demo.File) (pipeline.Summary, error) {
				return pipeline.Summary{Status: pipeline.Failed, Error: &reason}, nil
			}
		}, "run: the source is gone"},
		"less arrived than was sent": {func(s *demo.Steps) {
			s.Run = func(context.Context, demo.File) (pipeline.Summary, error) {
				return pipeline.Summary{Interactions: pipeline.Counts{New: 1}}, nil
			}
		}, "3 interactions were sent, but the sandbox has 0"},
		"a run with nothing to do makes requests": {func(s *demo.Steps) {
			s.Run = func(ctx context.Context, file demo.File) (pipeline.Summary, error) {
				address, _ := file.Env.Lookup("PLAYVOX_BASE_URL")
				request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/integrations", nil)
				if err != nil {
					return pipeline.Summary{}, err
				}
				response, err := http.DefaultClient.Do(request)
				if err != nil {
					return pipeline.Summary{}, err
				}
				return pipeline.Summary{}, response.Body.Close()
			}
		}, "a run with nothing to do made 1 requests"},
		"the rejects cannot be read": {func(s *demo.Steps) {
			s.Rejects = func(context.Context, demo.File) ([]state.Reject, error) { return nil, broken }
		}, "rejects: broken"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			steps := silent()
			test.change(&steps)
			require.ErrorContains(t, demo.Run(t.Context(), io.Discard, "", steps), test.says)
		})
	}
}

func TestNothingStaysOnTheDisk(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]bool{"at the end": false, "after Ctrl-C": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var dir string
			steps := silent()
			steps.Apply = func(_ context.Context, file demo.File) ([]load.Change, error) {
				dir = filepath.Dir(file.Path)
				require.FileExists(t, filepath.Join(dir, "helpdesk.db"))
				if stop {
					cancel()
				}
				return nil, nil
			}
			err := demo.Run(ctx, io.Discard, "", steps)
			require.Equal(t, stop, errors.Is(err, context.Canceled), err)
			require.NotEmpty(t, dir)
			require.NoDirExists(t, dir)
		})
	}
}

func TestADirectoryWithFilesIsNotUsed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mine := filepath.Join(dir, "jobs.yaml")
	require.NoError(t, os.WriteFile(mine, []byte("mine"), 0o600))
	require.ErrorContains(t, demo.Run(t.Context(), io.Discard, dir, silent()), "not empty")
	content, err := os.ReadFile(mine)
	require.NoError(t, err)
	require.Equal(t, "mine", string(content))
}
