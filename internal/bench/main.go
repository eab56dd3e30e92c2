// Command bench measures the whole program: `make bench` runs it. It loads one made-up help desk from each kind of
// database with the real pvetl, and with a bare loop that does no more than read, encode and POST, and prints both in
// one table. It is no part of the product.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"time"
)

const usage = `the command is bench table or bench memory

table   speed, CPU time, memory and requests: pvetl beside a bare loop, for each kind of database
memory  the peak for a tenth of the tickets and for all of them, 5 comments each, which should be the same

BENCH_ROWS         how many tickets: 20000 in the table, 200000 for the memory
BENCH_JOB_DURATION how long each bulk job takes: 0s
BENCH_IN_FLIGHT    max_in_flight of pvetl: 32 in the table, 8, its default, for the memory
BENCH_SOURCE       the only kind of database in the table: sqlite, postgres or mariadb
BENCH_PVETL        the program to measure, instead of one that is built from here`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to be put away
	}
}

// run is the program. Its further commands are what it starts itself as, so that each measurement is a process of its own.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return errors.New(usage)
	}
	switch command, rest := args[0], args[1:]; {
	case command == "table" && len(rest) == 0:
		return inWorkshop(ctx, stdout, 20_000, 32, (*workshop).table)
	case command == "memory" && len(rest) == 0:
		return inWorkshop(ctx, stdout, 200_000, 8, (*workshop).memory)
	case command == "floor" && len(rest) == 4:
		return floor(ctx, rest[0], rest[1], rest[2], rest[3] == "true")
	case command == "measured" && len(rest) > 0:
		return measured(ctx, rest, stdout, stderr)
	default:
		return errors.New(usage)
	}
}

// settings are what the environment says.
type settings struct {
	rows     int
	inFlight int
	jobTakes time.Duration
	source   string            // the only one; empty: all
	pvetl    string            // the program; empty: to be built
	servers  map[string]string // by the name of the dialect
}

func readSettings(rows, inFlight int) (settings, error) {
	s := settings{source: os.Getenv("BENCH_SOURCE"), pvetl: os.Getenv("BENCH_PVETL"), servers: map[string]string{
		"postgres": os.Getenv("PVETL_TEST_POSTGRES"), "mariadb": os.Getenv("PVETL_TEST_MYSQL"),
	}}
	var faults [4]error
	s.rows, faults[0] = number("BENCH_ROWS", rows)
	s.inFlight, faults[1] = number("BENCH_IN_FLIGHT", inFlight)
	if text := os.Getenv("BENCH_JOB_DURATION"); text != "" {
		s.jobTakes, faults[2] = time.ParseDuration(text)
	}
	if s.source != "" {
		_, faults[3] = dialectOf(s.source)
	}
	return s, errors.Join(faults[:]...)
}

// number reads a variable that is a number above zero.
func number(name string, otherwise int) (int, error) {
	text := os.Getenv(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s is %q: a number above zero is expected", name, text)
	}
	return n, nil
}
