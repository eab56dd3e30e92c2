package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Comment is one part of an interaction's conversation.
type Comment struct {
	ID          string       `json:"_id,omitzero"`
	Body        string       `json:"body"`
	Type        string       `json:"type"` // customer_comment, agent_comment or internal_note
	AuthorID    string       `json:"author_id,omitempty"`
	AddedAt     string       `json:"added_at,omitzero"` // YYYY-MM-DDTHH:MM:SSZ
	Attachments []Attachment `json:"attachments"`
	Updates     int          `json:"-"`
	CreatedAt   time.Time    `json:"created_at,omitzero"`
	UpdatedAt   time.Time    `json:"updated_at,omitzero"`
}

// Attachment is a file that belongs to a comment.
type Attachment struct {
	URL  string `json:"url"`
	Name string `json:"name,omitempty"`
}

func (s *Server) listComments(r *http.Request, _ []byte) (any, error) {
	interaction, err := s.interaction(r)
	if err != nil {
		return nil, err
	}
	listing, err := s.readListing(r, "_id", "body", "type", "author_id", "added_at", "attachments", "created_at", "updated_at")
	if err != nil {
		return nil, err
	}
	items := make([]plain, 0, len(interaction.Comments))
	for _, comment := range interaction.Comments {
		item, err := toPlain(comment)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return list(listing, items), nil
}

func (s *Server) createComment(r *http.Request, body []byte) (any, error) {
	interaction, err := s.interaction(r)
	if err != nil {
		return nil, err
	}
	comment, err := readComment(body)
	if err != nil {
		return nil, err
	}
	comments := []Comment{comment}
	s.dropInfected(comments)
	s.store.record(Created, CommentChange, newID(), interaction.ID, comments[0])
	return interaction.Comments[len(interaction.Comments)-1], nil
}

func (s *Server) updateComment(r *http.Request, body []byte) (any, error) {
	interaction, comment, err := s.comment(r)
	if err != nil {
		return nil, err
	}
	fields, err := readObject(body)
	if err != nil {
		return nil, err
	}
	if err := fields.read(map[string]reader{"body": checkString, "added_at": checkDatetime}); err != nil {
		return nil, err
	}
	s.store.record(Updated, CommentChange, comment.ID, interaction.ID, fields)
	return comment, nil
}

func (s *Server) deleteComment(r *http.Request, _ []byte) (any, error) {
	interaction, comment, err := s.comment(r)
	if err != nil {
		return nil, err
	}
	id := comment.ID
	s.store.record(Deleted, CommentChange, id, interaction.ID, nil)
	return identified{id}, nil
}

func (s *Server) interaction(r *http.Request) (*Interaction, error) {
	id := r.PathValue("interaction")
	if interaction, ok := s.store.interactions[id]; ok {
		return interaction, nil
	}
	return nil, missing("interaction", id)
}

// comment finds what the path names.
func (s *Server) comment(r *http.Request) (*Interaction, *Comment, error) {
	interaction, err := s.interaction(r)
	if err != nil {
		return nil, nil, err
	}
	id := r.PathValue("comment")
	at := slices.IndexFunc(interaction.Comments, func(c Comment) bool { return c.ID == id })
	if at < 0 {
		return nil, nil, missing("comment", id)
	}
	return interaction, &interaction.Comments[at], nil
}

// readComments reads the comments nested in an interaction, if there are any.
func readComments(raw json.RawMessage) ([]Comment, error) {
	if raw == nil {
		return nil, nil
	}
	elements, err := readArray(raw)
	if err != nil {
		return nil, within("comments", err)
	}
	comments := make([]Comment, len(elements))
	for i, element := range elements {
		if comments[i], err = readComment(element); err != nil {
			return nil, within(fmt.Sprintf("comments[%d]", i), err)
		}
	}
	return comments, nil
}

func readComment(raw json.RawMessage) (Comment, error) {
	comment := Comment{Attachments: []Attachment{}}
	fields, err := readObject(raw)
	if err != nil {
		return comment, err
	}
	if err := fields.need("body", "type"); err != nil {
		return comment, err
	}
	return comment, fields.read(map[string]reader{
		"body":        readText(&comment.Body),
		"type":        readChoice(&comment.Type, "customer_comment", "agent_comment", "internal_note"),
		"author_id":   readText(&comment.AuthorID),
		"added_at":    readDatetime(&comment.AddedAt),
		"attachments": comment.readAttachments,
	})
}

func (c *Comment) readAttachments(raw json.RawMessage) error {
	elements, err := readArray(raw)
	if err != nil {
		return err
	}
	for i, element := range elements {
		var attachment Attachment
		if err := attachment.read(element); err != nil {
			return within(fmt.Sprintf("[%d]", i), err)
		}
		c.Attachments = append(c.Attachments, attachment)
	}
	return nil
}

func (a *Attachment) read(raw json.RawMessage) error {
	fields, err := readObject(raw)
	if err != nil {
		return err
	}
	if err := fields.need("url"); err != nil {
		return err
	}
	return fields.read(map[string]reader{"url": readURL(&a.URL), "name": readText(&a.Name)})
}

func readURL(into *string) reader {
	return func(raw json.RawMessage) error {
		if err := readText(into)(raw); err != nil {
			return err
		}
		address, err := url.Parse(*into)
		if err != nil || (address.Scheme != "http" && address.Scheme != "https") || address.Host == "" {
			return refuse("%s is not an absolute http or https URL", excerpt(raw))
		}
		return nil
	}
}

func readDatetime(into *string) reader {
	return func(raw json.RawMessage) error {
		if err := checkDatetime(raw); err != nil {
			return err
		}
		return json.Unmarshal(raw, into)
	}
}
