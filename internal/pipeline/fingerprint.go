package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"pvetl/internal/config"
)

// fingerprint tells whether a watermark still belongs to the job as it is configured now: another query orders other
// rows, another mapping makes other interactions of the same rows.
type fingerprint struct {
	query   string
	mapping string
}

// Fingerprint is that of a job's interactions, without regard to the layout of its query.
func Fingerprint(cfg config.Config, job config.Job) (fingerprint, error) {
	integration, _ := cfg.Integration(job.Integration)
	text, err := json.Marshal([]any{job.Mapping.Interaction, integration.Metadata})
	if err != nil {
		return fingerprint{}, fmt.Errorf("fingerprint of the mapping: %w", err)
	}
	query := job.Extract.Interactions
	return fingerprint{
		query:   shortHash([]byte(strings.Join([]string{strings.Join(strings.Fields(query.SQL), " "), query.Key, query.Cursor}, "\x00"))),
		mapping: shortHash(text),
	}, nil
}

func (f fingerprint) String() string { return "query=" + f.query + " mapping=" + f.mapping }

// differs compares with the text of an earlier fingerprint.
func (f fingerprint) differs(earlier string) (query, mapping bool) {
	for part := range strings.FieldsSeq(earlier) {
		switch name, hash, _ := strings.Cut(part, "="); name {
		case "query":
			query = hash != f.query
		case "mapping":
			mapping = hash != f.mapping
		}
	}
	return query, mapping
}

// ChangedQueryError says that the watermark belongs to another query or cursor than the job has now, so that nobody but
// the user knows whether it still means anything.
type ChangedQueryError struct {
	Job    string
	Stream string
}

func (e *ChangedQueryError) Error() string {
	return fmt.Sprintf("the query, key or cursor of %s changed since the watermark was set: "+
		"'pvetl watermark %s keep' goes on from it, 'pvetl watermark %s reset' reads everything again and sends only what differs",
		e.Stream, e.Job, e.Job)
}

func shortHash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}
