package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
)

// excerpt returns what is shown of the first error in the minimal file with some of its texts replaced.
func excerpt(t *testing.T, replace ...string) string {
	t.Helper()
	file, err := config.Load("jobs.yaml", fixture(t, "minimal.yaml", replace...), config.Env{})
	require.Error(t, err)
	for _, finding := range file.Findings {
		if finding.Severity == config.SeverityError {
			return "\n" + file.Excerpt(finding) + "\n"
		}
	}
	return ""
}

func TestAnExcerptPointsAtThePlace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		replace []string
		want    string
	}{
		"a key": {[]string{"key: id}", "key: id, cursr: updated_at}"}, `
  12 |       interactions: {query: "SELECT id, solved_at FROM orders", key: id, cursr: updated_at}
     |                                                                          ^~~~~
`},
		"a text": {[]string{"source: shop", "source: shp  # ours"}, `
   9 |     source: shp  # ours
     |             ^~~
`},
		"a text of several words": {[]string{"source: shop", "source: shop\n    schedule: 0 0 31 2 *"}, `
  10 |     schedule: 0 0 31 2 *
     |               ^~~~~~~~~~
`},
		"a quoted text": {[]string{"source: shop", `source: "our shop"`}, `
   9 |     source: "our shop"
     |             ^~~~~~~~~~
`},
		"a block": {[]string{`interactions: {query: "SELECT id, solved_at FROM orders", key: id}`, "interactions:\n        key: id\n        query: |\n          DROP TABLE x"}, `
  15 |           DROP TABLE x
     |           ^~~~
`},
		"what is missing, where it belongs": {[]string{"        interaction_id: id\n", ""}, `
  14 |       interaction:
     |       ^~~~~~~~~~~
`},
		"behind letters of several bytes": {[]string{"{name: Shop,", "{name: Tienda año ñandú, colour: red,"}, `
   6 |   shop: {name: Tienda año ñandú, colour: ***, metadata: {solved_date: {type: datetime}}}
     |                                  ^~~~~~
`},
		"behind wide letters": {[]string{"{name: Shop,", "{name: 商店, colour: red,"}, `
   6 |   shop: {name: 商店, colour: ***, metadata: {solved_date: {type: datetime}}}
     |                      ^~~~~~
`},
		"behind letters of two characters": {[]string{"{name: Shop,", "{name: Cafe\u0301, colour: red,"}, `
   6 |   shop: {name: Cafe` + "\u0301" + `, colour: ***, metadata: {solved_date: {type: datetime}}}
     |                      ^~~~~~
`},
		"behind tabs": {[]string{"{name: Shop,", "{name:\tShop,\tcolour: red,"}, `
   6 |   shop: {name:    Shop,    colour: ***, metadata: {solved_date: {type: datetime}}}
     |                            ^~~~~~
`},
		"behind what would steer a terminal or mislead": {[]string{"{name: Shop,", "{name: \"\u202eShop\", colour: red,"}, `
   6 |   shop: {name: "` + "\ufffd" + `Shop", colour: ***, metadata: {solved_date: {type: datetime}}}
     |                         ^~~~~~
`},
		"behind much that fits": {[]string{"{name: Shop,", "{name: " + strings.Repeat("x", 60) + ", nam: red,"}, `
   6 | …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, nam: red, metadata: {solved_date: {type: datetime…
     |                                                   ^~~
`},
		"before much": {[]string{"source: shop", "source: shp # " + strings.Repeat("x", 200)}, `
   9 |     source: shp # ` + strings.Repeat("x", 81) + `…
     |             ^~~
`},
		"at much": {[]string{"source: shop", "source: " + strings.Repeat("x", 200)}, `
   9 |     source: ` + strings.Repeat("x", 87) + `…
     |             ^` + strings.Repeat("~", 87) + `
`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, excerpt(t, test.replace...))
		})
	}
}

func TestAnExcerptHidesCredentials(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		replace []string
		want    string
	}{
		"beside the place": {[]string{`"${KEY}"`, "hunter2", `"${UID}"`, "u, colour: red"}, `
   2 | playvox: {base_url: "https://acme.playvox.com/api/v1", uid: ***, colour: ***, api_key: ***}
     |                                                                  ^~~~~~
`},
		"at the place": {[]string{"sqlite:shop.db", "oracle://u:hunter2@db"}, `
   4 |   shop: {dsn: ***}
     |               ^~~
`},
		"but not the name of a variable": {[]string{"sqlite:shop.db", "${DSN}", "{dsn", "{DSN"}, `
   4 |   shop: {DSN: "${DSN}"}
     |          ^~~
`},
		"known from elsewhere": {[]string{`"${KEY}"`, "hunter2", "source: shop", "source: shp # hunter2, as above"}, `
   9 |     source: shp # ***, as above
     |             ^~~
`},
		"known from elsewhere, across the place": {[]string{`"${KEY}"`, `"shp # ours"`, "source: shop", "source: shp # ours"}, `
   9 |     source: ***
     |             ^
`},
		"in a file that is no YAML": {[]string{`"${KEY}"}`, "hunter2, state: sqlite:x, {max_in_flight: 3}"}, `
   2 | playvox: {base_url: "https://acme.playvox.com/api/v1", uid: "${UID}", api_key: ***, state: ***, {ma…
     |          ^
`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, excerpt(t, test.replace...))
		})
	}
}

func TestThereIsNotAlwaysAnExcerpt(t *testing.T) {
	t.Parallel()
	file, err := config.Load("jobs.yaml", fixture(t, "minimal.yaml"), config.Env{})
	require.NoError(t, err)
	for name, finding := range map[string]config.Finding{
		"of no place":        {File: "jobs.yaml"},
		"behind the end":     {File: "jobs.yaml", Line: 100, Column: 1},
		"of an empty line":   {File: "jobs.yaml", Line: 17, Column: 1},
		"of another file":    {File: "tests.yaml", Line: 1, Column: 1},
		"of no column":       {File: "jobs.yaml", Line: 1},
		"of a line behind 0": {File: "jobs.yaml", Line: -1, Column: 1},
	} {
		require.Empty(t, file.Excerpt(finding), name)
	}
	require.Equal(t, "   1 | version: 1\n     |           ^", file.Excerpt(config.Finding{File: "jobs.yaml", Line: 1, Column: 99}))
}
