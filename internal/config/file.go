package config

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"pvetl/internal/secret"
)

// MaxSize is the most bytes a jobs.yaml may have.
const MaxSize = 1 << 20

// File is a jobs.yaml that has been read.
type File struct {
	// Config is the file's content with its defaults. Where a value has an unset variable, a text is kept as it is
	// written and anything else has its default: Require comes before use.
	Config Config
	// Findings is everything there is to say about the file, in its order.
	Findings []Finding
	// Unset lists every reference without a value, in the order of the file.
	Unset []Unset

	doc      *document
	redactor secret.Redactor
}

// Read loads the file at path. References to files and other relative paths start from its directory, whatever
// env.Dir says.
func Read(path string, env Env) (*File, error) {
	content, err := readCapped(path)
	if err != nil {
		return nil, err
	}
	env.Dir = filepath.Dir(path)
	return Load(path, content, env)
}

// readCapped reads one byte more than allowed at most, so that Load can refuse a huge file without holding it.
func readCapped(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err // names the operation and the path
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return content, nil
}

// Load reads content as the jobs.yaml called name. The file is returned in every case, with its findings; the error is
// an *Error that lists the faults if it has any. Unset variables are no fault: see Require.
func Load(name string, content []byte, env Env) (*File, error) {
	doc := newDocument(name, content)
	file := &File{doc: doc}
	if root := doc.parse(content); root != nil {
		(&decoder{doc, env}).value(root, "", field{}, reflect.ValueOf(&file.Config).Elem())
		(&checker{doc, &file.Config, secret.NewRedactor(doc.held...)}).check()
		resolvePaths(doc, &file.Config, env.Dir)
		file.redactor = secret.NewRedactor(credentials(doc, &file.Config)...)
	}
	for _, unset := range doc.unset {
		doc.findings = append(doc.findings, unset.Finding)
	}
	slices.SortStableFunc(doc.findings, inFileOrder)
	slices.SortStableFunc(doc.unset, func(a, b Unset) int { return inFileOrder(a.Finding, b.Finding) })
	file.Findings, file.Unset = append([]Finding{}, doc.findings...), doc.unset // findings that are none are [] in JSON
	return file, failed(file.Findings)
}

// Redactor knows every credential of the file.
func (f *File) Redactor() secret.Redactor { return f.redactor }
