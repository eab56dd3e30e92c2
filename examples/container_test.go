package examples_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// container is what the examples say of theirs, whatever starts it.
type container struct {
	Args, Command yaml.Node
	VolumeMounts  []mount `yaml:"volumeMounts"`
	Secrets       []string
	Healthcheck   struct{ Test []string }
}

type mount struct {
	Path string `yaml:"mountPath"`
}

// words are the program's arguments.
func (c container) words(t *testing.T) (words []string) {
	t.Helper()
	for _, node := range []yaml.Node{c.Args, c.Command} {
		if !node.IsZero() {
			require.NoError(t, node.Decode(&words))
		}
	}
	return words
}

// containers are all that a file describes.
func containers(t *testing.T, file string) (found []container) {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	documents := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var document yaml.Node
		if err := documents.Decode(&document); errors.Is(err, io.EOF) {
			return found
		} else {
			require.NoError(t, err)
		}
		collect(t, &document, &found)
	}
}

// collect finds containers at any depth: in a list, or below the services of a compose file.
func collect(t *testing.T, node *yaml.Node, found *[]container) {
	t.Helper()
	for i, child := range node.Content {
		key := node.Content[max(0, i-1)].Value
		switch {
		case node.Kind == yaml.MappingNode && i%2 == 1 && key == "containers":
			var some []container
			require.NoError(t, child.Decode(&some))
			*found = append(*found, some...)
		case node.Kind == yaml.MappingNode && i%2 == 1 && key == "services":
			var some map[string]container
			require.NoError(t, child.Decode(&some))
			for _, one := range some {
				*found = append(*found, one)
			}
		default:
			collect(t, child, found)
		}
	}
}

var (
	flagOf   = regexp.MustCompile(`--[a-z-]+`)
	secretOf = regexp.MustCompile(`\$\{file:(/[^}]+)\}|--token-file (/\S+)`)
)

// What the files for containers say, the program understands: its commands, their flags, and where secrets are.
func TestTheContainersAreStartedAsTheProgramWantsIt(t *testing.T) {
	t.Parallel()
	jobs, err := os.ReadFile("kubernetes/jobs.yaml")
	require.NoError(t, err)
	notes, err := os.ReadFile("kubernetes/kustomization.yaml")
	require.NoError(t, err)
	for _, file := range []string{"compose.yaml", "kubernetes/deployment.yaml", "kubernetes/cronjob.yaml"} {
		all := containers(t, file)
		require.Len(t, all, 1, file)
		words := all[0].words(t)
		line := strings.Join(words, " ")
		help := said(t, words[0], "--help")
		for _, flag := range flagOf.FindAllString(line, -1) {
			require.Contains(t, help, flag+" ", "%s: %s", file, line)
		}
		if check := all[0].Healthcheck.Test; check != nil {
			require.Contains(t, said(t, check[2], "--help"), "pvetl "+check[2])
		}
		for _, secret := range secretOf.FindAllStringSubmatch(string(jobs)+" "+line, -1) {
			where := secret[1] + secret[2]
			if file == "compose.yaml" {
				require.Contains(t, all[0].Secrets, path.Base(where), "%s wants %s", file, where)
				continue
			}
			require.Contains(t, all[0].VolumeMounts, mount{path.Dir(where)}, "%s wants %s", file, where)
			require.Contains(t, string(notes), "--from-literal="+path.Base(where)+"=", "nobody says that %s wants %s", file, where)
		}
	}
}

func TestTheJobsOfTheContainersAreValid(t *testing.T) {
	t.Parallel()
	findings := said(t, "validate", "--config", "kubernetes/jobs.yaml")
	require.NotContains(t, findings, "error")
	require.NotContains(t, findings, "warning")
}

// said is what the program says.
func said(t *testing.T, args ...string) string {
	t.Helper()
	binary, err := program()
	require.NoError(t, err)
	text, err := exec.CommandContext(t.Context(), binary, args...).CombinedOutput()
	require.NoError(t, err, string(text))
	return string(text)
}
