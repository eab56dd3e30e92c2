package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
)

func TestNotifyHasDefaults(t *testing.T) {
	t.Parallel()
	file, err := config.Load("jobs.yaml", fixture(t, "minimal.yaml"), config.Env{})
	require.NoError(t, err)
	require.Equal(t, config.Notify{QuietAfter: 72 * time.Hour}, file.Config.Notify)
}

func TestAddressesOfReceivers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ key, address, said string }{
		"a webhook":                     {"webhook", "https://hooks.example/s3cret", ""},
		"a heartbeat for each job":      {"heartbeat", "https://beat.example/s3cret/{job}", ""},
		"a heartbeat with a query":      {"heartbeat", "https://beat.example/s3cret?job={job}", ""},
		"this machine":                  {"webhook", "http://localhost:8080/s3cret", ""},
		"another machine without TLS":   {"webhook", "http://hooks.example/s3cret", "warning"},
		"no scheme":                     {"webhook", "hooks.example/s3cret", "error"},
		"another scheme":                {"heartbeat", "ftp://beat.example/s3cret", "error"},
		"no host":                       {"heartbeat", "https:///s3cret", "error"},
		"what cannot be read":           {"heartbeat", "https://beat.example/s3cret%zz", "error"},
		"a job in a webhook":            {"webhook", "https://hooks.example/s3cret/{job}", "error"},
		"a variable that is not an URL": {"webhook", "${HOOK}", "error"},
		"a variable that is not set":    {"webhook", "${NOTHING}", "hint"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content := string(fixture(t, "minimal.yaml")) + "notify: {" + test.key + `: "` + test.address + "\"}\n"
			env := environment(map[string]string{"HOOK": "s3cret", "UID": "uid", "KEY": "key"})
			file, err := config.Load("jobs.yaml", []byte(content), env)
			require.NotContains(t, reported(t, file, err), "s3cret")
			if test.said == "" {
				require.Empty(t, file.Findings)
				return
			}
			require.Len(t, file.Findings, 1)
			require.Equal(t, "notify."+test.key, file.Findings[0].Path)
			require.Equal(t, test.said, string(file.Findings[0].Severity))
		})
	}
}

func TestTheRedactorKnowsAddressesWithoutTheirHost(t *testing.T) {
	t.Parallel()
	content := string(fixture(t, "minimal.yaml")) +
		`notify: {webhook: "https://hooks.example/T1/s3cret?k=v", heartbeat: "https://beat.example/k%C3%A9y/{job}"}` + "\n"
	file, err := config.Load("jobs.yaml", []byte(content), config.Env{})
	require.NoError(t, err)
	redactor := file.Redactor()
	for text, shown := range map[string]string{
		`Post "https://hooks.example/T1/s3cret?k=v": refused`: `Post "***": refused`,
		"<POST /T1/s3cret?k=v>":                               "<POST ***>",
		"no such page: /T1/s3cret":                            "no such page: ***",
		`Get "https://beat.example/k%C3%A9y/orders": refused`: `Get "***": refused`,
		"no such page: /kéy/orders":                           "no such page: ***",
	} {
		require.Equal(t, shown, redactor.Redact(text))
	}
}

func TestAPathThatStandsInManyTextsIsNotHidden(t *testing.T) {
	t.Parallel()
	content := string(fixture(t, "minimal.yaml")) + `notify: {heartbeat: "https://beat.example/api"}` + "\n"
	file, err := config.Load("jobs.yaml", []byte(content), config.Env{})
	require.NoError(t, err)
	require.Equal(t, "https://acme.playvox.com/api/v1", file.Redactor().Redact("https://acme.playvox.com/api/v1"))
}
