package demo_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
	"pvetl/internal/demo"
)

func TestTheFilesToLearnFromHaveNothingToBeSaidAbout(t *testing.T) {
	t.Parallel()
	toCopy, err := os.ReadFile("../../jobs.yaml")
	require.NoError(t, err)
	for name, content := range map[string][]byte{"the demo's": demo.Config, "the one to copy": toCopy} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := map[string]string{
				"HELPDESK_DSN": "sqlite:helpdesk.db", "PLAYVOX_BASE_URL": "https://acme.playvox.com/api/v1",
				"PLAYVOX_UID": "uid", "PLAYVOX_API_KEY": "key",
			}
			lookup := func(name string) (string, bool) {
				value, ok := values[name]
				return value, ok
			}
			file, err := config.Load("jobs.yaml", content, config.Env{Lookup: lookup})
			require.NoError(t, err)
			require.Empty(t, file.Findings)

			file, err = config.Load("jobs.yaml", content, config.Env{})
			require.NoError(t, err)
			for _, finding := range file.Findings {
				require.Equal(t, config.SeverityHint, finding.Severity, finding)
			}
			var unset []string
			for _, variable := range file.Unset {
				unset = append(unset, variable.Name)
			}
			require.Subset(t, unset, []string{"PLAYVOX_UID", "PLAYVOX_API_KEY"}, "credentials do not stand in the file")
		})
	}
}

var commentedOut = regexp.MustCompile(`(?m)^( +)# (attachments?:| {2}(?:query|key|parent|name|content_type|content): |max_deletes: |files_root: )`)

func TestWhatIsCommentedOutInTheFileToCopyIsRight(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../jobs.yaml")
	require.NoError(t, err)
	require.Len(t, commentedOut.FindAll(content, -1), 10)
	file, err := config.Load("jobs.yaml", commentedOut.ReplaceAll(content, []byte("$1$2")), config.Env{})
	require.NoError(t, err)
	job := file.Config.Jobs[0]
	require.Equal(t, "message_id", job.Extract.Attachments.Parent)
	require.Equal(t, "content", job.Mapping.Attachment.Content.Column)
	require.NotEmpty(t, job.Load.FilesRoot)
	for _, finding := range file.Findings {
		require.Equal(t, config.SeverityHint, finding.Severity, finding)
	}
}
