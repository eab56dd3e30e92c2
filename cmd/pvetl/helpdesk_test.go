package main

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"pvetl/internal/testdb"
)

// The databases that a job may read from.
const (
	onPostgres = "postgres"
	onMySQL    = "mysql"
	onSQLite   = "sqlite"
)

// value is one value of a column: how each database is told it, and what must arrive in Playvox as JSON. An empty want is
// a field that is left out; a rule is a row that is rejected by it.
type value struct {
	postgres, mysql, sqlite string // SQL literals; empty where the database cannot hold it
	want                    string
	rule                    string
}

func (v value) literal(kind string) string {
	return map[string]string{onPostgres: v.postgres, onMySQL: v.mysql, onSQLite: v.sqlite}[kind]
}

// same is a value that all databases are told alike.
func same(literal, want string) value { return value{literal, literal, literal, want, ""} }

// refused is a value that all databases hold and that the rule rejects.
func refused(literal, rule string) value { return value{literal, literal, literal, "", rule} }

// text is a text with its JSON, the same everywhere.
func text(literal, want string) value { return same("'"+literal+"'", `"`+want+`"`) }

// column is a column of the tickets with its unpleasant values; ordinary ones are made of the ticket's number.
type column struct {
	name                    string
	field                   string
	postgres, mysql, sqlite string // types
	ordinary                func(i int) value
	unpleasant              []value
}

func (c column) sqlType(kind string) string {
	return map[string]string{onPostgres: c.postgres, onMySQL: c.mysql, onSQLite: c.sqlite}[kind]
}

// columns are worked out by hand from the rules, not by the code under test.
var columns = []column{
	{
		name: "status_code", field: "status", postgres: "smallint", mysql: "TINYINT", sqlite: "INTEGER",
		ordinary:   func(i int) value { return same(fmt.Sprint(i%3+1), `"`+[]string{"open", "pending", "solved"}[i%3]+`"`) },
		unpleasant: []value{same("NULL", ""), refused("9", "map"), refused("-1", "map")},
	},
	{
		name: "score", field: "score", postgres: "numeric(40,18)", mysql: "DECIMAL(40,18)", sqlite: "TEXT",
		ordinary: func(i int) value {
			return value{fmt.Sprintf("%d.50", i), fmt.Sprintf("%d.50", i), fmt.Sprintf("'%d.50'", i), fmt.Sprintf("%d.5", i), ""}
		},
		unpleasant: []value{
			same("NULL", ""),
			{"'NaN'", "", "'NaN'", "", "float"},
			{"0", "0", "'0.000'", "0", ""},
			{"1234567890123456789012.123456789012345678", "1234567890123456789012.123456789012345678", "'1234567890123456789012.123456789012345678'", "1234567890123456789012.123456789012345678", ""},
			{"-0.000000000000000001", "-0.000000000000000001", "'-1e-18'", "-0.000000000000000001", ""},
			{"", "", "'4,5'", "", "float"},
			{"", "", "''", "", "float"},
			{"", "", "4.5", "4.5", ""},
			{"", "", "7", "7", ""},
		},
	},
	{
		name: "ratio", field: "ratio", postgres: "double precision", mysql: "DOUBLE", sqlite: "REAL",
		ordinary:   func(i int) value { return same(fmt.Sprintf("%d.25", i), fmt.Sprintf("%d.25", i)) },
		unpleasant: []value{same("NULL", ""), same("1e21", "1000000000000000000000"), same("-2.5e-7", "-0.00000025"), same("0.1", "0.1"), same("4.0", "4"), {"'Infinity'", "", "9e999", "", "float"}, {"'NaN'", "", "", "", "float"}},
	},
	{
		name: "visits", field: "visits", postgres: "numeric(20,0)", mysql: "BIGINT UNSIGNED", sqlite: "INTEGER",
		ordinary:   func(i int) value { return same(fmt.Sprint(i), fmt.Sprint(i)) },
		unpleasant: []value{same("NULL", ""), same("9007199254740993", "9007199254740993"), {"18446744073709551615", "18446744073709551615", "", "18446744073709551615", ""}, {"", "", "'12 apples'", "", "integer"}, {"", "", "4.5", "", "integer"}, {"", "", "4.0", "4", ""}},
	},
	{
		name: "vip", field: "vip", postgres: "boolean", mysql: "BOOLEAN", sqlite: "BOOLEAN",
		ordinary: func(i int) value {
			return value{fmt.Sprint(i%2 == 0), fmt.Sprint(i%2 == 0), fmt.Sprint((i + 1) % 2), fmt.Sprint(i%2 == 0), ""}
		},
		unpleasant: []value{same("NULL", ""), {"", "2", "2", "", "boolean"}, {"", "", "'Yes'", "true", ""}, {"", "", "'n'", "false", ""}},
	},
	{
		name: "tags", field: "tag_names", postgres: "text[]", mysql: "JSON", sqlite: "TEXT",
		ordinary: func(i int) value {
			return value{fmt.Sprintf("ARRAY['vip','t%d']", i), fmt.Sprintf(`'["vip","t%d"]'`, i), fmt.Sprintf(`'["vip","t%d"]'`, i), fmt.Sprintf(`["vip","t%d"]`, i), ""}
		},
		unpleasant: []value{
			same("NULL", ""),
			{"'{}'", "'[]'", "'[]'", "[]", ""},
			{`'{"a,b","c\"d","NULL",NULL,"e\\f"}'`, `'["a,b","c\\"d","NULL",null,"e\\\\f"]'`, `'["a,b","c\"d","NULL",null,"e\\f"]'`, `["a,b","c\"d","NULL",null,"e\\f"]`, ""},
			{`'{{a,b},{c,d}}'`, `'[["a"],["b"]]'`, `'[["a"],["b"]]'`, "", "list"},
			{"", "", "'vip, billing'", "", "list"},
			{"", `'{"a":1}'`, `'{"a":1}'`, "", "list"},
			{`ARRAY['é😀','']`, `'["é😀",""]'`, `'["é😀",""]'`, `["é😀",""]`, ""},
		},
	},
	{
		name: "labels", field: "labels", postgres: "text", mysql: "TEXT", sqlite: "TEXT",
		ordinary:   func(i int) value { return same(fmt.Sprintf("'a%d; b'", i), fmt.Sprintf(`["a%d","b"]`, i)) },
		unpleasant: []value{same("NULL", ""), same("''", "[]"), same("' ; ;; '", "[]"), same("'x;x; y '", `["x","x","y"]`)},
	},
	{
		name: "solved_at", field: "solved_date", postgres: "timestamp", mysql: "DATETIME(6)", sqlite: "TEXT", // no zone: Europe/Rome
		ordinary: func(int) value { return text("2026-01-15 10:00:00.999999", "2026-01-15T09:00:00Z") },
		unpleasant: []value{
			same("NULL", ""), text("2026-07-15 10:00:00", "2026-07-15T08:00:00Z"), text("1969-07-20 21:17:40.75", "1969-07-20T19:17:40Z"),
			text("2026-03-29 02:30:00", "2026-03-29T01:30:00Z"), // in the gap: the offset before it
			text("2026-10-25 02:30:00", "2026-10-25T00:30:00Z"), // twice: the first
			{"'infinity'", "", "'infinity'", "", "datetime"},
			{"'-infinity'", "", "", "", "datetime"},
			{"", "'0000-00-00 00:00:00'", "", "", ""},
			{"'0044-03-15 12:00:00 BC'", "", "", "", "datetime"},
			{"'20260-01-01 00:00:00'", "", "'20260-01-01 00:00:00'", "", "datetime"},
			{"", "", "'soon'", "", "datetime"},
			{"", "", "'2026-02-30'", "", "datetime"},
			{"", "", "'2026-01-15T10:00:00+05:30'", `"2026-01-15T04:30:00Z"`, ""},
			{"", "", "'2026-01-15'", `"2026-01-14T23:00:00Z"`, ""},
		},
	},
	{
		name: "opened_at", field: "opened_date", postgres: "timestamptz", mysql: "TIMESTAMP(6) NULL", sqlite: "TEXT",
		ordinary: func(int) value {
			return value{"'2026-05-01 12:30:45.5+02'", "'2026-05-01 10:30:45.5'", "'2026-05-01T10:30:45.5Z'", `"2026-05-01T10:30:45Z"`, ""}
		},
		unpleasant: []value{same("NULL", ""), {"'1969-12-31 23:59:59.9+00'", "", "'1969-12-31T23:59:59.9Z'", `"1969-12-31T23:59:59Z"`, ""}, {"'infinity'", "", "", "", "datetime"}, {"'2026-03-08 02:30:00-08'", "'2026-03-08 10:30:00'", "'2026-03-08 02:30:00-08:00'", `"2026-03-08T10:30:00Z"`, ""}},
	},
	{
		name: "born", field: "born", postgres: "date", mysql: "DATE", sqlite: "TEXT", // midnight in Europe/Rome
		ordinary:   func(int) value { return text("2026-06-01", "2026-05-31T22:00:00Z") },
		unpleasant: []value{same("NULL", ""), text("1950-01-01", "1949-12-31T23:00:00Z"), {"'infinity'", "", "", "", "datetime"}, {"", "'0000-00-00'", "", "", ""}},
	},
	{
		name: "subject", field: "subject", postgres: "text", mysql: "LONGTEXT", sqlite: "TEXT",
		ordinary: func(i int) value { return text(fmt.Sprintf("Ticket %d", i), fmt.Sprintf("Ticket %d", i)) },
		unpleasant: []value{
			same("NULL", ""), text("", ""), text("日本語 العربية 😀 é", "日本語 العربية 😀 é"), text("<b>&amp;</b>", "<b>&amp;</b>"),
			{`E'a\tb\nc\x01d"e\\f'`, `CONCAT('a',CHAR(9),'b',CHAR(10),'c',CHAR(1),'d"e',CHAR(92),'f')`, `'a'||char(9)||'b'||char(10)||'c'||char(1)||'d"e'||char(92)||'f'`, `"a\tb\nc\u0001d\"e\\f"`, ""},
			text("trailing  ", "trailing  "),
		},
	},
	{
		name: "payload", field: "payload", postgres: "bytea", mysql: "BLOB", sqlite: "BLOB",
		ordinary: func(i int) value {
			hex := fmt.Sprintf("%x", fmt.Sprintf("blob %d", i))
			return value{`'\x` + hex + `'`, "x'" + hex + "'", "x'" + hex + "'", fmt.Sprintf(`"blob %d"`, i), ""}
		},
		unpleasant: []value{same("NULL", ""), {`'\x'`, "''", "x''", `""`, ""}, {`'\x61ff62c3'`, "x'61ff62c3'", "x'61ff62c3'", "\"a\uFFFDb\uFFFD\"", ""}, {`'\x6100620a'`, "x'6100620a'", "x'6100620a'", `"a\u0000b\n"`, ""}},
	},
	{
		name: "ref", field: "ref", postgres: "uuid", mysql: "CHAR(36)", sqlite: "TEXT",
		ordinary: func(i int) value {
			return text(fmt.Sprintf("00000000-0000-4000-8000-%012d", i), fmt.Sprintf("00000000-0000-4000-8000-%012d", i))
		},
		unpleasant: []value{same("NULL", "")},
	},
	{
		name: "details", field: "details", postgres: "jsonb", mysql: "JSON", sqlite: "TEXT",
		ordinary: func(i int) value {
			return value{fmt.Sprintf(`'{"n": %d}'`, i), fmt.Sprintf(`'{"n": %d}'`, i), fmt.Sprintf(`'{"n": %d}'`, i), fmt.Sprintf(`"{\"n\": %d}"`, i), ""}
		},
		unpleasant: []value{same("NULL", ""), {`'{"x": 1.0}'`, `'{"x": 1.0}'`, `'{"x": 1.0}'`, `"{\"x\": 1.0}"`, ""}},
	},
}

// helpdesk is a database of tickets and messages, and what must be in Playvox of it.
type helpdesk struct {
	t    *testing.T
	kind string
	dsn  string
	db   *sql.DB
	want map[string]wanted // interactions that must arrive, by interaction_id
	bad  map[string]string // rules by the keys of tickets that must be rejected
}

type wanted struct {
	fields   map[string]string // JSON by field
	comments []string          // body, type, author and time of each, in order
}

func newHelpdesk(t *testing.T, kind string) *helpdesk {
	h := &helpdesk{t: t, kind: kind, want: make(map[string]wanted), bad: make(map[string]string)}
	var err error
	switch kind {
	case onPostgres:
		h.dsn = testdb.Postgres(t)
		h.db, err = sql.Open("pgx", h.dsn)
	case onMySQL:
		h.dsn = testdb.MySQL(t)
		h.db, err = sql.Open("mysql", testdb.DriverDSN(h.dsn)+"?time_zone=%27%2B00%3A00%27&sql_mode=%27ALLOW_INVALID_DATES%27")
	case onSQLite:
		h.dsn = testdb.SQLite(t)
		h.db, err = sql.Open("sqlite", strings.TrimPrefix(h.dsn, "sqlite:")+"?_pragma=busy_timeout(10000)")
	}
	require.NoError(t, err)
	h.db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = h.db.Close() })
	h.createTables()
	return h
}

func (h *helpdesk) createTables() {
	id := map[string]string{onPostgres: "bigint", onMySQL: "BIGINT", onSQLite: "INTEGER"}[h.kind]
	moved := map[string]string{onPostgres: "timestamptz(6)", onMySQL: "DATETIME(6)", onSQLite: "TEXT"}[h.kind]
	long := map[string]string{onPostgres: "text", onMySQL: "LONGTEXT", onSQLite: "TEXT"}[h.kind]
	var tickets strings.Builder
	fmt.Fprintf(&tickets, "CREATE TABLE tickets (id %s PRIMARY KEY, agent %s, updated_at %s", id, long, moved)
	for _, c := range columns {
		fmt.Fprintf(&tickets, ", %s %s", c.name, c.sqlType(h.kind))
	}
	h.exec(tickets.String() + ")")
	h.exec(fmt.Sprintf("CREATE TABLE messages (id %s PRIMARY KEY, ticket_id %s, body %s, kind %s, author %s, written %s, edited %s)",
		id, id, long, long, long, moved, moved))
	h.exec("CREATE INDEX tickets_moved ON tickets (updated_at, id)")
	h.exec("CREATE INDEX messages_ticket ON messages (ticket_id)")
	h.exec("CREATE INDEX messages_edited ON messages (edited, id)")
}

func (h *helpdesk) exec(statement string) {
	h.t.Helper()
	_, err := h.db.ExecContext(h.t.Context(), statement)
	require.NoError(h.t, err, "%.300s", statement)
}

// ticketID lies beyond what a float can count.
func ticketID(i int) int64 { return 9007199254740992 + int64(i) }

func messageID(i, k int) int64 { return ticketID(i)*10%1000000000 + int64(i)*10 + int64(k) }

// stamp writes a time as the database is told it.
func (h *helpdesk) stamp(at time.Time) string {
	return "'" + at.Format("2006-01-02 15:04:05.000000") + map[string]string{onPostgres: "+00"}[h.kind] + "'"
}

// arrives is how a time in April must arrive that was written by stamp.
func (h *helpdesk) arrives(at time.Time) string {
	if h.kind != onPostgres {
		at = at.Add(-2 * time.Hour) // without a zone: Europe/Rome
	}
	return at.Format(time.RFC3339)
}

// fill adds tickets from to (excluded) as they were changed at some time, several at the same microsecond.
func (h *helpdesk) fill(from, to int, at time.Time) {
	var tickets, messages []string
	for i := from; i < to; i++ {
		moved := h.stamp(at.Add(time.Duration(i/40) * time.Microsecond))
		agent, wantAgent := fmt.Sprintf("'agent%d@acme.example'", i%7), fmt.Sprintf(`"agent%d@acme.example"`, i%7)
		if i%5 == 0 {
			agent, wantAgent = "NULL", `"unassigned"`
		}
		id := fmt.Sprint(ticketID(i))
		row := []string{id, agent, moved}
		want := wanted{fields: map[string]string{"interaction_id": `"` + id + `"`, "assignee_id": wantAgent, "link": fmt.Sprintf(`"https://help.example/t/%s?a=1&b={2}"`, id)}}
		rule := ""
		for c, column := range columns {
			v := column.value(i, c, h.kind)
			row = append(row, v.literal(h.kind))
			if v.want != "" {
				want.fields[column.field] = v.want
			}
			if v.rule != "" {
				rule = v.rule
			}
		}
		tickets = append(tickets, "("+strings.Join(row, ",")+")")
		messages = append(messages, h.conversation(i, moved, &want)...)
		if rule != "" {
			h.bad[id] = rule
			continue
		}
		h.want[id] = want
	}
	h.insert("tickets", tickets)
	h.insert("messages", messages)
}

// value gives a ticket its value of a column: an unpleasant one where it is this column's turn.
func (c column) value(i, n int, kind string) value {
	if i%len(columns) != n {
		return c.ordinary(i)
	}
	v := c.unpleasant[i/len(columns)%len(c.unpleasant)]
	if v.literal(kind) == "" {
		return c.ordinary(i)
	}
	return v
}

// huge is the ticket whose messages are a megabyte each.
const huge = 1004

// conversation gives a ticket up to four messages; they are stored in another order than they were written in.
func (h *helpdesk) conversation(i int, moved string, want *wanted) []string {
	var rows []string
	n := i % 5
	for k := n - 1; k >= 0; k-- {
		written := time.Date(2026, 4, 1, 8, k, 0, 0, time.UTC)
		kind := []string{"'in'", "'out'", "'note'"}[k%3]
		if i%211 == 3 && k == 1 {
			kind = "'fax'" // unknown: stays behind alone
		}
		body := fmt.Sprintf("'<p>Message %d of <b>%d</b> &amp; more</p><p>😀<br>line</p>'", k, i)
		if i%97 == 2 && k == 0 {
			body = "NULL"
		}
		if i == huge {
			body = map[string]string{onPostgres: "repeat('x', 1048576)", onMySQL: "REPEAT('x', 1048576)", onSQLite: "replace(hex(zeroblob(524288)), '00', 'xx')"}[h.kind]
		}
		rows = append(rows, fmt.Sprintf("(%d,%d,%s,%s,'Author %d',%s,%s)", messageID(i, k), ticketID(i), body, kind, k, h.stamp(written), moved))
	}
	for k := range n {
		if i%211 == 3 && k == 1 {
			continue
		}
		body := fmt.Sprintf("Message %d of %d & more\n😀\nline", k, i)
		if i%97 == 2 && k == 0 {
			body = ""
		}
		if i == huge {
			body = strings.Repeat("x", 1<<20)
		}
		want.comments = append(want.comments, fmt.Sprintf("%s|%s|Author %d|%s",
			body, []string{"customer_comment", "agent_comment", "internal_note"}[k%3], k, h.arrives(time.Date(2026, 4, 1, 8, k, 0, 0, time.UTC))))
	}
	return rows
}

func (h *helpdesk) insert(table string, rows []string) {
	for start := 0; start < len(rows); start += 100 {
		h.exec("INSERT INTO " + table + " VALUES " + strings.Join(rows[start:min(start+100, len(rows))], ","))
	}
}
