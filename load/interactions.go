package load

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
)

// AppendBatch writes interactions as the body of a bulk request, each with its comments nested.
func AppendBatch(dst []byte, interactions []Interaction) []byte {
	dst = slices.Grow(dst, sizeOf(interactions))
	dst = append(dst, '[')
	for i, interaction := range interactions {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendInteraction(dst, interaction)
	}
	return append(dst, ']')
}

// sizeOf is about how many bytes interactions take when they are written.
func sizeOf(interactions []Interaction) int {
	size := 0
	for _, interaction := range interactions {
		size += fieldsSize(interaction.Fields)
		for _, comment := range interaction.Comments {
			size += fieldsSize(comment.Fields)
			for _, attachment := range comment.Attachments {
				size += len(attachment.URL) + len(attachment.Name) + punctuation
			}
		}
	}
	return size
}

// punctuation is more than stands between two values.
const punctuation = 24

func fieldsSize(fields []Field) int {
	size := punctuation
	for _, field := range fields {
		size += len(field.Name) + len(field.Value) + len(`"":,`)
	}
	return size
}

// AppendInteraction writes one interaction as a JSON object.
func AppendInteraction(dst []byte, interaction Interaction) []byte {
	dst = appendFields(dst, interaction.Fields)
	if len(interaction.Comments) == 0 {
		return dst
	}
	dst = dst[:len(dst)-1] // reopen the object
	if len(interaction.Fields) > 0 {
		dst = append(dst, ',')
	}
	dst = append(dst, `"comments":[`...)
	for i, comment := range interaction.Comments {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendComment(dst, comment)
	}
	return append(dst, "]}"...)
}

// AppendComment writes one comment as a JSON object. [A] The shape of attachments is not documented.
func AppendComment(dst []byte, comment Comment) []byte {
	dst = appendFields(dst, comment.Fields)
	if len(comment.Attachments) == 0 {
		return dst
	}
	attachments, _ := json.Marshal(comment.Attachments) // texts always encode
	dst = dst[:len(dst)-1]                              // reopen the object
	if len(comment.Fields) > 0 {
		dst = append(dst, ',')
	}
	dst = append(dst, `"attachments":`...)
	dst = append(dst, attachments...)
	return append(dst, '}')
}

func appendFields(dst []byte, fields []Field) []byte {
	dst = append(dst, '{')
	for i, field := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), field.Name...), `":`...) // field ids are a-z and _
		dst = append(dst, field.Value...)
	}
	return append(dst, '}')
}

// UpdateInteraction writes fields over those that Playvox holds of an interaction; a field whose value is null is
// cleared, one that is not named stays.
func (c *Client) UpdateInteraction(ctx context.Context, integrationID, remoteID string, fields []Field) error {
	path := interactionPath(integrationID, remoteID)
	_, err := c.do(ctx, call{method: http.MethodPut, path: path, body: appendFields(nil, fields), kind: &c.requests.Writes})
	return err
}

// DeleteInteraction removes the interaction of this _id; one that is not there counts as removed.
func (c *Client) DeleteInteraction(ctx context.Context, integrationID, remoteID string) error {
	return c.remove(ctx, interactionPath(integrationID, remoteID))
}

func interactionsPath(integrationID string) string {
	return "integrations/" + url.PathEscape(integrationID) + "/interactions"
}

func interactionPath(integrationID, remoteID string) string {
	return interactionsPath(integrationID) + "/" + url.PathEscape(remoteID)
}
