package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/load"
	"pvetl/mapping"
)

// described reads the minimal file with a description written as given.
func described(t *testing.T, written string, env config.Env) (string, *config.File) {
	t.Helper()
	file, _ := config.Load("jobs.yaml", fixture(t, "minimal.yaml", "name: Shop,", "name: Shop, description: "+written+","), env)
	require.NotNil(t, file)
	if len(file.Config.Integrations) == 0 {
		return "", file
	}
	return file.Config.Integrations[0].Description, file
}

func TestReferences(t *testing.T) {
	t.Parallel()
	env := environment(map[string]string{"A": "alpha", "EMPTY": "", "TRICKY": "${A} $$ ${file:x}: [\n", "_x9": "under"})
	env.Dir = "/conf"
	env.ReadFile = func(path string) ([]byte, error) {
		return []byte("in " + path + "\r\n"), nil
	}
	for name, test := range map[string]struct{ written, expected string }{
		"a variable":                             {`"${A}"`, "alpha"},
		"several in a text":                      {`"<${A}|${_x9}>"`, "<alpha|under>"},
		"a default where the variable is unset":  {`"${B:-beta}"`, "beta"},
		"a default where the variable is empty":  {`"${EMPTY:-beta}"`, "beta"},
		"no default where the variable is set":   {`"${A:-beta}"`, "alpha"},
		"an empty default":                       {`"x${B:-}y"`, "xy"},
		"a default with a colon":                 {`"${B:-sqlite:x:-y.db}"`, "sqlite:x:-y.db"},
		"an empty variable":                      {`"x${EMPTY}y"`, "xy"},
		"a file beside the configuration":        {`"${file:a/b}"`, "in /conf/a/b"},
		"a file anywhere":                        {`"${file:/run/key}"`, "in /run/key"},
		"two dollars before a brace are one":     {`"$$5$ and $${A}"`, "$$5$ and ${A}"},
		"a dollar alone":                         {`"$5, $A and $"`, "$5, $A and $"},
		"dollars in a default":                   {`"${B:-a$$b}"`, "a$$b"},
		"what a variable holds is left as it is": {`"${TRICKY}"`, "${A} $$ ${file:x}: [\n"},
		"in single quotes too":                   {`'${A}'`, "alpha"},
		"a comment in a text":                    {`"${A} # no comment"`, "alpha # no comment"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := described(t, test.written, env)
			require.Equal(t, test.expected, got)
		})
	}
}

func TestNumbersAndDurationsComeFromVariablesToo(t *testing.T) {
	t.Parallel()
	content := fixture(t, "full.yaml",
		"requests_per_minute: 100 ", "requests_per_minute: ${RPM:-100} ",
		"max_in_flight: 8 ", "max_in_flight: ${FLIGHT} ",
		"statement_timeout: 5m", "statement_timeout: ${NONE:-}",
		"lag: 10m", "lag: ${LAG}",
		"updates: true", "updates: ${UPDATES}",
		"deletes: ignore", "deletes: ${DELETES}")
	env := environment(map[string]string{"FLIGHT": "3", "LAG": "1d", "UPDATES": "false", "DELETES": "delete"})
	file, err := config.Load("jobs.yaml", content, env)
	require.NoError(t, err)
	require.Equal(t, 100, file.Config.Playvox.RequestsPerMinute)
	require.Equal(t, 3, file.Config.Playvox.MaxInFlight)
	require.Equal(t, 5*time.Minute, file.Config.Sources[0].StatementTimeout, "an empty variable is as no value")
	require.Equal(t, 24*time.Hour, file.Config.Jobs[0].Extract.Interactions.Lag.Duration)
	require.False(t, file.Config.Jobs[0].Load.Updates)
	require.Equal(t, "delete", file.Config.Jobs[0].Load.Deletes)
}

func TestAnUnsetValueIsNoFault(t *testing.T) {
	t.Parallel()
	content := fixture(t, "full.yaml",
		"requests_per_minute: 100", "requests_per_minute: ${X}",
		"timezone: America/Bogota             #", "timezone: ${X} #",
		"{type: float}", `{type: "${X}", allowed: ["${X}"], available_in: ["${X}"]}`,
		"allowed: [open, pending, solved]", `allowed: [open, "${X}"]`,
		"schedule: \"15 2 * * *\"", "schedule: ${X}",
		"source: helpdesk", "source: ${X}",
		"integration: helpdesk", "integration: ${X}",
		"cursor: updated_at  ", "cursor: ${X} #",
		"start: 2026-01-01T00:00:00Z", "start: ${X}",
		"parent: ticket_id", "parent: ${X} #",
		"SELECT a.id, a.message_id, a.filename, a.mime, a.content FROM files a", "${X}",
		"assignee_id: {column: agent_email, default: unassigned}", `assignee_id: {column: "${X}", truncate: "${X}"}`,
		`{template: "https://help.acme.example/tickets/{id}"}`, `{template: "${X}"}`,
		"max_rejects: 100", "max_rejects: ${X}")
	file, err := config.Load("jobs.yaml", content, config.Env{})
	require.NoError(t, err)
	for _, finding := range file.Findings {
		require.Equal(t, config.SeverityHint, finding.Severity, finding)
	}
	require.Len(t, file.Unset, len(file.Findings))
}

func TestTextIsTextHoweverYAMLReadsIt(t *testing.T) {
	t.Parallel()
	for _, written := range []string{"on", "yes", "true", "010", "1_000", "0x1F", "1e3", "2026-01-01", "12:30:00", "1.50", ".inf"} {
		got, _ := described(t, written, config.Env{})
		require.Equal(t, written, got)
	}
}

func TestConstants(t *testing.T) {
	t.Parallel()
	for written, expected := range map[string]mapping.Literal{
		"text":                  {Text: "text"},
		"010":                   {Text: "010"},
		"9007199254740993":      {Text: "9007199254740993"},
		"true":                  {Text: "true"},
		"~":                     {Null: true},
		`""`:                    {Text: ""},
		"[]":                    {Text: "[]"},
		`[a, 1, 1.50, true, ~]`: {Text: `["a",1,1.50,true,null]`},
		`[010, "1", <&>, "\""]`: {Text: `["010","1","<&>","\""]`},
	} {
		content := fixture(t, "full.yaml", "default: unassigned", "default: "+written)
		file, err := config.Load("jobs.yaml", content, config.Env{})
		require.NoError(t, err)
		require.Equal(t, &expected, file.Config.Jobs[0].Mapping.Interaction.AssigneeID.Default, written)
	}
}

func TestLagsAndLimitsAndDurations(t *testing.T) {
	t.Parallel()
	read := func(lag, limit, timeout string) (config.Job, error) {
		content := fixture(t, "full.yaml", "lag: 10m", "lag: "+lag, "max_rejects: 100", "max_rejects: "+limit,
			"timeout: 6h", "timeout: "+timeout, "start: 2026-01-01T00:00:00Z", "#")
		file, err := config.Load("jobs.yaml", content, config.Env{})
		return file.Config.Jobs[0], err
	}
	job, err := read("500", "1%", "1d12h")
	require.NoError(t, err)
	require.Equal(t, extract.Lag{Set: true, Units: 500}, job.Extract.Interactions.Lag)
	require.Equal(t, load.Limit{Set: true, Percent: 1}, job.Load.MaxRejects)
	require.Equal(t, 36*time.Hour, job.Timeout)
	job, err = read("1h30m", "0.5%", "90s")
	require.NoError(t, err)
	require.Equal(t, extract.Lag{Set: true, Duration: 90 * time.Minute}, job.Extract.Interactions.Lag)
	require.Equal(t, load.Limit{Set: true, Percent: 0.5}, job.Load.MaxRejects)
	job, err = read("0", "0", "1s")
	require.NoError(t, err)
	require.Equal(t, extract.Lag{Set: true}, job.Extract.Interactions.Lag)
	require.Equal(t, load.Limit{Set: true}, job.Load.MaxRejects, "none may be rejected")

	for _, lag := range []string{"-1", "-5m", "1.5", "soon", "106752d", "106751d48h", "1dd", "-1d", "1d-1h"} {
		_, err := read(lag, "1", "1h")
		require.ErrorContains(t, err, "lag: found ", lag)
	}
	for _, limit := range []string{"-1", "101%", "%", "1e1%", "NaN%", "-1%", "1.5", "many"} {
		_, err := read("1", `"`+limit+`"`, "1h")
		require.ErrorContains(t, err, "max_rejects: found ", limit)
	}
	for _, timeout := range []string{"1", "0s", "999ms", "1 h", "h", "1w"} {
		_, err := read("1", "1", timeout)
		require.ErrorContains(t, err, "timeout: found ", timeout)
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for url, expected := range map[string]string{
		"https://acme.playvox.com/api/v1":   "",
		"https://acme.playvox.com/api/v1//": "",
		"http://localhost:8099/api/v1":      "",
		"http://127.0.0.1:8099/api/v1":      "",
		"http://[::1]:8099":                 "",
		"http://acme.playvox.com":           "https:// address",
		"http://localhost.example":          "https:// address",
		"ftp://localhost":                   "https:// address",
		"acme.playvox.com/api/v1":           "an address such as",
		"https:///api/v1":                   "an address such as",
		"https://:443/api":                  "an address such as",
		"https://a b":                       "an address such as",
		"https://u:hunter2@acme.example":    "without user and password",
		"https://hunter2@acme.example":      "without user and password",
		"https://acme.example/?k=hunter2":   "without ? and #",
		"https://acme.example/?":            "without ? and #",
		"https://acme.example/#":            "without ? and #",
	} {
		content := fixture(t, "minimal.yaml", "https://acme.playvox.com/api/v1", url)
		file, err := config.Load("jobs.yaml", content, config.Env{})
		if expected == "" {
			require.NoError(t, err, url)
			require.Equal(t, strings.TrimRight(url, "/"), file.Config.Playvox.BaseURL)
			continue
		}
		require.ErrorContains(t, err, "playvox.base_url: found ", url)
		require.ErrorContains(t, err, expected, url)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestFormsOfADSN(t *testing.T) {
	t.Parallel()
	for dsn, valid := range map[string]bool{
		"postgres://u@db/x":                     true,
		"postgresql://db:5432/x?sslmode=verify": true,
		"postgres:///x?host=/run/postgresql":    true,
		"host=db dbname=x":                      true,
		"dbname=x":                              true,
		"user=u hostaddr=10.0.0.1":              true,
		"mysql://u@db:3306/x":                   true,
		"u@tcp(db:3306)/x":                      true,
		"u@unix(/run/mysqld.sock)/x":            true,
		"tcp(db)/x":                             true,
		"sqlite:shop.db":                        true,
		"sqlite:/var/lib/shop.db":               true,
		"sqlite:///var/lib/shop.db":             true,
		"sqlite:":                               false,
		"sqlite://shop.db":                      false,
		"shop.db":                               false,
		"mysql:///x":                            false,
		"mariadb://db/x":                        false,
		"postgres://db:port/x":                  false,
		"oracle://host=db":                      false,
	} {
		content := fixture(t, "minimal.yaml", "sqlite:shop.db", dsn)
		_, err := config.Load("jobs.yaml", content, config.Env{})
		require.Equal(t, valid, err == nil, dsn)
		if !valid {
			require.ErrorContains(t, err, "sqlite:PATH", "the forms there are")
			require.NotContains(t, err.Error(), dsn+"\n")
		}
		_, err = config.Load("jobs.yaml", append(fixture(t, "minimal.yaml"), "state: \""+dsn+"\"\n"...), config.Env{})
		require.Equal(t, valid, err == nil, dsn)
	}
}
