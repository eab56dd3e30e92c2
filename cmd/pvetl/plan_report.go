package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"pvetl/load"
)

// changesOf are the changes of all plans, of those that there are.
func changesOf(plans []load.Plan) []load.Change {
	all := []load.Change{}
	for _, plan := range plans {
		all = append(all, plan.Changes...)
	}
	return all
}

// tally counts changes by their action.
func tally(changes []load.Change) map[string]int {
	counts := make(map[string]int)
	for _, change := range changes {
		counts[change.Action]++
	}
	return counts
}

// printPlans shows each integration with what differs, and counts the rest.
func printPlans(out io.Writer, plans []load.Plan) {
	for i, plan := range plans {
		if i > 0 {
			fmt.Fprintln(out)
		}
		unchanged := 0
		for _, change := range plan.Changes {
			if change.Action == load.ActionNone && change.Kind == load.KindMetadata && !change.Unnamed {
				unchanged++
				continue
			}
			printChange(out, change)
		}
		if unchanged > 0 {
			fmt.Fprintf(out, "  %d unchanged\n", unchanged)
		}
	}
}

var signs = map[string]string{load.ActionCreate: "+", load.ActionUpdate: "~", load.ActionDelete: "-", load.ActionNone: " "}

func printChange(out io.Writer, change load.Change) {
	line := fmt.Sprintf("%s %s %s", signs[change.Action], change.Kind, oneLine(change.Name))
	switch change.Action {
	case load.ActionCreate:
		line += described(change)
	case load.ActionUpdate:
		line += ": " + differences(change)
	case load.ActionDelete:
		line += " (not named in jobs.yaml)"
	}
	if change.Unnamed && change.Action == load.ActionNone {
		fmt.Fprintln(out, line+" (not named in jobs.yaml: left alone; --prune deletes it)")
		return
	}
	fmt.Fprintln(out, line)
	for _, note := range change.Notes {
		fmt.Fprintf(out, "    ! %s\n", oneLine(note))
	}
}

// shownFields are the fields of changes, in the order in which they are shown.
var shownFields = []string{"type", "required", "allowed", "available_in", "description", "data_storage_minutes"}

// described says in brackets what is created.
func described(change load.Change) string {
	var parts []string
	for _, field := range shownFields {
		values, ok := change.Fields[field]
		switch {
		case !ok || values[1] == "":
		case field == "type":
			parts = append(parts, values[1])
		case field == "required":
			parts = append(parts, field)
		default:
			parts = append(parts, field+": "+oneLine(values[1]))
		}
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// differences says what is updated, from what to what.
func differences(change load.Change) string {
	var parts []string
	for _, field := range shownFields {
		if values, ok := change.Fields[field]; ok {
			parts = append(parts, fmt.Sprintf("%s: %s -> %s", field, orNothing(values[0]), orNothing(values[1])))
		}
	}
	return strings.Join(parts, "; ")
}

func orNothing(text string) string {
	if text == "" {
		return "(none)"
	}
	return oneLine(text)
}

const nothingToApply = "\nPlayvox is as jobs.yaml says: nothing to apply"

// printPlanned ends a plan with its counts and what to do next.
func (a *app) printPlanned(plans []load.Plan, prune bool) {
	if pending(plans) == 0 {
		fmt.Fprintln(a.Stdout, nothingToApply)
		return
	}
	command := "pvetl apply"
	if prune {
		command += " --prune"
	}
	fmt.Fprintf(a.Stdout, "\n%s: nothing was changed, '%s' does it\n", counted(changesOf(plans), "to create", "to update", "to delete"), command)
}

// counted says how many changes there are of each kind.
func counted(changes []load.Change, created, updated, deleted string) string {
	counts := tally(changes)
	var parts []string
	for _, each := range []struct{ action, word string }{
		{load.ActionCreate, created}, {load.ActionUpdate, updated}, {load.ActionDelete, deleted},
	} {
		if n := counts[each.action]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, each.word))
		}
	}
	return strings.Join(slices.Concat(parts, []string{fmt.Sprintf("%d unchanged", counts[load.ActionNone])}), ", ")
}

func pending(plans []load.Plan) int {
	n := 0
	for _, plan := range plans {
		n += plan.Pending()
	}
	return n
}
