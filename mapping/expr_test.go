package mapping_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/load"
	"pvetl/mapping"
)

func expr(text string) mapping.Rule { return mapping.Rule{Expr: text} }

// evaluated gives a field of a type the value of an expression over the row c, of text, id "1" and nothing, NULL.
func evaluated(tb testing.TB, typ, text, c string) (string, *mapping.Fault) {
	tb.Helper()
	spec := mapping.Interaction{
		InteractionID: mapping.Rule{Column: "id"}, Metadata: []mapping.FieldRule{{Name: "f", Rule: expr(text)}},
	}
	columns := []extract.Column{{Name: "id"}, {Name: "c"}, {Name: "nothing"}, {Name: "odd name"}}
	fields := []load.MetadataField{{FieldID: "f", Type: typ}}
	m, err := mapping.CompileInteraction(spec, fields, columns, nil)
	require.NoError(tb, err)
	got, fault := m.Map(row("1", c, null, "odd"))
	if fault != nil || len(got.Fields) == 1 {
		return "", fault
	}
	return string(got.Fields[1].Value), nil
}

func TestAnExpressionGives(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, expr, c, want string }{
		{"a column's text", `c`, "é", `"é"`},
		{"a column that is NULL", `c`, null, ``},
		{"a column whose name is odd", `$env["odd name"]`, "", `"odd"`},
		{"texts", `'it\'s' + "\n" + "é"`, "", `"it's\né"`},
		{"nil", `nil`, "x", ``},

		{"one of two", `c == "9" ? "nine" : "other"`, "9", `"nine"`},
		{"one of two, as in other languages", `if c == "9" { "nine" } else { "other" }`, "8", `"other"`},
		{"what is there in the place of NULL", `nothing ?? c ?? "x"`, null, `"x"`},
		{"an empty text is not NULL", `c ?? "x"`, "", `""`},
		{"a name for a value", `let t = trim(c); t == "" ? nil : t + t`, " a ", `"aa"`},
		{"a name that hides a column", `let c = 1; c + 1`, "x", `"2"`},
		{"a name within another", `let a = c; (let a = a + "!"; a) + a`, "x", `"x!x"`},

		{"NULL is nil", `c == nil`, null, `"true"`},
		{"NULL is no text", `c == "NULL" or c != nil`, null, `"false"`},
		{"and, or, not", `not (c == "a" and id == "2") && !(c != "a" || id != "1")`, "a", `"true"`},
		{"and stops where it is decided", `c != nil and int(c) > 5`, null, `"false"`},
		{"or stops where it is decided", `c == nil or int(c) > 5`, null, `"true"`},
		{"in", `c in ["a", "b"]`, "b", `"true"`},
		{"not in", `c not in ["a", "b"]`, "b", `"false"`},
		{"NULL in", `c in ["a", nil]`, null, `"true"`},
		{"contains", `c contains "ef"`, "refund", `"true"`},
		{"startsWith and endsWith", `c startsWith "re" and not (c endsWith "x")`, "refund", `"true"`},
		{"NULL contains nothing", `c contains "ef" or c startsWith "" or c endsWith "" or c matches ".*"`, null, `"false"`},
		{"matches", `c matches "^R-[0-9]{4}$"`, "R-2026", `"true"`},
		{"texts in order", `c < "b" and "a" <= c and c > "A" and c >= "a"`, "aa", `"true"`},
		{"numbers in order", `1 < int(c) < 10`, "9", `"true"`},
		{"numbers of both kinds", `int(c) == 4.0 and 4.5 > int(c)`, "4", `"true"`},

		{"texts joined", `"#" + c + "/" + id`, "é", `"#é/1"`},
		{"whole numbers", `int(c) * 3 - 1 + 7 % 4`, "5", `"17"`},
		{"whole numbers, digit for digit", `int(c) + 2`, "9007199254740991", `"9007199254740993"`},
		{"the largest of them", `int(c)`, "9223372036854775807", `"9223372036854775807"`},
		{"the smallest of them", `int(c)`, "-9223372036854775808", `"-9223372036854775808"`},
		{"a whole quotient", `int(c) / 10`, "90071992547409930", `"9007199254740993"`},
		{"a quotient", `int(c) / 2`, "7", `"3.5"`},
		{"a negative quotient", `int(c) / -1`, "7", `"-7"`},
		{"floats", `float(c) * 20`, "4.5", `"90"`},
		{"a number's sign", `-int(c) + +1`, "7", `"-6"`},
		{"no minus zero", `float(c) * -1`, "0", `"0"`},
		{"a large float", `float(c)`, "1e21", `"1000000000000000000000"`},
		{"a whole number as strict as the type", `int(c)`, " 4.0 ", `"4"`},

		{"len counts characters", `len(c)`, "né日😀", `"4"`},
		{"lower and upper", `lower(c) + upper(c)`, "Né", `"néNÉ"`},
		{"trim", `trim(c) + trim("xxayx", "x") + trimPrefix(c, " ") + trimSuffix("a.", ".")`, " b", `"bayba"`},
		{"an empty text is no NULL", `trim(c)`, " ", `""`},
		{"nor is one of two empty ones", `upper(c) + replace(c, "a", "") + c[1:] + join([])`, "", `""`},
		{"replace", `replace(c, "a", "bb")`, "aXa", `"bbXbb"`},
		{"a pipe", `c | trim() | upper()`, " a ", `"A"`},
		{"split and join", `join(split(c, ","), "-") + join(split(c, ","))`, "a,b", `"a-bab"`},
		{"an element", `split(c, "@")[1]`, "ana@acme.example", `"acme.example"`},
		{"an element from the end", `split(c, ".")[-1]`, "a.b.c", `"c"`},
		{"first, last and get", `first(split(c, " ")) + last(split(c, " ")) + (get(split(c, " "), 7) ?? "!")`, "a b c", `"ac!"`},
		{"characters", `c[:2] + c[-1:] + c[1:2]`, "né日😀", `"né😀é"`},
		{"characters that are not there", `c[5:9] + c[2:1] + c[-9:1]`, "né", `"n"`},
		{"elements", `split(c, "")[1:]`, "abc", `"[\"b\",\"c\"]"`},
		{"indexOf counts characters", `string(indexOf(c, "x")) + string(lastIndexOf(c, "x")) + string(indexOf(c, "?"))`, "éxx", `"12-1"`},
		{"hasPrefix and hasSuffix", `hasPrefix(c, "a") and hasSuffix(c, "b")`, "ab", `"true"`},
		{"rounding", `join([floor(float(c)), ceil(float(c)), round(float(c)), round(-2.5), abs(-3), abs(-0.5)], " ")`, "2.5", `"2 3 3 -3 3 0.5"`},
		{"min and max", `min(int(c), 3, 2.5) + max(1, int(c))`, "7", `"9.5"`},
		{"a list", `[c, 1, 2.5, true, nil, "\""]`, "a", `"[\"a\",1,2.5,true,null,\"\\\"\"]"`},
		{"comments", "c // the text\n + /* twice */ c", "x", `"xx"`},
		{"no UTF-8", `c[:1] + upper(c)`, "\xffa", "\"\ufffd\ufffdA\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, fault := evaluated(t, "string", tt.expr, tt.c)
			requireResult(t, tt.want, got, fault)
		})
	}
}

func TestWhatAnExpressionGivesIsConvertedLikeText(t *testing.T) {
	t.Parallel()
	tests := []struct{ typ, expr, want string }{
		{"integer", `int("7") * 2`, `14`},
		{"float", `7 / 2`, `3.5`},
		{"boolean", `c == "x"`, `true`},
		{"list", `[c, "y"]`, `["x","y"]`},
		{"list", `split("a, b", ",")`, `["a"," b"]`},
		{"datetime", `"2026-11-22 " + "10:00"`, `"2026-11-22T10:00:00Z"`},
		{"integer", `"x"`, refused("integer")},
		{"datetime", `"x"`, refused("datetime")},
	}
	for _, tt := range tests {
		got, fault := evaluated(t, tt.typ, tt.expr, "x")
		requireResult(t, tt.want, got, fault)
	}
}

func TestTheOtherRulesFollowAnExpression(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		typ        string
		rule       mapping.Rule
		from, want string
	}{
		"map":          {"string", mapping.Rule{Expr: `int(c) > 3`, Map: []mapping.MapEntry{{From: "true", To: mapping.Literal{Text: "good"}}}, Else: literal("bad")}, "4", `"good"`},
		"split":        {"list", mapping.Rule{Expr: `lower(c)`, Split: new(",")}, "A, B", `["a","b"]`},
		"html_to_text": {"string", mapping.Rule{Expr: `"<p>" + c`, HTMLToText: true}, "a<br>b", `"a\nb"`},
		"redact":       {"string", mapping.Rule{Expr: `"to " + c`, Redact: []string{"email"}}, "ana@acme.example", `"to [email]"`},
		"truncate":     {"string", mapping.Rule{Expr: `c + c`, Truncate: 3}, "ab", `"aba"`},
		"default":      {"string", mapping.Rule{Expr: `c == "" ? nil : c`, Default: literal("none")}, "", `"none"`},
		"timezone":     {"datetime", mapping.Rule{Expr: `c + " 10:00"`, Timezone: "Europe/Rome"}, "2026-11-22", `"2026-11-22T09:00:00Z"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, fault := one{field: field(tt.typ), rule: tt.rule}.convert(t, tt.from)
			requireResult(t, tt.want, got, fault)
		})
	}
}

func TestATimeInAnExpressionKeepsItsMoment(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		kind       extract.Kind
		from, want string
	}{
		"a time without a zone is read in the source's":  {extract.Timestamp, "2026-11-22 10:00:00", `"2026-11-22T09:00:00Z"`},
		"an instant is UTC, though its text has no zone": {extract.Instant, "2026-11-22 10:00:00", `"2026-11-22T10:00:00Z"`},
		"an instant with its zone":                       {extract.Instant, "2026-11-22 10:00:00.5+00", `"2026-11-22T10:00:00Z"`},
		"a zero date is NULL":                            {extract.Timestamp, "0000-00-00 00:00:00", `"2026-01-01T00:00:00Z"`},
		"a zero instant is NULL":                         {extract.Instant, "0000-00-00 00:00:00", `"2026-01-01T00:00:00Z"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := one{field: field("datetime"), rule: expr(`c ?? "2026-01-01 01:00"`), column: extract.Column{Kind: tt.kind}, zone: rome(t)}
			got, fault := o.convert(t, tt.from)
			requireResult(t, tt.want, got, fault)
		})
	}
}

func TestAnExpressionRefusesARow(t *testing.T) {
	t.Parallel()
	tests := []struct{ expr, c, reason string }{
		{`int(c)`, "abc", `int(c): an integer is digits with an optional sign; floor, ceil and round make one of a fraction`},
		{`int(c)`, "4.5", `int(c): an integer is digits`},
		{`int(c)`, "9223372036854775808", `int(c): the result is too large for a number`},
		{`float(c)`, "4,5", `float(c): a float is digits with an optional sign and point`},
		{`float(c)`, "1e400", `float(c): the result is too large`},
		{`upper(c)`, null, `upper: c is NULL; c ?? … says what to take instead`},
		{`"a" + c`, null, `+: c is NULL; c ?? …`},
		{`c < "a"`, null, `<: c is NULL`},
		{`c == "a" ? 1 : upper(nothing)`, "b", `upper: nothing is NULL`},
		{`int(c) / 0`, "1", `int(c) / 0: division by zero`},
		{`int(c) % 0`, "1", `int(c) % 0: division by zero`},
		{`int(c) + 1`, "9223372036854775807", `int(c) + 1: the result is too large`},
		{`int(c) - 1`, "-9223372036854775808", `int(c) - 1: the result is too large`},
		{`int(c) * int(c)`, "4294967296", `the result is too large`},
		{`-int(c)`, "-9223372036854775808", `-int(c): the result is too large`},
		{`abs(int(c))`, "-9223372036854775808", `abs(int(c)): the result is too large`},
		{`int(c) / -1`, "-9223372036854775808", `the result is too large`},
		{`float(c) * 1e300`, "1e300", `the result is too large`},
		{`round(float(c))`, "1e300", `the result is too large`},
		{`split(c, "@")[1]`, "ana", `there is no element 1, the list has 1; get gives NULL then`},
		{`upper(first(split(c, ",")[1:]))`, "a", `upper: first(split(c, ",")[1:]) is NULL`},
		{`join([c, nil])`, "a", `an element of the list is NULL`},
		{`(c == "a" ? 1 : c) + 1`, "b", `+: it needs a number, and c == "a" ? 1 : c is text`},
	}
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			t.Parallel()
			_, fault := evaluated(t, "string", tt.expr, tt.c)
			require.NotNil(t, fault)
			require.Equal(t, "expr", fault.Rule)
			require.Equal(t, tt.expr, fault.Column)
			require.Contains(t, fault.Reason, tt.reason)
		})
	}
}

func TestAFaultOfAnExpressionNamesItsColumnsAndTheirValues(t *testing.T) {
	t.Parallel()
	_, fault := evaluated(t, "string", `nothing == nil ? int(c) : 0`, "abc")
	require.Equal(t, "nothing: NULL, c: abc", fault.Value)

	rule := mapping.Rule{Expr: `int(c)`, Redact: []string{"email"}}
	_, fault = one{field: field("string"), rule: rule}.convert(t, "ana@acme.example")
	require.Equal(t, "c: [email]", fault.Value, "what the rule masks is masked here too")
	require.NotContains(t, fault.Error(), "ana")
}

// problemsOf checks an expression offline, as the rule of a field.
func problemsOf(text string) []mapping.Problem {
	spec := mapping.Spec{Interaction: mapping.Interaction{
		InteractionID: mapping.Rule{Column: "id"}, Metadata: []mapping.FieldRule{{Name: "f", Rule: expr(text)}},
	}}
	return spec.Check([]load.MetadataField{{FieldID: "f", Type: "string"}})
}

func TestWhatIsWrongWithAnExpressionIsFoundBeforeAnyRow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		expr, at string // the place: what the text goes on with there
		message  string
		hint     string
	}{
		{`a +`, ``, `the expression ends too early`, ``},
		{`(a`, ``, `the expression ends too early`, ``},
		{`é + + )`, `)`, `")" is not expected here`, ``},
		{`a = "x"`, `=`, `"=" is not expected here`, `equality is written ==`},
		{`a <> "x"`, `>`, `">" is not expected here`, `inequality is written !=`},
		{`a == "x" AND b == "y"`, `AND`, `"AND" is not expected here`, `it is written and`},
		{`a IS NULL`, `IS`, `"IS" is not expected here`, `whether a value is NULL is written x == nil`},
		{`a @ b`, `@`, `unrecognized character`, ``},
		{`'a`, ``, `literal not terminated`, ``},
		{`a ?? b == c`, `==`, `operator (==) and coalesce expressions (??) cannot be mixed`, ``},
		{`99999999999999999999`, ``, `the number before this is too large`, ``},
		{`a == 1e999`, ``, `the number before this is too large`, ``},
		{`a = NULL`, `=`, `"=" is not expected here`, `equality is written ==`},
		{`a == NULL`, `NULL`, `NULL is written nil`, `a column of this name is written $env["NULL"]`},

		{`"é" + filter(a, # > 1)`, `filter`, `there is no function filter; there are len, lower, upper, trim`, `let the query do it`},
		{`all(a, true)`, `all`, `there is no function all`, `let the query do it`},
		{`reduce(a, #acc + #)`, `reduce`, `there is no function reduce`, `let the query do it`},
		{`a | map(# + 1)`, `map`, `there is no function map`, `let the query do it`},
		{`now()`, `now`, `there is no function now`, `let the query do it`},
		{`date(a)`, `date`, `there is no function date`, `let the query do it`},
		{`repeat(a, 1000000)`, `repeat`, `there is no function repeat`, `let the query do it`},
		{`lowr(a)`, `lowr`, `there is no function lowr`, `did you mean "lower"?`},
		{`replace(a, "x")`, `replace`, `replace takes 3 arguments, and this has 2`, ``},
		{`trim()`, `trim`, `trim takes 1 or 2 arguments, and this has 0`, ``},
		{`len(a, a)`, `len`, `len takes 1 argument, and this has 2`, ``},
		{`max(1)`, `max`, `max takes 2 arguments or more, and this has 1`, ``},
		{`1..9`, `..9`, `an expression has no operator ..`, ``},
		{`2 ** 9`, `** 9`, `an expression has no operator **`, ``},
		{`{"a": 1}`, `{"a"`, `an expression has texts, numbers, lists, operators and functions, and this is none`, ``},
		{`a.b`, `b`, `a value has no parts with names`, `a column of another name is written $env["a.b"]`},
		{`a?.b`, `b`, `an expression has texts`, ``},
		{`a.lower()`, `lower`, `a value has no functions of its own`, `lower(name), not name.lower()`},
		{`b"abc"`, `b"abc"`, `an expression has texts`, ``},
		{`a; b`, `b`, `an expression gives one value, and this is another`, `only let goes before it, as in let x = trim(a); x + x`},
		{`$env`, `$env`, `$env is written with the name of a column`, `$env["odd name"]`},
		{`$env[a]`, `a]`, `$env needs the name of a column, in quotes`, ``},

		{`a == 1`, `== 1`, `a is text or NULL, and 1 is a whole number: they are never equal`, `write "1", or int(a)`},
		{`a != 1`, `!= 1`, `a is text or NULL, and 1 is a whole number: they are never equal`, `write "1", or int(a)`},
		{`1 == a`, `== a`, `1 is a whole number, and a is text or NULL: they are never equal`, `write "1", or int(a)`},
		{`a || b`, `||`, `|| is or, and needs true or false on both sides`, `texts are joined with +`},
		{`a in ["x", 1]`, `1]`, `a is text or NULL, and 1 is a whole number: they are never equal`, `write "1", or int(a)`},
		{`len(a) == nil`, `==`, `len(a) is a whole number, and nil is NULL: they are never equal`, ``},
		{`a > 100`, `>`, `> needs two texts or two numbers; a is text or NULL, and 100 is a whole number`, `int, float and string make one of the other`},
		{`a + 1`, `+`, `+ needs two texts or two numbers`, `int, float and string`},
		{`"n: " + len(a)`, `+`, `+ needs two texts or two numbers; "n: " is text, and len(a) is a whole number`, `int, float and string`},
		{`a * 2`, `a *`, `* needs a number, and a is text or NULL`, `int(a) or float(a) makes a number of it`},
		{`4.5 % 2`, `4.5`, `% needs a whole number, and 4.5 is a number`, ``},
		{`upper(len(a))`, `len`, `upper needs text, and len(a) is a whole number`, `string(len(a)) makes text of it`},
		{`a ? 1 : 2`, `a ?`, `a condition needs true or false, and a is text or NULL`, `compare it, as in (a == "1")`},
		{`not a == "x"`, `a ==`, `not needs true or false, and a is text or NULL`, `compare it`},
		{`a and b == "x"`, `a and`, `and needs true or false, and a is text or NULL`, `compare it`},
		{`"vip" in a`, `in`, `in needs a list, and a is text`, `a contains "vip", or a list such as ["a", "b"]`},
		{`a[0]`, `a[`, `[ ] needs a list, and a is text or NULL`, `split(a, ",") makes a list of it`},
		{`[[a]]`, `[a]`, `an element of a list needs`, ``},
		{`a matches b`, `b`, `matches needs a pattern in quotes`, ``},
		{`a matches "("`, `"("`, `the pattern "(": missing closing )`, `patterns are those of RE2`},
		{`a matches "(x{600}y{600})+"`, `"(x`, `the pattern "(x{600}y{600})+": it repeats too much`, `patterns are those of RE2`},
	}
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			t.Parallel()
			problems := problemsOf(tt.expr)
			require.Len(t, problems, 1)
			require.Equal(t, "interaction.metadata.f.expr", problems[0].Path)
			require.Contains(t, problems[0].Message, tt.message)
			require.Contains(t, problems[0].Suggestion, tt.hint)
			require.Equal(t, tt.hint == "", problems[0].Suggestion == "", problems[0].Suggestion)
			require.True(t, strings.HasPrefix(tt.expr[problems[0].Offset:], tt.at), "the rest is %q", tt.expr[problems[0].Offset:])
			require.False(t, problems[0].Warning)
		})
	}
}

func TestEveryMistakeInAnExpressionIsFoundAtOnce(t *testing.T) {
	t.Parallel()
	var places []int
	for _, problem := range problemsOf(`a == 1 ? lowr(b) : upper(2)`) {
		places = append(places, problem.Offset)
	}
	require.Equal(t, []int{2, 9, 25}, places)
}

func TestAnExpressionIsBounded(t *testing.T) {
	t.Parallel()
	require.Contains(t, problemsOf(strings.Repeat(" ", 5000) + "a")[0].Message, "an expression has at most 4096 bytes")
	require.Contains(t, problemsOf("a" + strings.Repeat("+a", 600))[0].Message, "an expression has at most 500 parts")
	require.Empty(t, problemsOf(strings.Repeat("(", 2000)+"a"+strings.Repeat(")", 2000)))

	long := strings.Repeat("é ", 200_000)
	for _, growing := range []string{
		`let b = c + c; let d = b + b; let e = d + d; let f = e + e; f`,
		`replace(c, "", c)`,
		`join(split(c, " "), c)`,
		`split(c, "")`,
		`upper(upper(upper(upper(upper(upper(upper(upper(c))))))))`,
	} {
		_, fault := evaluated(t, "string", growing, long)
		require.NotNil(t, fault, growing)
		require.Contains(t, fault.Reason, "it makes more than 4 MiB of one row")
	}
	_, fault := evaluated(t, "string", `c`, strings.Repeat("x", 8<<20))
	require.Nil(t, fault, "what it does not make it may give")
}

func TestAnExpressionNamesColumnsThatAreThere(t *testing.T) {
	t.Parallel()
	spec := mapping.Interaction{InteractionID: mapping.Rule{Expr: `upper(idd) + cost + $env["odd"]`}}
	_, err := mapping.CompileInteraction(spec, nil, []extract.Column{{Name: "id"}, {Name: "cost"}}, time.UTC)
	require.EqualError(t, err, strings.Join([]string{
		`field interaction_id: the query has no column "idd" (did you mean "id"?); it has id, cost`,
		`field interaction_id: the query has no column "odd"; it has id, cost`,
	}, "\n"))
}

func TestAnExpressionIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	m := one{field: field("string"), rule: expr(`let t = c + id; max(int(t), len(t)) > 0 ? join([t, c]) : nil`)}.compile(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 200 {
				text := fmt.Sprint(i*1000 + n)
				got, fault := m.Map(row("1", text))
				if fault != nil || string(got.Fields[1].Value) != `"`+text+"1"+text+`"` {
					t.Errorf("%s gives %s, %v", text, got.Fields[1].Value, fault)
				}
			}
		})
	}
	all.Wait()
}

// FuzzExpression asks that any text is an expression that ends on any row, or has a fault at a place within it.
func FuzzExpression(f *testing.F) {
	for _, text := range []string{
		`c`, `upper(c)[1:] + "é"`, `split(c, ",")[0]`, `let x = int(c); x * x / 3 % 7`, `c matches "^a+$" ? 1 : nil`, `c in ["a", 1]`,
		`$env["id"] ?? c`, `join([c, 1.5, true], c)`, `min(len(c), round(float(c)))`, `c | replace("a", c)`, `filter(c, # > 1)`, `[1..9]`, `if c == nil { 1 } else { 2 }`,
		`c?.b?.[0]`, `{"a": c}.a`, `::len(c)`, `a;b`, `not c not in c`, `b'x'`, "`raw`", `0x_1 - .5e3`,
	} {
		f.Add(text, "a,1")
	}
	columns := []extract.Column{{Name: "id"}, {Name: "c"}}
	f.Fuzz(func(t *testing.T, text, c string) {
		problems := problemsOf(text)
		for _, problem := range problems {
			require.LessOrEqual(t, problem.Offset, len(text))
			require.NotRegexp(t, `interface|nil pointer|runtime error|\*string|reflect`, strings.ReplaceAll(problem.Message, text, ""))
		}
		spec := mapping.Interaction{InteractionID: mapping.Rule{Value: literal("1")}, AssigneeID: &mapping.Rule{Expr: text}}
		m, err := mapping.CompileInteraction(spec, nil, columns, nil)
		if len(problems) > 0 || err != nil {
			require.Error(t, err)
			return
		}
		begun := time.Now()
		for _, r := range []extract.Row{row("1", c), row("1", null), row(null, c)} {
			got, fault := m.Map(r)
			again, faultAgain := m.Map(r)
			require.Equal(t, got, again)
			require.Equal(t, fault, faultAgain)
			if fault != nil {
				require.Equal(t, "expr", fault.Rule)
				require.True(t, utf8.ValidString(fault.Error()))
			} else if len(got.Fields) > 1 {
				require.Less(t, len(got.Fields[1].Value), 6*(5<<20))
			}
		}
		require.Less(t, time.Since(begun), 2*time.Second)
	})
}

func BenchmarkExpr(b *testing.B) {
	for _, text := range []string{
		`c`, `c ?? "none"`, `lower(trim(c))`, `c in ["open", "pending", "solved"] ? c : "other"`,
		`let score = int(id); score == 0 ? nil : (score - 1) * 25`, `split(c, "@")[1]`,
	} {
		b.Run(text, func(b *testing.B) {
			m := one{field: field("string"), rule: expr(text)}.compile(b)
			cells := row("48213", "ana@acme.example")
			b.ReportAllocs()
			for b.Loop() {
				if _, fault := m.Map(cells); fault != nil {
					b.Fatal(fault)
				}
			}
		})
	}
}
