package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// listUsers lists the users that the options name. Without any, there is no such call.
func (s *Server) listUsers(r *http.Request, body []byte) (any, error) {
	if s.options.Users == nil {
		return unknownPath.work(r, body)
	}
	listing, err := s.readListing(r, "_id", "email", "username", "name")
	if err != nil {
		return nil, err
	}
	users := make([]plain, 0, len(s.options.Users))
	for i, name := range s.options.Users {
		user := plain{}
		for field, value := range map[string]string{"_id": fmt.Sprintf("user%d", i+1), "username": name, "name": name} {
			user[field], _ = json.Marshal(value) // a text always encodes
		}
		if strings.Contains(name, "@") {
			user["email"] = user["username"]
		}
		users = append(users, user)
	}
	return list(listing, users), nil
}
