package pipeline

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pvetl/load"
	"pvetl/mapping"
)

// open reads a file below the root. The data names it, so nothing outside is ever opened.
func (a *attachments) open(path string) ([]byte, *mapping.Fault) {
	fault := func(rule, reason string) *mapping.Fault {
		return &mapping.Fault{Field: "path", Value: path, Rule: rule, Reason: reason}
	}
	root, err := os.OpenRoot(a.root)
	if err != nil {
		return nil, fault("files_root", "load.files_root cannot be opened: "+reasonOf(err))
	}
	defer root.Close()
	opened, err := root.Open(a.below(path))
	if err != nil {
		return nil, fault("path", "the file cannot be opened below load.files_root: "+reasonOf(err))
	}
	defer opened.Close()
	if info, err := opened.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fault("path", "this is no regular file")
	}
	content, err := io.ReadAll(io.LimitReader(opened, load.MaxFile+1))
	if err != nil {
		return nil, fault("path", "the file cannot be read: "+reasonOf(err))
	}
	return content, nil
}

// below makes a path relative to the root where it names the root itself in front.
func (a *attachments) below(path string) string {
	if relative, ok := strings.CutPrefix(filepath.Clean(path), filepath.Clean(a.root)+string(filepath.Separator)); ok {
		return relative
	}
	return path
}

// reasonOf is what the operating system says, without the path that stands beside it already.
func reasonOf(err error) string {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Err.Error()
	}
	return err.Error()
}
