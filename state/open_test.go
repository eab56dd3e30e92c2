package state_test

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/secret"
	"pvetl/state"
)

func TestManyMayOpenAnEmptyDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		var failures [6]error
		var group sync.WaitGroup
		for n := range failures {
			group.Go(func() {
				store, err := state.Open(t.Context(), d.dsn)
				if err == nil {
					err = errors.Join(store.SetWatermark(t.Context(), state.Watermark{Job: fmt.Sprint(n)}), store.Close())
				}
				failures[n] = err
			})
		}
		group.Wait()
		for _, err := range failures {
			require.NoError(t, err)
		}
		marks, err := d.open(t).Watermarks(t.Context(), "")
		require.NoError(t, err)
		require.Len(t, marks, len(failures))
	})
}

func TestAStateInMemoryIsOneDatabase(t *testing.T) {
	t.Parallel()
	d := database{dsn: "sqlite::memory:"}
	store := d.open(t)
	settle(t, store, everything())
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			marks, err := store.Watermarks(t.Context(), "tickets")
			if err != nil || len(marks) != 1 {
				t.Errorf("%d watermarks, error %v", len(marks), err)
			}
		})
	}
	group.Wait()
	marks, err := d.open(t).Watermarks(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, marks, "another one is another database")
}

func TestASchemaThatANewerPvetlWroteIsRefused(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		require.NoError(t, d.open(t).SetWatermark(t.Context(), state.Watermark{Job: "tickets"}))
		d.exec(t, "UPDATE pvetl_version SET version_id = 99 WHERE version_id = 5")

		for _, open := range openers {
			_, err := open(t.Context(), d.dsn)
			newer, ok := errors.AsType[*state.NewerSchemaError](err)
			require.True(t, ok, err)
			require.Equal(t, state.NewerSchemaError{Have: 99, Known: 6}, *newer)
			require.ErrorContains(t, err, "this state was written by a newer pvetl")
		}
	})
}

func TestAnOlderSchemaIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		d.migrate(t, 1)
		d.exec(t, "INSERT INTO watermarks VALUES ('tickets', '', '42', '', '', '', '')")

		_, err := state.OpenReadOnly(t.Context(), d.dsn)
		require.ErrorIs(t, err, state.ErrOlderSchema)
		require.ErrorContains(t, err, "run any other command first")

		store := d.open(t)
		_, err = store.Rejects(t.Context(), "")
		require.NoError(t, err)
		mark, ok, err := store.Watermark(t.Context(), "tickets", "")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, "42", mark.Cursor)
	})
}

func TestRowsOfAnOlderSchemaSurvive(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, d database) {
		const when = "'2026-11-22T02:15:00.000Z'"
		d.migrate(t, 2)
		d.exec(t, "INSERT INTO batches VALUES ('b', 'tickets', 'r', 'accepted', 'j', '[]', "+when+", '', 0, "+when+")",
			"INSERT INTO interactions VALUES ('tickets', '1', 'A', 'r1', 'h', '{}', "+when+")",
			"INSERT INTO rejects VALUES (7, 'tickets', 'comments', 'c', 'mapping', '', '', '', '', 'why', '', "+when+", "+when+", 3)")

		store := d.open(t)
		batches, err := store.OpenBatches(t.Context(), "tickets")
		require.NoError(t, err)
		require.Equal(t, []state.Batch{{
			ID: "b", Job: "tickets", RunID: "r", Kind: state.Bulk, State: state.Accepted, JobID: "j", CreatedAt: at(t, "02:15:00.000"),
		}}, batches)
		entries, err := store.Entries(t.Context(), "tickets", "", 10)
		require.NoError(t, err)
		require.Equal(t, []state.Entry{{Key: "1", InteractionID: "A", RemoteID: "r1", Hash: "h", Fields: "{}"}}, entries)
		rejects, err := store.Rejects(t.Context(), "tickets")
		require.NoError(t, err)
		require.Len(t, rejects, 1)
		require.Equal(t, "why", rejects[0].Reason)
		require.Zero(t, rejects[0].Dismissed)
	})
}

// Only there is the definition of tables no part of a transaction.
func TestAMigrationCutShortInMySQLIsResumed(t *testing.T) {
	t.Parallel()
	d := newDatabase(t, "mysql")
	settle(t, d.open(t), state.Settlement{Job: "tickets", Entries: []state.Entry{{Key: "1"}}})
	d.exec(t, "DELETE FROM pvetl_version WHERE version_id > 0", "DROP TABLE rejects", "DROP TABLE locks")

	store := d.open(t)
	known, err := store.Known(t.Context(), "tickets", []string{"1"}, nil)
	require.NoError(t, err)
	require.Len(t, known, 1)
	_, err = store.Rejects(t.Context(), "tickets")
	require.NoError(t, err, "what was added to a table that is made anew is there again")
}

func TestAStateIsItsOwnersOnly(t *testing.T) {
	t.Parallel()
	d := newDatabase(t, "sqlite")
	store := d.open(t)
	settle(t, store, everything())
	acquire(t, store, "tickets")
	for _, file := range []string{d.own, d.own + "-wal", d.own + ".lock", d.own + ".tickets.1.lease"} {
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), file)
	}
}

func TestAPathIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "50% ñ?mode=memory&x=#1.db")
	database{dsn: secret.Text("sqlite:" + path)}.open(t)
	require.FileExists(t, path)
}

func TestAFileThatIsNoStateIsRefusedAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	d := newDatabase(t, "sqlite")
	settle(t, d.open(t), everything())
	whole, err := os.ReadFile(d.own)
	require.NoError(t, err)
	contents := map[string]string{
		"a text":           strings.Repeat("no database\n", 1000),
		"a damaged header": string(whole[:16]) + strings.Repeat("\xff", len(whole)-16),
		"a damaged schema": string(whole[:100]) + strings.Repeat("\xff", 4096-100) + string(whole[4096:]),
	}
	for name, content := range contents {
		for kind, open := range openers {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(t.TempDir(), "state.db")
				require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
				_, err := open(t.Context(), secret.Text("sqlite:"+path))
				requireExplained(t, err, path, "it is left as it is")
				after, err := os.ReadFile(path)
				require.NoError(t, err)
				require.Zero(t, strings.Compare(string(after), content), "the file has changed") // Equal would print it
			})
		}
	}
}

func TestAStateThatCannotBeOpenedSaysWhichAndWhatToDo(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	unused := unusedAddress(t)
	const password, encoded, nobody = "s3cret/p%40ss", "s3cret%2Fp%2540ss", "nothing listens there"
	keysAndValues := "host=127.0.0.1 port=" + port(unused) + " dbname=db password='" + password + "'"
	cases := map[string]struct{ dsn, names, cure string }{
		"its directory does not exist":  {"sqlite:" + folder + "/no/state.db", folder + "/no/state.db", "create the directory first"},
		"its path is a directory":       {"sqlite:" + folder, folder, "name a file in it"},
		"its directory is a file":       {"sqlite:" + file + "/state.db", file + "/state.db", "not a directory"},
		"postgres does not answer":      {"postgres://u:" + encoded + "@" + unused + "/db", unused + "/db", nobody},
		"mysql does not answer":         {"mysql://u:" + encoded + "@" + unused + "/db", unused + "/db", nobody},
		"mysql in the driver's form":    {"u:" + password + "@tcp(" + unused + ")/db", unused + "/db", nobody},
		"the driver's form prefixed":    {"mysql://u:" + password + "@tcp(" + unused + ")/db", unused + "/db", nobody},
		"postgres as keys and values":   {keysAndValues, unused + "/db", nobody},
		"no kind of database":           {"oracle://u:" + password + "@host/db", "", "sqlite:PATH"},
		"no path":                       {"sqlite:", "", "sqlite:PATH"},
		"a password not encoded":        {"postgres://u:" + password + "#x@host/db", "", "percent-encoded"},
		"postgres without a host":       {"postgres://u:" + password, "", "percent-encoded"},
		"an unknown sslmode":            {"postgres://u:pw12@host/db?sslmode=verify_full", "", "sslmode is invalid"},
		"mysql without a database":      {"mysql://u:" + password + "@host:3306", "", "percent-encoded"},
		"mysql with a login, no host":   {"mysql://u:" + password + "/db", "", "percent-encoded"},
		"mysql with an unknown setting": {"mysql://u:" + password + "@host/db?tls=sometimes", "", "unknown config name"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := state.Open(t.Context(), secret.Text(c.dsn))
			requireExplained(t, err, c.names, c.cure)
			for _, part := range []string{"s3cret", "p@ss", "p%40ss", "p%2540ss", "pw12", "@host"} {
				require.NotContains(t, strings.ReplaceAll(err.Error(), folder, ""), part)
			}
		})
	}
}

func TestAServerThatRefusesSaysWhichAndWhatToDo(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"postgres", "mysql"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address, err := url.Parse(newDatabase(t, kind).dsn.Reveal())
			require.NoError(t, err)
			changed := func(change func(*url.URL)) (dsn secret.Text, name string) {
				other := *address
				change(&other)
				return secret.Text(other.String()), other.Host + other.Path
			}

			dsn, name := changed(func(u *url.URL) { u.User = url.UserPassword(u.User.Username(), "wr@ng-passw%rd") })
			_, err = state.Open(t.Context(), dsn)
			requireExplained(t, err, name, "check user and password")
			require.NotContains(t, err.Error(), "wr@ng")

			dsn, name = changed(func(u *url.URL) { u.Path = "/pvetl_nowhere" })
			_, err = state.Open(t.Context(), dsn)
			requireExplained(t, err, name, "create it first")
			password, _ := address.User.Password()
			require.NotContains(t, err.Error(), password)
		})
	}
}

func TestAStateThatCannotBeWrittenIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	for kind, readOnly := range map[string]string{"postgres": "default_transaction_read_only=on", "mysql": "tx_read_only=1"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			d := newDatabase(t, kind)
			d.open(t)
			address, err := url.Parse(d.dsn.Reveal())
			require.NoError(t, err)
			address.RawQuery += "&" + readOnly
			_, err = state.Open(t.Context(), secret.Text(strings.Replace(address.String(), "?&", "?", 1)))
			requireExplained(t, err, address.Host+address.Path, "the server is read-only")
		})
	}
}

func requireExplained(t *testing.T, err error, names, cure string) {
	t.Helper()
	require.ErrorContains(t, err, "state")
	require.ErrorContains(t, err, names)
	require.ErrorContains(t, err, cure)
}

// unusedAddress is a host and port where nothing listens.
func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return listener.Addr().String()
}

func port(address string) string {
	_, port, _ := strings.Cut(address, ":")
	return port
}
