package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pvetl/internal/config"
)

// edited is a jobs.yaml in a folder of its own.
type edited struct {
	path string
	at   time.Time // of the last edit
}

func newEdited(t *testing.T, content []byte) *edited {
	t.Helper()
	e := &edited{path: filepath.Join(t.TempDir(), "jobs.yaml"), at: time.Now().Add(-time.Hour)}
	e.write(t, content)
	return e
}

// write leaves a content that was written a while ago, and after the one before it.
func (e *edited) write(t require.TestingT, content []byte) {
	require.NoError(t, os.WriteFile(e.path, content, 0o600))
	e.touch(t)
}

func (e *edited) touch(t require.TestingT) {
	e.at = e.at.Add(time.Second)
	require.NoError(t, os.Chtimes(e.path, e.at, e.at))
}

// watched reads a file, and takes what can be read.
func watched(t *testing.T, path string, env config.Env) *config.Live {
	t.Helper()
	live, err := config.Watch(path, env, func(*config.File, *config.File) error { return nil })
	require.NoError(t, err)
	return live
}

// minimalWith is a good file that can be told from others, all of one size.
func minimalWith(t *testing.T, rate int) []byte {
	t.Helper()
	return fixture(t, "minimal.yaml", "playvox: {", "playvox: {requests_per_minute: "+strconv.Itoa(rate)+", ")
}

func rateOf(live *config.Live) int { return live.Current().File.Config.Playvox.RequestsPerMinute }

func TestAFileIsReadAgainWhenItChanges(t *testing.T) {
	t.Parallel()
	e := newEdited(t, minimalWith(t, 10))
	live := watched(t, e.path, config.Env{})
	first := live.Current()
	require.Equal(t, 1, first.Number)
	require.NoError(t, first.Fault)

	require.False(t, live.Look())
	e.touch(t)
	require.False(t, live.Look(), "the same content")
	require.Same(t, first.File, live.Current().File)

	e.write(t, minimalWith(t, 11))
	require.True(t, live.Look())
	require.Equal(t, 11, rateOf(live))
	require.Equal(t, 2, live.Current().Number)
	require.False(t, live.Look())
}

func TestAnEditIsSeenThatLooksLikeTheOneBefore(t *testing.T) {
	t.Parallel()
	e := newEdited(t, minimalWith(t, 10))
	just := time.Now()
	require.NoError(t, os.Chtimes(e.path, just, just))
	live := watched(t, e.path, config.Env{})
	live.Look()
	require.NoError(t, os.WriteFile(e.path, minimalWith(t, 11), 0o600))
	require.NoError(t, os.Chtimes(e.path, just, just)) // in the same step of the file system's clock
	require.True(t, live.Look())
	require.Equal(t, 11, rateOf(live))
}

// A ConfigMap of Kubernetes is a link to a folder that is put in the place of another.
func TestAFolderThatIsSwappedIsAChange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	long := time.Now().Add(-time.Hour)
	for folder, rate := range map[string]int{"..1": 10, "..2": 11} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, folder), 0o700))
		file := filepath.Join(dir, folder, "jobs.yaml")
		require.NoError(t, os.WriteFile(file, minimalWith(t, rate), 0o600))
		require.NoError(t, os.Chtimes(file, long, long))
	}
	swap := func(folder string) {
		require.NoError(t, os.Symlink(folder, filepath.Join(dir, "..new")))
		require.NoError(t, os.Rename(filepath.Join(dir, "..new"), filepath.Join(dir, "..data")))
	}
	swap("..1")
	require.NoError(t, os.Symlink("..data/jobs.yaml", filepath.Join(dir, "jobs.yaml")))
	live := watched(t, filepath.Join(dir, "jobs.yaml"), config.Env{})
	require.False(t, live.Look())
	swap("..2")
	require.True(t, live.Look())
	require.Equal(t, 11, rateOf(live))
}

func TestAFaultLastsUntilTheFileIsGoodAgain(t *testing.T) {
	t.Parallel()
	e := newEdited(t, minimalWith(t, 10))
	live := watched(t, e.path, config.Env{})
	e.write(t, []byte("version: 1\n"))
	require.True(t, live.Look())
	begun := live.Current()
	require.ErrorContains(t, begun.Fault, "playvox")
	require.False(t, begun.FaultSince.IsZero())
	require.Equal(t, 10, rateOf(live))
	require.False(t, live.Look(), "the same fault")

	require.NoError(t, os.Remove(e.path))
	require.True(t, live.Look())
	require.ErrorIs(t, live.Current().Fault, os.ErrNotExist)
	require.Equal(t, begun.FaultSince, live.Current().FaultSince)

	e.write(t, minimalWith(t, 10))
	require.True(t, live.Look(), "what is in use came back")
	require.NoError(t, live.Current().Fault)
	require.True(t, live.Current().FaultSince.IsZero())
}

func TestWhatTheFileRefersToIsReadWhenAskedFor(t *testing.T) {
	t.Parallel()
	e := newEdited(t, fixture(t, "minimal.yaml", "${KEY}", "${file:key}"))
	key := filepath.Join(filepath.Dir(e.path), "key")
	require.NoError(t, os.WriteFile(key, []byte("old-key"), 0o600))
	live := watched(t, e.path, config.Env{})
	require.NoError(t, os.WriteFile(key, []byte("new-key"), 0o600))
	require.False(t, live.Look())
	require.True(t, live.Reread())
	require.Equal(t, "new-key", live.Current().File.Config.Playvox.APIKey.Reveal())
}

func TestWhoeverWatchesDecidesWhatIsGood(t *testing.T) {
	t.Parallel()
	e := newEdited(t, minimalWith(t, 10))
	var live *config.Live
	refusal := errors.New("another account")
	accept := func(file, inUse *config.File) error {
		if live == nil {
			require.Nil(t, inUse)
			return nil
		}
		require.Same(t, live.Current().File, inUse, "Current may be asked meanwhile")
		if file.Config.Playvox.RequestsPerMinute > 50 {
			return refusal
		}
		return nil
	}
	live, err := config.Watch(e.path, config.Env{}, accept)
	require.NoError(t, err)
	e.write(t, minimalWith(t, 90))
	require.True(t, live.Look())
	require.Equal(t, refusal, live.Current().Fault)
	require.Equal(t, 10, rateOf(live))
	e.write(t, minimalWith(t, 20))
	require.True(t, live.Look())
	require.Equal(t, 20, rateOf(live))
}

func TestTheFirstReadingHasToBeGood(t *testing.T) {
	t.Parallel()
	accept := func(*config.File, *config.File) error { return nil }
	_, err := config.Watch(filepath.Join(t.TempDir(), "jobs.yaml"), config.Env{}, accept)
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = config.Watch(newEdited(t, []byte("version: 1\n")).path, config.Env{}, accept)
	require.ErrorContains(t, err, "playvox")
}

// Whatever is done to the file, the last good one that was seen is in use, and a fault is told as long as there is one.
func TestWhateverIsDoneToTheFileTheLastGoodOneIsInUse(t *testing.T) {
	t.Parallel()
	good := [][]byte{minimalWith(t, 10), minimalWith(t, 11), minimalWith(t, 12)}
	broken := [][]byte{good[1][:len(good[1])/2], []byte("version: 1\n"), nil, []byte("a: [")}
	e := newEdited(t, good[0])
	rapid.Check(t, func(rt *rapid.T) {
		e.write(rt, good[0])
		live := watched(t, e.path, config.Env{})
		inUse, faulty := 10, false // as the file says it, each time somebody looks
		for range rapid.IntRange(1, 12).Draw(rt, "edits") {
			switch rapid.SampledFrom([]string{"good", "broken", "gone", "touched"}).Draw(rt, "edit") {
			case "good":
				rate := rapid.IntRange(10, 12).Draw(rt, "rate")
				e.write(rt, good[rate-10])
				inUse, faulty = rate, false
			case "broken":
				e.write(rt, rapid.SampledFrom(broken).Draw(rt, "content"))
				faulty = true
			case "gone":
				require.NoError(rt, os.RemoveAll(e.path))
				faulty = true
			case "touched":
				if _, err := os.Stat(e.path); err == nil {
					e.touch(rt)
				}
			}
			before := live.Current()
			changed := live.Look()
			now := live.Current()
			require.Equal(rt, inUse, now.File.Config.Playvox.RequestsPerMinute)
			require.Equal(rt, faulty, now.Fault != nil)
			require.Equal(rt, faulty, !now.FaultSince.IsZero())
			require.Equal(rt, changed, before.Number != now.Number || faultText(before.Fault) != faultText(now.Fault))
		}
	})
}

func faultText(fault error) string {
	if fault == nil {
		return ""
	}
	return fault.Error()
}
