package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"pvetl/internal/secret"
)

// Env is what the references of a file are resolved with.
type Env struct {
	// Lookup returns a variable's value, as os.LookupEnv does. Without it no variable is set.
	Lookup func(name string) (string, bool)
	// ReadFile reads the file of a ${file:PATH}. Without it os.ReadFile does.
	ReadFile func(path string) ([]byte, error)
	// Dir is where relative paths start: those of ${file:PATH}, of SQLite databases and of load.files_root.
	Dir string
}

// expansion is a text whose references have been replaced.
type expansion struct {
	text  string
	own   string        // the text with nothing in the place of its references
	held  []secret.Text // what its references stand for
	unset []absent      // the references that have no value, in order
}

// absent is a reference that has no value, and why.
type absent struct {
	name   string // NAME or file:PATH
	reason string
}

var (
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// errReference shows nothing of the text, which may be a password.
	errReference = errors.New("found a ${ that begins no reference, expected ${NAME}, ${NAME:-default} or ${file:PATH}, " +
		"or $${ for the characters themselves")
)

// expand replaces the references ${NAME}, ${NAME:-default} and ${file:PATH} in text, and $${ by ${. Every other $ is
// itself: a query may quote with $$. What a reference stands for is put in as it is.
func (e Env) expand(text string) (expansion, error) {
	var full, own strings.Builder
	var x expansion
	for {
		before, after, found := strings.Cut(text, "$")
		full.WriteString(before)
		own.WriteString(before)
		switch {
		case !found:
			x.text, x.own = full.String(), own.String()
			return x, nil
		case strings.HasPrefix(after, "${"):
			full.WriteString("${")
			own.WriteString("${")
			text = after[2:]
			continue
		case !strings.HasPrefix(after, "{"):
			full.WriteByte('$')
			own.WriteByte('$')
			text = after
			continue
		}
		reference, rest, closed := strings.Cut(after[1:], "}")
		if !closed || strings.Contains(reference, "${") {
			return expansion{}, errReference
		}
		value, missing, err := e.resolve(reference)
		if err != nil {
			return expansion{}, err
		}
		if missing != nil {
			x.unset = append(x.unset, *missing)
		}
		full.WriteString(value)
		x.held = append(x.held, secret.Text(value))
		text = rest
	}
}

// beginsReference reports whether a reference, or an escaped one, begins before a byte of a text as the file has it.
func beginsReference(text string, offset int) bool {
	first := strings.Index(text, "${")
	return first >= 0 && first < offset
}

// resolve returns what the inside of a ${…} stands for.
func (e Env) resolve(reference string) (string, *absent, error) {
	if file, ok := strings.CutPrefix(reference, "file:"); ok {
		return e.contents(file)
	}
	name, fallback, hasFallback := strings.Cut(reference, ":-")
	if !variableName.MatchString(name) {
		return "", nil, errReference
	}
	value, set := "", false
	if e.Lookup != nil {
		value, set = e.Lookup(name)
	}
	switch {
	case hasFallback && value == "":
		return fallback, nil, nil
	case !set:
		return "", &absent{name, "the variable " + name + " is not set"}, nil
	default:
		return value, nil, nil
	}
}

// contents returns a file without the newline that editors and echo put at its end.
func (e Env) contents(file string) (string, *absent, error) {
	if strings.TrimSpace(file) == "" {
		return "", nil, errReference
	}
	read := e.ReadFile
	if read == nil {
		read = os.ReadFile
	}
	content, err := read(within(e.Dir, file))
	if err != nil {
		if cause, ok := errors.AsType[*fs.PathError](err); ok {
			err = cause.Err // the path stands in the message already, as the file has it
		}
		return "", &absent{"file:" + file, fmt.Sprintf("the file %s cannot be read: %v", file, err)}, nil
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r"), nil, nil
}

// within makes a relative path start from dir.
func within(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}
