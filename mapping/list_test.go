package mapping_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/extract"
	"pvetl/mapping"
)

func TestLists(t *testing.T) {
	t.Parallel()
	array := func(elem extract.Kind) one {
		return one{field: field("list"), column: extract.Column{Kind: extract.Array, Elem: elem}, zone: rome(t)}
	}
	masked := func(o one) one {
		o.rule.Redact = []string{"email"}
		return o
	}
	text, parts := one{field: field("list")}, one{field: field("list"), rule: mapping.Rule{Split: new(",")}}
	html := one{field: field("list"), rule: mapping.Rule{Split: new("|"), HTMLToText: true}}
	both := array(extract.Text)
	both.rule.Split = new(",")

	tests := []struct {
		name string
		one
		from, want string
	}{
		{"an array", array(extract.Text), `{a,b,a}`, `["a","b","a"]`},
		{"an empty array", array(extract.Text), `{}`, `[]`},
		{"quotes and escapes", array(extract.Text), `{"b c","d\"e","f\\g","","{h}","i,j"}`, `["b c","d\"e","f\\g","","{h}","i,j"]`},
		{"NULL and a text that says NULL", array(extract.Text), `{NULL,"NULL",null}`, `[null,"NULL","null"]`},
		{"line breaks", array(extract.Text), "{\"a\nb\"}", `["a\nb"]`},
		{"bounds", array(extract.Text), `[0:1]={a,b}`, `["a","b"]`},
		{"integers, digit for digit", array(extract.Integer), `{9007199254740993,-1,NULL}`, `[9007199254740993,-1,null]`},
		{"decimals, digit for digit", array(extract.Decimal), `{1.50,1e3,007}`, `[1.5,1000,7]`},
		{"booleans", array(extract.Boolean), `{t,f,NULL}`, `[true,false,null]`},
		{"timestamps in the source's zone", array(extract.Timestamp), `{"2026-07-01 12:00:00.9"}`, `["2026-07-01T10:00:00Z"]`},
		{"instants", array(extract.Instant), `{"2026-07-01 12:00:00+00"}`, `["2026-07-01T12:00:00Z"]`},
		{"dates", array(extract.Date), `{2026-07-01}`, `["2026-06-30T22:00:00Z"]`},
		{"NaN among numbers", array(extract.Decimal), `{1,NaN}`, refused("list")},
		{"infinity among times", array(extract.Timestamp), `{infinity}`, refused("list")},
		{"an array of arrays", array(extract.Integer), `{{1,2},{3,4}}`, refused("list")},
		{"an array that does not end", array(extract.Text), `{a,b`, refused("list")},
		{"an array with a quote that does not end", array(extract.Text), `{"a}`, refused("list")},
		{"an array with an escape that does not end", array(extract.Text), `{"a\`, refused("list")},
		{"an array with an empty element", array(extract.Text), `{a,}`, refused("list")},
		{"an array with more after it", array(extract.Text), `{a}b`, refused("list")},
		{"an array with more after a quote", array(extract.Text), `{"a"b}`, refused("list")},
		{"an array that is none", array(extract.Text), `a`, refused("list")},
		{"an array that is a brace", array(extract.Text), `{`, refused("list")},
		{"elements are redacted, numbers as text", masked(array(extract.Integer)), `{1,NULL}`, `["1",null]`},
		{"elements are redacted", masked(array(extract.Text)), `{"ana@acme.example,b",c}`, `["[email],b","c"]`},

		{"a JSON array", text, `["a", "b", "a"]`, `["a","b","a"]`},
		{"a JSON array with blanks", text, " [ \n\"a\" ,\t1 ] ", `["a",1]`},
		{"an empty JSON array", text, `[ ]`, `[]`},
		{"JSON scalars as they are", text, `[1.50,1e3,-0,true,false,null,""]`, `[1.50,1e3,-0,true,false,null,""]`},
		{"JSON escapes", text, `["\u0041\n\"\\\/\ud83d\ude00","],["]`, `["A\n\"\\/😀","],["]`},
		{"half a surrogate pair", text, `["\ud83d"]`, "[\"\ufffd\"]"},
		{"no UTF-8 in JSON", text, "[\"a\xff\"]", "[\"a\ufffd\"]"},
		{"JSON texts are redacted", masked(text), `["ana@acme.example", 5, null]`, `["[email]","5",null]`},
		{"JSON in JSON", text, `["a",["b"]]`, refused("list")},
		{"an object in JSON", text, `[{"a":1}]`, refused("list")},
		{"JSON that is no array", text, `{"a":1}`, refused("list")},
		{"JSON that ends early", text, `["a"`, refused("list")},
		{"JSON with more after it", text, `["a"] x`, refused("list")},
		{"JSON with a comma too many", text, `["a",]`, refused("list")},
		{"JSON that is null", text, `null`, refused("list")},
		{"an array's text in a text column", text, `{a,b}`, refused("list")},
		{"text without split", text, `a,b`, refused("list")},
		{"empty text without split", text, ``, refused("list")},

		{"split trims and drops empty parts", parts, " b , a,, \t,b ", `["b","a","b"]`},
		{"split of one part", parts, `a`, `["a"]`},
		{"split of nothing", parts, ``, `[]`},
		{"split of JSON is a cut", parts, `["a"]`, `["[\"a\"]"]`},
		{"html_to_text goes over each part", html, `<b>a</b> | <br>|c&amp;d`, `["a","c&d"]`},
		{"split of an array", both, `{a,b}`, refused("split")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, fault := tt.convert(t, tt.from)
			requireResult(t, tt.want, got, fault)
		})
	}
}

// postgresArray writes an array as array_out does.
func postgresArray(elements []string) string {
	quoted := make([]string, len(elements))
	for i, element := range elements {
		escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(element)
		if quoted[i] = escaped; element == "" || strings.EqualFold(element, "null") || strings.ContainsAny(element, "{},\"\\ \t\n\r\v\f") {
			quoted[i] = `"` + escaped + `"`
		}
	}
	return "{" + strings.Join(quoted, ",") + "}"
}

func TestAListComesBackAsItWas(t *testing.T) {
	t.Parallel()
	array := one{field: field("list"), column: extract.Column{Kind: extract.Array}}.compile(t)
	text := one{field: field("list")}.compile(t)
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"NULL", "null", `\`, `"`, "{}", ",", ""}))).Draw(rt, "list")
		asJSON, err := json.Marshal(want)
		require.NoError(rt, err)
		for _, tt := range []struct {
			mapper *mapping.InteractionMapper
			from   string
		}{{array, postgresArray(want)}, {text, string(asJSON)}} {
			got, fault := mapped(t, tt.mapper, tt.from)
			require.Nil(rt, fault, tt.from)
			var list []string
			require.NoError(rt, json.Unmarshal([]byte(got), &list))
			require.Equal(rt, want, list)
		}
	})
}

func TestAStringComesBackAsItWas(t *testing.T) {
	t.Parallel()
	m := one{field: field("string")}.compile(t)
	rapid.Check(t, func(rt *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(rt, "bytes")) + rapid.String().Draw(rt, "text")
		got, fault := mapped(t, m, text)
		require.Nil(rt, fault)
		var back string
		require.NoError(rt, json.Unmarshal([]byte(got), &back))
		require.Equal(rt, string([]rune(text)), back)
	})
}

// FuzzList asks that whatever is accepted is a JSON array of scalars, and that valid ones are accepted.
func FuzzList(f *testing.F) {
	for _, text := range []string{
		`{a,"b c",NULL}`, `{}`, `{{1},{2}}`, `[0:1]={a,b}`, `{"\\"}`, `["a",1,true,null]`, `["a\u0041",["b"]]`, `[1e3]`, `["]"]`, `[ ]`,
	} {
		f.Add(text)
	}
	var mappers []*mapping.InteractionMapper
	for _, elem := range []extract.Kind{extract.Text, extract.Integer, extract.Boolean, extract.Timestamp} {
		mappers = append(mappers, one{field: field("list"), column: extract.Column{Kind: extract.Array, Elem: elem}}.compile(f))
	}
	asJSON := one{field: field("list")}.compile(f)
	allowed := field("list")
	allowed.Allowed = []string{"a", "1"}
	mappers = append(mappers, asJSON, one{field: allowed}.compile(f))
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range mappers {
			if got, fault := mapped(t, m, text); fault == nil && text != null {
				requireScalars(t, got)
			}
		}
		var list []any
		if json.Unmarshal([]byte(text), &list) != nil || list == nil {
			return
		}
		for _, element := range list {
			switch element.(type) {
			case map[string]any, []any:
				return
			}
		}
		_, fault := mapped(t, asJSON, text)
		require.Nil(t, fault)
	})
}

func requireScalars(t *testing.T, list string) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(list))
	decoder.UseNumber()
	var elements []any
	require.NoError(t, decoder.Decode(&elements), list)
	for _, element := range elements {
		switch element.(type) {
		case map[string]any, []any:
			require.Fail(t, "nested", list)
		}
	}
}
