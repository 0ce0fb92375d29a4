// Command bench measures this repository's server beside the real upstream: the same profile, a SQLite file each, the
// server pinned to one processor and the load to another. It prints a table in Markdown, and with -out puts it between
// the marks in a page.
//
//	go run ./reference/bench                                                       # under three minutes
//	go run ./reference/bench -full -date 2026-11-25 -out docs/performance.md       # about twenty minutes
//	go run ./reference/bench -postgres -date 2026-11-30 -out docs/performance.md   # growth on PostgreSQL, under ten minutes
//
// With -postgres both servers have one database on the server that GOAUTH_TEST_POSTGRES names, first with the fewer users
// of -users, then with the more, and five sessions for each.
//
// It needs Linux, two processors, taskset, Node 20 with npm, and for -full 4 GB of room for temporary files.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// plan is how much is measured.
type plan struct {
	port int
	full bool
	// rounds are how often each server is started and loaded in turn; the best round of each counts, since everything
	// else that runs on the machine only ever makes a round worse.
	rounds int
	// quick and slow are how long requests without and with a password hash are sent.
	quick, slow time.Duration
	// growth are the numbers of users to compare.
	growth []int
	log    io.Writer
}

func newPlan(full bool) plan {
	if full {
		return plan{full: true, rounds: 3, quick: 10 * time.Second, slow: 15 * time.Second, growth: []int{1_000, 1_000_000}}
	}
	return plan{rounds: 1, quick: 4 * time.Second, slow: 6 * time.Second}
}

func execute(ctx context.Context, args []string, out, log io.Writer) (err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	full := flags.Bool("full", false, "longer, three rounds, and growth to a million users")
	port := flags.Int("port", 4170, "port of the measured server")
	onPostgres := flags.Bool("postgres", false, "growth on PostgreSQL, and nothing else")
	users := flags.String("users", "1000,1000000", "the numbers of users for -postgres")
	date := flags.String("date", "", "the date to print, such as 2026-11-25; needed with -out")
	page := flags.String("out", "", "put the result between the marks in this page")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *page != "" && *date == "" {
		return errors.New("-out needs -date: the result says when it was measured")
	}
	p := newPlan(*full)
	p.port, p.log = *port, log
	if *onPostgres {
		if p, err = p.onPostgres(*users); err != nil {
			return err
		}
	}
	w, err := harness.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	measure := measureAll
	if *onPostgres {
		measure = measurePostgres
	}
	m, err := measure(ctx, w, p)
	if err != nil {
		return err
	}
	m.date, m.full = *date, *full
	render, marks := m.render, sqliteMarks
	if *onPostgres {
		render, marks = m.renderPostgres, postgresMarks
	}
	text := render()
	if *page != "" {
		return replaceMarked(filepath.Clean(*page), text, marks)
	}
	_, err = io.WriteString(out, text)
	return err
}

// measureAll does everything; the Go benchmarks come first, while nothing is pinned.
func measureAll(ctx context.Context, w *harness.Workspace, p plan) (*report, error) {
	if err := errors.Join(w.Prepare(ctx, harness.GoAuth, ""), w.Prepare(ctx, harness.Upstream, "")); err != nil {
		return nil, err
	}
	m := &report{sides: map[harness.Kind]*side{harness.GoAuth: newSide(), harness.Upstream: newSide()}}
	var err error
	if m.machine, err = describeMachine(ctx); err != nil {
		return nil, err
	}
	if m.benchmarks, err = runBenchmarks(ctx, filepath.Dir(w.Reference)); err != nil {
		return nil, err
	}
	for range p.rounds {
		for _, kind := range []harness.Kind{harness.Upstream, harness.GoAuth} {
			if err := p.round(ctx, w, kind, m.sides[kind]); err != nil {
				return nil, fmt.Errorf("%s: %w", kind, err)
			}
		}
	}
	for _, users := range p.growth {
		if err := p.grow(ctx, w, m, users); err != nil {
			return nil, err
		}
	}
	return m, nil
}
