package dsn

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"
)

var errMySQL = errors.New("the address cannot be read: write mysql://USER:PASSWORD@HOST:3306/DATABASE, " +
	"with special characters in the password percent-encoded")

// ParseMySQL reads mysql://USER:PASSWORD@HOST:PORT/DATABASE?PARAMS, or the driver's own form in which the host is written as
// NET(ADDRESS). It demands verified TLS as SecurePostgres does, and switches off what nobody here needs: several
// statements in one, files of this machine, the driver's own writing to stderr.
func ParseMySQL(address string) (config *mysql.Config, warning string, err error) {
	config, err = parseMySQL(strings.TrimPrefix(address, "mysql://"))
	if err != nil {
		return nil, "", err
	}
	config.Logger = &mysql.NopLogger{}
	config.MultiStatements, config.AllowAllFiles = false, false
	host, _, _ := net.SplitHostPort(config.Addr)
	switch {
	case config.Net == "unix" || IsLoopback(host):
	case config.TLSConfig == "":
		config.TLSConfig = "true"
	case config.TLSConfig != "true":
		warning = unprotected(host)
	}
	if config.Params == nil {
		config.Params = make(map[string]string)
	}
	return config, warning, nil
}

func parseMySQL(address string) (*mysql.Config, error) {
	slash := strings.LastIndex(address, "/")
	if slash < 0 {
		return nil, errMySQL
	}
	at := strings.LastIndex(address[:slash], "@")
	login, host := address[:max(at, 0)], address[at+1:slash]
	user, password, _ := strings.Cut(login, ":")
	if !strings.Contains(host, "(") {
		user, password = unescape(user), unescape(password)
		host = "tcp(" + host + ")"
	}
	config, err := mysql.ParseDSN(host + address[slash:])
	if err != nil && at >= 0 && !strings.Contains(address[slash:], "@") { // so that no reason quotes a piece of the login
		return nil, fmt.Errorf("%w (%w)", errMySQL, err)
	}
	if err != nil || !hasPort(config) {
		return nil, errMySQL
	}
	config.User, config.Passwd = user, password
	return config, nil
}

// hasPort tells HOST:PORT from USER:PASSWORD without a host, which must not become a name in messages.
func hasPort(config *mysql.Config) bool {
	if config.Net != "tcp" {
		return true
	}
	_, port, err := net.SplitHostPort(config.Addr)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

// unescape returns text as it is where it only looks escaped.
func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}
