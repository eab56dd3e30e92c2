package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
)

// Every fault and warning about what is read and sent together, at its place in testdata/full.yaml.
func TestWhatIsReadAndWhatIsSentHaveToFit(t *testing.T) {
	t.Parallel()
	const (
		noCursor     = "\n        cursor: updated_at               # none: every run reads everything and sends what differs from the ledger"
		noLag        = "\n        lag: 10m                         # re-read this much before the watermark, for rows committed late"
		noStart      = "\n        start: 2026-01-01T00:00:00Z      # where the very first run begins"
		ofFiles      = "parent: message_id               # holds the key of the comment it belongs to"
		fromMessages = "m.updated_at FROM messages m"
		content      = "content: content                 # or url: (sent as it is) or path: (a file to upload)"
		root         = "max_rejects: 100 "
		neverDeletes = "warning jobs.yaml:79:16: job tickets: load.deletes: found delete together with extract.interactions.start: " +
			"nothing is ever deleted, because what lies before start is never read"
		unused      = ": found the column \"updated_at\", which no rule uses"
		underCursor = "error jobs.yaml:49:133: job tickets: extract.comments.query: found :parents in a query that is read by its cursor, " +
			"expected none: remove the condition; pvetl adds its own"
	)
	for name, test := range map[string]struct {
		replace []string
		says    []string
	}{
		"as it stands": {},
		"files by a path without a root": {
			[]string{content, "path: content"},
			[]string{"error jobs.yaml:75:15: job tickets: mapping.attachment.path: found a path without load.files_root, " +
				"expected both: the directory below which files may be read"},
		},
		"files by a path below a root": {[]string{content, "path: content", root, "files_root: files\n      " + root}, nil},
		"a root of no files": {
			[]string{root, "files_root: files\n      " + root},
			[]string{"hint jobs.yaml:80:19: job tickets: load.files_root: found a directory of which nothing is read: mapping.attachment has no path"},
		},
		"comments by their cursor and by their parents": {[]string{fromMessages, fromMessages + " WHERE m.ticket_id IN (:parents)"}, []string{underCursor}},
		"comments by their parents alone": {
			[]string{
				fromMessages, fromMessages + " WHERE m.ticket_id IN (:parents)",
				"\n        cursor: updated_at               # finds comments added or edited after their interaction was sent", "",
			}, []string{"hint jobs.yaml:49:82: job tickets: extract.comments.query" + unused},
		},
		"parents in a text, a comment and a cast": {
			[]string{fromMessages, fromMessages + ` WHERE m.x <> ':parents' AND m.y = '{}'::parents AND ":parents" /* :parents */ -- :parents`}, nil,
		},
		"files with a cursor of their own": {
			[]string{ofFiles, "parent: message_id\n        cursor: id\n        lag: 10m\n        start: 2026-01-01T00:00:00Z"},
			[]string{
				"warning jobs.yaml:57:17: job tickets: extract.attachments.cursor: found cursor, which is not used: files are read with their comments",
				"warning jobs.yaml:58:14: job tickets: extract.attachments.lag: found lag, which is not used: files are read with their comments",
				"warning jobs.yaml:59:16: job tickets: extract.attachments.start: found start, which is not used: files are read with their comments",
			},
		},
		"deletes of what is read from a start": {[]string{"deletes: ignore", "deletes: delete"}, []string{neverDeletes}},
		"deletes of what is read by a cursor": {
			[]string{noStart, "", "deletes: ignore", "deletes: delete"},
			[]string{"warning jobs.yaml:78:16: job tickets: load.deletes: found delete together with extract.interactions.cursor: " +
				"only runs that read everything delete, which are the first one, the one after a change of the mapping, and the one after " +
				"'pvetl watermark tickets reset'"},
		},
		"deletes of what is read whole": {
			[]string{noCursor, "", noLag, "", noStart, "", "deletes: ignore", "deletes: delete"},
			[]string{"hint jobs.yaml:40:68: job tickets: extract.interactions.query" + unused},
		},
		"a limit of deletes": {
			[]string{noCursor, "", noLag, "", noStart, "", "deletes: ignore", "deletes: delete\n      max_deletes: 5%"},
			[]string{"hint jobs.yaml:40:68: job tickets: extract.interactions.query" + unused},
		},
		"a limit of deletes where nothing is deleted": {
			[]string{root, "max_deletes: 20%\n      " + root},
			[]string{"hint jobs.yaml:80:20: job tickets: load.max_deletes: found a limit of what is deleted, and nothing is: deletes is not delete"},
		},
		"values that are not set say nothing": {
			[]string{content, "path: content", root, "files_root: ${NONE}\n      max_deletes: 1\n      " + root, "deletes: ignore", "deletes: ${NONE}"}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := config.Load("jobs.yaml", fixture(t, "full.yaml", test.replace...), config.Env{})
			var said []string
			for _, message := range messages(file) {
				if !strings.Contains(message, "is not set") {
					said = append(said, message)
				}
			}
			require.Equal(t, test.says, said, "%v", err)
			isError := slices.ContainsFunc(test.says, func(m string) bool { return strings.HasPrefix(m, "error ") })
			require.Equal(t, isError, err != nil, "a warning or a hint does not keep the file from being used")
		})
	}
}

func TestTheRootOfFilesIsWholeAndStartsFromTheFile(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	require.NoError(t, err)
	for written, want := range map[string]string{
		"files":   "/etc/pvetl/files",
		"../all":  "/etc/all",
		"/files/": "/files",
	} {
		content := fixture(t, "full.yaml", "max_rejects: 100 ", "files_root: "+written+"\n      max_rejects: 100 ")
		file, err := config.Load("jobs.yaml", content, config.Env{Dir: "/etc/pvetl"})
		require.NoError(t, err)
		require.Equal(t, want, file.Config.Jobs[0].Load.FilesRoot)
		file, err = config.Load("jobs.yaml", content, config.Env{})
		require.NoError(t, err)
		if !filepath.IsAbs(written) {
			require.Equal(t, filepath.Join(here, written), file.Config.Jobs[0].Load.FilesRoot)
		}
	}
}
