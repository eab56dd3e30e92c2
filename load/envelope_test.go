package load_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

func TestWhereTheIDStands(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ body, want string }{
		"below result":           {`{"success": true, "result": {"_id": "a1"}}`, "a1"},
		"below result, a number": {`{"success": true, "result": {"_id": 9007199254740993}}`, "9007199254740993"},
		"at the top":             {`{"success": true, "_id": "a1"}`, "a1"},
		"at the top, a number":   {`{"_id": 17}`, "17"},
		"at the top of a list":   {`{"_id": "a1", "result": [{"_id": "b2"}]}`, "a1"},
		"in both places":         {`{"_id": "top", "result": {"_id": "below"}}`, "below"},
		"null below result":      {`{"_id": "a1", "result": {"_id": null}}`, "a1"},
		"without success":        {`{"result": {"_id": "a1"}}`, "a1"},
		"nowhere":                {`{"success": true}`, ""},
		"no text and no number":  {`{"result": {"_id": {"$oid": "a1"}}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := live(t, replies(200, tt.body))
			id, err := client.SubmitBulk(t.Context(), "i1", []byte(`[]`))
			require.Equal(t, tt.want, id)
			if tt.want == "" {
				require.EqualError(t, err, "POST integrations/i1/bulk/interactions: status 200: the answer names no job")
				require.Equal(t, load.Uncertain, load.OutcomeOf(err))
				return
			}
			require.NoError(t, err)
		})
	}
}

func TestReason(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ body, want string }{
		"error":                           {`{"success": false, "error": "bad row"}`, "bad row"},
		"errors":                          {`{"errors": "bad row"}`, "bad row"},
		"message":                         {`{"message": "bad row"}`, "bad row"},
		"description":                     {`{"description": "bad row"}`, "bad row"},
		"error before message":            {`{"message": "b", "error": "a"}`, "a"},
		"a list":                          {`{"errors": ["a", "b"]}`, "a; b"},
		"an object":                       {`{"errors": {"csat": "no float", "assignee_id": "unknown"}}`, "assignee_id: unknown; csat: no float"},
		"lists in an object":              {`{"errors": {"csat": ["no float", "too large"]}}`, "csat: no float; csat: too large"},
		"objects in a list":               {`{"errors": [{"row": 3, "text": "bad"}, {"row": 12345678901234567890, "text": null}]}`, "row: 3; text: bad; row: 12345678901234567890"},
		"below result":                    {`{"success": false, "result": {"error": "bad row"}}`, "bad row"},
		"an error that only says so":      {`{"error": true, "message": "bad row"}`, "bad row"},
		"an error that is a number":       {`{"error": 1001, "message": "bad row"}`, "bad row"},
		"an empty error":                  {`{"error": "", "errors": [], "message": {}, "description": "bad row"}`, "bad row"},
		"no key that is known":            {`{"success":false, "why":"bad row"}`, `{"success":false, "why":"bad row"}`},
		"nothing but words":               {`"bad row"`, "bad row"},
		"a list of words":                 {`["bad row"]`, `["bad row"]`},
		"a page":                          {"<html>\n\t<p>bad   gateway</p></html>\n", "<html> <p>bad gateway</p></html>"},
		"bytes":                           {"bad \xff\xfe row", "bad \uFFFD row"},
		"nothing":                         {"", "no reason given"},
		"blanks":                          {" \n ", "no reason given"},
		"null":                            {"null", "null"},
		"as long as is kept":              {strings.Repeat("x", 2048), strings.Repeat("x", 2048)},
		"longer than is kept":             {strings.Repeat("x", 2049), strings.Repeat("x", 2048) + "…"},
		"longer in the middle of a rune":  {"x" + strings.Repeat("é", 1100), "x" + strings.Repeat("é", 1023) + "…"},
		"longer, below its key":           {`{"error": "` + strings.Repeat("é", 5000) + `"}`, strings.Repeat("é", 1024) + "…"},
		"longer, blanks do not count":     {strings.Repeat("\n ", 3000) + "bad row", "bad row"},
		"a message that a page is around": {`{"error": "<b>bad</b>\nrow"}`, "<b>bad</b>\nrow"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, load.Reason(tt.body))
		})
	}
}

func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{
		queued, ended, `{"success": false, "errors": [{"a": ["b", 1e400]}]}`, `{"result": [{"_id": 1}], "next_page": "2"}`,
		`{"total": -1, "total_completed": 1e99, "total_failed": "NaN", "completed": 3, "failed": {"x": []}}`, "<html>", "\xff{", `{"result": {"result": {}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		texts := load.Read(body)
		require.LessOrEqual(t, len(texts[0]), load.MaxReason)
		require.NotEmpty(t, texts[0])
		for _, text := range texts {
			require.True(t, utf8.ValidString(text))
			require.LessOrEqual(t, len(text), 3*len(body)+load.MaxReason) // a byte that is no character becomes three
		}
	})
}
