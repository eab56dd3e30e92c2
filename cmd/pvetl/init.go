package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"pvetl/extract"
	"pvetl/internal/dsn"
	"pvetl/internal/scaffold"
	"pvetl/internal/secret"
)

// defaultVariable is where a proposed jobs.yaml expects the address of the database.
const defaultVariable = "HELPDESK_DSN"

func (a *app) initCommand() *cobra.Command {
	var source string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a jobs.yaml to begin with",
		Long: "Writes a jobs.yaml that explains every key. With --source it looks at the tables of a Postgres, MySQL or SQLite database\n" +
			"instead, proposes which of them are the tickets, messages, people and files, and writes queries and a mapping. What it\n" +
			"guesses it says in comments. It reads the catalogue and a few recent rows, changes nothing, and never writes the\n" +
			"address, which may hold a password, into the file. A file that is there is not overwritten.\n\n" +
			"--source takes the address, or ${NAME} for the one that the variable NAME holds.\n\n" +
			"--json prints {\"file\", \"guesses\": [{\"path\", \"guess\", \"why\", \"also\"}]}.",
		Example: "  pvetl init\n" +
			"  pvetl init --source '${HELPDESK_DSN}'\n" +
			"  pvetl init --source sqlite:helpdesk.db --config helpdesk.yaml",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := os.Lstat(a.configPath); err == nil {
				return errTaken(a.configPath)
			}
			if !cmd.Flags().Changed("source") {
				return a.writeNew(defaultVariable, scaffold.Proposal{YAML: scaffold.Template(), Guesses: []scaffold.Guess{}})
			}
			variable, address, err := a.addressOf(source)
			if err != nil {
				return err
			}
			proposal, err := a.propose(cmd.Context(), variable, address)
			if err != nil {
				return fmt.Errorf("looking at the database: %w", err)
			}
			return a.writeNew(variable, proposal)
		},
	}
	cmd.Flags().StringVar(&source, "source", "", "propose from the tables of the database at this `DSN`, or ${NAME} for one in a variable")
	return cmd
}

func errTaken(path string) error {
	return hinted{usageError{errors.New(path + " is there already")}, "remove it, or name another file with --config"}
}

var reference = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)

// addressOf reads --source, and returns the name of the variable that is to hold the address.
func (a *app) addressOf(source string) (variable string, address secret.Text, err error) {
	variable, address = defaultVariable, secret.Text(source)
	if named := reference.FindStringSubmatch(source); named != nil {
		variable = named[1]
		value, ok := a.LookupEnv(variable)
		if !ok || value == "" {
			return "", "", usageError{fmt.Errorf("the variable %s is not set: set it to the address of the database", variable)}
		}
		address = secret.Text(value)
	}
	a.redactor.Learn(secret.NewRedactor(address))
	if dsn.KindOf(address.Reveal()) == dsn.None {
		return "", "", usageError{fmt.Errorf("--source: %w", dsn.ErrForm)}
	}
	return variable, address, nil
}

// lookTimeout is how long the database may work on one look at its rows.
const lookTimeout = 10 * time.Second

func (a *app) propose(ctx context.Context, variable string, address secret.Text) (scaffold.Proposal, error) {
	source, warnings, err := extract.Open(ctx, extract.Options{DSN: address, StatementTimeout: lookTimeout})
	if err != nil {
		return scaffold.Proposal{}, err
	}
	defer source.Close()
	for _, warning := range warnings {
		a.logger().Warn("the source has a warning", "warning", warning)
	}
	tables, err := source.Tables(ctx)
	if err != nil {
		return scaffold.Proposal{}, err
	}
	dialect := scaffold.DialectOf(dsn.KindOf(address.Reveal()))
	return scaffold.Propose(ctx, tables, dialect, variable, scaffold.Ask(source)), context.Cause(ctx)
}

// writeNew writes the file, unless somebody else has meanwhile, and says what comes next.
func (a *app) writeNew(variable string, proposal scaffold.Proposal) error {
	file, err := os.OpenFile(a.configPath, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return errTaken(a.configPath)
	}
	if err != nil {
		return hinted{usageError{err}, "name a file in a directory that is there with --config"}
	}
	if _, err = file.WriteString(proposal.YAML); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Close(); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"file": a.configPath, "guesses": proposal.Guesses})
	}
	a.sayNext(variable, proposal)
	return nil
}

func (a *app) sayNext(variable string, proposal scaffold.Proposal) {
	switch {
	case proposal.Found:
		fmt.Fprintf(a.Stdout, "%s proposed, with %d guesses: each says what and why\n", a.configPath, len(proposal.Guesses))
	case proposal.Looked:
		fmt.Fprintf(a.Stdout, "%s written: no table looks like one of tickets, so it is the example, with the tables listed above it\n", a.configPath)
	default:
		fmt.Fprintf(a.Stdout, "%s written: an example that explains every key\n", a.configPath)
	}
	if proposal.Product != "" {
		fmt.Fprintf(a.Stdout, "the tables look like those of %s, for which there is an example\n", proposal.Product)
	}
	fmt.Fprintf(a.Stdout, "\nnext\n")
	option := ""
	if a.configPath != "jobs.yaml" {
		option = " --config " + a.configPath
	}
	for _, step := range [][2]string{
		{"export " + variable + "=…", "the address of the database, which is not in the file"},
		{"edit " + a.configPath, "correct what is wrong"},
		{"pvetl validate" + option, "check the file, offline"},
		{"pvetl preview tickets" + option, "see rows, and what would become of them; sends nothing"},
		{"pvetl check" + option, "check it against the database and Playvox, for which PLAYVOX_BASE_URL, PLAYVOX_UID and PLAYVOX_API_KEY are set"},
		{"pvetl plan" + option, "see what apply would create in Playvox"},
		{"pvetl apply" + option, "create it"},
		{"pvetl run tickets" + option, "bring what there is, and each time what changed"},
	} {
		fmt.Fprintf(a.Stdout, "  %-*s  %s\n", 32+len(option), step[0], step[1])
	}
}
