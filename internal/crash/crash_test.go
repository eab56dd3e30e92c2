package crash_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/crash"
)

// A point that All leaves out would never be tried.
func TestAllListsEveryPoint(t *testing.T) {
	t.Parallel()
	var points []crash.Point
	for _, value := range constants(t) {
		points = append(points, value)
	}
	require.ElementsMatch(t, points, crash.All())
}

// constants are the points that the file declares, by their names.
func constants(t *testing.T) map[string]crash.Point {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "points.go", nil, 0)
	require.NoError(t, err)
	points := make(map[string]crash.Point)
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		require.Len(t, spec.Values, len(spec.Names))
		for i, name := range spec.Names {
			value, err := strconv.Unquote(spec.Values[i].(*ast.BasicLit).Value)
			require.NoError(t, err)
			points[name.Name] = crash.Point(value)
		}
		return false
	})
	require.NotEmpty(t, points)
	return points
}

// A point that nothing comes past kills nobody, and its test would try nothing.
func TestEveryPointIsPlacedInTheProduct(t *testing.T) {
	t.Parallel()
	placed := make(map[string]int)
	for _, path := range productFiles(t) {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(node ast.Node) bool {
			if used, ok := node.(*ast.SelectorExpr); ok {
				if of, ok := used.X.(*ast.Ident); ok && of.Name == "crash" {
					placed[used.Sel.Name]++
				}
			}
			return true
		})
	}
	var dead []crash.Point
	for name, point := range constants(t) {
		if placed[name] == 0 {
			dead = append(dead, point)
		}
	}
	require.Empty(t, dead, "points that stand nowhere")
}

// productFiles are the Go files of the repository without its tests and without this package.
func productFiles(t *testing.T) []string {
	t.Helper()
	root := filepath.Join("..", "..")
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || path == filepath.Join(root, "internal", "crash")):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			files = append(files, path)
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

func TestTheProductObeysNothingAndPaysNothing(t *testing.T) {
	t.Parallel()
	lived, err := pass(t, "", "PVETL_CRASH=bulk_sent", "PVETL_CRASH_SETTLE_DELAY=20ms")
	require.NoError(t, err)
	require.Equal(t, []string{"bulk_sent", "run_finished", "bulk_sent", "bulk_sent", "0s"}, lived)

	// Inlined, an empty function leaves no call behind.
	decisions, err := exec.CommandContext(t.Context(), "go", "build", "-gcflags=-m", ".").CombinedOutput()
	require.NoError(t, err)
	require.Contains(t, string(decisions), "can inline At")
}

func TestAMarkedProcessDiesAtItsPoint(t *testing.T) {
	t.Parallel()
	all := []string{"bulk_sent", "run_finished", "bulk_sent", "bulk_sent", "20ms"}
	for target, want := range map[string]struct {
		lived []string
		dies  bool
	}{
		"":               {lived: all},
		"run_started":    {lived: all},
		"bulk_sent":      {lived: nil, dies: true},
		"bulk_sent:1":    {lived: nil, dies: true},
		"run_finished":   {lived: all[:1], dies: true},
		"bulk_sent:3":    {lived: all[:3], dies: true},
		"bulk_sent:4":    {lived: all},
		"run_finished:2": {lived: all},
	} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			lived, err := pass(t, "crashpoints", "PVETL_CRASH="+target, "PVETL_CRASH_SETTLE_DELAY=20ms")
			require.Equal(t, want.lived, lived)
			if !want.dies {
				require.NoError(t, err)
				return
			}
			var ended *exec.ExitError
			require.ErrorAs(t, err, &ended)
			require.Equal(t, syscall.SIGKILL, ended.Sys().(syscall.WaitStatus).Signal())
		})
	}
}

// pass builds the program that comes past points, and returns what it wrote before it ended.
func pass(t *testing.T, tags string, env ...string) ([]string, error) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "passing")
	built, err := exec.CommandContext(t.Context(), "go", "build", "-tags", tags, "-o", binary, "./testdata/passing").CombinedOutput()
	require.NoError(t, err, "%s", built)
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env, cmd.Stdout = env, &out
	err = cmd.Run()
	var lines []string
	for line := range strings.Lines(out.String()) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines, err
}
