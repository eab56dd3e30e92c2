package maptest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
	"pvetl/internal/maptest"
)

const jobsYAML = `version: 1
playvox: {base_url: "${URL}", uid: "${UID}", api_key: "${KEY}"}
sources: {helpdesk: {dsn: "${DSN}", timezone: Europe/Rome}}
integrations:
  helpdesk:
    name: Help
    metadata:
      moved_date: {type: datetime}
      status: {type: string, allowed: [open, solved]}
      subject: {type: string}
      number: {type: string}
      score: {type: float}
      labels: {type: list}
      link: {type: string}
      kind: {type: string}
jobs:
  tickets:
    source: helpdesk
    integration: helpdesk
    extract:
      interactions: {query: SELECT * FROM tickets, key: id, cursor: updated_at}
      comments: {query: SELECT * FROM messages, key: id, parent: ticket_id}
      attachments: {query: SELECT * FROM files, key: id, parent: message_id}
    mapping:
      interaction:
        interaction_id: id
        assignee_id: agent
        metadata:
          moved_date: updated_at
          status: {column: status, map: {1: open, 2: solved}}
          subject: {column: subject, truncate: 40}
          number: number
          score: score
          labels: labels
          link: {template: "https://desk.example/{id}/{link}"}
          kind: {column: kind, map: {mail: e-mail}, else: other}
      comment:
        body: {column: body, html_to_text: true, redact: [email, phone]}
        type: {column: way, map: {in: customer_comment, out: agent_comment}}
        author_id: author
        added_at: written
      attachment: {name: name, content_type: mime, url: url}
`

// jobs reads the configuration, whose variables are not set.
func jobs(t testing.TB) *config.File {
	t.Helper()
	file, err := config.Load("jobs.yaml", []byte(jobsYAML), config.Env{})
	require.NoError(t, err)
	return file
}

// given is a test up to what it expects.
const given = `tests:
  t:
    job: tickets
    types: {score: decimal, labels: "text[]", interaction: {updated_at: instant}}
    given:
      interaction: {id: 1, agent: null, updated_at: 2026-01-01 10:00:00+02, status: 2, subject: Hi, number: 9007199254740993, score: 4.50, labels: [a b, null, "c,\"d"], link: x, kind: mail}
      comments:
        - {id: 5, ticket_id: 1, body: "second ana@acme.example", way: out, author: ana, written: 2026-01-01 12:00:00}
        - {id: 4, ticket_id: 1, body: null, way: in, author: null, written: 2026-01-01 11:00:00}
      attachments:
        - {id: 8, message_id: 5, name: a.txt, mime: null, url: "https://files.example/a?b=1&c=2"}
        - {id: 9, message_id: 5, name: b.txt, mime: null, url: null}
    expect:
`

const (
	wantInteraction = `      interaction: {interaction_id: "1", moved_date: 2026-01-01T08:00:00Z, status: solved, subject: Hi, number: "9007199254740993", score: 4.50,
        labels: [a b, null, "c,\"d"], link: "https://desk.example/1/x", kind: e-mail`
	wantComments = `, comments: [
          {body: "", type: customer_comment, added_at: 2026-01-01T10:00:00Z},
          {body: "second [email]", type: agent_comment, author_id: ana, added_at: 2026-01-01T11:00:00Z, attachments: [{name: a.txt, url: "https://files.example/a?b=1&c=2"}]}]`
	wantRejects = "}\n      rejects: [{stream: attachments, key: 9, field: url, rule: required}]\n"
)

func run(t *testing.T, content string) maptest.Result {
	t.Helper()
	file := jobs(t)
	tests, err := config.LoadTests("t.yaml", []byte(content))
	require.NoError(t, err, content)
	require.NoError(t, tests.Check(file))
	results, err := maptest.Run(file, tests)
	require.NoError(t, err)
	return results[0]
}

func TestARightTestPasses(t *testing.T) {
	t.Parallel()
	require.Empty(t, run(t, given+wantInteraction+wantComments+wantRejects).Differences)
	require.Empty(t, run(t, given+wantInteraction+wantRejects).Differences, "a test need not mention the conversation")
	require.True(t, run(t, given+wantInteraction+wantRejects).Passed)
}

func TestEachDifferenceSaysWhatWasExpectedAndWhereTheValueComesFrom(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		before, after string
		want          []string
	}{
		{"status: solved", "status: open", []string{`status: expected "open", got "solved" (from status, value "2", rule map)`}},
		{`"9007199254740993", score: 4.50,`, `"9007199254740993", score: 4.5,`, nil},
		{`"9007199254740993", score: 4.50,`, `"9007199254740993", score: 4.500000000000000000001,`, []string{`score: expected 4.500000000000000000001, got 4.5 (from score, value "4.50", rule float)`}},
		{`number: "9007199254740993"`, `number: 9007199254740993`, []string{`number: expected 9007199254740993, got "9007199254740993" (from number, value "9007199254740993")`}},
		{"solved, subject: Hi, ", "solved, ", []string{`subject: expected nothing, got "Hi" (from subject, value "Hi")`}},
		{"kind: e-mail", "kind: e-mail, priority: high", []string{`priority: expected "high", got nothing`}},
		{"kind: e-mail", "kind: e-mail, assignee_id: null", nil},
		{"kind: e-mail", "kind: e-mail, assignee_id: ana", []string{`assignee_id: expected "ana", got nothing (from agent, NULL)`}},
		{"\n        labels: [a b,", "\n        labels: [b a,", []string{`labels: expected ["b a",null,"c,\"d"], got ["a b",null,"c,\"d"] (from labels, value "{\"a b\",NULL,\"c,\\\"d\"}", rule list)`}},
		{`{body: "", type`, `{body: x, type`, []string{`comments[0].body: expected "x", got "" (key 4, from body, NULL)`}},
		{"author_id: ana, ", "", []string{`comments[1].author_id: expected nothing, got "ana" (key 5, from author, value "ana")`}},
		{"attachments: [{name: a.txt", "attachments: [{name: b.txt", []string{
			`comments[1].attachments: expected [{"name":"b.txt","url":"https://files.example/a?b=1&c=2"}], got [{"name":"a.txt","url":"https://files.example/a?b=1&c=2"}] (key 5)`,
		}},
		{`{body: "", type: customer_comment, added_at: 2026-01-01T10:00:00Z},`, "", []string{
			`comments[0].body: expected "second [email]", got "" (key 4, from body, NULL)`,
			`comments[0].type: expected "agent_comment", got "customer_comment" (key 4, from way, value "in", rule map)`,
			`comments[0].author_id: expected "ana", got nothing (key 4, from author, NULL)`,
			`comments[0].added_at: expected "2026-01-01T11:00:00Z", got "2026-01-01T10:00:00Z" (key 4, from written, value "2026-01-01 11:00:00", rule datetime)`,
			`comments[0].attachments: expected [{"name":"a.txt","url":"https://files.example/a?b=1&c=2"}], got nothing (key 4)`,
			`comments[1]: expected nothing, got {"added_at":"2026-01-01T11:00:00Z","attachments":[{"name":"a.txt","url":"https://files.example/a?b=1&c=2"}],"author_id":"ana","body":"second [email]","type":"agent_comment"} (expected 1 in all, got 2)`,
		}},
		{"rule: required}", "rule: map}", []string{`rejects[0].rule: expected "map", got "required" (the field is required and the value is NULL)`}},
		{"rejects: [{stream: attachments, key: 9, field: url, rule: required}]", "rejects: []", []string{
			`rejects: expected nothing, got {"column":"url","field":"url","key":"9","reason":"the field is required and the value is NULL","rule":"required","stream":"attachments","value":""} (it is not expected)`,
		}},
		{"rule: required}", "rule: required}, {key: 1}", []string{`rejects[1]: expected {"key":"1"}, got nothing`}},
		{"status: 2", "status: 3", []string{
			`interaction: expected {"interaction_id":"1",`,
			`got nothing (it is rejected: field status, column status, value "3": map has no entry for it, and there is no else)`,
			`rejects[0]: expected {"field":"url","key":"9","rule":"required","stream":"attachments"}, got nothing`,
		}},
	} {
		content := given + wantInteraction + wantComments + wantRejects
		require.Contains(t, content, test.before)
		result := run(t, strings.Replace(content, test.before, test.after, 1))
		require.Equal(t, len(test.want) == 0, result.Passed)
		var lines []string
		for _, difference := range result.Differences {
			lines = append(lines, difference.String())
		}
		shown := strings.Join(lines, "\n")
		for _, want := range test.want {
			require.Contains(t, shown, want, test.after)
		}
		require.LessOrEqual(t, len(lines), max(1, len(test.want)), shown)
	}
}

func TestATestWithoutAnInteractionExpectsAReject(t *testing.T) {
	t.Parallel()
	content := given + "      rejects: [{field: status, value: 3}]\n"
	require.False(t, run(t, content).Passed)
	require.True(t, run(t, strings.Replace(content, "status: 2", "status: 3", 1)).Passed)
}
