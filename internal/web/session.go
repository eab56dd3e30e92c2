package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"
	"time"
)

// identity is how somebody showed that they have the token.
type identity uint8

const (
	nobody identity = iota
	bySession
	byBearer
)

const (
	sessionName = "pvetl_session"
	sessionFor  = 12 * time.Hour
)

func (s *server) identify(r *http.Request) identity {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") && s.isToken(strings.TrimSpace(token)) {
		return byBearer
	}
	if cookie, err := r.Cookie(sessionName); err == nil && s.isSession(cookie.Value) {
		return bySession
	}
	return nobody
}

// isToken takes as long for any guess.
func (s *server) isToken(guess string) bool {
	want, got := sha256.Sum256([]byte(s.Token.Reveal())), sha256.Sum256([]byte(guess))
	return s.Token != "" && subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// newSession is good for whoever has the same token, so that it does not matter which of several containers answers.
func (s *server) newSession(r *http.Request) *http.Cookie {
	until := s.Now().Add(sessionFor)
	content := binary.BigEndian.AppendUint64(nil, uint64(until.Unix()))
	return s.cookie(r, base64.RawURLEncoding.EncodeToString(append(content, s.sign(content)...)), int(sessionFor/time.Second))
}

func (s *server) isSession(value string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || len(raw) != 8+sha256.Size || s.Token == "" {
		return false
	}
	content, signature := raw[:8], raw[8:]
	return hmac.Equal(signature, s.sign(content)) && s.Now().Unix() < int64(binary.BigEndian.Uint64(content))
}

func (s *server) sign(content []byte) []byte {
	key := sha256.Sum256([]byte("pvetl session " + s.Token.Reveal()))
	mac := hmac.New(sha256.New, key[:])
	mac.Write(content)
	return mac.Sum(nil)
}

// cookie leaves this host only by HTTPS. Who asks from this host itself, past whatever speaks HTTPS, would else be given one that
// not every browser sends back.
func (s *server) cookie(r *http.Request, value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: sessionName, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: s.Secure && !slices.Contains(ownHosts, hostOf(r.Host)),
	}
}

type identityKey struct{}

func withIdentity(r *http.Request, who identity) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), identityKey{}, who))
}

func isSignedIn(r *http.Request) bool {
	who, _ := r.Context().Value(identityKey{}).(identity)
	return who != nobody
}
