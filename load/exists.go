package load

import "regexp"

// alreadyThere knows sentences, error names and error codes. What is said to be a duplicate without saying of what is left
// out, as long as it is not all that is said: a tag in a list may be one too.
var alreadyThere = regexp.MustCompile(`(?i)already[\s_-]*(been[\s_-]+)?(exist|taken|used|in use|stored|present|registered|created|ha(s|ve)\b)` +
	`|\bexists? already|(must|should|has to) be unique|not unique|unique[\s_-]*(key|index|constraint)|\be11000\b` +
	`|duplicated?[\s_'"-]*(key|entry|id\b|interaction|external|record|document|object|resource)` +
	`|\b(is|as) (an? )?duplicated?\b|^(interaction(_id)?)?\W*duplicated?\W*$`)

// AlreadyExists reports whether a refusal's words say that the interaction is there already. [A] They are not documented.
// A refusal that is taken for one by mistake costs a look-up, one that is not recognised costs a reject.
func AlreadyExists(reason string) bool { return alreadyThere.MatchString(reason) }
