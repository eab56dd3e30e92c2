package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
)

const fuzzSecret = "s3cr3t-of-the-environment"

func FuzzLoad(f *testing.F) {
	names, err := filepath.Glob("testdata/*.yaml")
	require.NoError(f, err)
	for _, name := range names {
		content, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(content)
	}
	env := config.Env{
		Lookup: func(name string) (string, bool) { return fuzzSecret, len(name)%2 == 0 },
		ReadFile: func(path string) ([]byte, error) {
			if len(path)%2 == 0 {
				return nil, errors.New("not there")
			}
			return []byte(fuzzSecret), nil
		},
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		file, err := config.Load("jobs.yaml", content, env)
		require.NotNil(t, file)
		faults := 0
		for _, finding := range file.Findings {
			require.GreaterOrEqual(t, finding.Line, 1)
			require.GreaterOrEqual(t, finding.Column, 1)
			require.NotEmpty(t, finding.Message)
			require.NotContains(t, finding.String(), "\n")
			shown := file.Excerpt(finding)
			require.NotContains(t, shown, fuzzSecret)
			require.LessOrEqual(t, strings.Count(shown, "\n"), 1)
			for _, credential := range []string{file.Config.Playvox.APIKey.Reveal(), file.Config.Notify.Webhook.Reveal()} {
				isReference := strings.Contains(credential, "${") // is kept as it is written where it is not set
				require.False(t, !isReference && len(credential) > 3 && strings.Contains(shown, credential), "%s shows %s", shown, credential)
			}
			if finding.Severity == config.SeverityError {
				faults++
			}
		}
		require.Equal(t, faults > 0, err != nil)
		if err == nil {
			for _, job := range file.Config.Jobs {
				require.NoError(t, file.Require(config.NeedJob(job.Name+"-other")))
			}
		}
	})
}

// What is escaped comes back as it was, and what holds no reference is left alone.
func FuzzExpand(f *testing.F) {
	for _, text := range []string{"", "$", "$$", "${A}", "${A:-b}", "${file:x}", "$${A}", "a${", "${}", "x}y$z", "${A:-${B}}", "\x00é"} {
		f.Add(text)
	}
	minimal := fixture(f, "minimal.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > 10000 {
			return
		}
		read := func(text string) (string, error) {
			written := "description: " + quote(text) + ", "
			content := strings.Replace(string(minimal), "{name: Shop,", "{name: Shop, "+written, 1)
			file, err := config.Load("jobs.yaml", []byte(content), environment(map[string]string{"A": "alpha"}))
			if len(file.Config.Integrations) == 0 {
				return "", err
			}
			return file.Config.Integrations[0].Description, err
		}
		got, err := read(strings.ReplaceAll(text, "${", "$${"))
		require.NoError(t, err)
		require.Equal(t, text, got)
		got, err = read(text)
		if err == nil && !strings.Contains(text, "${") {
			require.Equal(t, text, got)
		}
		require.True(t, err == nil || strings.Contains(text, "${"))
	})
}

// quote writes a text in YAML's double quotes.
func quote(text string) string {
	var quoted strings.Builder
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			quoted.WriteString(`\` + string(r))
		case r < 0x20 || r > 0x7e:
			code := strconv.FormatInt(int64(r), 16)
			quoted.WriteString(`\U` + strings.Repeat("0", 8-len(code)) + code)
		default:
			quoted.WriteRune(r)
		}
	}
	return `"` + quoted.String() + `"`
}
