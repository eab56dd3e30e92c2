package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"pvetl/extract"
	"pvetl/internal/config"
)

// fingerprint tells whether a watermark still belongs to the job as it is configured now: another query orders other
// rows, another mapping makes other interactions of the same rows.
type fingerprint struct {
	query   string
	mapping string
}

// fingerprintOf is that of a job's interactions. Comments that have no cursor are found by their interactions' rows, so that
// their rules belong to it.
func fingerprintOf(cfg config.Config, job config.Job) (fingerprint, error) {
	integration, _ := cfg.Integration(job.Integration)
	rules := []any{job.Mapping.Interaction, integration.Metadata}
	if comments := job.Extract.Comments; comments != nil && comments.Cursor == "" {
		rules = append(rules, conversationRules(job)...)
	}
	return newFingerprint(job.Extract.Interactions, rules)
}

// commentsFingerprint is that of a job's comments, where they have a cursor.
func commentsFingerprint(job config.Job) (fingerprint, error) {
	return newFingerprint(*job.Extract.Comments, conversationRules(job))
}

func conversationRules(job config.Job) []any {
	rules := []any{job.Mapping.Comment}
	if job.Extract.Attachments != nil {
		rules = append(rules, job.Mapping.Attachment, normal(job.Extract.Attachments.SQL))
	}
	return rules
}

// newFingerprint has no regard to the layout of the query.
func newFingerprint(query extract.Query, rules []any) (fingerprint, error) {
	text, err := json.Marshal(rules)
	if err != nil {
		return fingerprint{}, fmt.Errorf("fingerprint of the mapping: %w", err)
	}
	return fingerprint{
		query:   shortHash([]byte(strings.Join([]string{normal(query.SQL), query.Key, query.Cursor}, "\x00"))),
		mapping: shortHash(text),
	}, nil
}

func normal(sql string) string { return strings.Join(strings.Fields(sql), " ") }

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
