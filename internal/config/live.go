package config

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Live is a jobs.yaml that is read again when it changes. An edit that is broken leaves what was there. It is safe for
// concurrent use.
type Live struct {
	path   string
	env    Env
	accept func(file, inUse *File) error

	looking sync.Mutex  // one looks at a time; guards what follows
	seen    fs.FileInfo // of the last file that was looked at
	inUse   []byte      // the content of the last one that was good

	mu      sync.Mutex // guards what follows
	reading Reading
}

// Reading is what a Live holds at a moment.
type Reading struct {
	File       *File
	Number     int       // counts the good readings, from 1
	ReadAt     time.Time // when File was read
	Fault      error     // why the file as it is now is not in use; nil where it is
	FaultSince time.Time
}

// Watch reads the file at path, which has to be good. A file is good that Read accepts and accept as well, which gets it and
// the one in use, nil at first.
func Watch(path string, env Env, accept func(file, inUse *File) error) (*Live, error) {
	env.Dir = filepath.Dir(path)
	l := &Live{path: path, env: env, accept: accept}
	l.Reread()
	if fault := l.Current().Fault; fault != nil {
		return nil, fault
	}
	return l, nil
}

// Current returns what is in use.
func (l *Live) Current() Reading {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reading
}

// Look reads the file again where it has changed, and reports whether Current says something else since.
func (l *Live) Look() (changed bool) {
	l.looking.Lock()
	defer l.looking.Unlock()
	info, err := os.Stat(l.path) // follows links: a folder that is swapped shows another file
	// What is at fault is read each time: the cause may lie in a file that it refers to, and end there.
	whole := l.Current().Fault == nil
	if whole && err == nil && isSame(info, l.seen) {
		return false
	}
	content, err := readCapped(l.path)
	if err != nil {
		return l.fail(err)
	}
	l.seen = info
	if whole && bytes.Equal(content, l.inUse) {
		return false
	}
	return l.take(content)
}

// isSame reports whether a file has not been written since it was looked at. Of one that was written just now its time does
// not tell: file systems count in coarse steps.
func isSame(now, before fs.FileInfo) bool {
	const coarse = 2 * time.Second
	return before != nil && os.SameFile(now, before) && now.Size() == before.Size() && now.ModTime().Equal(before.ModTime()) &&
		time.Since(now.ModTime()) > coarse
}

// Reread is Look whether the file has changed or not: the files and variables that it refers to may have.
func (l *Live) Reread() (changed bool) {
	l.looking.Lock()
	defer l.looking.Unlock()
	content, err := readCapped(l.path)
	if err != nil {
		return l.fail(err)
	}
	return l.take(content)
}

// take uses a content that is good.
func (l *Live) take(content []byte) (changed bool) {
	inUse := l.Current().File
	file, err := Load(l.path, content, l.env)
	if err == nil {
		err = l.accept(file, inUse)
	}
	if err != nil {
		return l.fail(err)
	}
	l.inUse = content
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reading = Reading{File: file, Number: l.reading.Number + 1, ReadAt: time.Now()}
	return true
}

// fail keeps what is in use, and says why.
func (l *Live) fail(fault error) (changed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	changed = l.reading.Fault == nil || l.reading.Fault.Error() != fault.Error()
	if l.reading.Fault == nil {
		l.reading.FaultSince = time.Now()
	}
	l.reading.Fault = fault
	return changed
}
