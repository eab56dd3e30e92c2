package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/mapping"
)

// printer writes a preview for people, in at most 120 columns.
type printer struct {
	io.Writer

	job config.Job
}

func (p printer) row(row pipeline.Previewed) {
	fmt.Fprintf(p, "row %s\n", oneLine(row.Key))
	var fields [][]string
	for _, f := range row.Fields {
		fields = append(fields, []string{"  " + clipped(f.Field, 22), origin(f), sourceText(f), clipped(strings.Join(f.Rules, " "), 18), asSent(f)})
	}
	printTable(p, []string{"  FIELD", "FROM", "VALUE", "RULES", "AS SENT"}, fields)
	if unused := p.unused(row); len(unused) > 0 {
		fmt.Fprintf(p, "  no rule uses %s\n", clipped(strings.Join(unused, ", "), 104))
	}
	p.comments(row.Comments)
	p.files(row.Attachments)
	for _, reject := range row.Rejects {
		fmt.Fprintf(p, "  rejected: %s %s, field %s, column %s, value %q: %s\n",
			reject.Stream, oneLine(reject.Key), reject.Field, reject.Column, reject.Value, reject.Reason)
	}
	if row.Interaction != nil {
		fmt.Fprintf(p, "  %s%s\n", several(row.Bytes, "byte"), withComments(row))
	}
	fmt.Fprintln(p)
}

func withComments(row pipeline.Previewed) string {
	sent := 0
	for _, comment := range row.Comments {
		if comment.Sent {
			sent++
		}
	}
	text := ""
	if sent > 0 {
		text += " with " + several(sent, "comment")
	}
	if len(row.Attachments) > 0 {
		text += " and " + several(len(row.Attachments), "file")
	}
	return text
}

// origin names the column, or shows the template.
func origin(f pipeline.PreviewedField) string {
	if f.Column == "" {
		return "(constant)"
	}
	return clipped(f.Column, 20)
}

func sourceText(f pipeline.PreviewedField) string {
	return clipped(textOr(f.From, "NULL"), 26)
}

// asSent is the value as JSON. What is left out is a dash.
func asSent(f pipeline.PreviewedField) string {
	switch {
	case f.Fault != nil:
		return "rejected"
	case string(f.Value) == "null":
		return "-"
	}
	return clipped(string(f.Value), 24)
}

// unused names the columns that neither a rule nor the extraction uses, with what they hold.
func (p printer) unused(row pipeline.Previewed) []string {
	query := p.job.Extract.Interactions
	uses := p.job.Mapping.Interaction.Uses()
	var unused []string
	for _, cell := range row.Row {
		isUsed := slices.ContainsFunc(uses, func(u mapping.Use) bool { return u.Column == cell.Column })
		if !isUsed && cell.Column != query.Key && cell.Column != query.Cursor {
			unused = append(unused, cell.Column+" = "+clipped(textOr(cell.Text, "NULL"), 26))
		}
	}
	return unused
}

func (p printer) comments(comments []pipeline.PreviewedComment) {
	if len(comments) == 0 {
		return
	}
	var rows [][]string
	for _, c := range comments {
		kind := clipped(fieldText(c, "type"), 16)
		if !c.Sent {
			kind = "rejected"
		}
		rows = append(rows, []string{
			"  " + clipped(c.Key, 14), kind, clipped(fieldText(c, "author_id"), 24), fieldText(c, "added_at"), clipped(firstLine(fieldText(c, "body")), 34),
		})
	}
	printTable(p, []string{"  COMMENT", "TYPE", "AUTHOR", "TIME", "BODY"}, rows)
}

// fieldText is the text of a comment's field, empty where it is left out.
func fieldText(c pipeline.PreviewedComment, name string) string {
	for _, f := range c.Fields {
		var text string
		if f.Field == name && json.Unmarshal(f.Value, &text) == nil {
			return text
		}
	}
	return ""
}

func firstLine(text string) string {
	line, more, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	if strings.TrimSpace(more) != "" {
		return line + " …"
	}
	return line
}

func (p printer) files(files []pipeline.PreviewedFile) {
	if len(files) == 0 {
		return
	}
	var rows [][]string
	for _, f := range files {
		size := clipped(f.URL, 36)
		if f.Size != nil {
			size = several(int(*f.Size), "byte")
		}
		rows = append(rows, []string{"  " + clipped(f.Key, 14), clipped(f.Comment, 14), clipped(f.Name, 30), clipped(f.Type, 20), size})
	}
	printTable(p, []string{"  FILE", "OF COMMENT", "NAME", "TYPE", "SIZE"}, rows)
}

// sum ends a preview with what it comes to.
func (p printer) sum(preview pipeline.Preview, rejectsOnly bool) {
	interactions, requests := 0, "a bulk request"
	for _, row := range preview.Rows {
		if row.Interaction != nil {
			interactions++
		}
	}
	if interactions > p.job.Load.BatchSize {
		requests = "bulk requests"
	}
	switch {
	case rejectsOnly:
		fmt.Fprintf(p, "looked at %s: %d with rejects\n", several(preview.Read, "row"), len(preview.Rows))
	case preview.Read == 0:
		fmt.Fprintln(p, "no rows")
	case interactions > 0:
		fmt.Fprintf(p, "%s: %s of %s would go in %s\n", several(preview.Read, "row"), several(interactions, "interaction"), several(preview.Bytes, "byte"), requests)
	default:
		fmt.Fprintf(p, "%s: nothing would go\n", several(preview.Read, "row"))
	}
}

// several writes a number with its noun.
func several(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// clipped cuts a text to what fits into a column.
func clipped(text string, most int) string {
	text = oneLine(text)
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
