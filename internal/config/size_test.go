package config_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
)

func TestAFileOfTenMegabytesIsRefused(t *testing.T) {
	t.Parallel()
	huge := bytes.Repeat([]byte("# a comment\n"), 10<<20/12)
	path := filepath.Join(t.TempDir(), "jobs.yaml")
	require.NoError(t, os.WriteFile(path, huge, 0o600))
	_, err := config.Read(path, config.Env{})
	require.EqualError(t, err, path+":1:1: found a file of more than 1 MiB, expected less")
	_, err = config.Load("jobs.yaml", huge, config.Env{})
	require.EqualError(t, err, "jobs.yaml:1:1: found a file of more than 1 MiB, expected less")
}

func TestAFileOfOneMebibyteIsRead(t *testing.T) {
	t.Parallel()
	content := fixture(t, "minimal.yaml")
	content = append(content, bytes.Repeat([]byte("#"), config.MaxSize-len(content))...)
	_, err := config.Load("jobs.yaml", content, config.Env{})
	require.NoError(t, err)
}

func TestAMissingFileIsNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "jobs.yaml")
	_, err := config.Read(path, config.Env{})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, path)
}

func TestDeepNestingIsRefused(t *testing.T) {
	t.Parallel()
	for _, depth := range []int{100, 9000, 100000} {
		content := "version: " + strings.Repeat("[", depth) + strings.Repeat("]", depth)
		_, err := config.Load("jobs.yaml", []byte(content), config.Env{})
		require.Error(t, err)
		require.NotContains(t, err.Error(), "\n", "one finding, and nothing about the rest")
	}
}

func TestAFileFullOfFaultsIsReadInTime(t *testing.T) {
	t.Parallel()
	var content strings.Builder
	content.WriteString("version: 1\njobs:\n")
	for i := range 20000 {
		content.WriteString("  j" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + ": {sorce: y, source: z, integration: q}\n")
	}
	_, err := config.Load("jobs.yaml", []byte(content.String()), config.Env{})
	require.Error(t, err)
}
