package load

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
)

// User is somebody who has an account in Playvox; what is not shown is empty.
type User struct {
	Email    string
	Username string
	Name     string
}

// ErrNoUsers says that Playvox does not tell who its users are, or not to us.
var ErrNoUsers = errors.New("Playvox does not list its users")

// Users lists the account's users, or returns ErrNoUsers. [A] Nothing of it is documented: that they are listed at users,
// that a user has an email, a username and a name, and that an account whose users are hidden refuses to list them, or
// lists none.
func (c *Client) Users(ctx context.Context) ([]User, error) {
	var all []User
	for page, err := range c.pages(ctx, "users", nil) {
		if hidesUsers(err) {
			return nil, ErrNoUsers
		}
		if err != nil {
			return nil, err
		}
		for _, item := range page {
			if user := userOf(item); user.Email != "" || user.Username != "" {
				all = append(all, user)
			}
		}
	}
	if len(all) == 0 {
		return nil, ErrNoUsers
	}
	return all, nil
}

// hidesUsers reports whether a failure is an answer of its own, and not one that another try may better.
func hidesUsers(err error) bool {
	failed, ok := errors.AsType[*Error](err)
	return ok && slices.Contains([]int{
		http.StatusOK, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented,
	}, failed.Status)
}

func userOf(item json.RawMessage) User {
	var shown struct {
		Email    json.RawMessage `json:"email"`
		Username json.RawMessage `json:"username"`
		Name     json.RawMessage `json:"name"`
	}
	_ = json.Unmarshal(item, &shown) // of what is no object nothing is told
	return User{Email: scalar(shown.Email), Username: scalar(shown.Username), Name: scalar(shown.Name)}
}
