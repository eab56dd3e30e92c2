package scaffold_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/internal/scaffold"
	"pvetl/load"
	"pvetl/mapping"
)

var update = flag.Bool("update", false, "write the proposals as they are now into testdata")

// desk is a help desk, the tables that play the roles in it, and how its messages are to be read, by their keys.
type desk struct {
	file         string
	interactions []string // in the query of the interactions
	cursor       string
	assignee     []string // of the tickets by their keys
	comments     []string
	parent       string
	commentOf    string // the cursor of the comments
	kinds        string // of the messages by their keys: customer, agent, note
	bodies       []string
	attachments  string // in the query of the attachments; empty where there is none
}

const (
	plainBodies = "It burns|Water?|call him|Thanks"
)

var desks = map[string]desk{
	"osticket": {
		file: "osticket.mysql.sql", interactions: []string{"FROM ost_ticket t", "ost_ticket_status", "ost_staff", "ost_ticket__cdata"}, cursor: "updated",
		assignee: []string{"ana@example.com", "unassigned"}, comments: []string{"FROM ost_thread_entry m", "JOIN ost_thread ", "object_type = 'T'"}, parent: "ticket_id",
		commentOf: "changed_at", kinds: "customer agent note customer", bodies: []string{"It burns", "Water?", "a < b", "Thanks"},
	},
	"freescout": {
		file: "freescout.mysql.sql", interactions: []string{"FROM conversations t", "users"}, cursor: "updated_at", assignee: []string{"ana@example.com", "unassigned"},
		comments: []string{"FROM threads m"}, parent: "conversation_id", commentOf: "updated_at", kinds: "customer agent note customer",
		bodies: strings.Split(plainBodies, "|"), attachments: "FROM attachments f",
	},
	"chatwoot": {
		file: "chatwoot.postgres.sql", interactions: []string{"FROM conversations t", "users", "inboxes", "csat_survey_responses"}, cursor: "updated_at",
		assignee: []string{"ana@example.com", "unassigned"}, comments: []string{"FROM messages m", "contacts"}, parent: "conversation_id", commentOf: "updated_at",
		kinds: "customer agent note note customer agent", bodies: []string{"It burns, a < b", "Water?", "call him", "Ana was assigned", "Thanks", ""}, attachments: "FROM attachments f",
	},
	"zammad": {
		file: "zammad.postgres.sql", interactions: []string{"FROM tickets t", "ticket_states", "ticket_priorities", "users", "groups"}, cursor: "updated_at",
		assignee: []string{"ana@example.com", ""}, comments: []string{"FROM ticket_articles m", "ticket_article_senders"}, parent: "ticket_id", commentOf: "updated_at",
		kinds: "customer agent note note", bodies: []string{"It burns", "Water?", "a < b", "Thanks"},
	},
	"znuny": {
		file: "znuny.postgres.sql", interactions: []string{"FROM ticket t", "ticket_state", "ticket_priority", "users", "queue"}, cursor: "change_time",
		assignee: []string{"ana", "root@localhost"}, comments: []string{"FROM article m", "article_data_mime", "article_sender_type"}, parent: "ticket_id", commentOf: "change_time",
		kinds: "customer agent note customer", bodies: []string{"It burns, a < b", "Water?", "call him", "Thanks"},
	},
	"glpi": {
		file: "glpi.mysql.sql", interactions: []string{"FROM glpi_tickets t", "glpi_ticketsatisfactions"}, cursor: "date_mod", assignee: []string{"unassigned", "unassigned"},
		comments: []string{"FROM glpi_itilfollowups m", "itemtype = 'Ticket'"}, parent: "ticket_id", commentOf: "date_mod", kinds: "customer agent note",
		bodies: []string{"Still burning", "Water?", "call him"},
	},
	"faveo": {
		file: "faveo.mysql.sql", interactions: []string{"FROM tickets t", "ticket_status", "ticket_priority", "users"}, cursor: "updated_at", assignee: []string{"ana@example.com", "unassigned"},
		comments: []string{"FROM ticket_thread m"}, parent: "ticket_id", commentOf: "updated_at", kinds: "customer agent note customer",
		bodies: strings.Split(plainBodies, "|"), attachments: "FROM ticket_attachment f",
	},
	"uvdesk": {
		file: "uvdesk.mysql.sql", interactions: []string{"FROM uv_ticket t", "uv_ticket_status", "uv_ticket_priority", "uv_user"}, cursor: "updated_at",
		assignee: []string{"ana@example.com", "unassigned"}, comments: []string{"FROM uv_thread m"}, parent: "ticket_id", commentOf: "updated_at",
		kinds: "customer agent note customer", bodies: strings.Split(plainBodies, "|"), attachments: "FROM uv_ticket_attachments f",
	},
	"redmine": {
		file: "redmine.postgres.sql", interactions: []string{"FROM issues t", "issue_statuses", "users"}, cursor: "updated_on", assignee: []string{"ana", "unassigned"},
		comments: []string{"FROM journals m", "journalized_type = 'Issue'"}, parent: "issue_id", commentOf: "changed_at", kinds: "customer agent note customer",
		bodies: strings.Split(plainBodies, "|"),
	},
	"hesk": { // a reply by nobody of the staff is the customer's
		file: "hesk.mysql.sql", interactions: []string{"FROM hesk_tickets t", "hesk_users", "hesk_categories"}, cursor: "lastchange", assignee: []string{"ana@example.com", "unassigned"},
		comments: []string{"FROM hesk_replies m"}, parent: "replyto", commentOf: "dt", kinds: "agent customer customer", bodies: []string{"Is it on?", "It is", "Hello?"},
	},
	"requests": {
		file: "requests.sqlite.sql", interactions: []string{"FROM support_request t", "employee", "team"}, cursor: "last_touched", assignee: []string{"ana@example.com", "unassigned"},
		comments: []string{"FROM request_message m", "client_contact"}, parent: "request_id", commentOf: "written_on", kinds: "customer agent note customer",
		bodies: strings.Split(plainBodies, "|"), attachments: "FROM request_file f",
	},
	"rt": { // a comment is not told from an answer: both are written by agents, and what tells them stands in the transaction
		file: "rt.postgres.sql", interactions: []string{"FROM tickets t", "users", "queues"}, cursor: "lastupdated", assignee: []string{"ana@example.com", ""},
		comments: []string{"FROM attachments m", "JOIN transactions", "objecttype = 'RT::Ticket'"}, parent: "ticket_id", commentOf: "created",
		kinds: "customer agent agent customer", bodies: strings.Split(plainBodies, "|"),
	},
	"casos": {
		file: "casos.sqlite.sql", interactions: []string{"FROM casos t", "usuarios"}, cursor: "actualizado_en", assignee: []string{"ana@example.com", "unassigned"},
		comments: []string{"FROM mensajes m"}, parent: "caso_id", commentOf: "enviado_en", kinds: "customer agent note customer",
		bodies: []string{"Se quema", "¿Agua?", "llamarlo", "Gracias"}, attachments: "FROM adjuntos f",
	},
}

func TestAProposalReadsTheRightTablesAndMapsTheirRows(t *testing.T) {
	t.Parallel()
	for name, d := range desks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := database(t, d.file)
			source := open(t, address)
			tables, err := source.Tables(t.Context())
			require.NoError(t, err)
			proposal := scaffold.Propose(t.Context(), tables, dialectOf(address), "HELPDESK_DSN", scaffold.Ask(source))
			golden(t, name, proposal.YAML)
			require.True(t, proposal.Found)
			job, fields := read(t, proposal.YAML)

			for _, part := range d.interactions {
				require.Contains(t, job.Extract.Interactions.SQL, part)
			}
			require.Equal(t, d.cursor, job.Extract.Interactions.Cursor)
			require.Equal(t, d.assignee, assignees(t, source, job, fields))

			for _, part := range d.comments {
				require.Contains(t, job.Extract.Comments.SQL, part)
			}
			require.Equal(t, d.parent, job.Extract.Comments.Parent)
			require.Equal(t, d.commentOf, job.Extract.Comments.Cursor)
			kinds, bodies := messagesOf(t, source, job)
			require.Equal(t, d.kinds, strings.Join(kinds, " "))
			require.Equal(t, d.bodies, bodies)

			if d.attachments == "" {
				require.Nil(t, job.Extract.Attachments)
				return
			}
			require.Contains(t, job.Extract.Attachments.SQL, d.attachments)
			require.Equal(t, 1, files(t, source, job))
		})
	}
}

// golden compares with the proposal as somebody has read it.
func golden(t *testing.T, name, proposed string) {
	t.Helper()
	path := filepath.Join("testdata", name+".yaml")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(proposed), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), proposed)
}

// read reads a jobs.yaml about which there is nothing to say but that variables are not set.
func read(t *testing.T, yaml string) (config.Job, []load.MetadataField) {
	t.Helper()
	file, err := config.Load("jobs.yaml", []byte(yaml), config.Env{Dir: t.TempDir()})
	require.NoError(t, err, yaml)
	for _, finding := range file.Findings {
		require.Contains(t, finding.Message, "is not set", "%s", finding)
	}
	require.Len(t, file.Config.Jobs, 1)
	return file.Config.Jobs[0], file.Config.Integrations[0].Metadata
}

func rows(t *testing.T, source *extract.Source, query extract.Query) (*extract.Stream, []extract.Row) {
	t.Helper()
	stream, err := source.Stream(t.Context(), query)
	require.NoError(t, err, query.SQL)
	query.Cursor = "" // in the order of the keys
	byKey, err := source.Stream(t.Context(), query)
	require.NoError(t, err)
	window, err := stream.Window(t.Context(), nil)
	require.NoError(t, err)
	read, err := stream.Page(t.Context(), window, nil)
	require.NoError(t, err)
	page, err := byKey.Page(t.Context(), extract.Window{}, nil)
	require.NoError(t, err)
	require.Len(t, read.Rows, len(page.Rows), "the cursor finds every row")
	return byKey, page.Rows
}

// assignees maps all tickets, in the order of their keys.
func assignees(t *testing.T, source *extract.Source, job config.Job, fields []load.MetadataField) (all []string) {
	t.Helper()
	stream, page := rows(t, source, job.Extract.Interactions)
	mapper, err := mapping.CompileInteraction(job.Mapping.Interaction, fields, stream.Columns(), nil)
	require.NoError(t, err)
	for _, row := range page {
		interaction, fault := mapper.Map(row)
		require.Nil(t, fault)
		require.Equal(t, stream.Key(row), interaction.ID)
		all = append(all, text(t, interaction.Fields, "assignee_id"))
	}
	return all
}

// messagesOf maps all messages, in the order of their keys.
func messagesOf(t *testing.T, source *extract.Source, job config.Job) (kinds, bodies []string) {
	t.Helper()
	stream, page := rows(t, source, *job.Extract.Comments)
	mapper, err := mapping.CompileComment(*job.Mapping.Comment, stream.Columns(), nil)
	require.NoError(t, err)
	for _, row := range page {
		require.True(t, stream.HasParent(row))
		comment, fault := mapper.Map(stream.Key(row), row)
		require.Nil(t, fault)
		kind, _, _ := strings.Cut(strings.TrimPrefix(text(t, comment.Fields, load.CommentType), "internal_"), "_")
		kinds, bodies = append(kinds, kind), append(bodies, text(t, comment.Fields, load.CommentBody))
	}
	return kinds, bodies
}

// text is the value of a field.
func text(t *testing.T, fields []load.Field, name string) (value string) {
	t.Helper()
	for _, f := range fields {
		if f.Name == name {
			require.NoError(t, json.Unmarshal(f.Value, &value))
			return value
		}
	}
	return ""
}

// files counts the files that can be mapped, all of which have to.
func files(t *testing.T, source *extract.Source, job config.Job) int {
	t.Helper()
	stream, page := rows(t, source, *job.Extract.Attachments)
	mapper, err := mapping.CompileAttachment(*job.Mapping.Attachment, stream.Columns(), nil)
	require.NoError(t, err)
	for _, row := range page {
		_, fault := mapper.Map(row)
		require.Nil(t, fault)
	}
	return len(page)
}
