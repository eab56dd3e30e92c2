package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
)

const twoJobs = `
version: 1
playvox: {base_url: "https://acme.playvox.com/api/v1", uid: "${UID}", api_key: "${file:secrets/key}"}
state: ${STATE}
sources:
  a: {dsn: "${A_DSN}"}
  b: {dsn: "postgres://${B_USER}:${B_PASSWORD}@db/${B_USER}"}
integrations:
  x: {name: "${X_NAME}", metadata: {solved_date: {type: datetime}}}
  y: {name: Y, metadata: {solved_date: {type: datetime}}}
jobs:
  first:
    source: a
    integration: x
    extract: {interactions: {query: "SELECT '${FIRST}'", key: id, page_size: "${PAGE}"}}
    mapping: {interaction: {interaction_id: id, metadata: {solved_date: d}}}
  first-b:
    source: b
    integration: y
    timezone: ${ZONE}
    extract: {interactions: {query: "SELECT 1", key: id}}
    mapping: {interaction: {interaction_id: id, metadata: {solved_date: d}}}
notify: {webhook: "${HOOK}"}
`

func TestOnlyWhatACommandNeedsIsAskedFor(t *testing.T) {
	t.Parallel()
	file, err := config.Load("jobs.yaml", []byte(twoJobs), config.Env{})
	require.NoError(t, err, "validate works without any variable")
	for name, test := range map[string]struct {
		needs    []config.Need
		expected []string
	}{
		"playvox":             {[]config.Need{config.NeedPlayvox}, []string{"UID", "file:secrets/key"}},
		"state":               {[]config.Need{config.NeedState}, []string{"STATE"}},
		"notify":              {[]config.Need{config.NeedNotify}, []string{"HOOK"}},
		"a source":            {[]config.Need{config.NeedSource("b")}, []string{"B_USER", "B_PASSWORD"}},
		"an integration":      {[]config.Need{config.NeedIntegration("x")}, []string{"X_NAME"}},
		"a job and its parts": {[]config.Need{config.NeedJob("first")}, []string{"A_DSN", "X_NAME", "FIRST", "PAGE"}},
		"the other job":       {[]config.Need{config.NeedJob("first-b")}, []string{"B_USER", "B_PASSWORD", "ZONE"}},
		"several": {
			[]config.Need{config.NeedJob("first-b"), config.NeedState, config.NeedPlayvox},
			[]string{"UID", "file:secrets/key", "STATE", "B_USER", "B_PASSWORD", "ZONE"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var unset *config.UnsetError
			require.ErrorAs(t, file.Require(test.needs...), &unset)
			require.Equal(t, test.expected, unset.Names())
		})
	}
	require.NoError(t, file.Require())
	require.NoError(t, file.Require(config.NeedIntegration("y"), config.NeedJob("nowhere")))
}

func TestUnsetReferencesAreNamedWithTheirPlaces(t *testing.T) {
	t.Parallel()
	file, err := config.Load("jobs.yaml", []byte(twoJobs), config.Env{})
	require.NoError(t, err)
	require.EqualError(t, file.Require(config.NeedPlayvox, config.NeedJob("first")),
		`jobs.yaml:3:61: playvox.uid: the variable UID is not set
jobs.yaml:3:80: playvox.api_key: the file secrets/key cannot be read: no such file or directory
jobs.yaml:6:12: sources.a.dsn: the variable A_DSN is not set
jobs.yaml:9:13: integrations.x.name: the variable X_NAME is not set
jobs.yaml:15:37: job first: extract.interactions.query: the variable FIRST is not set
jobs.yaml:15:78: job first: extract.interactions.page_size: the variable PAGE is not set`)
	for _, finding := range file.Findings {
		require.Equal(t, config.SeverityHint, finding.Severity)
	}
}

func TestReadResolvesPathsFromTheFilesDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	write("key", "k3y-from-file\n")
	write("jobs.yaml", string(fixture(t, "minimal.yaml",
		`"${KEY}"`, `"${file:key}"`, `"${UID}"`, `"${file:`+filepath.Join(dir, "key")+`}"`, "sqlite:shop.db", "sqlite:data/shop.db")))
	file, err := config.Read(filepath.Join(dir, "jobs.yaml"), config.Env{})
	require.NoError(t, err)
	require.Equal(t, "k3y-from-file", file.Config.Playvox.APIKey.Reveal())
	require.Equal(t, "k3y-from-file", file.Config.Playvox.UID.Reveal())
	require.Equal(t, "sqlite:"+filepath.Join(dir, "data/shop.db"), file.Config.Sources[0].DSN.Reveal())
	require.Equal(t, "sqlite:"+filepath.Join(dir, "pvetl.db"), file.Config.State.Reveal())
	require.NoError(t, file.Require(config.NeedPlayvox, config.NeedState, config.NeedJob("orders")))
}
