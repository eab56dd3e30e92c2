package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"pvetl/internal/config"
	"pvetl/internal/pipeline"
	"pvetl/internal/sandbox"
)

// The files of the demo. jobs.yaml names the first of them where no variable does, and the state's beside them.
const (
	helpDeskFile = "helpdesk.db"
	configFile   = "jobs.yaml"
	sandboxFile  = "playvox.jsonl"
)

// demo is one performance.
type demo struct {
	teller

	steps   Steps
	keep    string
	dir     string
	file    File
	sandbox *sandbox.Server
	server  *http.Server
	served  chan error // what the server ended with
	runs    []pipeline.Summary
	changes Changes
}

func (d *demo) path(name string) string { return filepath.Join(d.dir, name) }

// prepare makes the directory.
func (d *demo) prepare(context.Context) (err error) {
	if d.keep == "" {
		d.dir, err = os.MkdirTemp("", "pvetl-demo-")
	} else {
		d.dir, err = filepath.Abs(d.keep)
		err = errors.Join(err, makeEmpty(d.dir))
	}
	if err != nil {
		return err
	}
	return os.WriteFile(d.path(configFile), Config, 0o600)
}

// makeEmpty sees to it that a directory is there and that nothing in it can be overwritten.
func makeEmpty(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	found, err := os.ReadDir(dir)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("directory %s is not empty: name another one", dir)
	}
	return err
}

// startSandbox serves a sandbox on a free port, with credentials that nobody else knows.
func (d *demo) startSandbox(ctx context.Context) (err error) {
	d.heading("The sandbox: a server that speaks Playvox's API")
	uid, key := rand.Text(), rand.Text()
	if d.sandbox, err = sandbox.New(sandbox.Options{UID: uid, APIKey: key, DataFile: d.path(sandboxFile)}); err != nil {
		return err
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d.server = &http.Server{Handler: d.sandbox, ReadHeaderTimeout: 10 * time.Second}
	d.served = make(chan error, 1)
	go func() { d.served <- d.server.Serve(listener) }()

	address := "http://" + listener.Addr().String()
	values := map[string]string{"PLAYVOX_BASE_URL": address + "/api/v1", "PLAYVOX_UID": uid, "PLAYVOX_API_KEY": key}
	d.file = File{Path: d.path(configFile), Env: config.Env{Lookup: func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}}}
	d.say("It listens on %s while the demo lasts.", address)
	return nil
}

// cleanUp ends the sandbox and removes what is not to be kept. It works after any act, also one that failed.
func (d *demo) cleanUp() error {
	var errs []error
	if d.server != nil {
		errs = append(errs, d.server.Close())
		if err := <-d.served; !errors.Is(err, http.ErrServerClosed) {
			errs = append(errs, err)
		}
	}
	if d.sandbox != nil {
		errs = append(errs, d.sandbox.Close())
	}
	if d.keep == "" && d.dir != "" {
		errs = append(errs, os.RemoveAll(d.dir))
	}
	return errors.Join(errs...)
}
