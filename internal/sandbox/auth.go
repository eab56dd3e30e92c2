package sandbox

import (
	"crypto/subtle"
	"net/http"
)

// authorize checks the request's Basic credentials.
func (s *Server) authorize(r *http.Request) error {
	uid, key, ok := r.BasicAuth()
	if !ok || uid == "" || key == "" {
		return &refusal{status: http.StatusUnauthorized, reason: "credentials are missing: HTTP Basic with the API UID and the API key"}
	}
	if !fits(uid, s.options.UID) || !fits(key, s.options.APIKey) {
		return &refusal{status: http.StatusUnauthorized, reason: "the API UID or the API key is not known"}
	}
	return nil
}

func fits(given, wanted string) bool {
	return wanted == "" || subtle.ConstantTimeCompare([]byte(given), []byte(wanted)) == 1
}
