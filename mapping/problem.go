package mapping

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Problem is a rule that cannot work, found without looking at any row.
type Problem struct {
	Path       string // below the mapping of the job, such as interaction.metadata.status.split
	Message    string
	Suggestion string // empty where there is none to make
	Offset     int    // in bytes, of the place in the text of the value at Path; 0 where it is the whole
	Warning    bool   // the rule works, and does not do what it seems to
}

// problems is everything that is wrong, as one error.
type problems []Problem

// Error returns the messages.
func (p problems) Error() string {
	texts := make([]string, len(p))
	for i, problem := range p {
		texts[i] = problem.Message
	}
	return strings.Join(texts, "; ")
}

func (p *problems) add(at path, message, suggestion string) {
	*p = append(*p, Problem{Path: string(at), Message: message, Suggestion: suggestion})
}

func (p *problems) warn(at path, message, suggestion string) {
	*p = append(*p, Problem{Path: string(at), Message: message, Suggestion: suggestion, Warning: true})
}

func (p *problems) addSlip(at path, s *slip) {
	*p = append(*p, Problem{Path: string(at), Message: s.message, Suggestion: s.suggestion, Offset: s.offset})
}

// errors returns the problems that are no warnings.
func (p problems) errors() problems {
	return slices.DeleteFunc(slices.Clone(p), func(problem Problem) bool { return problem.Warning })
}

// path names a value of jobs.yaml: interaction.metadata.status.map.3, redact[1], map["a b"].
type path string

var plainKey = regexp.MustCompile(`^[\pL\pN_-]{1,100}$`)

func (p path) key(name string) path {
	if plainKey.MatchString(name) {
		return p + "." + path(name)
	}
	return p + path("["+strconv.Quote(name)+"]")
}
