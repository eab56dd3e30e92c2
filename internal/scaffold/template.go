package scaffold

import _ "embed" // for the template

// template is the jobs.yaml at the root of the repository: everything there is, explained.
//
//go:embed jobs.yaml
var template string

// Template returns a jobs.yaml that explains everything there is, for whoever writes one by hand.
func Template() string { return template }
