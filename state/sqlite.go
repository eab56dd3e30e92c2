package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	ownerOnly    = 0o600
	lockFilePace = 20 * time.Millisecond
)

var errIsDirectory = errors.New("is a directory")

var sqliteDialect = dialect{
	schema:       goose.DialectSQLite3,
	directory:    "sqlite",
	findTable:    "SELECT count(*) FROM sqlite_schema WHERE name = ?",
	onKey:        "ON CONFLICT (%s) DO UPDATE SET",
	newValue:     "excluded.%s",
	clock:        "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', (? / 1000.0) || ' seconds')",
	microseconds: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000",
	inSizes:      true,
	folded:       "lower(%s)",
	cure:         sqliteCure,
}

func parseSQLite(path string) (target, error) {
	if path == "" {
		return target{}, errors.New("state: sqlite: names no file: write sqlite:PATH")
	}
	if path == ":memory:" {
		connect := func(bool) (*sql.DB, error) { return single(path) }
		return ofServer(target{dialect: sqliteDialect, name: path, connect: connect}), nil
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return target{}, fmt.Errorf("state: %w", err)
	}
	return target{
		dialect: sqliteDialect,
		name:    path,
		file:    path,
		connect: func(readOnly bool) (*sql.DB, error) { return single(sqliteURI(path, readOnly)) },
		exists:  func() (bool, error) { return fileExists(path) },
		guard:   func(ctx context.Context) (func(), error) { return guardFile(ctx, path) },
	}, nil
}

// sqliteURI sets busy_timeout first, because the pragmas after it already have to wait for other processes, and takes
// the write lock at the start of a transaction, because a lock that is wanted later fails at once when another has it.
// What a statement has to be able to take back is kept in memory: where only the state's own folder can be written to,
// there is no other place.
func sqliteURI(path string, readOnly bool) string {
	uri := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=busy_timeout(60000)&_pragma=temp_store(MEMORY)"
	if readOnly {
		return uri + "&mode=ro&_pragma=query_only(1)"
	}
	return uri + "&_pragma=journal_mode(WAL)&_txlock=immediate"
}

// relaxed is for a connection whose transactions are synced to the disk together with the next one of another. With a
// write-ahead log no failure harms the file by that.
const relaxed = "&_pragma=synchronous(NORMAL)"

// single opens one connection only: one writes at a time anyway, and in memory the connection is the database.
func single(uri string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", uri)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

func fileExists(path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err == nil && info.IsDir():
		return false, errIsDirectory
	default:
		return err == nil, err
	}
}

// guardFile keeps other processes from opening the file for writing until release is called, and creates it for its
// owner only. A file that is there is not touched: closing any descriptor of it would drop the locks that another
// Store of this process has on it.
func guardFile(ctx context.Context, path string) (release func(), err error) {
	there, err := fileExists(path)
	if err != nil {
		return nil, err
	}
	lock := flock.New(path+".lock", flock.SetPermissions(ownerOnly))
	if _, err := lock.TryLockContext(ctx, lockFilePace); err != nil {
		return nil, err
	}
	release = func() { _ = lock.Close() }
	if there {
		return release, nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, ownerOnly)
	if errors.Is(err, fs.ErrExist) {
		return release, nil
	}
	if err != nil {
		release()
		return nil, err
	}
	return release, file.Close()
}

// sqliteCure tells by the result code, whose low byte is the kind of the failure.
func sqliteCure(err error) string {
	switch {
	case errors.Is(err, errIsDirectory):
		return "name a file in it"
	case errors.Is(err, fs.ErrNotExist):
		return "create the directory first"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return "give this user the right to write the file and its directory"
	}
	failure, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return ""
	}
	switch failure.Code() & 0xff {
	case sqlite3.SQLITE_NOTADB:
		return "the file is no SQLite database: check the path; it is left as it is"
	case sqlite3.SQLITE_CORRUPT:
		return "the file is damaged: restore it from a backup; it is left as it is"
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return "give this user the right to write the file and its directory"
	case sqlite3.SQLITE_FULL:
		return "the state store is full: free space on its disk"
	case sqlite3.SQLITE_IOERR:
		return "check the disk it lies on, and the space left there"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return "another process has been writing it for too long: find it and stop it"
	default:
		return ""
	}
}
