package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"pvetl/internal/sandbox"
)

// example is a ticket that has everything.
const example = "10464"

// compareWithSandbox holds what the runs say they sent against what the sandbox has.
func (d *demo) compareWithSandbox(context.Context) error {
	d.heading("What arrived")
	held := d.sandbox.Snapshot()
	var interactions, updates, comments, edits int64
	for _, run := range d.runs {
		interactions += run.Interactions.New
		updates += run.Interactions.Changed
		comments += run.Comments.New
		edits += run.Comments.Changed
	}
	arrived := 0
	for _, interaction := range held.Interactions {
		arrived += len(interaction.Comments)
	}
	var different error
	d.say("%12s  %6s  %14s", "", "sent", "in the sandbox")
	for _, line := range []struct {
		what string
		sent int64
		held int
	}{
		{"interactions", interactions, len(held.Interactions)},
		{"comments", comments, arrived},
		{"updates", updates, held.Count(sandbox.Updated, sandbox.InteractionChange)},
		{"edits", edits, held.Count(sandbox.Updated, sandbox.CommentChange)},
	} {
		d.say("%-12s  %6d  %14d", line.what, line.sent, line.held)
		if line.sent != int64(line.held) && different == nil {
			different = fmt.Errorf("%d %s were sent, but the sandbox has %d, which is a defect of pvetl", line.sent, line.what, line.held)
		}
	}
	for _, interaction := range held.Find(example) {
		d.show(interaction)
	}
	return different
}

// show prints an interaction as Playvox has it.
func (d *demo) show(interaction sandbox.Interaction) {
	const width = 100
	d.say("\nOne of them, as Playvox has it:")
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(interaction.Fields)) {
		lines = append(lines, fmt.Sprintf("  %s\t%s", name, cut(string(interaction.Fields[name]), width)))
	}
	for _, comment := range interaction.Comments {
		lines = append(lines, fmt.Sprintf("  %s\t%s", comment.Type, cut(comment.Body, width)))
	}
	d.table(lines...)
}

// showRejects lists what stayed behind and why.
func (d *demo) showRejects(ctx context.Context) error {
	d.heading("pvetl rejects: what stayed behind, and why")
	rejects, err := d.steps.Rejects(ctx, d.file)
	if err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	lines := []string{"STREAM\tKEY\tFIELD\tVALUE\tREASON"}
	for _, r := range rejects {
		lines = append(lines, fmt.Sprintf("%s\t%s\t%s\t%s\t%s", r.Stream, cut(r.Key, 24), r.Field, cut(r.Value, 24), r.Reason))
	}
	d.table(lines...)
	d.say("An interaction goes through once it is put right at its source, or in the mapping.")
	return nil
}

func (d *demo) sayWhereNext() {
	d.heading("Where next")
	if d.keep == "" {
		d.say("Nothing of this is left on the disk. `pvetl demo --keep DIR` leaves it for you to look at.")
	} else {
		file := d.path(configFile)
		d.say("Everything is in %s. To look at it:", d.dir)
		d.table(
			"  pvetl status --config "+file+"\twhere the job stands",
			"  pvetl rejects --config "+file+"\twhat stayed behind; with retry, another try",
			"  pvetl watermark tickets explain --config "+file+"\twhat the next run would read",
			"  pvetl preview tickets --config "+file+"\trows, and what becomes of them; edit the mapping and look again",
			"  pvetl sandbox --data "+d.path(sandboxFile)+"\twhat arrived, in the browser",
		)
	}
	d.say("For your own data:")
	d.table(
		"  pvetl init\twrites a commented jobs.yaml; with --source DSN, one proposed from your tables",
		"  pvetl validate\tchecks it, offline",
		"  pvetl sandbox\ta Playvox of your own, to send to while you try",
		"  README.md\tthe rest",
	)
}
