package maptest

import (
	"fmt"
	"slices"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
)

// rejects compares what a test says about each reject. Their order does not matter, their number does.
func (c *comparison) rejects(expected []config.ExpectedReject, got []pipeline.PreviewReject) {
	left := make([]map[string]string, len(got))
	for i, reject := range got {
		left[i] = facts(reject)
	}
	paths := make(map[int]config.ExpectedReject)
	for i, want := range expected {
		at := slices.IndexFunc(left, func(has map[string]string) bool { return fits(want, has, config.RejectKeys...) })
		if at < 0 {
			paths[i] = want
			continue
		}
		left = slices.Delete(left, at, at+1)
	}
	for i, want := range expected {
		if _, unmet := paths[i]; !unmet {
			continue
		}
		path := fmt.Sprintf("rejects[%d]", i)
		at := slices.IndexFunc(left, func(has map[string]string) bool { return fits(want, has, "stream", "key") })
		if at < 0 {
			c.differ(path, want, nil, "")
			continue
		}
		for _, key := range config.RejectKeys {
			if text, ok := want[key]; ok && text != left[at][key] {
				c.differ(path+"."+key, text, left[at][key], left[at]["reason"])
			}
		}
		left = slices.Delete(left, at, at+1)
	}
	for _, reject := range left {
		c.differ("rejects", nil, reject, "it is not expected")
	}
}

func facts(r pipeline.PreviewReject) map[string]string {
	return map[string]string{
		"stream": r.Stream, "key": r.Key, "field": r.Field, "column": r.Column, "value": r.Value, "rule": r.Rule, "reason": r.Reason,
	}
}

// fits reports whether a reject is as a test says, as far as some of its keys go. Without a stream it is that of the
// interaction.
func fits(want config.ExpectedReject, has map[string]string, keys ...string) bool {
	for _, key := range keys {
		text, ok := want[key]
		if key == "stream" && !ok {
			text, ok = pipeline.StreamInteractions, true
		}
		if ok && text != has[key] {
			return false
		}
	}
	return true
}

// words is a reject in one line.
func words(r pipeline.PreviewReject) string {
	text := "field " + r.Field
	if r.Column != "" {
		text += ", column " + r.Column
	}
	return text + fmt.Sprintf(", value %q: %s", cut(r.Value), r.Reason)
}
