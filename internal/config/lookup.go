package config

import (
	"slices"

	"pvetl/load"
)

// Source returns the source called name.
func (c Config) Source(name string) (Source, bool) {
	return find(c.Sources, func(s Source) bool { return s.Name == name })
}

// Integration returns the integration that jobs name by key.
func (c Config) Integration(key string) (load.Integration, bool) {
	return find(c.Integrations, func(i load.Integration) bool { return i.Key == key })
}

// Job returns the job called name.
func (c Config) Job(name string) (Job, bool) {
	return find(c.Jobs, func(j Job) bool { return j.Name == name })
}

func find[T any](all []T, matches func(T) bool) (T, bool) {
	i := slices.IndexFunc(all, matches)
	if i < 0 {
		var none T
		return none, false
	}
	return all[i], true
}
