package load

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// CreateComment adds a comment to the interaction of this _id and returns the comment's own. An answer that names none is
// a success all the same: the comment is there, and id is empty.
func (c *Client) CreateComment(ctx context.Context, interactionID string, comment Comment) (id string, err error) {
	got, err := c.do(ctx, call{
		method: http.MethodPost, path: commentsPath(interactionID), body: AppendComment(nil, comment), kind: &c.requests.Writes,
	})
	if err != nil {
		return "", err
	}
	return got.id(), nil
}

// UpdateComment writes the comment's body and time over those that Playvox holds. Nothing else of a comment can be updated.
func (c *Client) UpdateComment(ctx context.Context, interactionID, commentID string, comment Comment) error {
	fixed := func(field Field) bool { return field.Name != CommentBody && field.Name != CommentAddedAt }
	fields := slices.DeleteFunc(slices.Clone(comment.Fields), fixed)
	_, err := c.do(ctx, call{
		method: http.MethodPut, path: commentPath(interactionID, commentID), body: appendFields(nil, fields), kind: &c.requests.Writes,
	})
	return err
}

// DeleteComment removes a comment; one that is not there counts as removed.
func (c *Client) DeleteComment(ctx context.Context, interactionID, commentID string) error {
	return c.remove(ctx, commentPath(interactionID, commentID))
}

// remove deletes what a path names.
func (c *Client) remove(ctx context.Context, path string) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: path, kind: &c.requests.Writes})
	if OutcomeOf(err) == Missing {
		return nil
	}
	return err
}

// Comments lists the comments of the interaction of this _id, without those that were deleted. Each has an ID.
func (c *Client) Comments(ctx context.Context, interactionID string) ([]RemoteComment, error) {
	path := commentsPath(interactionID)
	var all []RemoteComment
	for page, err := range c.pages(ctx, path, nil) {
		if err != nil {
			return nil, err
		}
		all = append(all, commentsOf(page)...)
	}
	if slices.ContainsFunc(all, func(comment RemoteComment) bool { return comment.ID == "" }) {
		return nil, fmt.Errorf("GET %s: a comment is listed without an _id", path)
	}
	return all, nil
}

func commentsPath(interactionID string) string {
	return "interactions/" + url.PathEscape(interactionID) + "/comments"
}

func commentPath(interactionID, commentID string) string {
	return commentsPath(interactionID) + "/" + url.PathEscape(commentID)
}
