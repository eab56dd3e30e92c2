package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"pvetl/internal/config"
	"pvetl/internal/secret"
)

// The exit statuses.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitRejects = 3
	exitHeld    = 4 // another process has the job
)

// Process is what a command has of the process it runs in.
type Process struct {
	Args           []string
	Stdin          io.Reader // asked only where Asks is set
	Stdout         io.Writer
	Stderr         io.Writer
	LookupEnv      func(string) (string, bool)
	StdoutTerminal bool // whether Stdout is one
	Terminal       bool // whether Stderr is one
	Asks           bool // whether somebody is there to be asked: Stdin and Stderr are terminals

	Hangups func() (received <-chan os.Signal, stop func()) // SIGHUP, for a command that wants it; nil: none comes
}

// app is one invocation.
type app struct {
	Process
	configPath string
	json       bool
	logFormat  string
	logLevel   string
	command    string // the one that runs, for messages
	redactor   *secret.Growing
	screen     *screen // Stderr, for logs and progress
}

// Main carries out one command and returns the exit status.
func Main(ctx context.Context, process Process) int {
	a := &app{Process: process, screen: &screen{w: process.Stderr}, redactor: &secret.Growing{}}
	root := a.root()
	root.SetArgs(process.Args)
	root.SetOut(process.Stdout)
	root.SetErr(process.Stderr)
	err := root.ExecuteContext(ctx)
	return a.end(ctx, err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "pvetl",
		Short: "Brings conversations from your own SQL databases into Playvox",
		Long: "pvetl reads what changed in a Postgres, MySQL or SQLite database, maps rows to interactions as jobs.yaml says,\n" +
			"sends them to Playvox in bulk and remembers how far it came.",
		Example:           "  pvetl demo                  # see it work, without any configuration\n  pvetl validate              # check jobs.yaml\n  pvetl run tickets           # bring what changed",
		SilenceUsage:      true,
		SilenceErrors:     true,
		DisableAutoGenTag: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			a.command = strings.TrimPrefix(cmd.CommandPath(), "pvetl ")
			return a.checkLogFlags()
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.configPath, "config", "jobs.yaml", "the configuration `FILE`")
	flags.BoolVar(&a.json, "json", false, "print one JSON object on stdout")
	flags.StringVar(&a.logFormat, "log-format", "", "how logs are written on stderr: text or json; without it, text on a terminal and json elsewhere")
	flags.StringVar(&a.logLevel, "log-level", "info", "which logs are written: debug, info, warn or error")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		a.demoCommand(), a.initCommand(), a.validateCommand(), a.checkCommand(), a.planCommand(), a.applyCommand(), a.previewCommand(),
		a.testCommand(), a.runCommand(), a.backfillCommand(), a.statusCommand(), a.runsCommand(), a.rejectsCommand(), a.verifyCommand(), a.watermarkCommand(),
		a.serveCommand(), a.healthcheckCommand(), a.sandboxCommand(), a.schemaCommand(), a.versionCommand(),
	)
	return root
}

// usageError is a command line that makes no sense.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func (a *app) checkLogFlags() error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(a.logLevel)); err != nil {
		return usageError{errors.New("--log-level is debug, info, warn or error")}
	}
	switch {
	case a.logFormat == "" && a.Terminal:
		a.logFormat = "text"
	case a.logFormat == "":
		a.logFormat = "json"
	case a.logFormat != "text" && a.logFormat != "json":
		return usageError{errors.New("--log-format is text or json")}
	}
	return nil
}

// logger writes logs on stderr, with every known credential masked.
func (a *app) logger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(a.logLevel)) // checked before any command runs
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, attr slog.Attr) slog.Attr {
		switch value := attr.Value.Any().(type) {
		case string:
			attr.Value = slog.StringValue(a.redactor.Redact(value))
		case error:
			attr.Value = slog.StringValue(a.redactor.Redact(value.Error()))
		}
		return attr
	}}
	if a.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(a.screen, options))
	}
	return slog.New(slog.NewTextHandler(a.screen, options))
}

// load reads the configuration for a command that needs certain parts of it.
func (a *app) load(needs ...config.Need) (*config.File, error) {
	file, err := config.Read(a.configPath, config.Env{Lookup: a.LookupEnv})
	if err != nil {
		return nil, a.unfit(file, err)
	}
	a.redactor.Learn(file.Redactor())
	if err := file.Require(needs...); err != nil {
		return nil, a.unfit(file, err)
	}
	return file, nil
}

// unfit is why a jobs.yaml cannot be used, with what to do about it.
func (a *app) unfit(file *config.File, err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return hinted{usageError{err}, "name the file with --config, or see it all work without one: pvetl demo"}
	case errors.As(err, new(*config.UnsetError)):
		return hinted{usageError{err}, "set them in the environment of this command"}
	default:
		return hinted{usageError{a.broken(file, err)}, "pvetl validate checks the file without connecting to anything"}
	}
}
