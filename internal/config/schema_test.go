package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"pvetl/internal/config"
)

// onlyTheProgram lists the broken files that the schema has nothing against: what YAML itself forgives, what a text says
// (SQL, times, zones, addresses), and what one place says about another.
var onlyTheProgram = strings.Fields(`
	020-key-twice 021-second-document 023-anchor 025-tag-of-yaml 030-base-url-without-tls 031-base-url-without-scheme
	033-api-key-in-plain-text 034-reference-not-closed 035-reference-of-a-bad-name 036-dsn-of-an-unknown-database 037-dsn-of-sqlite-with-slashes
	038-zone-of-the-source 039-zone-by-abbreviation 040-schedule-of-four-fields 041-schedule-out-of-range 042-schedule-that-never-comes
	055-source-unknown 056-integration-unknown 062-metadata-name-reserved 063-metadata-name-taken 064-metadata-without-a-datetime
	066-allowed-of-another-type 067-query-that-writes 068-query-of-two-statements 070-query-with-a-quote-not-closed 071-query-with-a-column-twice
	072-cursor-not-in-the-query 073-key-not-in-the-query 075-start-without-cursor 076-start-without-a-zone 077-lag-of-another-kind
	078-comments-without-parent 079-comments-read-in-two-ways 080-comments-without-rules 081-attachments-without-comments 082-rule-for-no-field
	083-required-field-without-a-rule 084-rule-of-no-known-column 085-rule-of-two-origins 086-rule-of-no-origin 087-map-to-what-is-not-allowed
	088-default-that-is-not-allowed 089-else-without-a-map 090-map-twice-the-same 091-split-of-a-text 092-default-of-another-type
	094-template-with-an-open-brace 095-template-of-no-known-column 096-expression-that-ends-too-soon 097-expression-of-no-known-column
	098-expression-with-an-unknown-function 099-comment-type-unknown 100-zone-of-a-rule 101-files-without-a-root
	105-integrations-of-one-name 106-webhook-without-scheme 107-job-in-a-webhook 108-heartbeat-without-tls
	110-quiet-after-too-little`)

func compiledSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	text, err := config.Schema()
	require.NoError(t, err)
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("jobs.schema.json", parsed))
	schema, err := compiler.Compile("jobs.schema.json")
	require.NoError(t, err)
	return schema
}

// asEditorsReadIt returns what a YAML node is for a schema; false where it is no document at all.
func asEditorsReadIt(node *yaml.Node) any {
	switch node.Kind {
	case yaml.DocumentNode:
		return asEditorsReadIt(node.Content[0])
	case yaml.AliasNode:
		return asEditorsReadIt(node.Alias)
	case yaml.SequenceNode:
		items := []any{}
		for _, item := range node.Content {
			items = append(items, asEditorsReadIt(item))
		}
		return items
	case yaml.MappingNode:
		members := map[string]any{}
		for i := 0; i < len(node.Content); i += 2 {
			members[node.Content[i].Value] = asEditorsReadIt(node.Content[i+1])
		}
		return members
	}
	switch node.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(node.Value, "true")
	case "!!int", "!!float":
		if number, err := strconv.ParseFloat(node.Value, 64); err == nil {
			return number
		}
	}
	return node.Value
}

func schemaError(schema *jsonschema.Schema, content []byte) error {
	var node yaml.Node
	if err := yaml.Unmarshal(content, &node); err != nil {
		return err
	}
	if node.Kind == 0 {
		return schema.Validate(nil)
	}
	return schema.Validate(asEditorsReadIt(&node))
}

func TestTheSchemaTakesEveryGoodFile(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	files := []string{"../../jobs.yaml", "../demo/jobs.yaml", "testdata/full.yaml", "testdata/minimal.yaml"}
	examples, err := filepath.Glob("../../examples/*/jobs.yaml")
	require.NoError(t, err)
	for _, file := range append(files, examples...) {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, schemaError(schema, content), file)
	}
}

func TestTheSchemaRefusesEveryBadFileButThoseThatOnlyTheProgramCanTell(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	var taken []string
	for _, pattern := range []string{"testdata/*.bad.yaml", "../../cmd/pvetl/testdata/broken/*.yaml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			if schemaError(schema, content) == nil {
				taken = append(taken, strings.TrimSuffix(filepath.Base(file), ".yaml"))
			}
		}
	}
	require.Equal(t, onlyTheProgram, taken)
}

// below returns every node below one that stands in the place of a value.
func below(node *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	for i, item := range node.Content {
		if node.Kind != yaml.MappingNode || i%2 == 1 {
			all = append(append(all, item), below(item)...)
		}
	}
	return all
}

// everyKind has a value of every kind.
const everyKind = `
version: 1
playvox: {base_url: "https://acme.playvox.com/api/v1", uid: u, api_key: k, max_in_flight: 8}
sources: {a: {dsn: "sqlite:a.db", statement_timeout: 5m}}
integrations: {x: {name: X, metadata: {solved_date: {type: datetime, required: false, allowed: [2026-01-01], available_in: [filters]}}}}
jobs:
  j:
    source: a
    integration: x
    extract: {interactions: {query: "SELECT *", key: id, cursor: c, lag: 10m, start: 2026-01-01T00:00:00Z, page_size: 10}}
    mapping:
      interaction:
        interaction_id: id
        assignee_id: {column: a, map: {1: b}, default: c, redact: [email], html_to_text: true, truncate: 5}
        metadata: {solved_date: d}
    load: {deletes: ignore, max_rejects: 5%}
notify: {webhook: "https://hooks.example", format: json, quiet_after: 72h}
`

func nodes(t *testing.T, content string) *yaml.Node {
	t.Helper()
	var node yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(content), &node))
	return &node
}

func TestBothRefuseAnUnknownKeyEverywhere(t *testing.T) {
	t.Parallel()
	schema, root := compiledSchema(t), nodes(t, string(fixture(t, "full.yaml")))
	refused := 0
	for _, node := range below(root) {
		if node.Kind != yaml.MappingNode {
			continue
		}
		content := node.Content
		node.Content = append(slices.Clip(content),
			&yaml.Node{Kind: yaml.ScalarNode, Value: "quite_unknown"}, &yaml.Node{Kind: yaml.ScalarNode, Value: "1"})
		written, err := yaml.Marshal(root)
		require.NoError(t, err)
		_, err = config.Load("jobs.yaml", written, config.Env{})
		if err != nil && strings.Contains(err.Error(), "unknown key") {
			refused++
			require.Error(t, schemaError(schema, written), "%v", err)
		}
		node.Content = content
	}
	require.Greater(t, refused, 20, "every kind of section")
}

// An editor must not find fault with what runs, nor be content with a value of the wrong kind.
func TestTheSchemaTakesEveryValueThatTheProgramTakes(t *testing.T) {
	t.Parallel()
	schema, root := compiledSchema(t), nodes(t, everyKind)
	wrongKind := regexp.MustCompile(`found (a list|a mapping|text), expected|expected (a whole number (from|of)|true or false|a duration such as 30s|one of (string|filters|ignore|json))`)
	for _, node := range below(root) {
		before := *node
		for _, written := range []string{
			"1", `"1"`, "0", "1.5", "text", `""`, "~", "true", "'False'", "[a, 1]", "{a: b}", "1d12h", "5%", "${X}", "2026-01-01",
		} {
			*node = *nodes(t, written).Content[0]
			content, err := yaml.Marshal(root)
			require.NoError(t, err)
			_, err = config.Load("jobs.yaml", content, config.Env{})
			refusal := schemaError(schema, content)
			if err == nil {
				require.NoError(t, refusal, "%s in the place of line %d", written, before.Line)
			} else if !strings.Contains(written, "${") && wrongKind.MatchString(err.Error()) {
				require.Error(t, refusal, "%s in the place of line %d: %v", written, before.Line, err)
			}
		}
		*node = before
	}
}
