package maptest_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/extract"
	"pvetl/internal/config"
	"pvetl/internal/maptest"
	"pvetl/internal/pipeline"
)

// queried are the columns as a Postgres database would describe them.
var queried = pipeline.Columns{
	Interactions: []extract.Column{
		{Name: "id", Kind: extract.Integer},
		{Name: "agent"},
		{Name: "updated_at", Kind: extract.Instant},
		{Name: "status", Kind: extract.Integer},
		{Name: "subject"},
		{Name: "number"},
		{Name: "score", Kind: extract.Decimal},
		{Name: "labels", Kind: extract.Array},
		{Name: "link"},
		{Name: "kind"},
		{Name: "secret"},
	},
	Comments:    []extract.Column{{Name: "id"}, {Name: "ticket_id"}, {Name: "body"}, {Name: "way"}, {Name: "author"}, {Name: "written", Kind: extract.Timestamp}},
	Attachments: []extract.Column{{Name: "id"}, {Name: "message_id"}, {Name: "name"}, {Name: "mime"}, {Name: "url"}},
}

// row makes a row of texts; the text NULL is NULL.
func row(texts ...string) extract.Row {
	row := make(extract.Row, len(texts))
	for i, text := range texts {
		if text != "NULL" {
			row[i] = extract.Cell(text)
		}
	}
	return row
}

// recorded returns the file that is made of rows, after its tests have passed.
func recorded(t require.TestingT, file *config.File, before []byte, sets ...pipeline.RowSet) string {
	job, _ := file.Config.Job("tickets")
	tests, err := maptest.Record(file.Config, job, queried, sets, nil)
	require.NoError(t, err)
	content, err := config.AppendTests("t.yaml", before, tests)
	require.NoError(t, err)
	read, err := config.LoadTests("t.yaml", content)
	require.NoError(t, err)
	require.NoError(t, read.Check(file))
	results, err := maptest.Run(file, read)
	require.NoError(t, err)
	for _, result := range results {
		require.Empty(t, result.Differences, string(content))
	}
	return string(content)
}

// someone is a made-up person with what one writes about them.
type someone struct{ first, last, street, email, phone, card string }

func anybody(t *rapid.T) someone {
	name := rapid.SampledFrom([]string{"Josefina", "Wachowski", "Óscar", "Nuñez", "Jürgen", "Ægir", "Zoë", "Ирина", "Соколова", "محمد", "田中", "O'Brien", "MacLeod", "ana", "LI"})
	first, last := name.Draw(t, "first"), name.Draw(t, "last")
	user := rapid.StringMatching(`[a-z]{4,9}\.[a-z]{4,9}`).Draw(t, "user")
	return someone{
		first: first, last: last, street: rapid.StringMatching(`[A-Z][a-z]{5,10}strasse [1-9][0-9]{2,3}`).Draw(t, "street"),
		email: user + "@" + rapid.StringMatching(`[a-z]{5,9}\.(example|invalid)`).Draw(t, "host"),
		phone: rapid.SampledFrom([]string{"+57 300 %s", "(415) 555-%s", "+44 20 7946 %s"}).Draw(t, "shape"),
		card:  "4111 1111 1111 1111",
	}.with(rapid.StringMatching(`[1-9][0-9]{3}`).Draw(t, "digits"))
}

func (s someone) with(digits string) someone {
	s.phone = fmt.Sprintf(s.phone, digits)
	if strings.HasPrefix(s.phone, "+57") {
		s.phone += " " + digits[1:]
	}
	return s
}

// writes puts the person into a text of some form.
func (s someone) writes(t *rapid.T) string {
	form := rapid.SampledFrom([]string{
		"Hello, this is %[1]s %[2]s, %[3]s. Call me: %[5]s",
		"<p>Dear %[1]s,<br>my address is <b>%[3]s</b>, my mail <a href=\"mailto:%[4]s\" title=\"%[1]s %[2]s\">%[4]s</a></p>",
		"<div class='gmail_quote'>On Monday <%[4]s> wrote:<blockquote>%[2]s %[5]s</blockquote></div>",
		"%[2]s: my card %[6]s, see https://shop.invalid/users/%[2]s?mail=%[4]s&q=%[1]s",
		"<%[1]s %[2]s> <img alt=\"%[1]s\" src='cid:%[1]s@x'>&nbsp;%[2]s&#33; <!-- %[1]s --> <style>.%[2]s{}</style>",
		"%[1]s\n\n> %[2]s\r\n\t%[3]s\x00\x1b%[5]s",
	}).Draw(t, "form")
	return fmt.Sprintf(form, s.first, s.last, s.street, s.email, s.phone, s.card)
}

// longWord is a word by which somebody could be told.
var longWord = regexp.MustCompile(`[\p{L}\p{M}]{3,}`)

// Nothing that people wrote, and nothing by which they can be told, is left in what is recorded.
func TestNothingPersonalSurvivesRecording(t *testing.T) {
	t.Parallel()
	file := jobs(t)
	rapid.Check(t, func(t *rapid.T) {
		var sets []pipeline.RowSet
		var personal, numbers []string
		for i := range rapid.IntRange(1, 3).Draw(t, "rows") {
			agent, customer := anybody(t), anybody(t)
			subject, body, other := customer.writes(t), customer.writes(t), agent.writes(t)
			labels := "{\"" + customer.last + " " + customer.first + "\",NULL," + customer.last[:0] + "vipcustomer}"
			name := customer.last + " passport.pdf"
			url := "https://files." + customer.last + ".invalid/" + customer.first + "%20" + customer.last + ".pdf"
			sets = append(sets, pipeline.RowSet{
				Interaction: row(fmt.Sprint(i), rapid.SampledFrom([]string{agent.email, agent.first + " " + agent.last}).Draw(t, "agent"), "2026-01-01 10:00:00+00", "1", subject,
					customer.phone, "4.50", labels, customer.last, rapid.SampledFrom([]string{"mail", customer.last}).Draw(t, "kind"), "secret "+customer.card),
				Comments: []extract.Row{
					row("10", fmt.Sprint(i), body, "in", customer.first+" "+customer.last, "2026-01-01 09:00:00"),
					row("11", fmt.Sprint(i), other, "out", agent.first+" <"+agent.email+">", "2026-01-01 09:30:00"),
				},
				Attachments: []extract.Row{row("5", "10", name, "application/pdf", url)},
			})
			numbers = append(numbers, agent.email, customer.email, agent.phone, customer.phone, customer.card)
			for _, text := range []string{subject, body, other, customer.last, customer.first, agent.first, agent.last, customer.email, agent.email, customer.phone, "vipcustomer", "passport"} {
				personal = append(personal, longWord.FindAllString(text, -1)...)
			}
		}
		content := recorded(t, file, nil, sets...)
		for _, number := range numbers {
			require.NotContains(t, content, number)
		}
		left := make(map[string]bool)
		for _, word := range longWord.FindAllString(spoken(content), -1) {
			left[strings.ToLower(word)] = true
		}
		for _, word := range personal {
			require.False(t, left[strings.ToLower(word)] && !harmless[strings.ToLower(word)], "%s in\n%s", word, content)
		}
	})
}

// harmless are the words of HTML, of masks and of the format itself, which the texts above use too.
var harmless = wordSet(`div class gmail quote blockquote img alt src style href title nbsp mailto https cid com example person mail body name kind pdf
	text attachments url`)

func wordSet(text string) map[string]bool {
	set := make(map[string]bool)
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// spoken undoes the escapes of YAML, so that a word is seen as what it is.
func spoken(content string) string {
	return regexp.MustCompile(`"(?:[^"\\]|\\.)*"`).ReplaceAllStringFunc(content, func(quoted string) string {
		var text string
		if json.Unmarshal([]byte(quoted), &text) == nil {
			return text
		}
		return regexp.MustCompile(`\\.`).ReplaceAllString(quoted, " ")
	})
}

func TestTheSameIsMaskedByTheSameAndKeepsItsShape(t *testing.T) {
	t.Parallel()
	body := `<p class="gmail_quote">Hello Josefina, josefina WACHOWSKI &amp; ana@acme.example, +57 300 123 4567; Ana@ACME.example, +573001234567, 4111-1111-1111-1111 in 12:30</p>`
	set := func(key, agent string) pipeline.RowSet {
		return pipeline.RowSet{
			Interaction: row(key, agent, "2026-01-01 10:00:00", "1", "Hello Josefina", "48213", "4.50", `{vip,NULL}`, "x", "mail", "no"),
			Comments:    []extract.Row{row("10", key, body, "in", "Josefina Wachowski", "2026-01-01 09:00:00"), row("11", key, body, "fax", "josefina wachowski ", "2026-01-01 09:00:00")},
			Attachments: []extract.Row{row("5", "10", "Josefina.pdf", "application/pdf", "https://acme.invalid/Josefina%20W.pdf?a=1&b")},
		}
	}
	content := recorded(t, jobs(t), nil, set("1", "ana@acme.example"), set("2", "bob@acme.example"))
	read, err := config.LoadTests("t.yaml", []byte(content))
	require.NoError(t, err)
	first, second := read.Tests[0], read.Tests[1]
	require.Equal(t, "tickets 1 (recorded)", first.Name)
	cell := func(row config.TestRow, column string) string {
		for _, cell := range row.Cells {
			if cell.Column == column {
				return *cell.Text
			}
		}
		return "not recorded"
	}
	require.Equal(t, "person1@example.com", cell(first.Given.Interaction, "agent"))
	require.Equal(t, "person2@example.com", cell(second.Given.Interaction, "agent"))
	masked := cell(first.Given.Comments[0], "body")
	require.Regexp(t, `^<p class="gmail_quote">[A-Z][a-z]{4} [A-Z][a-z]{7}, [a-z]{8} [A-Z]{9} &amp; person1@example.com, \+55 555 555 0001; person1@example.com, \+555555550001, `+
		`4000-0000-0000-0000 [a-z]{2} \d\d:\d\d</p>$`, masked)
	words := strings.FieldsFunc(masked, func(r rune) bool { return !unicode.IsLetter(r) })
	require.Equal(t, strings.ToLower(words[5]), words[6], "whatever the letter case")
	require.Equal(t, words[4]+" "+words[5], cell(first.Given.Interaction, "subject"), "the same words elsewhere")
	require.Equal(t, masked, cell(second.Given.Comments[0], "body"))
	require.Equal(t, "Person 1", cell(first.Given.Comments[0], "author"))
	require.Equal(t, "Person 1", cell(first.Given.Comments[1], "author"))
	require.Regexp(t, `^\{[a-z]{3},NULL\}$`, cell(first.Given.Interaction, "labels"))
	require.Regexp(t, `^[A-Z][a-z]{7}\.pdf$`, cell(first.Given.Attachments[0], "name"))
	require.Regexp(t, `^https://example\.com/[A-Z][a-z]{7}%20[A-Z]\.[a-z]{3}\?[a-z]=\d&[a-z]$`, cell(first.Given.Attachments[0], "url"))
	for column, kept := range map[string]string{"id": "1", "updated_at": "2026-01-01 10:00:00", "status": "1", "score": "4.50", "kind": "mail"} {
		require.Equal(t, kept, cell(first.Given.Interaction, column), column)
	}
	require.Equal(t, "not recorded", cell(first.Given.Interaction, "secret"))
	require.Contains(t, string(first.Expect.Interaction), `"moved_date":"2026-01-01T10:00:00Z"`, "an instant, as the database says")
	require.Len(t, first.Expect.Rejects, 1, "what is rejected is recorded as such")
}

func TestRecordedNamesAreNew(t *testing.T) {
	t.Parallel()
	file := jobs(t)
	job, _ := file.Config.Job("tickets")
	set := pipeline.RowSet{Interaction: row("1", "a", "2026-01-01 10:00:00+00", "9", "s", "1", "1", "{}", "x", "mail", "no")}
	tests, err := maptest.Record(file.Config, job, queried, []pipeline.RowSet{set, set}, []string{"tickets 1 (recorded)"})
	require.NoError(t, err)
	require.Equal(t, []string{"tickets 1 (recorded 2)", "tickets 1 (recorded 3)"}, []string{tests[0].Name, tests[1].Name})
	require.Nil(t, tests[0].Expect.Interaction)
	require.Equal(t, []config.ExpectedReject{{"stream": "interactions", "key": "1", "field": "status", "column": "status", "value": "9", "rule": "map"}}, tests[0].Expect.Rejects)
}

func TestAFileIsReplacedAsAWhole(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/t.yaml"
	require.NoError(t, maptest.Save(path, []byte("one")))
	require.NoError(t, maptest.Save(path, []byte("two")))
	require.Error(t, maptest.Save(t.TempDir()+"/no/such/folder.yaml", nil))
}
