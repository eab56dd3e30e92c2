package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/extract"
	"pvetl/internal/config"
)

// oneTest is the head of a test at which nothing is wrong.
const oneTest = "tests:\n  t:\n    job: tickets\n    given: {interaction: {id: 1}}\n"

func TestValuesOfGivenRowsAreTakenAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"0010": "0010", "1.50": "1.50", "1e3": "1e3", "0x1F": "0x1F", "yes": "yes", "True": "True", "2026-03-01 10:00:00": "2026-03-01 10:00:00",
		`"null"`: "null", `""`: "", "'it''s'": "it's", `"a\nb"`: "a\nb", ".inf": ".inf", "${NAME}": "${NAME}", "1_000": "1_000", "[a, 2, null]": `["a",2,null]`,
	} {
		file, err := config.LoadTests("t.yaml", []byte("tests:\n  t:\n    job: j\n    given:\n      interaction:\n        x: "+written+"\n    expect: {rejects: []}\n"))
		require.NoError(t, err, written)
		require.Equal(t, want, *file.Tests[0].Given.Interaction.Cells[0].Text, written)
	}
	for _, null := range []string{"null", "~", ""} {
		file, err := config.LoadTests("t.yaml", []byte("tests:\n  t:\n    job: j\n    given:\n      interaction:\n        x: "+null+"\n    expect: {rejects: []}\n"))
		require.NoError(t, err)
		require.Nil(t, file.Tests[0].Given.Interaction.Cells[0].Text, null)
	}
}

func TestExpectedValuesAreJSONWithTheirDigits(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"solved": `"solved"`, "4.50": "4.50", "9007199254740993": "9007199254740993", `"48213"`: `"48213"`, "0010": `"0010"`, "0x1F": `"0x1F"`,
		"True": "true", "yes": `"yes"`, "null": "null", "2026-03-01T10:00:00Z": `"2026-03-01T10:00:00Z"`, "[a, 1, true]": `["a",1,true]`,
		"{a: {b: c}}": `{"a":{"b":"c"}}`, "a < b & c": `"a < b & c"`,
	} {
		file, err := config.LoadTests("t.yaml", []byte(oneTest+"    expect:\n      interaction:\n        x: "+written+"\n"))
		require.NoError(t, err, written)
		require.Equal(t, `{"x":`+want+`}`, string(file.Tests[0].Expect.Interaction), written)
	}
}

func TestEveryFaultOfATestIsNamedAtItsPlace(t *testing.T) {
	t.Parallel()
	const path = "t.yaml:"
	for content, wants := range map[string][]string{
		"":                       {path + "1:1: the file is empty, expected tests:"},
		"# nothing\n":            {path + "1:1: the file is empty"},
		"test: {}\n":             {path + "1:1: test: unknown key, expected one of tests; did you mean tests?"},
		"tests: [a]\n":           {path + "1:1: tests: found a list, expected a mapping from names to tests"},
		"tests:\n  t: 1\n":       {path + "2:3: tests.t: found text, expected a mapping with job, types, given, expect"},
		"tests:\n  t: {}\n":      {path + "2:3: tests.t: found no job", path + "2:3: tests.t: found no given", path + "2:3: tests.t: found no expect"},
		"tests:\n  t: {jobs: a}": {path + "2:7: tests.t.jobs: unknown key, expected one of job, types, given, expect; did you mean job?"},
		oneTest + "    expect: {}\n": {
			path + "5:5: tests.t.expect: found neither interaction nor rejects",
		},
		oneTest + "    expect: {interactions: {}, rejects: []}\n": {path + "5:14: tests.t.expect.interactions: unknown key"},
		oneTest + "    expect: {rejects: [{stream: coments}]}\n": {
			`t.yaml:5:33: tests.t.expect.rejects[0].stream: found "coments", expected one of interactions, comments, attachments; did you mean comments?`,
		},
		oneTest + "    expect: {rejects: [{rul: map, feld: x}]}\n": {path + "5:25: ", "did you mean rule?", path + "5:35: ", "did you mean field?"},
		oneTest + "    types: {id: integr}\n    expect: {rejects: []}\n": {
			path + `5:17: tests.t.types.id: found "integr", expected one of text, integer,`, "did you mean integer?",
		},
		oneTest + "    types: {comments: {id: 1}}\n    expect: {rejects: []}\n": {path + "5:28: tests.t.types.comments.id"},
		"tests:\n  t:\n    job: j\n    given: {interaction: {id: {a: 1}}, comments: {id: 1}}\n    expect: {rejects: []}\n": {
			path + "4:27: tests.t.given.interaction.id: found a mapping", path + "4:40: tests.t.given.comments: found a mapping, expected a list of rows",
		},
		oneTest + "    expect: {rejects: []}\n  t: {}\n": {path + "6:3: ", "found the key \"t\" again"},
		"tests:\n\tt: {}\n": {path + "2:", "begins with a tab"},
	} {
		_, err := config.LoadTests("t.yaml", []byte(content))
		require.Error(t, err, content)
		for _, want := range wants {
			require.Contains(t, err.Error(), want, content)
		}
	}
}

func TestTestsAreHeldAgainstTheirJobs(t *testing.T) {
	t.Parallel()
	file, err := config.Load("jobs.yaml", fixture(t, "full.yaml"), config.Env{})
	require.NoError(t, err)
	const given = "id: 1, status_code: 1, csat: 1, tags: a, solved_at: null, agent_email: null"
	for change, want := range map[[2]string]string{
		{"job: tickets", "job: ticket"}:                               `t.yaml:3:10: tests.t.job: found "ticket", expected a job of jobs.yaml: `,
		{"csat: 1,", ""}:                                              "t.yaml:5:7: tests.t.given.interaction: found no column csat, expected it: mapping.interaction.metadata.csat names it; give it a value, or null",
		{"csat: 1,", "cast: 1,"}:                                      "did you write cast for it?",
		{"{id: 1, s", "{s"}:                                           "found no column id, expected it: it is the key of the interactions",
		{"ticket_id: 1", "ticket_id: 2"}:                              `t.yaml:7:30: tests.t.given.comments[0].ticket_id: found "2", expected the key of the interaction of this test: 1`,
		{"ticket_id: 1,", ""}:                                         "found no column ticket_id, expected it: it is the parent of the comments",
		{"given:", "types: {solvd_at: instant}\n    given:"}:          "t.yaml:4:23: tests.t.types.solvd_at: found a type for a column that is not given; did you mean solved_at?",
		{"message_id: 7", "message_id: 8"}:                            "expected the key of a comment of this test: 7",
		{"given:", "types: {comments: {csat: instant}}\n    given:"}:  "tests.t.types.comments.csat: found a type for a column that is not given",
		{"given:", "types: {interaction: {csat: text}}\n    given:"}:  "",
		{"given:", "types: {csat: decimal, id: integer}\n    given:"}: "",
		{"solved_at: null", "solved_at: null, more: 1"}:               "",
		{"agent_email: null", "agent_email: null, $env: \"${NAME}\""}: "",
	} {
		content := "tests:\n  t:\n    job: tickets\n    given:\n      interaction: {" + given + "}\n      comments:\n        - {id: 7, ticket_id: 1, body_html: a, kind: in, author: a, created_at: null}\n" +
			"      attachments: [{id: 1, message_id: 7, filename: a, mime: b, content: c}]\n    expect: {rejects: []}\n"
		require.Contains(t, content, change[0])
		tests, err := config.LoadTests("t.yaml", []byte(strings.Replace(content, change[0], change[1], 1)))
		require.NoError(t, err)
		err = tests.Check(file)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, want)
	}
}

// anyText has what YAML may take for something else.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", "null", "~", "true", "yes", "0010", "1.50", "1e3", ".inf", "<<", "- a", "a: b", "a #b", "#a", "'", `"`, "|", ">", "&a", "*a", "!a", "%a", "@a", "`a",
		" a", "a ", "\t", "\n", "a\n", "\na", "a\nb", "a\n\nb", "a\n b", " a\nb", "a \nb", "a\r\nb", "\u0085", "\u2028", "\ufeff", "\ufffe", "\x00", "\x1b", "\x7f", "😀",
		"a\n😀", "{", "[a", "?", "---", "...", "a\n---\nb", "2026-01-01", "2026-01-01 10:00:00", "12:30:45", "=", "y", "0x1F", "0o7", "1_000", "a:", "-", "a, b", "Ünïcode",
	}))
}

func anyRow(t *rapid.T) config.TestRow {
	var row config.TestRow
	for _, name := range rapid.SliceOfNDistinct(anyText(), 1, 4, rapid.ID).Draw(t, "columns") {
		cell := config.TestCell{Column: name}
		if rapid.Bool().Draw(t, "given") {
			text := anyText().Draw(t, "text")
			cell.Text = &text
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

// Whatever the rows hold: what is appended reads back as it was, and so does what was there.
func TestAppendedTestsReadBackExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var content []byte
		var names []string
		for range rapid.IntRange(1, 3).Draw(t, "times") {
			test := config.Test{Name: fmt.Sprint(len(names), anyText().Draw(t, "name")), Job: "tickets"}
			test.Given.Interaction = anyRow(t)
			for range rapid.IntRange(0, 2).Draw(t, "comments") {
				test.Given.Comments = append(test.Given.Comments, anyRow(t))
			}
			test.Types = []config.TestType{{Rows: config.GivenComments, Column: extract.Column{Name: "a", Kind: extract.Array, Elem: extract.Integer}}}
			test.Expect.Rejects = []config.ExpectedReject{{"key": anyText().Draw(t, "key"), "value": anyText().Draw(t, "value")}}
			test.Expect.Interaction = []byte(`{"a":["b",1.50,true,null,{"c":"d"}],"e":"f\u001b\n \"g\""}`)
			var err error
			content, err = config.AppendTests("t.yaml", content, []config.Test{test}) // which compares all values by itself
			require.NoError(t, err)
			names = append(names, test.Name)
			file, err := config.LoadTests("t.yaml", content)
			require.NoError(t, err)
			last := file.Tests[len(file.Tests)-1]
			require.Equal(t, names[len(names)-1], last.Name)
			for i, cell := range test.Given.Interaction.Cells {
				require.Equal(t, cell.Text, last.Given.Interaction.Cells[i].Text)
			}
			require.JSONEq(t, string(test.Expect.Interaction), string(last.Expect.Interaction))
		}
	})
}

func TestTheTestsStandBesideTheConfiguration(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"jobs.yaml": "jobs.test.yaml", "dir/a.yml": "dir/a.test.yml", "plain": "plain.test.yaml", "a.conf": "a.conf.test.yaml",
	} {
		require.Equal(t, want, config.TestsPath(path))
	}
}

func FuzzLoadTests(f *testing.F) {
	f.Add([]byte(oneTest + "    expect: {interaction: {a: 1}}\n"))
	f.Add([]byte("tests:\n  t: {job: [a], given: {interaction: {a: {b: c}}, comments: [1]}, expect: {rejects: [a]}}\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		file, err := config.LoadTests("t.yaml", content)
		if err != nil || len(file.Tests) == 0 {
			return
		}
		other := file.Tests[0]
		other.Name += " (recorded)"
		if longer, err := config.AppendTests("t.yaml", content, []config.Test{other}); err == nil {
			again, err := config.LoadTests("t.yaml", longer)
			require.NoError(t, err)
			require.Equal(t, other.Name, again.Tests[len(again.Tests)-1].Name)
		}
	})
}
