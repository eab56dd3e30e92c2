package mapping_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/extract"
	"pvetl/mapping"
)

// message is what a help desk keeps of an e-mail.
const message = `<div dir="ltr"><p>Thank you for your patience. ¿Me pueden ayudar, por favor?</p><p>I was charged twice for the same order.</p>` +
	`<ul><li>Could you please send me the invoice?</li><li>The parcel has not arrived yet.</li></ul>` +
	`<p>Your refund of 35 &euro; is on its way. <a href="https://shop.acme.example/orders/48213?ref=mail">order 48213</a>&nbsp;&mdash; thanks</p><br>` +
	`<p style="color:#888">Kind regards,<br>Acme &amp; Co</p></div>`

// BenchmarkMapTypicalComment maps a comment of about 500 bytes.
func BenchmarkMapTypicalComment(b *testing.B) {
	for name, text := range map[string]string{"html": message, "plain": "Thank you for your patience.\nThe parcel has not arrived yet, could you please look where it is?\n"} {
		b.Run(name, func(b *testing.B) {
			spec := mapping.Comment{
				Body: mapping.Rule{Column: "body_html", HTMLToText: true}, AuthorID: &mapping.Rule{Column: "author"}, AddedAt: &mapping.Rule{Column: "created_at"},
				Type: mapping.Rule{Column: "kind", Map: []mapping.MapEntry{{From: "in", To: *literal("customer_comment")}, {From: "out", To: *literal("agent_comment")}}},
			}
			columns := []extract.Column{{Name: "body_html"}, {Name: "author"}, {Name: "created_at", Kind: extract.Timestamp}, {Name: "kind"}}
			mapper, err := mapping.CompileComment(spec, columns, nil)
			require.NoError(b, err)
			row := extract.Row{extract.Cell(text), extract.Cell("agent7@acme.example"), extract.Cell("2026-01-01 10:20:30"), extract.Cell("in")}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				_, fault := mapper.Map("1", row)
				require.Nil(b, fault)
			}
		})
	}
}
