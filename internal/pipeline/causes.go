package pipeline

import (
	"cmp"
	"slices"

	"pvetl/state"
)

// RejectGroup is the rows that a run rejected for one cause.
type RejectGroup struct {
	Stream string   `json:"stream"`
	Stage  string   `json:"stage"`
	Field  string   `json:"field"`
	Column string   `json:"column"`
	Rule   string   `json:"rule"`
	Reason string   `json:"reason"` // of the first
	Count  int64    `json:"count"`
	Keys   []string `json:"keys"` // of the first three
}

// What a summary tells of rejects. The list of rejects has them all.
const (
	mostGroups = 50
	mostKeys   = 3
)

// cause is what the rows of a group have in common.
type cause struct{ stream, stage, field, column, rule string }

// causes groups what a run rejects.
type causes map[cause]*RejectGroup

func (c causes) add(reject state.Reject) {
	of := cause{reject.Stream, reject.Stage, reject.Field, reject.Column, reject.Rule}
	group, ok := c[of]
	if !ok {
		group = &RejectGroup{
			Stream: of.stream, Stage: of.stage, Field: of.field, Column: of.column, Rule: of.rule, Reason: reject.Reason,
		}
		c[of] = group
	}
	group.Count++
	if len(group.Keys) < mostKeys {
		group.Keys = append(group.Keys, reject.Key)
	}
}

// groups returns the most frequent first, those of the same count in a fixed order.
func (c causes) groups() []RejectGroup {
	groups := make([]RejectGroup, 0, len(c)) // [] in JSON
	for _, group := range c {
		one := *group
		one.Keys = slices.Clone(group.Keys)
		groups = append(groups, one)
	}
	slices.SortFunc(groups, func(a, b RejectGroup) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Stage, b.Stage),
			cmp.Compare(a.Field, b.Field), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Rule, b.Rule))
	})
	return groups[:min(len(groups), mostGroups)]
}

// reject counts a row as rejected, for its cause.
func (s *Summary) reject(of *Counts, why state.Reject) {
	of.Rejected++
	s.causes.add(why)
}
