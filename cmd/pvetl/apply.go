package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"pvetl/load"
)

func (a *app) applyCommand() *cobra.Command {
	var yes, prune bool
	cmd := &cobra.Command{
		Use:   "apply",
		Short: "Make the integrations and their metadata in Playvox as jobs.yaml says",
		Long: "Shows what pvetl plan shows and carries it out: creates and updates the integrations of jobs.yaml and their metadata\n" +
			"fields. An integration of the same name is adopted. On a terminal it asks first, elsewhere it does not.\n\n" +
			"It is safe to repeat: what is as it should be is left alone, and after an interruption it goes on with what is there.\n" +
			"It deletes nothing without --prune, never an integration, and never touches conversations.\n\n" +
			"--json prints {\"changes\": […as pvetl plan…], \"applied\": true}; after a failure on the way, the changes that were made,\n" +
			"with \"applied\": false and the \"error\".",
		Example: "  pvetl apply\n  pvetl apply --yes           # does not ask\n  pvetl apply --prune         # also deletes metadata fields that jobs.yaml does not name",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.applyAsked(cmd.Context(), yes, prune)
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	pruneFlag(cmd, &prune)
	return cmd
}

// applyAsked shows the changes, asks where somebody is there to be asked, and makes them.
func (a *app) applyAsked(ctx context.Context, yes, prune bool) error {
	client, plans, err := a.plan(ctx, prune)
	if err != nil {
		return err
	}
	defer client.Close()
	asks := a.Asks && !yes && pending(plans) > 0
	if shown := a.planOut(asks); shown != nil {
		printPlans(shown, plans)
	}
	if asks {
		if err := a.askToApply(ctx, pending(plans)); err != nil {
			return err
		}
	}
	done, err := carryOut(ctx, client, plans)
	if err != nil {
		return a.reportPartial(ctx, done, err)
	}
	switch {
	case a.json:
		return a.printJSON(map[string]any{"changes": done, "applied": true})
	case pending(plans) == 0:
		fmt.Fprintln(a.Stdout, nothingToApply)
	default:
		fmt.Fprintf(a.Stdout, "\n%s\n", counted(done, "created", "updated", "deleted"))
	}
	return nil
}

// planOut is where the changes are shown: with --json only to whoever is asked, beside the object.
func (a *app) planOut(asks bool) io.Writer {
	switch {
	case !a.json:
		return a.Stdout
	case asks:
		return a.Stderr
	default:
		return nil
	}
}

var errNotApplied = errors.New("nothing was changed")

func (a *app) askToApply(ctx context.Context, changes int) error {
	these := fmt.Sprintf("these %d changes", changes)
	if changes == 1 {
		these = "this change"
	}
	return a.ask(ctx, fmt.Sprintf("Apply %s?", these), errNotApplied)
}

// ask returns nil when the answer is yes, and otherwise what refusing means.
func (a *app) ask(ctx context.Context, question string, refused error) error {
	fmt.Fprintf(a.Stderr, "\n%s [y/N] ", question)
	answer, err := a.readLine(ctx)
	if err != nil {
		fmt.Fprintln(a.Stderr)
		return fmt.Errorf("%w: %w", refused, err)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	default:
		return refused
	}
}

// readLine waits for a line on stdin or the end of ctx. Nothing can call off a read from a terminal: it ends with the
// process, which is about to.
func (a *app) readLine(ctx context.Context) (string, error) {
	lines := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(a.Stdin).ReadString('\n') // without an answer it is empty
		lines <- line
	}()
	select {
	case line := <-lines:
		return line, nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// carryOut makes the changes and returns those that were made, also when one fails.
func carryOut(ctx context.Context, client *load.Client, plans []load.Plan) ([]load.Change, error) {
	done := []load.Change{}
	for _, plan := range plans {
		changes, err := client.Apply(ctx, plan)
		done = append(done, changes...)
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// reportPartial says what was done before something failed.
func (a *app) reportPartial(ctx context.Context, done []load.Change, err error) error {
	failed := hinted{err, "pvetl apply looks at what is there and goes on with the rest"}
	counts := tally(done)
	if len(done) == counts[load.ActionNone] {
		return failed
	}
	if !a.json {
		fmt.Fprintf(a.Stdout, "\n%s, then it stopped\n", counted(done, "created", "updated", "deleted"))
		for _, change := range done {
			if change.Action != load.ActionNone {
				fmt.Fprintf(a.Stdout, "%s %s %s\n", signs[change.Action], change.Kind, oneLine(change.Name))
			}
		}
		return failed
	}
	if err := a.printJSON(map[string]any{
		"command": a.command, "ok": false, "changes": done, "applied": false,
		"error": map[string]string{"message": a.redactor.Redact(err.Error()), "hint": failed.hint},
	}); err != nil {
		return err
	}
	return statusError{max(exitFailed, exitOf(ctx, nil))}
}

// apply makes all changes without a word, for the demo.
func (a *app) apply(ctx context.Context) ([]load.Change, error) {
	client, plans, err := a.plan(ctx, false)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	return carryOut(ctx, client, plans)
}
