package check

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"pvetl/internal/config"
	"pvetl/internal/dsn"
	"pvetl/internal/pipeline"
)

// sampleRows is how many rows are mapped.
const sampleRows = 100

// assignee is who a sampled row is assigned to.
type assignee struct{ id, key string }

// checkSample reports on what becomes of the job's first rows.
func (c *checker) checkSample(ctx context.Context, s *source, job config.Job) {
	path := string(config.NeedJob(job.Name))
	settings := c.file.Config
	settings.Sources = slices.Clone(settings.Sources)
	for i := range settings.Sources {
		settings.Sources[i].StatementTimeout = min(queryTime, settings.Sources[i].StatementTimeout)
	}
	opened, err := pipeline.OpenSource(ctx, settings, job, c.log)
	if err != nil {
		c.say(config.SeverityError, path+".mapping", err.Error(), "pvetl preview "+job.Name+" tries it again")
		return
	}
	defer opened.Close()
	preview, err := opened.Preview(ctx, pipeline.PreviewOptions{Limit: sampleRows})
	if err != nil {
		c.say(config.SeverityError, path+".extract", "the first rows cannot be read: "+err.Error(), "pvetl preview "+job.Name+" tries it again")
		return
	}
	if preview.Read == 0 {
		c.say(config.SeverityHint, path+".extract.interactions.query", "the query returns no rows: whether they can be mapped is not known", "see whether its conditions are meant so")
		return
	}
	rejects := gather(preview)
	for _, r := range rejects {
		c.sayReject(job, preview, r)
	}
	if len(rejects) == 0 {
		c.good("%s mapped, none rejected", wereText(preview.Read))
	}
	if !s.zoneGiven && s.kind == dsn.SQLite {
		c.checkTexts(job, preview)
	}
	for _, row := range preview.Rows {
		if id := assigneeOf(row); id != "" {
			c.assignees[job.Name] = append(c.assignees[job.Name], assignee{id, row.Key})
		}
	}
}

func wereText(n int) string {
	if n == 1 {
		return "the first row was"
	}
	return fmt.Sprintf("the first %d rows were", n)
}

// rejected are the rejects of one field by one rule.
type rejected struct {
	first pipeline.PreviewReject
	count int
}

// gather puts rejects of one kind together, in the order in which they are met.
func gather(preview pipeline.Preview) []*rejected {
	type place struct{ stream, field, rule string }
	at := make(map[place]*rejected)
	var all []*rejected
	for _, row := range preview.Rows {
		for _, reject := range row.Rejects {
			place := place{reject.Stream, reject.Field, reject.Rule}
			if at[place] == nil {
				at[place] = &rejected{first: reject}
				all = append(all, at[place])
			}
			at[place].count++
		}
	}
	return all
}

// sayReject is an error where no interaction at all would be sent.
func (c *checker) sayReject(job config.Job, preview pipeline.Preview, r *rejected) {
	severity := config.SeverityWarning
	if r.first.Stream == pipeline.StreamInteractions && r.count == preview.Read {
		severity = config.SeverityError
	}
	value := ""
	if r.first.Column != "" {
		value = fmt.Sprintf(", column %s, value %q", r.first.Column, shorten(r.first.Value))
	}
	c.say(severity, fieldPath(job, r.first), fmt.Sprintf("%d of the %s of the first %s would be rejected, such as %s%s: %s",
		r.count, r.first.Stream, rowsText(int64(preview.Read)), r.first.Key, value, r.first.Reason),
		"pvetl preview "+job.Name+" --rejects-only shows them")
}

func shorten(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// fieldPath is where the rule of a rejected field stands.
func fieldPath(job config.Job, reject pipeline.PreviewReject) string {
	path := string(config.NeedJob(job.Name)) + ".mapping."
	switch {
	case reject.Stream == pipeline.StreamComments:
		return path + "comment." + reject.Field
	case reject.Stream == pipeline.StreamAttachments:
		return path + "attachment." + reject.Field
	case reject.Field == "interaction_id", reject.Field == "assignee_id":
		return path + "interaction." + reject.Field
	default:
		return path + "interaction.metadata." + reject.Field
	}
}

func assigneeOf(row pipeline.Previewed) (id string) {
	for _, field := range row.Fields {
		if field.Field == "assignee_id" && field.From != nil && row.Interaction != nil { // a default stands for nobody
			_ = json.Unmarshal(field.Value, &id) // null is none
		}
	}
	return id
}

var (
	timeText = regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d`)
	zoneText = regexp.MustCompile(`(Z|[+-]\d\d(:?\d\d)?| ?UTC)$`)
)

// checkTexts does for times that are texts what checkZones does for columns.
func (c *checker) checkTexts(job config.Job, preview pipeline.Preview) {
	integration, _ := c.file.Config.Integration(job.Integration)
	for _, row := range preview.Rows {
		for _, field := range row.Fields {
			if typeOf(integration, field.Field) != "datetime" || field.From == nil || !timeText.MatchString(*field.From) || zoneText.MatchString(*field.From) {
				continue
			}
			if rule := ruleOf(job, field.Field); rule != nil && rule.Timezone != "" {
				continue
			}
			c.say(config.SeverityWarning, string(config.NeedSource(job.Source)),
				fmt.Sprintf("the times in %s of job %s have no zone, such as %s, and are taken for UTC", field.Column, job.Name, *field.From),
				"say in which zone the application writes them: timezone: America/Bogota, or timezone: UTC")
			return
		}
	}
}
