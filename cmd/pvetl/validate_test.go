package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
)

// validated runs validate on a file, with variables as on a machine where they are set.
func validated(t *testing.T, process Process, args ...string) (int, string) {
	t.Helper()
	var out, errs bytes.Buffer
	process.Args = append([]string{"validate"}, args...)
	process.Stdout, process.Stderr = &out, &errs
	if process.LookupEnv == nil {
		process.LookupEnv = environment(nil)
	}
	code := Main(t.Context(), process)
	require.Empty(t, errs.String())
	return code, out.String()
}

// environment looks variables up that every broken file names, and others.
func environment(others map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if value, ok := others[name]; ok {
			return value, true
		}
		switch name {
		case "PLAYVOX_UID", "PLAYVOX_API_KEY":
			return "of-the-environment", true
		case "HELPDESK_DSN":
			return "postgres://reader:hunter2@db/desk?sslmode=require", true
		default:
			return "", false
		}
	}
}

// Each file of testdata/broken has one mistake, as people make them. Its first line says what is found: the severity, the
// line and column, and a word that the message has. Nothing else is found.
func TestAMistakeIsNamedWhereItWasMade(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/broken/*.yaml")
	require.NoError(t, err)
	require.Greater(t, len(files), 30)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			first, _, _ := strings.Cut(string(content), "\n")
			wanted := strings.SplitN(strings.TrimPrefix(first, "# "), " ", 3) // error: 12:7 cursr
			status := exitDone
			if wanted[0] == "error:" {
				status = exitUsage
			}
			begun := time.Now()
			code, out := validated(t, Process{}, "--config", file)
			require.Less(t, time.Since(begun), 10*time.Second, "it takes milliseconds; a hundred at a time on a busy machine take longer")
			require.Equal(t, status, code, out)
			out, _, _ = strings.Cut(out, file+" is valid")
			require.Equal(t, 1, strings.Count(out, "\n"), out)
			require.True(t, strings.HasPrefix(out, wanted[0]+" "+file+":"+wanted[1]+": "), "%s wants %s", out, first)
			require.Contains(t, out, wanted[2])
			onTerminal(t, file, out)
			asJSON(t, file, out)
		})
	}
}

// onTerminal requires the same line with its excerpt on a terminal: a caret below the column that the line names.
func onTerminal(t *testing.T, file, line string) {
	t.Helper()
	_, out := validated(t, Process{StdoutTerminal: true, LookupEnv: environment(map[string]string{"NO_COLOR": "1"})}, "--config", file)
	below, ok := strings.CutPrefix(out, line)
	require.True(t, ok, "%s is not %s", out, line)
	if !strings.Contains(line, "the file is empty") {
		require.Regexp(t, `^ +\d+ \| .*\n +\| +\^~*\n`, below)
	}
	require.NotContains(t, out, "\x1b")
	require.NotContains(t, out, "0123456789abcdef", "the key in plain text")
}

// asJSON requires the same finding for machines.
func asJSON(t *testing.T, file, line string) {
	t.Helper()
	_, out := validated(t, Process{StdoutTerminal: true}, "--json", "--config", file)
	var report struct {
		OK       bool
		Findings []config.Finding
	}
	require.NoError(t, json.Unmarshal([]byte(out), &report))
	require.Len(t, report.Findings, 1)
	found := report.Findings[0]
	require.Equal(t, line, string(found.Severity)+": "+found.String()+"\n")
	require.Equal(t, report.OK, found.Severity != config.SeverityError)
}

func TestOnATerminalFindingsHaveTheirLineAndColours(t *testing.T) {
	t.Parallel()
	const file = "testdata/broken/007-key-misspelt-in-a-query.yaml"
	const plain = "error: " + file + ":30:9: job tickets: extract.interactions.cursr: unknown key, " +
		"expected one of query, key, parent, cursor, lag, start, page_size; did you mean cursor?\n"
	const excerpt = "  30 |         cursr: updated_at\n     |         ^~~~~\n"
	const red, normal = "\x1b[1;31m", "\x1b[0m"
	_, out := validated(t, Process{}, "--config", file)
	require.Equal(t, plain, out)
	_, out = validated(t, Process{StdoutTerminal: true}, "--config", file)
	require.Equal(t, strings.Replace(plain, "error", red+"error"+normal, 1)+strings.Replace(excerpt, "^~~~~", red+"^~~~~"+normal, 1), out)
	for _, unwanted := range []map[string]string{{"NO_COLOR": "1"}, {"TERM": "dumb"}} {
		_, out = validated(t, Process{StdoutTerminal: true, LookupEnv: environment(unwanted)}, "--config", file)
		require.Equal(t, plain+excerpt, out)
	}
}

func TestOtherCommandsShowTheLineOnATerminalToo(t *testing.T) {
	t.Parallel()
	const file = "testdata/broken/007-key-misspelt-in-a-query.yaml"
	run := func(terminal bool, args ...string) string {
		var out bytes.Buffer
		args = append([]string{"run", "--config", file}, args...)
		code := Main(t.Context(), Process{
			Args: args, Stdout: &out, Stderr: &out, Terminal: terminal, LookupEnv: environment(map[string]string{"NO_COLOR": "1"}),
		})
		require.Equal(t, exitUsage, code)
		return out.String()
	}
	const excerpt = "  30 |         cursr: updated_at\n     |         ^~~~~\n"
	require.Contains(t, run(true), "did you mean cursor?\n"+excerpt)
	require.NotContains(t, run(false), "^")
	require.NotContains(t, run(true, "--json"), "^")
}

func TestTheSchemaIsPrinted(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.Equal(t, exitDone, Main(t.Context(), Process{Args: []string{"schema"}, Stdout: &out, LookupEnv: environment(nil)}))
	schema, err := config.Schema()
	require.NoError(t, err)
	require.Equal(t, string(schema), out.String())
}
