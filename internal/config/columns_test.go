package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
)

// What is said about the columns that testdata/full.yaml needs and those that its queries return.
func TestColumnsThatAreNeededAreReturned(t *testing.T) {
	t.Parallel()
	const (
		fields   = "SELECT t.id, t.status_code, t.csat, t.tags, t.solved_at, t.updated_at, u.email AS agent_email"
		files    = "SELECT a.id, a.message_id, a.filename, a.mime, a.content FROM files a"
		returned = ", which the query does not return, expected one of id, status_code, csat, tags, solved_at, updated_at, agent_email"
		cursor   = "\n        cursor: updated_at               # none"
	)
	for name, test := range map[string]struct {
		replace []string
		says    []string
	}{
		"all are there":              {},
		"in another letter case":     {[]string{fields, strings.ToUpper(fields)}, nil},
		"of a rule in another case":  {[]string{"csat: csat", "csat: CSAT"}, nil},
		"of everything":              {[]string{fields, "SELECT t.*"}, nil},
		"of a column without a name": {[]string{"u.email AS agent_email", "lower(u.email)"}, nil},
		"of tables that a reference names": {
			[]string{"FROM tickets t LEFT", "FROM ${SCHEMA:-desk}.tickets t LEFT", cursor, "\n        cursor: updatd_at # none"},
			[]string{`error jobs.yaml:43:17: job tickets: extract.interactions.cursor: found "updatd_at"` + returned + "; did you mean updated_at?"},
		},
		"that a reference names": {[]string{"t.status_code", "${COLUMN:-code}"}, nil},
		"the key and the parent": {
			[]string{files, "SELECT filename, mime, content FROM files"},
			[]string{
				`error jobs.yaml:55:14: job tickets: extract.attachments.key: found "id", which the query does not return, expected one of filename, mime, content`,
				`error jobs.yaml:56:17: job tickets: extract.attachments.parent: found "message_id", which the query does not return, expected one of filename, mime, content`,
			},
		},
		"of a rule that is a column": {
			[]string{"csat: csat", "csat: csatt"},
			[]string{`error jobs.yaml:64:17: job tickets: mapping.interaction.metadata.csat: found "csatt"` + returned + "; did you mean csat?"},
		},
		"of a rule with more to it": {
			[]string{"column: status_code", "column: state_code"},
			[]string{`error jobs.yaml:63:28: job tickets: mapping.interaction.metadata.status.column: found "state_code"` + returned + "; did you mean status_code?"},
		},
		"of a rule from a variable": {
			[]string{"column: status_code", `column: "${COLUMN:-nothing}"`},
			[]string{`error jobs.yaml:63:28: job tickets: mapping.interaction.metadata.status.column: found ${COLUMN:-nothing}` + returned},
		},
		"inside a template": {
			[]string{"tickets/{id}", "tickets/{id}/{ag}"},
			[]string{`error jobs.yaml:66:76: job tickets: mapping.interaction.metadata.ticket_link.template: found "ag"` + returned},
		},
		"inside an expression": {
			[]string{"csat: csat", `csat: {expr: "float(csat) * float(cat)"}`},
			[]string{`error jobs.yaml:64:45: job tickets: mapping.interaction.metadata.csat.expr: found "cat"` + returned + "; did you mean csat?"},
		},
		"twice": {
			[]string{fields, fields + ", t.id"},
			[]string{`error jobs.yaml:40:106: job tickets: extract.interactions.query: found the column "id" again, expected it once; name one of them otherwise: … AS id_2`},
		},
		"and by no rule": {
			[]string{files, "SELECT a.id, a.message_id, a.filename, a.mime, a.content, length(a.content) AS size FROM files a"},
			[]string{`hint jobs.yaml:54:74: job tickets: extract.attachments.query: found the column "size", which no rule uses`},
		},
		"and by no rule, beside a star": {
			[]string{files, "SELECT a.*, 1 AS size FROM files a"},
			[]string{`hint jobs.yaml:54:28: job tickets: extract.attachments.query: found the column "size", which no rule uses`},
		},
		"and by a rule that is not known": {
			[]string{"csat: csat", "csat: ${COLUMN}"}, nil,
		},
		"of a query that is not known": {[]string{files, "${QUERY}"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, _ := config.Load("jobs.yaml", fixture(t, "full.yaml", test.replace...), config.Env{})
			require.Equal(t, test.says, said(file))
		})
	}
}

// said returns what is found beside the variables that are not set.
func said(file *config.File) []string {
	var all []string
	for _, message := range messages(file) {
		if !strings.Contains(message, "is not set") {
			all = append(all, message)
		}
	}
	return all
}
