package config_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/load"
	"pvetl/mapping"
)

// environment looks variables up in a map.
func environment(values map[string]string) config.Env {
	return config.Env{Lookup: func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}}
}

// fixture returns a file of testdata with some of its texts replaced.
func fixture(t testing.TB, name string, replace ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	text := string(content)
	for i := 0; i < len(replace); i += 2 {
		require.Contains(t, text, replace[i])
		text = strings.Replace(text, replace[i], replace[i+1], 1)
	}
	return []byte(text)
}

// messages returns the findings as users read them, each behind its severity.
func messages(file *config.File) []string {
	var all []string
	for _, finding := range file.Findings {
		all = append(all, string(finding.Severity)+" "+finding.String())
	}
	return all
}

func TestAGoodFileHasHintsAtMost(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"full.yaml", "minimal.yaml"} {
		file, err := config.Load("jobs.yaml", fixture(t, name), config.Env{})
		require.NoError(t, err)
		for _, message := range messages(file) {
			require.Regexp(t, `^hint .* the variable \w+ is not set$`, message)
		}
	}
}

// The faults of each testdata/*.bad.yaml stand in the text file beside it: all of them, in the order of the file.
func TestABadFileReportsAllItsFaultsAtOnce(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/*.bad.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			expected, err := os.ReadFile(strings.TrimSuffix(name, ".yaml") + ".txt")
			require.NoError(t, err)
			env := environment(map[string]string{"EMPTY": "", "TEXT": "some text"})
			file, err := config.Load("jobs.yaml", fixture(t, filepath.Base(name)), env)
			var fault *config.Error
			require.ErrorAs(t, err, &fault)
			require.Equal(t, strings.Split(strings.TrimSpace(string(expected)), "\n"), messages(file))
			for _, finding := range file.Findings {
				require.Equal(t, finding.Severity == config.SeverityError, strings.Contains(err.Error(), finding.String()))
			}
		})
	}
}

func TestTheWholeFileIsRead(t *testing.T) {
	t.Parallel()
	env := environment(map[string]string{
		"PLAYVOX_BASE_URL": "https://acme.playvox.com/api/v1/", "PLAYVOX_UID": "uid-1", "PLAYVOX_API_KEY": "key-1",
		"HELPDESK_DSN": "postgres://reader:hunter2@db/helpdesk", "PVETL_WEBHOOK": "https://hooks.example/T1",
	})
	env.Dir = "/etc/pvetl"
	file, err := config.Load("jobs.yaml", fixture(t, "full.yaml"), env)
	require.NoError(t, err)
	require.Empty(t, file.Findings)
	c := file.Config

	require.Equal(t, "https://acme.playvox.com/api/v1", c.Playvox.BaseURL)
	require.Equal(t, "uid-1", c.Playvox.UID.Reveal())
	require.Equal(t, "key-1", c.Playvox.APIKey.Reveal())
	require.Equal(t, 100, c.Playvox.RequestsPerMinute)
	require.Equal(t, "sqlite:/etc/pvetl/pvetl.db", c.State.Reveal())
	require.Equal(t, "https://hooks.example/T1", c.Notify.Webhook.Reveal())
	require.Empty(t, c.Notify.Heartbeat.Reveal())

	source, ok := c.Source("helpdesk")
	require.True(t, ok)
	require.Equal(t, "postgres://reader:hunter2@db/helpdesk", source.DSN.Reveal())
	require.Equal(t, 5*time.Minute, source.StatementTimeout)

	integration, ok := c.Integration("helpdesk")
	require.True(t, ok)
	require.Equal(t, "Acme Helpdesk", integration.Name)
	require.Equal(t, load.MetadataField{
		FieldID: "status", Type: "string", Allowed: []string{"open", "pending", "solved"}, AvailableIn: []string{"filters"},
	}, integration.Metadata[1], "the fields keep their order")

	job, ok := c.Job("tickets")
	require.True(t, ok)
	require.Equal(t, 6*time.Hour, job.Timeout)
	require.Equal(t, extract.Lag{Set: true, Duration: 10 * time.Minute}, job.Extract.Interactions.Lag)
	require.Equal(t, "2026-01-01T00:00:00Z", job.Extract.Interactions.Start)
	require.Equal(t, "message_id", job.Extract.Attachments.Parent)
	require.Equal(t, 1000, job.Extract.Attachments.PageSize)
	require.Equal(t, mapping.Rule{Column: "agent_email", Default: &mapping.Literal{Text: "unassigned"}}, *job.Mapping.Interaction.AssigneeID)
	require.Equal(t, mapping.FieldRule{Name: "status", Rule: mapping.Rule{Column: "status_code", Map: []mapping.MapEntry{
		{From: "1", To: mapping.Literal{Text: "open"}},
		{From: "2", To: mapping.Literal{Text: "pending"}},
		{From: "3", To: mapping.Literal{Text: "solved"}},
	}}}, job.Mapping.Interaction.Metadata[1])
	require.True(t, job.Mapping.Comment.Body.HTMLToText)
	require.Equal(t, load.Options{
		BatchSize: 100, Updates: true, Deletes: "ignore", MaxDeletes: load.Limit{Set: true, Percent: 20}, MaxRejects: load.Limit{Set: true, Count: 100},
	}, job.Load)

	_, ok = c.Source("nowhere")
	require.False(t, ok)
	_, ok = c.Integration("nowhere")
	require.False(t, ok)
	_, ok = c.Job("nowhere")
	require.False(t, ok)
}

func TestWhatIsLeftOutHasItsDefault(t *testing.T) {
	t.Parallel()
	file, err := config.Load("jobs.yaml", fixture(t, "minimal.yaml"), config.Env{})
	require.NoError(t, err)
	job := file.Config.Jobs[0]
	require.Equal(t, load.Options{BatchSize: 100, Updates: true, Deletes: "ignore", MaxDeletes: load.Limit{Set: true, Percent: 20}}, job.Load)
	require.Equal(t, "UTC", job.Timezone)
	require.Equal(t, "UTC", file.Config.Sources[0].Timezone)
	require.Equal(t, 1000, job.Extract.Interactions.PageSize)
	require.Nil(t, job.Extract.Comments)
	require.Nil(t, job.Mapping.Comment)
	require.Equal(t, "sqlite:pvetl.db", file.Config.State.Reveal())
	require.Equal(t, 129600, file.Config.Integrations[0].DataStorageMinutes)
	require.Equal(t, 8, file.Config.Playvox.MaxInFlight)
}

func TestDeletesAndAttachmentsAreAccepted(t *testing.T) {
	t.Parallel()
	file, err := config.Load("jobs.yaml", fixture(t, "full.yaml", "deletes: ignore", "deletes: delete"), config.Env{})
	require.NoError(t, err)
	require.Equal(t, "delete", file.Config.Jobs[0].Load.Deletes)
	require.NotNil(t, file.Config.Jobs[0].Extract.Attachments)
}

func TestAFindingInJSON(t *testing.T) {
	t.Parallel()
	file, err := config.Load("jobs.yaml", fixture(t, "full.yaml", "page_size: 1000", "page_sise: 1000"), config.Env{})
	require.Error(t, err)
	var found config.Finding
	for _, finding := range file.Findings {
		if finding.Severity == config.SeverityError {
			found = finding
		}
	}
	text, err := json.Marshal(found)
	require.NoError(t, err)
	require.JSONEq(t, `{
		"severity": "error", "file": "jobs.yaml", "line": 46, "column": 9,
		"path": "jobs.tickets.extract.interactions.page_sise",
		"message": "unknown key, expected one of query, key, parent, cursor, lag, start, page_size",
		"suggestion": "did you mean page_size?"
	}`, string(text))
}
