package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/internal/secret"
	"pvetl/internal/serve"
)

// tokenVariable holds the token of the page where no file does.
const tokenVariable = "PVETL_TOKEN"

func (a *app) serveCommand() *cobra.Command {
	var page serve.Page
	var tokenFile string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run jobs on their schedules, and show where they stand on a page",
		Long: "Stays, and runs each job when its schedule in jobs.yaml says. A run that was missed is caught up on once; one that is due\n" +
			"while the last is still under way is skipped. Several of these, on one state in Postgres or MySQL, share the work: each\n" +
			"job runs in one of them, and what one leaves behind when it dies another takes up. jobs.yaml is read again when it\n" +
			"changes and on SIGHUP; while it is broken, the one before stays in use. SIGTERM or Ctrl-C: what is on its way is written\n" +
			"down, and it exits 0 within ten seconds; an unfinished run goes on when somebody serves again.\n\n" +
			"The page shows the jobs, their runs and rejects; /metrics, /healthz and /readyz are for machines. Only this host can\n" +
			"reach them, unless --listen says otherwise, which takes a token. The token, in " + tokenVariable + " or in the file that\n" +
			"--token-file names, also opens the actions: run now, pause, retry.\n\n" +
			"--json prints {\"page\": its address} once it is there.",
		Example: "  pvetl serve                                               # http://127.0.0.1:8080, to look at\n" +
			"  PVETL_TOKEN=$(openssl rand -hex 32) pvetl serve           # and to act\n" +
			"  pvetl serve --listen :8080 --token-file /run/secrets/token --behind-proxy --host pvetl.acme.example\n" +
			"  kill -HUP PID                                             # read jobs.yaml and its secrets again",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if page.Token, err = a.token(tokenFile); err != nil {
				return usageError{err}
			}
			if err := page.Check(); err != nil {
				return usageError{err}
			}
			return a.serve(cmd.Context(), page)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&page.Listen, "listen", "127.0.0.1:8080", "the `ADDRESS` to listen on")
	flags.StringVar(&tokenFile, "token-file", "", "the `FILE` that holds the token; without one, "+tokenVariable)
	flags.StringArrayVar(&page.Hosts, "host", nil, "a `NAME` under which the page is reached, beside localhost (may be repeated)")
	flags.BoolVar(&page.BehindProxy, "behind-proxy", false, "something in front of it speaks HTTPS with browsers")
	flags.StringVar(&page.CertFile, "tls-cert", "", "speak HTTPS with the certificate in this `FILE`")
	flags.StringVar(&page.KeyFile, "tls-key", "", "the `FILE` with its key")
	flags.BoolVar(&page.Values, "show-values", false, "show values of rows on the page")
	return cmd
}

// token is what opens the page; empty where there is none.
func (a *app) token(path string) (secret.Text, error) {
	text, _ := a.LookupEnv(tokenVariable)
	if path != "" {
		content, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("--token-file: %w", err)
		}
		text = string(content)
	}
	token := secret.Text(strings.TrimSpace(text))
	if path != "" && token == "" {
		return "", fmt.Errorf("--token-file: %s is empty", path)
	}
	a.redactor.Learn(secret.NewRedactor(token))
	return token, nil
}

func (a *app) serve(ctx context.Context, page serve.Page) error {
	if _, _, err := a.jobs(nil, pipeline.Options{}); err != nil { // says it with the lines that are meant
		return err
	}
	options := serve.Options{
		Path: a.configPath, Env: config.Env{Lookup: a.LookupEnv}, Page: page, Log: a.logger(), Redactor: a.redactor, Version: version(),
		Listening: a.sayWhereThePageIs,
	}
	if a.Hangups != nil {
		hangups, stop := a.Hangups()
		defer stop()
		options.Hangups = hangups
	}
	return serve.Run(ctx, options)
}

// sayWhereThePageIs tells whoever started it; in a log it has been said already.
func (a *app) sayWhereThePageIs(address string) {
	switch {
	case a.json:
		_ = a.printJSON(map[string]string{"page": address})
	case a.StdoutTerminal:
		fmt.Fprintf(a.Stdout, "the page: %s\nCtrl-C stops it\n", address)
	}
}
