package sandbox_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/sandbox"
)

func TestEverythingSurvivesARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.data")
	c := start(t, sandbox.Options{DataFile: path})
	integration := "integrations/" + c.schema()
	c.finished(c.must("POST", integration+"/bulk/interactions", rows(3)))
	id := c.must("POST", integration+"/interactions", interaction("a", `"csat": 4.50`, `"status": "open"`))
	c.must("PUT", integration+"/interactions/"+id, `{"status": null, "reopens": 2}`)
	c.must("POST", "interactions/"+id+"/comments", `{"body": "<b> \u2028 ñ", "type": "internal_note"}`)
	gone := c.must("POST", integration+"/interactions", interaction("b"))
	c.must("DELETE", integration+"/interactions/"+gone, "")
	field := c.server.Snapshot().Integrations[0].Metadata[1].ID
	c.must("PUT", integration+"/metadata/"+field, `{"allowed": ["new"]}`)
	require.Equal(t, 200, c.upload("file", "a.txt", "text/plain", []byte("abc")).Status)
	before := c.server.Snapshot()
	require.NoError(t, c.server.Close())

	after := start(t, sandbox.Options{DataFile: path}).server.Snapshot()
	before.Requests, after.Requests = sandbox.Counters{}, sandbox.Counters{}
	require.Equal(t, before, after)
}

func TestADataFileThatEndsInTheMiddleOfALine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.data")
	c := start(t, sandbox.Options{DataFile: path})
	c.must("POST", "integrations", `{"name": "first"}`)
	size := fileSize(t, path)
	c.must("POST", "integrations", `{"name": "second"}`)
	require.NoError(t, c.server.Close())
	require.NoError(t, os.Truncate(path, (size+fileSize(t, path))/2))

	c = start(t, sandbox.Options{DataFile: path})
	require.Len(t, c.server.Snapshot().Integrations, 1)
	c.must("POST", "integrations", `{"name": "third"}`)
	require.NoError(t, c.server.Close())
	require.Len(t, start(t, sandbox.Options{DataFile: path}).server.Snapshot().Integrations, 2)
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Size()
}

func TestADataFileThatIsNone(t *testing.T) {
	t.Parallel()
	const first = `{"format":"pvetl sandbox 1"}` + "\n"
	for name, test := range map[string]struct{ content, reason string }{
		"another file":             {"version: 1\nplayvox:\n", "not a data file of the sandbox"},
		"another file of one line": {"version: 1", "not a data file of the sandbox"},
		"a broken line":            {first + "[{]\n", "line 2: "},
		"an unknown change":        {first + `[{"kind": "team", "action": "create", "id": "1"}]` + "\n", "line 2: create of team 1"},
		"a change of nothing":      {first + `[{"kind": "comment", "action": "delete", "id": "1"}]` + "\n", "line 2: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "sandbox.data")
			require.NoError(t, os.WriteFile(path, []byte(test.content), 0o600))
			_, err := sandbox.New(sandbox.Options{DataFile: path})
			require.ErrorContains(t, err, path)
			require.ErrorContains(t, err, test.reason)
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, test.content, string(content), "it is left as it was")
		})
	}
	t.Run("a directory", func(t *testing.T) {
		t.Parallel()
		_, err := sandbox.New(sandbox.Options{DataFile: t.TempDir()})
		require.ErrorContains(t, err, "data file: ")
	})
}

func TestASnapshotIsACopy(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	path := "integrations/" + c.schema() + "/interactions"
	c.must("POST", path, interaction("1", `"comments": [{"body": "a", "type": "internal_note"}]`))
	snapshot := c.server.Snapshot()
	clear(snapshot.Interactions[0].Fields)
	snapshot.Interactions[0].Comments[0].Body = "changed"
	snapshot.Integrations[0].Metadata[1].Allowed[0][1] = 'X'
	again := c.server.Snapshot()
	require.NotEmpty(t, again.Interactions[0].Fields)
	require.Equal(t, "a", again.Interactions[0].Comments[0].Body)
	require.Equal(t, `"open"`, string(again.Integrations[0].Metadata[1].Allowed[0]))
}

func TestManyClientsAtOnce(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{DataFile: filepath.Join(t.TempDir(), "sandbox.data")})
	integration := "integrations/" + c.schema()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 5 {
				c.call("POST", integration+"/bulk/interactions", rows(20))
				c.call("GET", integration+"/interactions", "")
				c.send(c.request("GET", "/"+integration, ""))
				c.server.Snapshot()
			}
		})
	}
	group.Wait()
	for _, job := range c.server.Snapshot().Jobs {
		c.finished(job.ID)
	}
	require.Len(t, c.server.Snapshot().Interactions, 20)
}

func TestAClosedServerTakesNothing(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Options{})
	require.NoError(t, c.server.Close())
	require.Equal(t, 503, c.call("POST", "integrations", `{"name": "a"}`).Status)
}
