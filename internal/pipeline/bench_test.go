package pipeline_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pvetl/internal/pipeline"
	"pvetl/load"
)

// typicalTicket is an interaction of 10 fields with 3 comments of 500 bytes.
func typicalTicket() load.Interaction {
	text := func(name, value string) load.Field {
		quoted, _ := json.Marshal(value) // a text always encodes
		return load.Field{Name: name, Value: quoted}
	}
	comment := load.Comment{AddedAt: "2026-01-01T10:20:30Z", Fields: []load.Field{
		text(load.CommentBody, strings.Repeat("The parcel has not arrived yet. ¿Me pueden ayudar?\n", 10)), text(load.CommentType, "customer_comment"),
		text(load.CommentAuthor, "agent7@acme.example"), text(load.CommentAddedAt, "2026-01-01T10:20:30Z"),
	}}
	return load.Interaction{ID: "48213", Comments: slices.Repeat([]load.Comment{comment}, 3), Fields: []load.Field{
		text("interaction_id", "48213"), text("assignee_id", "agent7@acme.example"), text("subject", "The parcel has not arrived yet."),
		text("status", "solved"), text("channel", "email"),
		{Name: "csat", Value: []byte("4.5")},
		{Name: "tag_names", Value: []byte(`["billing","vip"]`)},
		text("opened_date", "2026-01-01T10:20:30Z"), text("solved_date", "2026-01-02T10:20:30Z"), text("ticket_link", "https://help.acme.example/tickets/48213"),
	}}
}

func BenchmarkHashing(b *testing.B) {
	one := typicalTicket()
	b.Run("interaction", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			pipeline.HashInteraction(one)
		}
	})
	b.Run("comment", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			pipeline.HashComment(one.Comments[0])
		}
	})
}

// BenchmarkEncoding writes the body of a bulk request with 100 interactions.
func BenchmarkEncoding(b *testing.B) {
	batch := slices.Repeat([]load.Interaction{typicalTicket()}, 100)
	b.SetBytes(int64(len(load.AppendBatch(nil, batch))))
	b.ReportAllocs()
	for b.Loop() {
		load.AppendBatch(nil, batch)
	}
}
