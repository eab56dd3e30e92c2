package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// workshop is what measurements are made with.
type workshop struct {
	settings
	folder string
	server *server
	out    io.Writer
}

// inWorkshop builds pvetl, starts the server, does the work and puts everything away.
func inWorkshop(ctx context.Context, out io.Writer, rows, inFlight int, work func(*workshop, context.Context) error) error {
	settings, err := readSettings(rows, inFlight)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "pvetl-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	w := &workshop{settings: settings, folder: folder, out: out, server: newServer(settings.jobTakes)}
	defer w.server.Close()
	if w.pvetl == "" {
		w.pvetl = filepath.Join(folder, "pvetl")
		if err := build(ctx, w.pvetl); err != nil {
			return err
		}
	}
	return work(w, ctx)
}

// build makes the program as it is shipped.
func build(ctx context.Context, program string) error {
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "./cmd/pvetl")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building pvetl: %w\n%s", err, said)
	}
	return nil
}

// desk is a help desk in a database.
type desk struct {
	dialect   dialect
	dsn       string
	tickets   int
	perTicket int
}

// load is a first load and a re-read of the same rows, by pvetl.
type load struct {
	first, again        cost
	firstAsks, nextAsks int
}

// load has pvetl bring a desk twice: everything, then, as nothing changed, nothing.
func (w *workshop) load(ctx context.Context, d desk, s shape) (load, error) {
	var done load
	folder, err := os.MkdirTemp(w.folder, "state-")
	if err != nil {
		return done, err
	}
	defer os.RemoveAll(folder)
	config := filepath.Join(folder, "jobs.yaml")
	if err := os.WriteFile(config, []byte(s.jobs(w.inFlight)), 0o600); err != nil {
		return done, err
	}
	environment := []string{
		"BENCH_URL=" + w.server.base(), "BENCH_UID=u", "BENCH_KEY=k", "BENCH_DSN=" + d.dsn, "BENCH_STATE=sqlite:" + filepath.Join(folder, "state.db"),
	}
	w.server.expect(d.tickets, s.perTicket(d))
	if done.first, err = w.pvetlRun(ctx, environment, config, d.tickets, 0); err != nil {
		return done, err
	}
	account := w.server.account()
	done.firstAsks = account.requests
	if err := account.check(); err != nil {
		return done, err
	}
	if done.again, err = w.pvetlRun(ctx, environment, config, 0, d.tickets); err != nil {
		return done, err
	}
	done.nextAsks = account.requests - done.firstAsks
	return done, account.check()
}

// pvetlRun is one `pvetl run`, which has to find so many interactions new and unchanged.
func (w *workshop) pvetlRun(ctx context.Context, environment []string, config string, isNew, unchanged int) (cost, error) {
	spent, said, err := measure(ctx, environment, w.pvetl, "run", "--json", "--config", config)
	if err != nil {
		return spent, err
	}
	var ended struct {
		Jobs []struct {
			Status       string
			Interactions struct{ New, Unchanged int }
		}
	}
	if err := json.Unmarshal(said, &ended); err != nil {
		return spent, err
	}
	if len(ended.Jobs) != 1 || ended.Jobs[0].Status != "succeeded" ||
		ended.Jobs[0].Interactions.New != isNew || ended.Jobs[0].Interactions.Unchanged != unchanged {
		return spent, fmt.Errorf("%d new and %d unchanged interactions are expected, but pvetl says\n%s", isNew, unchanged, strings.TrimSpace(string(said)))
	}
	return spent, nil
}

// bareLoop has the bare loop bring a desk.
func (w *workshop) bareLoop(ctx context.Context, d desk, s shape) (cost, error) {
	self, err := os.Executable()
	if err != nil {
		return cost{}, err
	}
	w.server.expect(d.tickets, s.perTicket(d))
	spent, _, err := measure(ctx, nil, self, "floor", d.dialect.name, d.dsn, w.server.base(), fmt.Sprint(s.comments != ""))
	if err != nil {
		return spent, err
	}
	return spent, w.server.account().check()
}
