package load

import (
	"encoding/json"
	"time"
)

// RemoteInteraction is an interaction as Playvox shows it.
type RemoteInteraction struct {
	ID            string // _id
	InteractionID string
	CreatedAt     string
	Fields        map[string]json.RawMessage // all that is shown at its top level, by name
	Comments      []RemoteComment            // without those that were deleted
	ShowsComments bool                       // where it is false, no comments does not mean that there are none
}

// RemoteComment is a comment as Playvox shows it; what is not shown is empty.
type RemoteComment struct {
	ID          string // _id
	Body        string
	Type        string
	AuthorID    string
	AddedAt     string // RFC 3339 in UTC and whole seconds where it is a time, else as it is shown
	Attachments []Attachment
}

// remote is an interaction as far as a look-up needs it.
type remote struct {
	id            string
	interactionID string
	createdAt     string
	deleted       bool
}

// remoteOf reads an interaction of a listing or of a job; what it does not tell is empty.
func remoteOf(item json.RawMessage) remote {
	var fields struct {
		ID            json.RawMessage `json:"_id"`
		InteractionID json.RawMessage `json:"interaction_id"`
		CreatedAt     json.RawMessage `json:"created_at"`
		Deleted       json.RawMessage `json:"is_deleted"`
	}
	_ = json.Unmarshal(item, &fields) // of what is no object nothing is told
	return remote{scalar(fields.ID), scalar(fields.InteractionID), scalar(fields.CreatedAt), isTrue(fields.Deleted)}
}

// interactionOf reads all that a listing shows of an interaction.
func interactionOf(item json.RawMessage) RemoteInteraction {
	one := remoteOf(item)
	shown := RemoteInteraction{ID: one.id, InteractionID: one.interactionID, CreatedAt: one.createdAt}
	_ = json.Unmarshal(item, &shown.Fields) // of what is no object nothing is told
	var comments []json.RawMessage
	if json.Unmarshal(shown.Fields["comments"], &comments) == nil && comments != nil {
		shown.Comments, shown.ShowsComments = commentsOf(comments), true
	}
	return shown
}

// commentsOf reads comments, less those that were deleted.
func commentsOf(items []json.RawMessage) []RemoteComment {
	var all []RemoteComment
	for _, item := range items {
		var fields struct {
			ID          json.RawMessage `json:"_id"`
			Body        json.RawMessage `json:"body"`
			Type        json.RawMessage `json:"type"`
			AuthorID    json.RawMessage `json:"author_id"`
			AddedAt     json.RawMessage `json:"added_at"`
			Attachments json.RawMessage `json:"attachments"`
			Deleted     json.RawMessage `json:"is_deleted"`
		}
		_ = json.Unmarshal(item, &fields) // of what is no object nothing is told
		if isTrue(fields.Deleted) {
			continue
		}
		all = append(all, RemoteComment{
			ID: scalar(fields.ID), Body: scalar(fields.Body), Type: scalar(fields.Type), AuthorID: scalar(fields.AuthorID),
			AddedAt: wholeSeconds(scalar(fields.AddedAt)), Attachments: attachmentsOf(list(fields.Attachments)),
		})
	}
	return all
}

// attachmentsOf reads a comment's files. [A] Each is an object with its url and name, or nothing but the URL.
func attachmentsOf(items []json.RawMessage) []Attachment {
	var all []Attachment
	for _, item := range items {
		var fields struct {
			URL  json.RawMessage `json:"url"`
			Name json.RawMessage `json:"name"`
		}
		if json.Unmarshal(item, &fields) != nil {
			fields.URL = item
		}
		if url := scalar(fields.URL); url != "" {
			all = append(all, Attachment{URL: url, Name: scalar(fields.Name)})
		}
	}
	return all
}

// wholeSeconds writes a time as it is sent: UTC, cut to seconds. What is no time stays as it is.
func wholeSeconds(text string) string {
	at, err := parseTime(text)
	if err != nil {
		return text
	}
	return at.UTC().Truncate(time.Second).Format(time.RFC3339)
}

// parseTime reads the times of answers. [A] One without a zone is in UTC.
func parseTime(text string) (at time.Time, err error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", time.DateTime} {
		if at, err = time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, err
}

// isTrue reports whether a value is true, in any of the ways to say so.
func isTrue(raw json.RawMessage) bool {
	switch string(raw) {
	case "true", `"true"`, "1":
		return true
	default:
		return false
	}
}
