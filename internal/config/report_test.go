package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
)

// spelled reads the minimal file with its query spelled as given, in block style.
func spelled(t *testing.T, query string) *config.File {
	t.Helper()
	content := fixture(t, "minimal.yaml", "interactions: {query: \"SELECT id, solved_at FROM orders\", key: id}",
		"interactions:\n        key: id\n        query: "+query)
	file, _ := config.Load("jobs.yaml", content, environment(map[string]string{"SCHEMA": "desk"}))
	return file
}

const queryAt = "jobs.orders.extract.interactions.query"

// The mark ^ stands before the word that each query is asked for. It is taken out first.
func TestAPartOfAValueIsFoundHoweverItIsSpelled(t *testing.T) {
	t.Parallel()
	for name, query := range map[string]string{
		"plain":                               `SELECT id, ^here FROM orders`,
		"plain over lines":                    "SELECT id,\n          ^here\n\n          FROM orders",
		"in double quotes":                    `"SELECT id, ^here FROM orders"`,
		"in double quotes over lines":         "\"SELECT id,   \n\n        ^here FROM orders\"",
		"behind quotes that are escaped":      `"SELECT \"id\", '\t\\', ^here FROM orders"`,
		"in single quotes":                    `'SELECT ''x'', ^here FROM orders'`,
		"behind letters of more than a byte":  `SELECT "é日本", ^here FROM orders`,
		"in a block":                          "|\n          SELECT id,\n            ^here\n          FROM orders",
		"in a block with a header":            "|- # as in psql\n\n          SELECT id,\n\n\n          é, ^here FROM orders",
		"in a block of Windows":               "|\r\n          SELECT id,\r\n          ^here FROM orders\r\n",
		"in a folded block":                   ">\n          SELECT id,\n          ^here FROM orders",
		"in a folded block with empty lines":  ">-\n          SELECT id,\n\n\n          ^here FROM orders",
		"in a folded block with indentations": ">\n          SELECT\n            id,\n            ^here\n          FROM orders",
		"before a reference":                  `SELECT id, ^here FROM ${SCHEMA}.orders`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := spelled(t, strings.Replace(query, "^", "", 1))
			sql := file.Config.Jobs[0].Extract.Interactions.SQL
			found := file.FindingIn(config.SeverityHint, queryAt, strings.Index(sql, "here"), "seen", "")
			before, _, _ := strings.Cut(query, "^")
			rows := strings.Split(strings.ReplaceAll("        query: "+before, "\r", ""), "\n")
			require.Equal(t, 13+len(rows), found.Line)
			require.Equal(t, 1+len([]rune(rows[len(rows)-1])), found.Column)
			require.Contains(t, file.Excerpt(found), "here")
		})
	}
}

func TestAPartThatCannotBeToldIsPlacedAtItsValue(t *testing.T) {
	t.Parallel()
	for name, query := range map[string]string{
		"behind a reference":            `SELECT ${SCHEMA}, here FROM orders`,
		"behind an escaped reference":   `SELECT '$${', here FROM orders`,
		"behind an unusual escape":      `"SELECT \x41, here FROM orders"`,
		"where the letters are alike":   `"SELECT \x41, hhhhhhere FROM orders"`,
		"behind a line that is escaped": "\"SELECT id, \\\n          here FROM orders\"",
		"in a block of its own indent":  ">2\n          SELECT id, here FROM orders",
	} {
		file := spelled(t, query)
		sql := file.Config.Jobs[0].Extract.Interactions.SQL
		found := file.FindingIn(config.SeverityHint, queryAt, strings.Index(sql, "here"), "seen", "")
		require.Equal(t, "14:16", fmt.Sprintf("%d:%d", found.Line, found.Column), name)
	}
	file := spelled(t, "SELECT é FROM orders")
	for _, offset := range []int{-1, 0, 8, 21, 1 << 40} {
		found := file.FindingIn(config.SeverityHint, queryAt, offset, "seen", "")
		require.Equal(t, "14:16", fmt.Sprintf("%d:%d", found.Line, found.Column), offset)
	}
}

func TestAFindingIsPlacedAtWhatEnclosesIt(t *testing.T) {
	t.Parallel()
	file := spelled(t, "SELECT id, solved_at FROM orders")
	for at, place := range map[string]string{
		"":                             "1:1",
		"jobs.orders":                  "8:3",
		"jobs.orders.extract.comments": "11:5",
		"jobs.orders.extract.interactions.cursor":                     "12:7",
		"jobs.orders.mapping.interaction.metadata":                    "18:9",
		"jobs.orders.mapping.interaction.metadata.solved_date.column": "18:33",
		"nowhere": "1:1",
	} {
		found := file.Finding(config.SeverityWarning, at, "seen\nhere", "look")
		require.Equal(t, place, fmt.Sprintf("%d:%d", found.Line, found.Column), at)
		require.Equal(t, "seen here", found.Message)
		require.Equal(t, config.SeverityWarning, found.Severity)
	}
}
