package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// cost is what a process took of the machine.
type cost struct {
	Elapsed time.Duration `json:"elapsed"`
	CPU     time.Duration `json:"cpu"` // user and system
	PeakKiB int64         `json:"peak_kib"`
}

// measure runs a program to its end and returns what it cost and what it printed. Between us and it stands a process of
// our own that is as small as can be: the peak of a process counts from before its program is loaded, when it still is
// its parent.
func measure(ctx context.Context, environment []string, program string, args ...string) (cost, []byte, error) {
	var spent cost
	self, err := os.Executable()
	if err != nil {
		return spent, nil, err
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		return spent, nil, err
	}
	defer reader.Close()
	command := exec.CommandContext(ctx, self, append([]string{"measured", program}, args...)...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr, command.ExtraFiles = &stdout, &stderr, []*os.File{writer}
	command.Env = append(os.Environ(), environment...)
	err = command.Run()
	_ = writer.Close()
	if err != nil {
		return spent, stdout.Bytes(), fmt.Errorf("%s %v: %w\n%s%s", program, args, err, stdout.String(), stderr.String())
	}
	return spent, stdout.Bytes(), json.NewDecoder(reader).Decode(&spent)
}

// measured runs a program and writes what it cost to the fourth descriptor.
func measured(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	command := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // it is we who name the program
	command.Stdout, command.Stderr = stdout, stderr
	start := time.Now()
	err := command.Run()
	if err != nil {
		return err
	}
	spent := cost{Elapsed: time.Since(start), CPU: command.ProcessState.UserTime() + command.ProcessState.SystemTime()}
	if used, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
		spent.PeakKiB = used.Maxrss
	}
	return json.NewEncoder(os.NewFile(3, "cost")).Encode(spent)
}
