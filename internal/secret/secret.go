// Package secret keeps credentials out of everything that is written: a type that prints as ***, and a redactor for
// texts that others wrote (a driver's error, a server's answer).
package secret

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const mask = "***"

// Text is a credential, or a text that carries one such as a DSN. Every formatting prints ***.
type Text string

// Reveal returns the credential itself, for the one line that dials or signs.
func (t Text) Reveal() string { return string(t) }

// String returns ***.
func (Text) String() string { return mask }

// GoString returns ***.
func (Text) GoString() string { return mask }

// Format prints *** under every verb.
func (Text) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(mask)) }

// MarshalText returns ***.
func (Text) MarshalText() ([]byte, error) { return []byte(mask), nil }

// LogValue returns ***.
func (Text) LogValue() slog.Value { return slog.StringValue(mask) }

// Redactor replaces known credentials in any text. The zero value replaces nothing.
type Redactor struct {
	replacer *strings.Replacer
	forms    *[]string // the longest first; behind a pointer, as the replacer keeps its own: a struct prints what it holds
}

// shortest is the length below which a credential is left alone: replacing every "a" would destroy the message and
// tell more than it hides.
const shortest = 4

// NewRedactor knows the given credentials and the forms they travel in: as they are, URL-escaped and in base64.
// The password inside a DSN in URL form counts as a credential of its own, and so does the whole DSN.
func NewRedactor(credentials ...Text) Redactor {
	var forms []string
	for _, credential := range credentials {
		for _, text := range withPassword(string(credential)) {
			if len(text) < shortest {
				continue
			}
			forms = append(forms, text, url.QueryEscape(text), url.PathEscape(text), base64.StdEncoding.EncodeToString([]byte(text)))
		}
	}
	return redactorOf(forms)
}

func redactorOf(forms []string) Redactor {
	// The longest first, so that a password is not cut out of the DSN it stands in.
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	forms = slices.Compact(forms)
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range forms {
		pairs = append(pairs, form, mask)
	}
	return Redactor{strings.NewReplacer(pairs...), &forms}
}

// known are all forms of the credentials.
func (r Redactor) known() []string {
	if r.forms == nil {
		return nil
	}
	return *r.forms
}

// Redact returns text with every known credential replaced by ***.
func (r Redactor) Redact(text string) string {
	if r.replacer == nil {
		return text
	}
	return r.replacer.Replace(text)
}

var keyPassword = regexp.MustCompile(`(?i)(?:^|[\s?&])(?:password|passwd|pwd)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s&]*)`)

// withPassword returns the credential and, where it is a DSN, the password in it. What is no URL is read by hand, because
// a DSN that does not parse must not leak either.
func withPassword(credential string) []string {
	found := []string{credential}
	for _, match := range keyPassword.FindAllStringSubmatch(credential, -1) {
		found = append(found, strings.Trim(match[1], "'"))
	}
	if parsed, err := url.Parse(credential); err == nil && parsed.User != nil {
		password, _ := parsed.User.Password()
		_, escaped, _ := strings.Cut(parsed.User.String(), ":")
		return append(found, password, escaped)
	}
	_, rest, isURL := strings.Cut(credential, "://")
	if !isURL {
		rest = credential
	}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		if _, password, ok := strings.Cut(rest[:at], ":"); ok {
			found = append(found, password)
		}
	}
	return found
}
