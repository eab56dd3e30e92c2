package load_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/load"
)

func TestAppendBatch(t *testing.T) {
	t.Parallel()
	id := func(text string) load.Field { return load.Field{Name: "interaction_id", Value: []byte(text)} }
	comment := func(body string, urls ...string) load.Comment {
		c := load.Comment{Fields: []load.Field{{Name: load.CommentBody, Value: []byte(strconv.Quote(body))}}}
		for _, url := range urls {
			c.Attachments = append(c.Attachments, load.Attachment{URL: url})
		}
		return c
	}
	for name, tt := range map[string]struct {
		batch []load.Interaction
		want  string
	}{
		"no interactions":             {nil, `[]`},
		"no fields":                   {[]load.Interaction{{}}, `[{}]`},
		"no fields, but a comment":    {[]load.Interaction{{Comments: []load.Comment{comment("a")}}}, `[{"comments":[{"body":"a"}]}]`},
		"a field":                     {[]load.Interaction{{Fields: []load.Field{id(`"1"`)}}}, `[{"interaction_id":"1"}]`},
		"a field without a comment":   {[]load.Interaction{{Fields: []load.Field{id(`"1"`)}, Comments: []load.Comment{}}}, `[{"interaction_id":"1"}]`},
		"values of every kind":        {[]load.Interaction{{Fields: []load.Field{id(`"1"`), {Name: "tag_names", Value: []byte(`["a","b"]`)}, {Name: "csat", Value: []byte(`4.5`)}, {Name: "vip", Value: []byte(`null`)}}}}, `[{"interaction_id":"1","tag_names":["a","b"],"csat":4.5,"vip":null}]`},
		"comments in their order":     {[]load.Interaction{{Fields: []load.Field{id(`"1"`)}, Comments: []load.Comment{comment("a", "u"), comment("")}}}, `[{"interaction_id":"1","comments":[{"body":"a","attachments":[{"url":"u"}]},{"body":""}]}]`},
		"interactions in their order": {[]load.Interaction{{Fields: []load.Field{id(`"2"`)}}, {Fields: []load.Field{id(`"1"`)}, Comments: []load.Comment{{Attachments: []load.Attachment{{URL: "u", Name: "n"}}}}}, {}}, `[{"interaction_id":"2"},{"interaction_id":"1","comments":[{"attachments":[{"url":"u","name":"n"}]}]},{}]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := load.AppendBatch([]byte("before"), tt.batch)
			require.Equal(t, "before"+tt.want, string(got))
			require.True(t, json.Valid(got[len("before"):]))
		})
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		limit    load.Limit
		n, total int64
		want     bool
	}{
		"no limit":                            {load.Limit{}, 1000, 1000, false},
		"none at all, none":                   {load.Limit{Set: true}, 0, 1000, false},
		"none at all, one":                    {load.Limit{Set: true}, 1, 1, true},
		"a count that is reached":             {load.Limit{Set: true, Count: 100}, 100, 100, false},
		"a count that is passed":              {load.Limit{Set: true, Count: 100}, 101, 1e6, true},
		"a share that is reached":             {load.Limit{Set: true, Percent: 1}, 10, 1000, false},
		"a share that is passed":              {load.Limit{Set: true, Percent: 1}, 11, 1000, true},
		"a share that is passed, of few rows": {load.Limit{Set: true, Percent: 1}, 99, 99, false},
		"a share below one in a hundred":      {load.Limit{Set: true, Percent: 0.5}, 6, 1000, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, tt.limit.Exceeded(tt.n, tt.total))
		})
	}
}
