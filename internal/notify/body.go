package notify

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"pvetl/internal/pipeline"
)

// The kinds of notices.
const (
	Failed       = "failed"
	Recovered    = "recovered"
	Rejects      = "rejects"
	Quiet        = "quiet"
	News         = "news" // the end of Quiet
	Behind       = "behind"
	CaughtUp     = "caught_up"
	ConfigBroken = "config_broken"
	ConfigMended = "config_mended"
)

// body is what a webhook receives. Its keys are a promise.
type body struct {
	Version int              `json:"version"`
	ID      string           `json:"id"` // the same each time that the notice is sent
	Kind    string           `json:"kind"`
	Job     string           `json:"job"`
	Summary string           `json:"summary"`
	Action  string           `json:"action,omitempty"` // a command
	Since   time.Time        `json:"since,omitzero"`
	At      time.Time        `json:"at"`
	RunID   string           `json:"run_id,omitempty"`
	Status  string           `json:"status,omitempty"`
	Counts  *pipeline.Counts `json:"counts,omitempty"` // of all streams
	Error   string           `json:"error,omitempty"`
	Rejects []rejects        `json:"rejects,omitempty"`
	Page    string           `json:"page,omitempty"`
	Text    string           `json:"text"` // the same in words, for chats
}

// finished is the notice as it is kept.
func (b body) finished() body {
	b.Version, b.ID = 1, uuid.NewString()
	b.At, b.Since = b.At.Truncate(time.Second), b.Since.Truncate(time.Second)
	b.Text = b.Summary
	if b.Action != "" {
		b.Text += "\nNext: " + b.Action
	}
	return b
}

// linked is the notice with the place on the page where more is said.
func (b body) linked(page string) body {
	if page == "" {
		return b
	}
	b.Page = strings.TrimRight(page, "/") + "/"
	if b.Job != "" {
		b.Page += "jobs/" + url.PathEscape(b.Job)
	}
	b.Text += "\n" + b.Page
	return b
}

// encoded is what is sent.
func (b body) encoded(forSlack bool) ([]byte, error) {
	if forSlack {
		return json.Marshal(map[string]string{"text": slackEscape.Replace(b.Text)})
	}
	return json.Marshal(b)
}

// slackEscape keeps a text from mentioning anybody and from hiding a link, as Slack asks for.
var slackEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
