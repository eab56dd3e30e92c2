package config

import (
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"

	"pvetl/internal/secret"
)

// checker finds out what the parts of a file that can be read mean together, without any connection.
type checker struct {
	*document

	config   *Config
	redactor secret.Redactor // for messages of other packages, which may show what a variable holds
}

var quotedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// conceal takes out of another package's message about the value at a path what a variable holds, also where the
// message has it cut short.
func (c *checker) conceal(at path, message string) string {
	if c.where(at).referring {
		message = quotedText.ReplaceAllLiteralString(message, `"***"`)
	}
	return c.redactor.Redact(message)
}

func (c *checker) check() {
	c.checkPlayvox()
	c.checkDSN("state", c.config.State)
	c.checkSources()
	c.checkIntegrations()
	c.checkJobs()
	c.checkNotify()
}

func (c *checker) checkPlayvox() {
	const keyAt path = "playvox.api_key"
	if c.places[keyAt].own != "" {
		c.warn(keyAt, "found the key itself, expected a reference to it: ${PLAYVOX_API_KEY} or ${file:PATH}")
	}
	const urlAt path = "playvox.base_url"
	playvox := &c.config.Playvox
	if c.unknown(urlAt) || playvox.BaseURL == "" {
		return
	}
	if what := betterURL(playvox.BaseURL); what != "" {
		c.expected(urlAt, what)
	}
	playvox.BaseURL = strings.TrimRight(playvox.BaseURL, "/")
}

// betterURL returns what an address should be and is not, or nothing.
func betterURL(text string) string {
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Hostname() == "":
		return "an address such as https://SUBDOMAIN.playvox.com/api/v1"
	case address.Scheme != "https" && (address.Scheme != "http" || !isLoopback(address.Hostname())):
		return "an https:// address (http:// is for this machine only)"
	case address.User != nil:
		return "an address without user and password: they are uid and api_key"
	case address.RawQuery != "" || address.ForceQuery || strings.Contains(text, "#"):
		return "an address without ? and #"
	default:
		return ""
	}
}

func isLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

// checkDSN never shows the DSN, not even a broken one.
func (c *checker) checkDSN(at path, dsn secret.Text) {
	if dsn == "" {
		return
	}
	if fault := dsnFault(dsn.Reveal()); fault != "" {
		c.fault(at, fault)
	}
	if len(passwords(c.places[at].own)) > 0 {
		c.warn(at, "found a password in the file, expected a reference to it: ${NAME} or ${file:PATH}")
	}
}

func (c *checker) checkSources() {
	for _, source := range c.config.Sources {
		at := path("sources").key(source.Name)
		c.checkName(at, source.Name)
		c.checkDSN(at.key("dsn"), source.DSN)
		c.checkTimezone(at.key("timezone"), source.Timezone)
	}
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)

func (c *checker) checkName(at path, name string) {
	if !plainName.MatchString(name) {
		c.blameKey(at, "found the name "+quoted(name)+", expected at most 100 letters a to z, digits, _ and -, beginning with a letter or digit", "")
	}
}

func (c *checker) checkTimezone(at path, name string) {
	_, err := time.LoadLocation(name)
	if err != nil || name == "Local" { // which is another zone on every machine
		c.expected(at, "an IANA zone such as America/Bogota or UTC")
	}
}
