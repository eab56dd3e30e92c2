// Package dsn reads the addresses of databases as jobs.yaml writes them, for sources and for the state alike, and sees that
// nothing travels to another host unprotected unless the address itself says so. Its errors quote nothing of an address:
// what cannot be read may hold a password anywhere.
package dsn

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Kind is the kind of database that an address names.
type Kind uint8

// The kinds of databases.
const (
	None Kind = iota // no known form
	Postgres
	MySQL // or MariaDB
	SQLite
)

var (
	keyValueForm = regexp.MustCompile(`(^|\s)(host|hostaddr|dbname)\s*=`)
	mysqlForm    = regexp.MustCompile(`(?s)^(.*@)?[a-z0-9]+\(.+\)/`)
)

// ErrForm says that an address has none of the known forms.
var ErrForm = errors.New("the address has no known form: write postgres://USER:PASSWORD@HOST:5432/DATABASE, " +
	"mysql://USER:PASSWORD@HOST:3306/DATABASE or sqlite:PATH")

// KindOf tells by its form what an address names.
func KindOf(address string) Kind {
	scheme, _, isURL := strings.Cut(address, "://")
	switch {
	case strings.HasPrefix(address, "sqlite:"):
		return SQLite
	case isURL && (scheme == "postgres" || scheme == "postgresql"):
		return Postgres
	case isURL && scheme == "mysql", mysqlForm.MatchString(address):
		return MySQL
	case !isURL && keyValueForm.MatchString(address):
		return Postgres
	default:
		return None
	}
}

// SQLitePath is the path of a SQLite address.
func SQLitePath(address string) string { return strings.TrimPrefix(address, "sqlite:") }

var errPostgres = errors.New("the address cannot be read: write postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=…, " +
	"with special characters in the password percent-encoded")

// SecurePostgres returns a Postgres address that demands verified TLS where the host is not this machine and the address
// does not say itself what it wants. The warning is not empty where it says that it wants less.
func SecurePostgres(address string) (secured, warning string, err error) {
	config, err := pgconn.ParseConfig(address)
	if err != nil {
		return "", "", explained(address)
	}
	switch {
	case IsLoopback(config.Host):
		return address, "", nil
	case !strings.Contains(address, "sslmode"):
		return withParameter(address, "sslmode=verify-full"), "", nil
	case !isVerified(config.TLSConfig):
		return address, unprotected(config.Host), nil
	default:
		return address, "", nil
	}
}

// explained gives the one reason that is both likely and safe to give: others may quote a piece of the address.
func explained(address string) error {
	parsed, err := url.Parse(address)
	if err != nil || !parsed.Query().Has("sslmode") {
		return errPostgres
	}
	modes := []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
	if slices.Contains(modes, parsed.Query().Get("sslmode")) {
		return errPostgres
	}
	return fmt.Errorf("%w (sslmode is invalid: it is one of %s)", errPostgres, strings.Join(modes, ", "))
}

// isVerified reports whether the server has to prove who it is. With verify-ca the chain is checked by a function.
func isVerified(config *tls.Config) bool {
	return config != nil && (!config.InsecureSkipVerify || config.VerifyPeerCertificate != nil)
}

func unprotected(host string) string {
	return "the connection to " + host + " is not protected by verified TLS"
}

// withParameter adds a parameter to a Postgres address in either of its forms.
func withParameter(address, parameter string) string {
	switch {
	case !strings.Contains(address, "://"):
		return address + " " + parameter
	case strings.Contains(address, "?"):
		return address + "&" + parameter
	default:
		return address + "?" + parameter
	}
}

// IsLoopback reports whether a host is this machine: a loopback address, or the folder of a socket.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || host == "localhost" || strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || ip != nil && ip.IsLoopback()
}
