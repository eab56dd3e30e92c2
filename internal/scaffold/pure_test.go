package scaffold_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/internal/dsn"
	"pvetl/internal/scaffold"
)

func TestTheTemplateIsTheFileAtTheRoot(t *testing.T) {
	t.Parallel()
	root, err := os.ReadFile("../../jobs.yaml")
	require.NoError(t, err)
	want, got := strings.Split(string(root), "\n"), strings.Split(scaffold.Template(), "\n")
	for i := range min(len(want), len(got)) {
		require.Equal(t, want[i], got[i], "line %d: cp jobs.yaml internal/scaffold/", i+1)
	}
	require.Len(t, got, len(want))
}

// table makes a table of columns written as: name type, with the primary key first.
func table(name string, columns ...string) extract.Table {
	kinds := map[string]extract.Kind{
		"int": extract.Integer, "text": extract.Text, "time": extract.Timestamp, "instant": extract.Instant, "bool": extract.Boolean,
		"bytes": extract.Bytes, "number": extract.Decimal, "texts": extract.Array,
	}
	t := extract.Table{Name: name}
	for i, c := range columns {
		column, kind, _ := strings.Cut(c, " ")
		t.Columns = append(t.Columns, extract.TableColumn{Column: extract.Column{Name: column, Kind: kinds[kind], Type: kind}, Nullable: i > 0})
	}
	t.PrimaryKey = []string{t.Columns[0].Name}
	return t
}

func propose(kind dsn.Kind, ask scaffold.Asker, tables ...extract.Table) scaffold.Proposal {
	return scaffold.Propose(context.Background(), tables, scaffold.DialectOf(kind), "HELPDESK_DSN", ask)
}

// seen answers questions that hold one of the words.
func seen(answers map[string][]string) scaffold.Asker {
	return func(_ context.Context, sql string) ([]string, error) {
		for words, values := range answers {
			if strings.Contains(sql, words) {
				return values, nil
			}
		}
		return nil, nil
	}
}

var (
	tickets  = table("tickets", "id int", "subject text", "status text", "created_at instant", "updated_at instant", "agent_id int")
	messages = table("messages", "id int", "ticket_id int", "body text", "created_at instant")
	agents   = table("agents", "id int", "email text")
)

func TestWhatTheFileSays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind   dsn.Kind
		ask    scaffold.Asker
		tables []extract.Table
		has    []string
		hasNot []string
	}{
		"names that are reserved stand in quotes": {
			dsn.MySQL, nil,
			[]extract.Table{table("case", "key int", "subject text", "status text", "created_at time", "updated_at time", "group text")},
			[]string{"FROM `case` t", "t.`key`", "key: key", "t.`group`"},
			nil,
		},
		"Postgres names with capitals stand in quotes": {
			dsn.Postgres, nil,
			[]extract.Table{table("Tickets", "Id int", "Subject text", "Status text", "CreatedAt instant", "UpdatedAt instant")},
			[]string{`FROM "Tickets" t`, `t."UpdatedAt"`, "cursor: changed_at"},
			nil,
		},
		"a change that may be NULL is taken together with the creation": {
			dsn.SQLite, nil, []extract.Table{tickets, messages, agents}, []string{"max(t.created_at, COALESCE(t.updated_at, t.created_at)) AS changed_at", "cursor: changed_at"}, nil,
		},
		"without a time of change every ticket is read by every run": {
			dsn.Postgres, nil,
			[]extract.Table{table("tickets", "id int", "subject text", "status text", "created_at instant", "priority text"), messages},
			[]string{"# guess: none: every run reads everything: no column of tickets says when a row changed", "cursor: created_at"},
			[]string{"start:"},
		},
		"without messages there are no comments": {
			dsn.Postgres, nil, []extract.Table{tickets, agents}, []string{"# guess: none: no table has texts that belong to tickets"}, []string{"comments:", "comment:"},
		},
		"without a time there is a constant datetime": {
			dsn.Postgres, nil,
			[]extract.Table{table("tickets", "id int", "subject text", "status text", "priority text", "assignee text"), messages},
			[]string{`created_date: {value: "2026-01-01T00:00:00Z"}`, "Playvox requires a datetime"},
			nil,
		},
		"keys that are bytes are read as text": {
			dsn.MySQL, nil,
			[]extract.Table{
				table("tickets", "id bytes", "subject text", "status text", "created_at time", "updated_at time"),
				table("messages", "id bytes", "ticket_id bytes", "body text", "created_at time"),
			},
			[]string{"hex(t.id) AS id", "hex(m.id) AS id", "hex(m.ticket_id) AS ticket_id", "parent: ticket_id"},
			nil,
		},
		"what a flag and a word say of a message": {
			dsn.Postgres, seen(map[string][]string{"AS k FROM (SELECT direction": {"in", "out"}}),
			[]extract.Table{
				tickets, table("messages", "id int", "ticket_id int", "body text", "created_at instant", "direction text", "internal bool"),
			},
			[]string{
				"CASE WHEN m.internal THEN 'note' ELSE m.direction END AS kind",
				"{column: kind, map: {in: customer_comment, out: agent_comment, note: internal_note}, default: internal_note}",
			},
			nil,
		},
		"a word that says nothing is a note, and named": {
			dsn.Postgres, seen(map[string][]string{"AS k FROM (SELECT direction": {"in", "out", "zzz"}}),
			[]extract.Table{
				tickets, table("messages", "id int", "ticket_id int", "body text", "created_at instant", "direction text"),
			},
			[]string{"zzz: internal_note", "what zzz means is not clear and counts as a note"},
			nil,
		},
		"who speaks is not said": {
			dsn.Postgres, nil, []extract.Table{tickets, messages}, []string{"type: {value: customer_comment}", "everything counts as the customer's"}, nil,
		},
		"a value that is no plain word is quoted": {
			dsn.Postgres, seen(map[string][]string{"AS k FROM (SELECT direction": {"in: ${HOME}", "out", "no"}}),
			[]extract.Table{
				tickets, table("messages", "id int", "ticket_id int", "body text", "created_at instant", "direction text"),
			},
			[]string{`"in: $${HOME}": customer_comment`, `"no": internal_note`},
			nil,
		},
		"files in the database, by a name that says it": {
			dsn.Postgres, nil,
			[]extract.Table{tickets, messages, table("attachments", "id int", "message_id int", "filename text", "content_type text", "data bytes")},
			[]string{"FROM attachments f", "content: data", "name: filename", "content_type: content_type"},
			[]string{"files_root"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proposal := propose(c.kind, c.ask, c.tables...)
			require.True(t, proposal.Found)
			read(t, proposal.YAML)
			for _, part := range c.has {
				require.Contains(t, proposal.YAML, part)
			}
			for _, part := range c.hasNot {
				require.NotContains(t, proposal.YAML, "\n      "+part)
			}
		})
	}
}

func TestNumbersThatAreTimes(t *testing.T) {
	t.Parallel()
	tables := []extract.Table{table("tickets", "id int", "subject text", "status text", "created_at int", "updated_at int", "assignee text")}
	for name, c := range map[string]struct {
		kind   dsn.Kind
		least  int64 // of what the rows hold
		has    []string
		hasNot string
	}{
		"seconds": {
			dsn.MySQL, 1_760_000_000,
			[]string{"FROM_UNIXTIME(t.created_at) AS created_date", "cursor: updated_at", "lag: 600\n", "# start: 1767225600 "},
			"timezone",
		},
		"thousandths of them": {
			dsn.Postgres, 1_760_000_000_000,
			[]string{"to_timestamp(t.created_at / 1000) AS created_date", "lag: 600000\n"},
			"timezone",
		},
		"in SQLite":                    {dsn.SQLite, 1_760_000_000, []string{"datetime(t.created_at, 'unixepoch') AS created_date"}, "timezone"},
		"numbers too small to be such": {dsn.Postgres, 7, []string{"Playvox requires a datetime", "none: every run reads everything"}, "cursor: updated_at"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ask := func(_ context.Context, sql string) ([]string, error) {
				_, bound, isBound := strings.Cut(sql, ">= ")
				var least int64
				if n, _ := fmt.Sscan(bound, &least); isBound && n == 1 && c.least >= least {
					return []string{"5"}, nil
				}
				return []string{"0"}, nil
			}
			proposal := propose(c.kind, ask, tables...)
			read(t, proposal.YAML)
			for _, part := range c.has {
				require.Contains(t, proposal.YAML, part)
			}
			require.NotContains(t, proposal.YAML, c.hasNot)
		})
	}
}

func TestWhereNothingLooksLikeTicketsItIsTheExampleWithTheTables(t *testing.T) {
	t.Parallel()
	proposal := propose(dsn.SQLite, nil, table("products", "id int", "name text", "price number"), table("orders\n# x", "id int", "total number"))
	require.False(t, proposal.Found)
	require.Empty(t, proposal.Guesses)
	require.Contains(t, proposal.YAML, "# products (id, name, price)\n# orders # x (id, total)\n")
	require.True(t, strings.HasSuffix(proposal.YAML, scaffold.Template()))
	read(t, proposal.YAML)
}

// manyTables is a database of n tables, of which three are those that matter, and many could hold messages.
func manyTables(n int) []extract.Table {
	tables := []extract.Table{tickets, messages, agents}
	for i := len(tables); i < n; i++ {
		columns := []string{"id int", "commented_type text", "commented_id int", "content text", "created_at instant"}
		for j := range 20 {
			columns = append(columns, fmt.Sprintf("field_%d_id int", j), fmt.Sprintf("thing_%d text", j))
		}
		tables = append(tables, table(fmt.Sprintf("app_%d_notes", i), columns...))
	}
	return tables
}

func TestABigDatabaseIsAskedFewQuestions(t *testing.T) {
	t.Parallel()
	asked := 0
	answer := func(_ context.Context, sql string) ([]string, error) {
		asked++
		if strings.Contains(sql, "LIKE '%</%>%'") {
			return []string{"1"}, nil
		}
		return []string{"Invoice"}, nil
	}
	proposal := propose(dsn.Postgres, answer, manyTables(500)...)
	require.Contains(t, proposal.YAML, "FROM tickets t")
	require.Contains(t, proposal.YAML, "FROM messages m")
	require.Contains(t, proposal.YAML, "body: {column: body, html_to_text: true}", "there is a question left for what matters")
	require.Greater(t, asked, 10)
	require.LessOrEqual(t, asked, 20)
}

func TestADatabaseThatDoesNotAnswerIsNotAskedForEver(t *testing.T) {
	t.Parallel()
	asked := 0
	proposal := propose(dsn.Postgres, func(context.Context, string) ([]string, error) { asked++; return nil, errors.New("too slow") }, manyTables(50)...)
	read(t, proposal.YAML)
	require.Equal(t, 3, asked)
}

// TestWhateverTheTablesAreTheFileIsValid puts tables together at random from words that mean something and some that do not.
func TestWhateverTheTablesAreTheFileIsValid(t *testing.T) {
	t.Parallel()
	names := strings.Fields("ticket tickets cases messages thread_entry comments users customers attachments ticket_status states a'b x`y Order \"q files.x ñandú 1st thread")
	columns := strings.Fields("id ticket_id user_id customer_id agent_id status status_id priority created_at updated updated_at closed_at subject body content " +
		"type object_type object_id sender_type sender_id internal is_public rating tags from to group we'ird st`ill \"quote file path url name email deleted_at is_deleted format owner message_id {x} a:b #c")
	kinds := strings.Fields("int text time instant bool bytes number texts")
	for seed := range uint64(150) {
		random := rand.New(rand.NewPCG(seed, 1))
		pick := func(of []string) string { return of[random.IntN(len(of))] }
		var tables []extract.Table
		for _, i := range random.Perm(len(names))[:1+random.IntN(len(names)-1)] {
			made := []string{"id int"}
			for _, j := range random.Perm(len(columns))[:random.IntN(len(columns))] {
				if columns[j] != "id" {
					made = append(made, columns[j]+" "+pick(kinds))
				}
			}
			tables = append(tables, table(names[i], made...))
		}
		ask := func(context.Context, string) ([]string, error) {
			return []string{pick(names), pick(columns), "0"}[random.IntN(3):], nil
		}
		kind := []dsn.Kind{dsn.Postgres, dsn.MySQL, dsn.SQLite}[random.IntN(3)]
		yaml := propose(kind, ask, tables...).YAML
		_, err := config.Load("jobs.yaml", []byte(yaml), config.Env{Dir: t.TempDir()})
		require.NoError(t, err, "seed %d\n%s", seed, yaml)
	}
}
