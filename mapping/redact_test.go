package mapping_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/extract"
	"pvetl/mapping"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, from, want string }{
		{"an address", "write to ana@acme.example, please", "write to [email], please"},
		{"an address with dots, plus and subdomains", "Ana.B+x_y%z@mail.acme-corp.co.uk.", "[email]."},
		{"an address in brackets", "<ana@acme.example>, (bob@acme.example) 'eve@acme.example'", "<[email]>, ([email]) '[email]'"},
		{"an address with an apostrophe", "o'brien@acme.example", "[email]"},
		{"an address in a link", "mailto:ana@acme.example?x=1 https://acme.example/?u=ana@acme.example&v=1", "mailto:[email]?x=1 https://acme.example/?u=[email]&v=1"},
		{"an address in another script", "josé@españa.example 用户@例子.公司", "[email] [email]"},
		{"an address with a phone number in it", "555-123-4567@sms.acme.example", "[email]"},
		{"no address", "@ana, a@b, 3 @ 4.5, ana@localhost", "@ana, a@b, 3 @ 4.5, ana@localhost"},

		{"a card", "card 4111111111111111.", "card [card]."},
		{"a card in groups of four", "4111 1111 1111 1111", "[card]"},
		{"a card with dashes", "4111-1111-1111-1111", "[card]"},
		{"a card with no-break spaces", "4111\u00a01111\u00a01111\u00a01111", "[card]"},
		{"a card of 15 digits", "3782 822463 10005", "[card]"},
		{"a card of 13 digits", "4222222222222", "[card]"},
		{"a card of 19 digits", "6304000000000000000", "[card]"},
		{"a card in a word", "VISA4111111111111111", "VISA[card]"},
		{"a card after another number", "order 12 4111 1111 1111 1111 12/27", "order 12 [card] 12/27"},
		{"two cards", "4111111111111111 378282246310005", "[card] [card]"},
		{"a wrong check digit", "4111111111111112", "4111111111111112"},
		{"too short for a card", "411111111116", "411111111116"},
		{"too long for a card", "41111111111111111111111", "41111111111111111111111"},

		{"an international number", "call +39 347 123 4567 now", "call [phone] now"},
		{"an international number without groups", "+393471234567", "[phone]"},
		{"an international number with parentheses", "+44 (0)20 7946 0018", "[phone]"},
		{"an international number in groups of three", "+39 345 678 901", "[phone]"},
		{"a number in parentheses", "(555) 123-4567", "[phone]"},
		{"a country code behind 00", "0049 30 1234567, 0049 (0)30 123456, 00573001234567", "[phone], [phone], [phone]"},
		{"a mobile number of Colombia", "+57 300 123 4567, 300 123 4567", "[phone], [phone]"},
		{"an area code of North America", "(415) 555-2671, +1 (415) 555.2671", "[phone], [phone]"},
		{"two numbers side by side", "212 555 4567 212 555 4568", "[phone] [phone]"},
		{"the country in parentheses", "(+57) 601 555 1234", "[phone]"},
		{"dashes", "555-123-4567, 1-800-555-1234", "[phone], [phone]"},
		{"dots", "555.123.4567", "[phone]"},
		{"blanks", "06 12 34 56 78", "[phone]"},
		{"no-break spaces and dashes", "555\u00a0123\u20114567", "[phone]"},
		{"seven digits", "call 555-1234", "call [phone]"},
		{"after a word and a colon", "tel:555-123-4567", "tel:[phone]"},
		{"after a date", "2026-11-22 555 123 4567", "2026-11-22 [phone]"},
		{"before a date", "555 123 4567 2026-11-22", "[phone] 2026-11-22"},
		{"after a time", "10:30 555-1234, 555-1234 10:30", "10:30 [phone], [phone] 10:30"},

		{"a date", "2026-11-22", "2026-11-22"},
		{"a date and time", "2026-11-22 10:00:00.123456, 2026-11-22T10:00:00+02:00, 2026-11-22 10:00", "2026-11-22 10:00:00.123456, 2026-11-22T10:00:00+02:00, 2026-11-22 10:00"},
		{"an offset without a colon", "2026-11-22T10:00:00+0200 5551", "2026-11-22T10:00:00+0200 5551"},
		{"a date the other way round", "22.11.2026, 22-11-2026, 22/11/2026", "22.11.2026, 22-11-2026, 22/11/2026"},
		{"a span of time", "10:00-11:30, 2024-2026", "10:00-11:30, 2024-2026"},
		{"an id", "ticket 48213, order 5551234, 1234567890", "ticket 48213, order 5551234, 1234567890"},
		{"an id and a count", "order 555123 12 times", "order 555123 12 times"},
		{"an id with letters", "INV-2026-001234, A123-456-7890, #2026-001234", "INV-2026-001234, A123-456-7890, #2026-001234"},
		{"an id in groups that are too short", "12-34 56", "12-34 56"},
		{"an id that begins with zeros", "case 0012345678, 00012345678901", "case 0012345678, 00012345678901"},
		{"a card's number with a typing error", "4111 1111 1111 1112", "4111 1111 1111 1112"},
		{"a parcel", "9400 1234 5678 9013 3456 78", "9400 1234 5678 9013 3456 78"},
		{"a bank account", "DE89 3704 0044 0532 0130 00, GB82 WEST 1234 5698 7654 32, NL91 ABNA 0417 1643 00", "DE89 3704 0044 0532 0130 00, GB82 WEST 1234 5698 7654 32, NL91 ABNA 0417 1643 00"},
		{"what only looks like an account", "NL92 ABNA 0417 1643 00", "NL92 ABNA [phone]"},
		{"a national id", "CC 1.020.345.678, NIT 900.123.456-7", "CC 1.020.345.678, NIT 900.123.456-7"},
		{"a UUID", "550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"},
		{"an amount", "1234567.89, 1.234.567,89, 1 234 567", "1234567.89, 1.234.567,89, 1 234 567"},
		{"a network address", "192.168.100.200", "192.168.100.200"},
		{"coordinates", "45.464211, 9.191383", "45.464211, 9.191383"},
		{"numbers one by one", "1 2 3 4 5 6 7 8", "1 2 3 4 5 6 7 8"},
		{"a path", "https://acme.example/555-123-4567", "https://acme.example/555-123-4567"},
		{"nothing", "", ""},
	}
	redact := body(t, mapping.Rule{Redact: []string{"phone", "card", "email"}})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, redact(t, tt.from))
		})
	}
}

func TestRedactMasksOnlyTheKindsItIsGiven(t *testing.T) {
	t.Parallel()
	const text = "ana@acme.example 4111111111111111 +39 347 123 4567"
	for kind, want := range map[string]string{
		"email": "[email] 4111111111111111 +39 347 123 4567",
		"card":  "ana@acme.example [card] +39 347 123 4567",
		"phone": "ana@acme.example 4111111111111111 [phone]",
	} {
		require.Equal(t, want, body(t, mapping.Rule{Redact: []string{kind}})(t, text))
	}
}

func TestWhatHTMLHidesIsRedacted(t *testing.T) {
	t.Parallel()
	rule := mapping.Rule{HTMLToText: true, Redact: []string{"card", "email"}, Truncate: 20}
	got := body(t, rule)(t, `<p>4111&nbsp;<b>1111</b>&nbsp;1111 1111 ana&#64;acme.example</p>`+strings.Repeat("x", 100))
	require.Equal(t, "[card] [email]\nxxxxx", got)
}

func TestPersonalFindsWhatRedactMasks(t *testing.T) {
	t.Parallel()
	type found struct{ kind, text string }
	var all []found
	text := []byte("Ana <ana@acme.example>, card 4111 1111 1111 1111, call +57 300 123 4567 or 555-1234. Again: ana@acme.example")
	got := mapping.Personal(text, func(kind, text string) string {
		all = append(all, found{kind, text})
		return "+1 555 123 4567"
	})
	require.Equal(t, []found{
		{"email", "ana@acme.example"},
		{"card", "4111 1111 1111 1111"},
		{"phone", "+57 300 123 4567"},
		{"phone", "555-1234"},
		{"email", "ana@acme.example"},
	}, all, "in their order, and not what was put in their place")
	const mask = "+1 555 123 4567"
	require.Equal(t, "Ana <"+mask+">, card "+mask+", call "+mask+" or "+mask+". Again: "+mask, string(got))
	require.True(t, bytes.HasPrefix(text, []byte("Ana <ana@acme.example>")), "the text stays as it is")

	rapid.Check(t, func(t *rapid.T) {
		text := []byte(rapid.StringMatching(`((a@b\.example|4111111111111111|\+57 300 123 4567|[0-9 .@+()-]{1,9}|[a-z]|é) ?){0,9}`).Draw(t, "text"))
		got := mapping.Personal(text, func(kind, _ string) string { return "[" + kind + "]" })
		spec := mapping.Comment{
			Body: mapping.Rule{Column: "c", Redact: []string{"card", "email", "phone"}}, Type: mapping.Rule{Value: literal("agent_comment")},
		}
		m, err := mapping.CompileComment(spec, []extract.Column{{Name: "c"}}, nil)
		require.NoError(t, err)
		comment, fault := m.Map("1", extract.Row{text})
		require.Nil(t, fault)
		var masked string
		require.NoError(t, json.Unmarshal(comment.Fields[0].Value, &masked))
		require.Equal(t, masked, string(got))
	})
}
