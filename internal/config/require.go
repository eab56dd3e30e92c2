package config

import "slices"

// Unset is a reference without a value: a variable that is not set or a file that cannot be read.
type Unset struct {
	Name    string  // NAME, or file:PATH
	Finding Finding // a hint that says where it stands
}

// UnsetError lists the references that a command needs and that have no value, each once, in the order of the file.
type UnsetError struct {
	Unset []Unset
}

// Error returns the references with their places, one per line.
func (e *UnsetError) Error() string {
	findings := make([]Finding, len(e.Unset))
	for i, unset := range e.Unset {
		findings[i] = unset.Finding
	}
	return lines(findings)
}

// Names returns the references' names.
func (e *UnsetError) Names() []string {
	names := make([]string, len(e.Unset))
	for i, unset := range e.Unset {
		names[i] = unset.Name
	}
	return names
}

// Need is a part of the file that a command works with.
type Need path

// The parts that there is one of.
const (
	NeedPlayvox Need = "playvox"
	NeedState   Need = "state"
	NeedNotify  Need = "notify"
)

// NeedSource is the source called name.
func NeedSource(name string) Need { return Need(path("sources").key(name)) }

// NeedIntegration is the integration that jobs name by key.
func NeedIntegration(key string) Need { return Need(path("integrations").key(key)) }

// NeedJob is the job called name with its source and its integration.
func NeedJob(name string) Need { return Need(path("jobs").key(name)) }

// Require returns an *UnsetError if the given parts of the file have references without a value.
func (f *File) Require(needs ...Need) error {
	parts := f.parts(needs)
	var missing []Unset
	for _, unset := range f.Unset {
		needed := slices.ContainsFunc(parts, func(part path) bool { return part.covers(path(unset.Finding.Path)) })
		known := slices.ContainsFunc(missing, func(other Unset) bool { return other.Name == unset.Name })
		if needed && !known {
			missing = append(missing, unset)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &UnsetError{missing}
}

// parts adds to the jobs that are needed what they name.
func (f *File) parts(needs []Need) []path {
	var parts []path
	for _, need := range needs {
		parts = append(parts, path(need))
		for _, job := range f.Config.Jobs {
			if NeedJob(job.Name) == need {
				parts = append(parts, path(NeedSource(job.Source)), path(NeedIntegration(job.Integration)))
			}
		}
	}
	return parts
}
