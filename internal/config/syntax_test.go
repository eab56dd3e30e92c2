package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
)

// Each job's lines are followed by where the fault is placed, and by what is advised.
func TestASlipOfTheYAMLIsPlacedWhereItWasMade(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ written, place, advice string }{
		"a tab":                            {"    source: a\n\tintegration: b", "5:1", "indent with spaces"},
		"a tab behind blanks":              {"    source: a\n  \tintegration: b", "5:3", "indent with spaces"},
		"no blank behind the colon":        {"    source:a\n    integration: b", "4:5", "a colon and a blank"},
		"no colon":                         {"    source a\n    integration: b", "4:5", "a colon and a blank"},
		"no colon in the last line":        {"    integration: b\n    source a", "5:5", "a colon and a blank"},
		"a line too far right":             {"    source: a\n     integration: b", "5:6", "indented alike"},
		"a line too far left":              {"    source: a\n   integration: b", "5:4", "begin in the same column"},
		"a colon in a text":                {"    source: a: b", "4:14", "needs quotes"},
		"a quote that is not closed":       {"    source: a\n    integration: \"b", "5:18", "not closed"},
		"a quote inside quotes":            {"    source: 'it's'\n    integration: b", "4:5", "nothing follows a closing quote"},
		"a text behind a quoted one":       {"    source: \"a\" b\n    integration: b", "4:5", "nothing follows a closing quote"},
		"a list that is not closed":        {"    list: [a, b\n    integration: b", "4:11", "not closed"},
		"a mapping that is not closed":     {"    list: {a: b\n    integration: b", "4:11", "not closed"},
		"a bracket too many":               {"    list: {a: b}}\n    integration: b", "4:5", "nothing follows"},
		"a comma left out":                 {"    rule: {column: x template: y}", "4:11", "a comma is missing"},
		"a reference in a mapping":         {"    a: {b: \"${A}\", c: ${B}}", "4:23", "needs quotes"},
		"a text that begins with @":        {"    schedule: @daily", "4:15", "needs quotes"},
		"a text that begins with %":        {"    max_rejects: %1", "4:18", "needs quotes"},
		"a text that begins with *":        {"    schedule: */5 * * * *", "4:15", "needs quotes"},
		"an alias that was not meant":      {"    schedule: *x", "4:15", ""},
		"an escape there is none of":       {`    a: "\t\d"`, "4:11", `\ is written \\`},
		"a query outside its block":        {"    query: |\n      SELECT 1\n    FROM x\n    key: id", "6:5", "indented more than their key"},
		"a control character":              {"    source: \"é\x01\"", "4:15", ""},
		"bytes of another encoding":        {"    source: \"é\xff\"", "4:15", ""},
		"a block with a text in its first": {"    query: | SELECT 1", "4:5", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load("jobs.yaml", []byte("version: 1\njobs:\n  tickets:\n"+test.written+"\n"), config.Env{})
			require.ErrorContains(t, err, fmt.Sprintf("jobs.yaml:%s: ", test.place))
			require.NotContains(t, err.Error(), "\n", "nothing is said about a file that is no YAML")
			require.Contains(t, err.Error(), test.advice)
			require.Equal(t, test.advice != "", strings.Contains(err.Error(), "; "), "%v", err)
		})
	}
}
