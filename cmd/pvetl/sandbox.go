package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"pvetl/internal/sandbox"
)

func (a *app) sandboxCommand() *cobra.Command {
	var options sandbox.Options
	var listen string
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Run a local server that speaks Playvox's API, to try a jobs.yaml on",
		Long: "Checks what it is sent as strictly as the API's contract says, works on bulk jobs in the background, and shows\n" +
			"what it holds on a page. Its switches bring about what is undocumented or goes wrong.",
		Example: "  pvetl sandbox\n  pvetl sandbox --data sandbox.json --duplicates merge\n  pvetl sandbox --rate-limit 100 --fail-5xx 0.05 --drop-after 0.02",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			options.Logger = a.logger()
			return a.serveSandbox(cmd.Context(), listen, options)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&listen, "listen", "127.0.0.1:8099", "the `ADDRESS` to listen on")
	flags.StringVar(&options.DataFile, "data", "", "keep what it holds in this `FILE`; without one, in memory")
	flags.StringVar(&options.UID, "uid", "", "the API UID it accepts; without one, any")
	flags.StringVar(&options.APIKey, "api-key", "", "the API key it accepts; without one, any")
	flags.StringVar(&options.Duplicates, "duplicates", sandbox.RefuseDuplicates, "what a second create of one interaction_id does: refuse, merge or duplicate")
	flags.StringVar(&options.IDPlace, "id-place", sandbox.IDInResult, "where _id stands in an answer: result or top")
	flags.BoolVar(&options.IgnoreQuery, "ignore-query", false, "ignore the query filter of listings")
	flags.BoolVar(&options.BulkRefusesBadRows, "bulk-refuses-bad-rows", false, "refuse a whole bulk request for one bad row")
	flags.DurationVar(&options.Latency, "latency", 0, "wait this long before each answer")
	flags.DurationVar(&options.JobDuration, "job-duration", 500*time.Millisecond, "how long a bulk job takes")
	flags.IntVar(&options.RateLimit, "rate-limit", 0, "requests per window; 0 is no limit")
	flags.DurationVar(&options.RateWindow, "rate-window", time.Minute, "the window of the rate limit")
	flags.Float64Var(&options.Fail429, "fail-429", 0, "share of requests answered with 429")
	flags.Float64Var(&options.Fail5xx, "fail-5xx", 0, "share of requests answered with 500 to 504")
	flags.Float64Var(&options.DropBefore, "drop-before", 0, "share of connections dropped before the work")
	flags.Float64Var(&options.DropAfter, "drop-after", 0, "share of connections dropped after the work")
	flags.Uint64Var(&options.Seed, "seed", 1, "makes the same faults happen again")
	return cmd
}

const sandboxDrain = 5 * time.Second

func (a *app) serveSandbox(ctx context.Context, listen string, options sandbox.Options) error {
	box, err := sandbox.New(options)
	if err != nil {
		return err
	}
	defer box.Close()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", listen, err)
	}
	server := &http.Server{Handler: box, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	address := "http://" + listener.Addr().String()
	if a.json {
		if err := a.printJSON(map[string]string{"base_url": address + "/api/v1", "page": address}); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(a.Stdout, "base_url for jobs.yaml: %s/api/v1\nwhat it holds:          %s/\nCtrl-C stops it\n", address, address)
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sandboxDrain)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
