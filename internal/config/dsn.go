package config

import (
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"pvetl/internal/dsn"
	"pvetl/internal/secret"
)

const dsnForms = "postgres://USER:PASSWORD@HOST/DATABASE, the same as host=… dbname=…, " +
	"mysql://USER:PASSWORD@HOST:3306/DATABASE, USER:PASSWORD@tcp(HOST:3306)/DATABASE, or sqlite:PATH"

var keyPassword = regexp.MustCompile(`(?i)(?:^|[\s?&])(?:password|passwd|pwd)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s&]*)`)

// dsnFault returns what is wrong with a DSN without showing any of it, or nothing.
func dsnFault(address string) string {
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		return sqliteFault(path)
	}
	switch kind := dsn.KindOf(address); {
	case kind == dsn.None:
		return "found a DSN of no known form, expected " + dsnForms
	case strings.Contains(address, "://"):
		scheme, _, _ := strings.Cut(address, "://")
		return addressFault(scheme, address)
	default:
		return ""
	}
}

func sqliteFault(path string) string {
	switch {
	case path == "":
		return "found sqlite: without a path, expected sqlite:PATH"
	case strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///"): // would be read as an absolute path
		return "found sqlite://, expected sqlite:PATH without the slashes"
	default:
		return ""
	}
}

func addressFault(scheme, address string) string {
	parsed, err := url.Parse(address)
	if err != nil { // the error would show the DSN
		return "found a " + scheme + ":// address that cannot be read, expected " + dsnForms +
			", where special characters in the user and password are written as %XX"
	}
	if parsed.Host == "" && scheme == "mysql" {
		return "found a mysql:// address without a host, expected " + dsnForms
	}
	return ""
}

// passwords returns what is secret in a text that may be a DSN, also a broken one.
func passwords(text string) []string {
	var found []string
	if password, ok := userPassword(text); ok {
		found = append(found, password)
	}
	for _, match := range keyPassword.FindAllStringSubmatch(text, -1) {
		if password := strings.Trim(match[1], "'"); password != "" {
			found = append(found, password)
		}
	}
	return found
}

// userPassword returns the password of USER:PASSWORD@, before which a scheme may stand.
func userPassword(text string) (string, bool) {
	if parsed, err := url.Parse(text); err == nil && parsed.User != nil {
		password, _ := parsed.User.Password()
		return password, password != ""
	}
	_, rest, isURL := strings.Cut(text, "://")
	if !isURL {
		rest = text
	}
	if !isURL && dsn.KindOf(text) != dsn.MySQL {
		return "", false
	}
	at := strings.LastIndex(rest, "@")
	if at < 0 {
		return "", false
	}
	_, password, _ := strings.Cut(rest[:at], ":")
	return password, password != ""
}

// resolvePaths makes the relative paths of SQLite databases and of files to send start from dir.
func resolvePaths(doc *document, config *Config, dir string) {
	resolve := func(at path, address *secret.Text) {
		file, isSQLite := strings.CutPrefix(address.Reveal(), "sqlite:")
		if isSQLite && file != "" && !doc.unknown(at) {
			*address = secret.Text("sqlite:" + within(dir, file))
		}
	}
	resolve("state", &config.State)
	for i := range config.Sources {
		source := &config.Sources[i]
		resolve(path("sources").key(source.Name).key("dsn"), &source.DSN)
	}
	for i := range config.Jobs {
		job := &config.Jobs[i]
		if job.Load.FilesRoot != "" && !doc.unknown(path("jobs").key(job.Name).key("load").key("files_root")) {
			job.Load.FilesRoot = absolute(within(dir, job.Load.FilesRoot))
		}
	}
}

// absolute makes a path comparable with the whole ones that a database may hold.
func absolute(name string) string {
	whole, err := filepath.Abs(name)
	if err != nil { // there is no working directory: what is relative to it cannot be opened either
		return name
	}
	return whole
}

// credentials returns what must not be shown: not the UID, which is a name, and of DSNs those with a password.
func credentials(doc *document, config *Config) []secret.Text {
	var all []secret.Text
	add := func(at path, text secret.Text) {
		if text != "" && !doc.unknown(at) {
			all = append(all, text)
		}
	}
	addDSN := func(at path, address secret.Text) {
		for _, password := range passwords(address.Reveal()) {
			add(at, address)
			add(at, secret.Text(password))
		}
	}
	add("playvox.api_key", config.Playvox.APIKey)
	addAddress := func(at path, address string) {
		for _, text := range addressSecrets(address) {
			add(at, text)
		}
	}
	addAddress("notify.webhook", config.Notify.Webhook.Reveal())
	addAddress("notify.heartbeat", config.Notify.Heartbeat.Reveal())
	for _, job := range config.Jobs {
		addAddress("notify.heartbeat", config.Notify.HeartbeatOf(job.Name).Reveal())
	}
	addDSN("state", config.State)
	for _, source := range config.Sources {
		addDSN(path("sources").key(source.Name).key("dsn"), source.DSN)
	}
	return all
}
