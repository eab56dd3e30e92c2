package mapping_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/load"
	"pvetl/mapping"
)

var ticketFields = []load.MetadataField{
	{FieldID: "solved_date", Type: "datetime", Required: true},
	{FieldID: "status", Type: "string", Allowed: []string{"open", "pending", "solved"}},
	{FieldID: "csat", Type: "float"},
	{FieldID: "tag_names", Type: "list"},
	{FieldID: "ticket_link", Type: "string"},
}

var ticketColumns = []extract.Column{
	{Name: "id", Kind: extract.Integer},
	{Name: "status_code", Kind: extract.Integer},
	{Name: "csat", Kind: extract.Decimal},
	{Name: "tags", Kind: extract.Text},
	{Name: "solved_at", Kind: extract.Timestamp},
	{Name: "agent_email", Kind: extract.Text},
}

func ticketSpec() mapping.Interaction {
	return mapping.Interaction{
		InteractionID: mapping.Rule{Column: "id"},
		AssigneeID:    &mapping.Rule{Column: "agent_email", Default: literal("unassigned")},
		Metadata: []mapping.FieldRule{
			{Name: "ticket_link", Rule: mapping.Rule{Template: "https://help.acme.example/tickets/{id}"}},
			{Name: "tag_names", Rule: mapping.Rule{Column: "tags", Split: new(",")}},
			{Name: "csat", Rule: mapping.Rule{Column: "csat"}},
			{Name: "status", Rule: mapping.Rule{Column: "status_code", Map: []mapping.MapEntry{
				{From: "1", To: mapping.Literal{Text: "open"}},
				{From: "2", To: mapping.Literal{Text: "pending"}},
				{From: "3", To: mapping.Literal{Text: "solved"}},
			}}},
			{Name: "solved_date", Rule: mapping.Rule{Column: "solved_at"}},
		},
	}
}

func row(texts ...string) extract.Row {
	cells := make(extract.Row, len(texts))
	for i, text := range texts {
		cells[i] = cell(text)
	}
	return cells
}

func compileTicket(tb testing.TB) *mapping.InteractionMapper {
	tb.Helper()
	zone, err := time.LoadLocation("America/Bogota")
	require.NoError(tb, err)
	m, err := mapping.CompileInteraction(ticketSpec(), ticketFields, ticketColumns, zone)
	require.NoError(tb, err)
	return m
}

func TestARowBecomesAnInteractionInTheOrderOfTheSchema(t *testing.T) {
	t.Parallel()
	got, fault := compileTicket(t).Map(row("48213", "3", "4.50", "billing, vip,,", "2026-11-20 12:03:09.99", "ana@acme.example"))
	require.Nil(t, fault)
	require.Equal(t, load.Interaction{ID: "48213", Fields: []load.Field{
		{Name: "interaction_id", Value: []byte(`"48213"`)},
		{Name: "assignee_id", Value: []byte(`"ana@acme.example"`)},
		{Name: "solved_date", Value: []byte(`"2026-11-20T17:03:09Z"`)},
		{Name: "status", Value: []byte(`"solved"`)},
		{Name: "csat", Value: []byte(`4.5`)},
		{Name: "tag_names", Value: []byte(`["billing","vip"]`)},
		{Name: "ticket_link", Value: []byte(`"https://help.acme.example/tickets/48213"`)},
	}}, got)
}

func TestFieldsThatAreNULLAreLeftOut(t *testing.T) {
	t.Parallel()
	got, fault := compileTicket(t).Map(row("48213", null, null, null, "2026-11-20 12:03:09", null))
	require.Nil(t, fault)
	var names []string
	for _, field := range got.Fields {
		names = append(names, field.Name)
	}
	require.Equal(t, []string{"interaction_id", "assignee_id", "solved_date", "ticket_link"}, names)
	require.Equal(t, `"unassigned"`, string(got.Fields[1].Value))
}

func TestAnAssigneeThatIsNULLIsLeftOut(t *testing.T) {
	t.Parallel()
	spec := mapping.Interaction{InteractionID: mapping.Rule{Column: "id"}, AssigneeID: &mapping.Rule{Column: "agent"}}
	m, err := mapping.CompileInteraction(spec, nil, []extract.Column{{Name: "id"}, {Name: "agent"}}, nil)
	require.NoError(t, err)
	got, fault := m.Map(row("1", null))
	require.Nil(t, fault)
	require.Len(t, got.Fields, 1)
}

func TestFieldsNeitherReachIntoEachOtherNorIntoTheRow(t *testing.T) {
	t.Parallel()
	m := compileTicket(t)
	cells := row("48213", "3", "4.5", strings.Repeat("x\x01", 5000), "2026-11-20 12:03:09", "ana@acme.example")
	got, fault := m.Map(cells)
	require.Nil(t, fault)
	for _, c := range cells {
		clear(c)
	}
	for _, field := range got.Fields {
		_ = append(field.Value, "overrun"...)
	}
	require.Equal(t, `"48213"`, string(got.Fields[0].Value))
	require.Equal(t, `"ana@acme.example"`, string(got.Fields[1].Value))
	require.Equal(t, `"solved"`, string(got.Fields[3].Value))
	require.Equal(t, `"https://help.acme.example/tickets/48213"`, string(got.Fields[6].Value))
	require.Equal(t, "48213", got.ID)
}

func TestInteractionID(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rule                mapping.Rule
		from, want, refused string
	}{
		"is the column's text":                     {mapping.Rule{Column: "id"}, "T-1", "T-1", ""},
		"keeps quotes and bad bytes are U+FFFD":    {mapping.Rule{Column: "id"}, "a\"\xff\xffé", "a\"\ufffd\ufffdé", ""},
		"NULL is refused":                          {mapping.Rule{Column: "id"}, null, "", "required"},
		"NULL may have a default":                  {mapping.Rule{Column: "id", Default: literal("0")}, null, "0", ""},
		"empty is refused":                         {mapping.Rule{Column: "id"}, "", "", "required"},
		"map to NULL is refused":                   {mapping.Rule{Column: "id", Map: []mapping.MapEntry{{From: "1", To: mapping.Literal{Null: true}}}}, "1", "", "required"},
		"68 characters are accepted":               {mapping.Rule{Column: "id"}, strings.Repeat("é", 68), strings.Repeat("é", 68), ""},
		"68 characters are accepted, also escaped": {mapping.Rule{Column: "id"}, strings.Repeat("\"", 68), strings.Repeat("\"", 68), ""},
		"69 characters are refused":                {mapping.Rule{Column: "id"}, strings.Repeat("x", 69), "", "max_length"},
		"a template counts as it is filled":        {mapping.Rule{Template: "t-{id}"}, strings.Repeat("x", 67), "", "max_length"},
		"a template with NULL is refused":          {mapping.Rule{Template: "t-{id}"}, null, "", "required"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := mapping.CompileInteraction(mapping.Interaction{InteractionID: tt.rule}, nil, []extract.Column{{Name: "id"}}, nil)
			require.NoError(t, err)
			got, fault := m.Map(row(tt.from))
			if tt.refused != "" {
				require.NotNil(t, fault)
				require.Equal(t, tt.refused, fault.Rule)
				require.Equal(t, "interaction_id", fault.Field)
				return
			}
			require.Nil(t, fault)
			require.Equal(t, tt.want, got.ID)
		})
	}
}

func TestAllMissingColumnsAreNamedAtOnce(t *testing.T) {
	t.Parallel()
	spec := mapping.Interaction{
		InteractionID: mapping.Rule{Column: "ticket"},
		AssigneeID:    &mapping.Rule{Template: "{Id}/{nowhere}"},
		Metadata:      []mapping.FieldRule{{Name: "csat", Rule: mapping.Rule{Column: "cast"}}},
	}
	columns := []extract.Column{{Name: "id"}, {Name: "csat"}, {Name: "updated_at"}}
	_, err := mapping.CompileInteraction(spec, []load.MetadataField{{FieldID: "csat", Type: "float"}}, columns, time.UTC)
	require.EqualError(t, err, strings.Join([]string{
		`field interaction_id: the query has no column "ticket"; it has id, csat, updated_at`,
		`field assignee_id: the query has no column "Id" (did you mean "id"?); it has id, csat, updated_at`,
		`field assignee_id: the query has no column "nowhere"; it has id, csat, updated_at`,
		`field csat: the query has no column "cast" (did you mean "csat"?); it has id, csat, updated_at`,
	}, "\n"))
}

func TestAnInteractionDoesNotCompile(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rule   mapping.Rule
		fields []load.MetadataField
		want   string
	}{
		"for metadata that the integration lacks": {
			mapping.Rule{Column: "id"},
			nil, "field f: the integration has no metadata of this name",
		},
		"with a required field that no rule fills": {
			mapping.Rule{Column: "id"},
			[]load.MetadataField{{FieldID: "f", Type: "string"}, {FieldID: "g", Type: "string", Required: true}},
			"field g: required, and no rule fills it",
		},
		"from a column that is there twice": {
			mapping.Rule{Column: "twice"},
			[]load.MetadataField{{FieldID: "f", Type: "string"}},
			`field f: the query has more than one column called "twice"`,
		},
		"with a rule that cannot work": {
			mapping.Rule{Column: "id", Split: new(",")},
			[]load.MetadataField{{FieldID: "f", Type: "string"}},
			"field f: split makes a list, and f is a string",
		},
		"with a default of another type": {
			mapping.Rule{Column: "id", Default: literal("none")},
			[]load.MetadataField{{FieldID: "f", Type: "integer"}},
			`field f: "none": an integer is digits`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := mapping.Interaction{
				InteractionID: mapping.Rule{Column: "id"}, Metadata: []mapping.FieldRule{{Name: "f", Rule: tt.rule}},
			}
			_, err := mapping.CompileInteraction(spec, tt.fields, []extract.Column{{Name: "id"}, {Name: "twice"}, {Name: "twice"}}, nil)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func BenchmarkMapTypicalRow(b *testing.B) {
	m := compileTicket(b)
	cells := row("48213", "3", "4.50", "billing, vip", "2026-11-20 12:03:09.99", "ana@acme.example")
	b.ReportAllocs()
	for b.Loop() {
		if _, fault := m.Map(cells); fault != nil {
			b.Fatal(fault)
		}
	}
}
