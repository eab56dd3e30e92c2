package main

import (
	"database/sql"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/scaffold"
	"pvetl/internal/testdb"
)

// casos is a help desk that nobody has written a job for.
const casos = `
CREATE TABLE casos (id INTEGER PRIMARY KEY, asunto TEXT, estado TEXT, cliente_id INTEGER, asignado_a INTEGER, creado_en TEXT, actualizado_en TEXT, cerrado_en TEXT);
CREATE TABLE mensajes (id INTEGER PRIMARY KEY, caso_id INTEGER, usuario_id INTEGER, texto TEXT, interno INTEGER DEFAULT 0, enviado_en TEXT);
CREATE TABLE usuarios (id INTEGER PRIMARY KEY, nombre TEXT, correo TEXT);
INSERT INTO usuarios VALUES (1, 'Ana', 'ana@example.com'), (2, 'Ben', 'ben@example.com');
INSERT INTO casos VALUES (1, 'Impresora', 'abierto', 2, 1, '2026-02-01 09:00:00', '2026-02-01 10:00:00', NULL), (2, 'Gracias', 'cerrado', 2, NULL, '2026-02-02 09:00:00', '2026-02-03 10:00:00', '2026-02-03 10:00:00');
INSERT INTO mensajes VALUES (1, 1, 2, 'Se quema', 0, '2026-02-01 09:00:00'), (2, 1, 1, '¿Agua?', 0, '2026-02-01 09:30:00'), (3, 1, 1, 'llamarlo', 1, '2026-02-01 10:00:00'), (4, 2, 2, 'Gracias', 0, '2026-02-02 09:00:00');`

// newInit is a workbench without a jobs.yaml, beside a database with the given tables.
func newInit(t *testing.T, tables string) *workbench {
	t.Helper()
	dsn := testdb.SQLite(t)
	db, err := sql.Open("sqlite", strings.TrimPrefix(dsn, "sqlite:"))
	require.NoError(t, err)
	execute(t, db, tables)
	require.NoError(t, db.Close())
	w := newWorkbench(t, "", dsn)
	require.NoError(t, os.Remove(w.file()))
	return w
}

func (w *workbench) file() string { return filepath.Join(w.dir, "jobs.yaml") }

func (w *workbench) written() string {
	w.t.Helper()
	content, err := os.ReadFile(w.file())
	require.NoError(w.t, err)
	return string(content)
}

func TestInitWritesTheExampleAndSaysWhatIsNext(t *testing.T) {
	t.Parallel()
	w := newInit(t, casos)
	stdout := w.mustRun(exitDone, "init")
	require.Equal(t, scaffold.Template(), w.written())
	for _, step := range []string{"export HELPDESK_DSN=", "pvetl validate", "pvetl preview tickets", "pvetl check", "pvetl plan", "pvetl apply", "pvetl run tickets"} {
		require.Contains(t, stdout, step)
	}
	w.mustRun(exitDone, "validate")
}

func TestInitOverwritesNothing(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"the example": {"init"}, "a proposal": {"init", "--source", "${HELPDESK_DSN}"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newInit(t, casos)
			require.NoError(t, os.WriteFile(w.file(), []byte("mine"), 0o600))
			message, hint := w.failure(exitUsage, args...)
			require.Contains(t, message, "is there already")
			require.Contains(t, hint, "--config")
			require.Equal(t, "mine", w.written())
		})
	}
}

func TestInitProposesAJobThatRuns(t *testing.T) {
	t.Parallel()
	w := newInit(t, casos)
	stdout := w.mustRun(exitDone, "init", "--source", w.env["HELPDESK_DSN"])
	require.Contains(t, stdout, "proposed, with ")
	require.Contains(t, w.written(), "dsn: ${HELPDESK_DSN}\n")
	require.NotContains(t, w.written(), w.env["HELPDESK_DSN"])

	w.mustRun(exitDone, "validate")
	w.mustRun(exitDone, "preview", "tickets")
	w.mustRun(exitDone, "apply")
	require.EqualValues(t, 2, w.runJob(exitDone).Interactions.New)
	arrived := make(map[string][]string)
	for _, interaction := range w.box.Snapshot().Interactions {
		arrived[interaction.InteractionID] = append(arrived[interaction.InteractionID], string(interaction.Fields["subject"]), string(interaction.Fields["assignee_id"]))
		for _, comment := range interaction.Comments {
			arrived[interaction.InteractionID] = append(arrived[interaction.InteractionID], comment.Type+": "+comment.Body)
		}
	}
	require.Equal(t, map[string][]string{
		"1": {`"Impresora"`, `"ana@example.com"`, "customer_comment: Se quema", "agent_comment: ¿Agua?", "internal_note: llamarlo"},
		"2": {`"Gracias"`, `"unassigned"`, "customer_comment: Gracias"},
	}, arrived)
}

func TestInitPrintsItsGuessesForMachines(t *testing.T) {
	t.Parallel()
	w := newInit(t, casos)
	var printed struct {
		File    string
		Guesses []struct {
			Path, Guess, Why string
			Also             []string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(w.mustRun(exitDone, "init", "--source", "${HELPDESK_DSN}", "--json")), &printed))
	require.Equal(t, w.file(), printed.File)
	require.NotEmpty(t, printed.Guesses)
	for _, guess := range printed.Guesses {
		require.NotEmpty(t, guess.Path)
		require.NotEmpty(t, guess.Guess)
		require.NotEmpty(t, guess.Why)
		require.NotNil(t, guess.Also)
		require.Contains(t, strings.Join(strings.Fields(strings.ReplaceAll(w.written(), "#", "")), " "), guess.Guess+": "+guess.Why, "the file says it too")
	}
}

func TestInitNamesTheVariableThatHoldsTheAddress(t *testing.T) {
	t.Parallel()
	w := newInit(t, casos)
	w.env["CASOS_DB"] = w.env["HELPDESK_DSN"]
	require.Contains(t, w.mustRun(exitDone, "init", "--source", "${CASOS_DB}"), "export CASOS_DB=")
	require.Contains(t, w.written(), "dsn: ${CASOS_DB}\n")
}

func TestInitWithoutTicketsWritesTheExampleWithTheTables(t *testing.T) {
	t.Parallel()
	w := newInit(t, "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE warehouses (id INTEGER PRIMARY KEY, city TEXT)")
	require.Contains(t, w.mustRun(exitDone, "init", "--source", "${HELPDESK_DSN}"), "no table looks like one of tickets")
	require.Contains(t, w.written(), "# products (id, name)")
	require.True(t, strings.HasSuffix(w.written(), scaffold.Template()))
	w.mustRun(exitDone, "validate")
}

func TestInitSaysWhatIsWrongWithTheSourceAndNeverItsPassword(t *testing.T) {
	t.Parallel()
	server, err := url.Parse(testdb.Postgres(t))
	require.NoError(t, err)
	const password = "hunter2-of-nobody"
	server.User = url.UserPassword(server.User.Username(), password)
	for name, c := range map[string]struct {
		source string
		code   int
		says   string
	}{
		"a password that is wrong":     {server.String(), exitFailed, "looking at the database"},
		"an address of no known form":  {"oracle:" + password, exitUsage, "the address has no known form"},
		"a variable that is not set":   {"${NOT_SET}", exitUsage, "the variable NOT_SET is not set"},
		"an empty address":             {"", exitUsage, "the address has no known form"},
		"a file that is not there":     {"sqlite:/nowhere/" + password + ".db", exitFailed, "looking at the database"},
		"a server that does not exist": {"mysql://pvetl:" + password + "@127.0.0.1:1/helpdesk", exitFailed, "looking at the database"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newInit(t, casos)
			code, stdout, stderr := w.pvetl("init", "--source", c.source)
			require.Equal(t, c.code, code, stderr)
			require.Contains(t, stderr, c.says)
			if !strings.HasPrefix(c.source, "sqlite:") {
				require.NotContains(t, stdout+stderr, password)
			}
			require.NoFileExists(t, w.file())
		})
	}
}

func TestInitWritesNoPasswordIntoTheFile(t *testing.T) {
	t.Parallel()
	w := newInit(t, casos)
	address := testdb.Postgres(t)
	server, err := url.Parse(address)
	require.NoError(t, err)
	password, _ := server.User.Password()
	code, stdout, stderr := w.pvetl("init", "--source", address)
	require.Equal(t, exitDone, code, stderr)
	require.NotContains(t, stdout+stderr+w.written(), password)
}

func TestInitWhereTheFileCannotBe(t *testing.T) {
	t.Parallel()
	w := newInit(t, casos)
	w.dir = filepath.Join(w.dir, "missing")
	_, hint := w.failure(exitUsage, "init")
	require.Contains(t, hint, "a directory that is there")
}
