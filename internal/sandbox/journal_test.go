package sandbox_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

func TestTheJournalAccountsForWhatWasCreated(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.data")
	c := start(t, sandbox.Options{Duplicates: sandbox.MergeDuplicates, DataFile: path})
	integration := "integrations/" + c.schema()
	const comment = `"comments": [{"body": "hello", "type": "internal_note"}]`
	id := c.must("POST", integration+"/interactions", interaction("a", comment))
	c.must("POST", integration+"/interactions", interaction("a"))
	c.finished(c.must("POST", integration+"/bulk/interactions", "["+interaction("b", comment)+","+interaction("c")+"]"))
	added := c.must("POST", "interactions/"+id+"/comments", `{"body": "later", "type": "agent_comment"}`)
	c.must("PUT", "interactions/"+id+"/comments/"+added, `{"body": "hello"}`)
	c.must("DELETE", "interactions/"+id+"/comments/"+added, "")
	c.must("PUT", integration+"/interactions/"+id, `{"csat": 4}`)
	c.must("DELETE", integration+"/interactions/"+id, "")

	journal := c.server.Journal()
	require.Equal(t, map[string]int{"a": 2, "b": 1, "c": 1}, sandbox.CreatesByID(journal), "what was deleted since was created all the same")
	require.Equal(t, map[string]int{"hello": 2, "later": 1}, sandbox.CommentCreatesByBody(journal))
	require.Equal(t, c.server.Snapshot().Journal, journal)
	read, err := sandbox.ReadJournal(path)
	require.NoError(t, err)
	require.Equal(t, journal, read, "the file holds it while the server runs")

	clear(journal[0].Value)
	require.Equal(t, read, c.server.Journal(), "it is a copy")
}

func TestAJournalIsReadUpToWhatIsBeingWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.data")
	c := start(t, sandbox.Options{DataFile: path})
	journal, err := sandbox.ReadJournal(path)
	require.NoError(t, err)
	require.Empty(t, journal)
	c.must("POST", "integrations", `{"name": "first"}`)
	first := int(fileSize(t, path))
	c.must("POST", "integrations", `{"name": "second"}`)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)

	cut := filepath.Join(t.TempDir(), "cut.data")
	for size := range whole {
		require.NoError(t, os.WriteFile(cut, whole[:size], 0o600))
		journal, err := sandbox.ReadJournal(cut)
		require.NoError(t, err)
		want := 0
		if size >= first {
			want = 1
		}
		require.Len(t, journal, want, "%d bytes", size)
		left, err := os.ReadFile(cut)
		require.NoError(t, err)
		require.Len(t, left, size, "the file is only read")
	}
}

func TestAJournalThatIsNone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "other.txt")
	_, err := sandbox.ReadJournal(path)
	require.ErrorIs(t, err, os.ErrNotExist)
	for content, reason := range map[string]string{
		"version: 1\n": "line 1: this is not a data file of the sandbox",
		"version: 1":   "line 1: this is not a data file of the sandbox",
		`{"format":"pvetl sandbox 1"}` + "\n[{]\n[]\n": "line 2: ",
	} {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := sandbox.ReadJournal(path)
		require.ErrorContains(t, err, reason)
		require.ErrorContains(t, err, path)
	}
}

func TestAServerStartsOnADataFileWhoseFirstLineWasBeingWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.data")
	require.NoError(t, os.WriteFile(path, []byte(`{"format":"pvetl`), 0o600))
	c := start(t, sandbox.Options{DataFile: path})
	c.must("POST", "integrations", `{"name": "first"}`)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(string(content), "\n"))
}
