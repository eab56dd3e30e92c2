// Package examples_test runs each example as its reader would: the program, on a database with the help desk's own tables,
// against the sandbox.
package examples_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// examples are the folders, each with the database it is for and how its first run ends.
var examples = map[string]struct {
	database func(*testing.T) database
	options  string // behind the DSN
	timezone string // that the help desk writes in
	exit     int
	rejects  []reject
}{
	"osticket": {
		mysql, "?group_concat_max_len=10485760", "America/Bogota", 3,
		[]reject{{Stream: "attachments", Key: "3", Field: "content", Rule: "required"}}, // label.pdf is not in the database
	},
	"freescout": {mysql, "", "UTC", 0, nil},
	"chatwoot":  {postgres, "", "", 0, nil},
	"zammad":    {postgres, "", "", 0, nil},
}

func TestEachExampleBringsItsHelpDesk(t *testing.T) {
	t.Parallel()
	for name, example := range examples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, name)
			d.load("data.sql")
			d.must(0, "validate")
			d.must(0, "test")
			d.must(0, "apply")

			d.must(example.exit, "run")
			var want map[string]any
			readYAML(t, filepath.Join(name, "want.yaml"), &want)
			require.Equal(t, want, d.held())
			require.Equal(t, example.rejects, d.rejects())

			before := d.box.Requests().Total
			d.must(example.exit, "run")
			require.Equal(t, before, d.box.Requests().Total, "a run with nothing to do asks Playvox nothing")

			d.load("change.sql")
			from := len(d.box.Journal())
			d.must(example.exit, "run")
			var changes []any
			readYAML(t, filepath.Join(name, "want-change.yaml"), &changes)
			require.ElementsMatch(t, changes, d.sentSince(from))
		})
	}
}

func TestTheIndexesThatAreAdvisedCanBeMade(t *testing.T) {
	t.Parallel()
	for name := range examples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, name)
			advised := d.advisedIndexes()
			require.NotEmpty(t, advised)
			for _, statement := range advised {
				require.NoError(t, d.db.exec(t.Context(), statement))
			}
		})
	}
}

func TestAFileOfOsTicketsThatTheServerCutsOffIsRejectedAndNotSent(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "osticket")
	d.env = append(d.env, "HELPDESK_DSN="+d.dsn+"?group_concat_max_len=20") // error.log has 22 bytes
	d.load("data.sql")
	d.must(0, "apply")
	d.must(3, "run")
	require.Contains(t, d.rejects(), reject{Stream: "attachments", Key: "1", Field: "content", Rule: "required"})
	for _, file := range d.box.Snapshot().Files {
		require.Equal(t, "image/png", file.ContentType)
	}
}
