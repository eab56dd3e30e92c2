package examples_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"pvetl/internal/sandbox"
)

// desk is an example at work: its database, a sandbox, and the program between them.
type desk struct {
	t    *testing.T
	name string
	db   database
	box  *sandbox.Server
	dsn  string // of the role that role.sql makes
	env  []string
}

// newDesk makes the tables, without rows.
func newDesk(t *testing.T, name string) *desk {
	t.Helper()
	example := examples[name]
	box, err := sandbox.New(sandbox.Options{})
	require.NoError(t, err)
	server := httptest.NewServer(box)
	t.Cleanup(func() { server.Close(); _ = box.Close() })
	d := &desk{t: t, name: name, box: box, db: example.database(t)}
	d.load("schema.sql")
	d.dsn = d.db.asReader(t, d.read("role.sql"))
	d.env = []string{
		"HELPDESK_DSN=" + d.dsn + example.options,
		"HELPDESK_URL=https://desk.example.com",
		"HELPDESK_TIMEZONE=" + example.timezone,
		"HELPDESK_FILES=files",
		"PLAYVOX_BASE_URL=" + server.URL + "/api/v1",
		"PLAYVOX_UID=uid",
		"PLAYVOX_API_KEY=key",
		"PVETL_STATE=sqlite:" + filepath.Join(t.TempDir(), "state.db"),
	}
	return d
}

func (d *desk) read(file string) string {
	d.t.Helper()
	text, err := os.ReadFile(filepath.Join(d.name, file))
	require.NoError(d.t, err)
	return string(text)
}

// load carries out a file of the example's.
func (d *desk) load(file string) {
	d.t.Helper()
	require.NoError(d.t, d.db.exec(d.t.Context(), d.read(file)))
}

// folder is where the program is built.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "pvetl-examples-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// program is built once for all tests.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(folder, "pvetl")
	build := exec.Command("go", "build", "-o", path, "../cmd/pvetl")
	build.Stderr = os.Stderr
	return path, build.Run()
})

// must carries out a command that has to end with a certain status, and returns what it prints.
func (d *desk) must(status int, command string) []byte {
	d.t.Helper()
	path, err := program()
	require.NoError(d.t, err)
	cmd := exec.CommandContext(d.t.Context(), path, command, "--json", "--log-level", "warn", "--config", filepath.Join(d.name, "jobs.yaml"))
	cmd.Env = append([]string{"HOME=" + os.Getenv("HOME")}, d.env...)
	out, err := cmd.Output()
	said := string(out)
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		said += string(failed.Stderr)
	}
	require.Equal(d.t, status, cmd.ProcessState.ExitCode(), said)
	return out
}

// reject is what names a reject, without its words.
type reject struct {
	Stream, Key, Field, Rule string
}

func (d *desk) rejects() []reject {
	d.t.Helper()
	var printed struct{ Rejects []reject }
	require.NoError(d.t, json.Unmarshal(d.must(0, "rejects"), &printed))
	if len(printed.Rejects) == 0 {
		return nil
	}
	return printed.Rejects
}

// advisedIndexes are those that the comments of jobs.yaml speak of.
func (d *desk) advisedIndexes() []string {
	d.t.Helper()
	return regexp.MustCompile(`CREATE INDEX .*`).FindAllString(d.read("jobs.yaml"), -1)
}

// readYAML reads a file into what JSON would make of it.
func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var read any
	require.NoError(t, yaml.Unmarshal(text, &read))
	require.NoError(t, viaJSON(read, into))
}

func viaJSON(value, into any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
