// Command parity measures this repository against the real upstream in one go: it
// builds the servers, installs what Node needs, plays the comparison on the profiles
// of the core and of social sign-in, the shared-database checks, the official client and upstream's own
// tests, and prints a table.
//
//	go run ./reference/parity                                     # everything
//	go run ./reference/parity -only suite -file two-factor.test    # upstream's tests of one file
//	go run ./reference/parity -only suite -module core             # or of one module; updates the ledger
//	go run ./reference/parity -controls                            # measures which cases of upstream's tests count
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	ok, err := execute(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "parity:", err)
		os.Exit(2)
	case !ok:
		os.Exit(1)
	}
}

// measurement is one line of the table.
type measurement struct {
	what, outcome string
	ok            bool
	took          time.Duration
}

// suite holds what every measurement needs.
type suite struct {
	workspace *harness.Workspace
	subject   harness.Kind
	port      int
	profiles  string
	results   string
	only      string
	cases     cases
	out       io.Writer
}

// names of the measurements, for -only.
var measurements = []string{"compare", "interop", "clients", "suite"}

func (s *suite) wants(name string) bool { return s.only == "" || s.only == name }

func execute(ctx context.Context, args []string, out io.Writer) (ok bool, err error) {
	s := suite{out: out}
	flags := flag.NewFlagSet("parity", flag.ContinueOnError)
	flags.IntVar(&s.port, "port", 4200, "first of four ports to use")
	flags.StringVar(&s.profiles, "profile", "all", "profiles to compare, comma-separated")
	flags.StringVar(&s.results, "out", "", "keep the comparison's results in this JSON file")
	subject := flags.String("subject", "goauth", "the server to measure; upstream measures the measuring")
	flags.StringVar(&s.only, "only", "", "one measurement: "+strings.Join(measurements, ", "))
	flags.StringVar(&s.cases.module, "module", "", "of upstream's tests only those of this module")
	flags.StringVar(&s.cases.file, "file", "", "of upstream's tests only files whose path contains one of these texts, comma-separated; leaves the ledger as it is without -record")
	flags.BoolVar(&s.cases.record, "record", false, "with -file, enter those files into the ledger")
	flags.BoolVar(&s.cases.accept, "accept", false, "write the ledger though cases that passed do not any more")
	controls := flags.Bool("controls", false, "measure which cases of upstream's tests count, and write reference/suite/cases.json")
	if err := flags.Parse(args); err != nil {
		return false, err
	}
	if s.only != "" && !slices.Contains(measurements, s.only) {
		return false, fmt.Errorf("-only %s: want one of %s", s.only, strings.Join(measurements, ", "))
	}
	s.subject = harness.Kind(*subject)
	if s.workspace, err = harness.Open(); err != nil {
		return false, err
	}
	defer s.workspace.Close()
	if *controls {
		return true, s.measureControls(ctx)
	}
	if err := s.prepare(ctx); err != nil {
		return false, err
	}
	lines, err := s.measure(ctx)
	ok = printTable(out, lines)
	return ok && err == nil, err
}

func (s *suite) prepare(ctx context.Context) error {
	w := s.workspace
	if s.only == "suite" {
		return nil // it prepares what it needs itself
	}
	if err := errors.Join(w.Prepare(ctx, harness.Upstream, ""), w.Prepare(ctx, s.subject, ""), w.InstallNode(ctx, "clients")); err != nil {
		return err
	}
	for _, tool := range []string{"compare", "interop"} {
		if err := w.Build(ctx, "./"+tool, filepath.Join(w.Scratch, tool)); err != nil {
			return err
		}
	}
	if s.results == "" {
		s.results = filepath.Join(w.Scratch, "results.json")
	}
	return nil
}

func (s *suite) measure(ctx context.Context) ([]measurement, error) {
	var lines []measurement
	for _, one := range []struct {
		name string
		run  func(ctx context.Context) ([]measurement, error)
	}{{"compare", s.compare}, {"interop", s.interop}, {"clients", s.clients}, {"suite", s.runSuite}} {
		if !s.wants(one.name) {
			continue
		}
		found, err := one.run(ctx)
		lines = append(lines, found...)
		if err != nil {
			return lines, fmt.Errorf("%s: %w", one.name, err)
		}
	}
	return lines, nil
}

// compare runs the comparison and reads its results file.
func (s *suite) compare(ctx context.Context) ([]measurement, error) {
	start := time.Now()
	_, err := s.tool(ctx, "compare", "-profile", s.profiles, "-out", s.results)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(s.results)
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	var results []struct {
		Profile                                 string
		Exchanges, Differing, Accepted, Skipped int
	}
	if err := json.Unmarshal(text, &results); err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	var lines []measurement
	for _, r := range results {
		lines = append(lines, measurement{
			what:    "compare " + r.Profile,
			outcome: fmt.Sprintf("%d exchanges, %d differ, %d accepted, %d skipped", r.Exchanges, r.Differing, r.Accepted, r.Skipped),
			ok:      r.Differing == 0,
		})
	}
	return append(lines, measurement{what: "compare, all", outcome: fmt.Sprintf("%d profiles", len(results)), ok: true, took: time.Since(start)}), nil
}

func (s *suite) interop(ctx context.Context) ([]measurement, error) {
	start := time.Now()
	m := measurement{what: "one database, one secret"}
	output, err := s.tool(ctx, "interop")
	m.outcome, m.took = lastLine(output), time.Since(start)
	m.ok = strings.HasSuffix(m.outcome, " 0 failed")
	return []measurement{m}, err
}

// tool runs one of the built programs, showing its output. A finding (exit code 1) is no error.
func (s *suite) tool(ctx context.Context, name string, args ...string) (string, error) {
	args = append(args, "-left", string(harness.Upstream), "-right", string(s.subject), "-port", fmt.Sprint(s.port), "-binary", s.workspace.Binary())
	cmd := exec.CommandContext(ctx, filepath.Join(s.workspace.Scratch, name), args...)
	cmd.Dir = s.workspace.Reference
	return s.show(cmd)
}

// clients runs the official client against both servers.
func (s *suite) clients(ctx context.Context) ([]measurement, error) {
	var lines []measurement
	for _, kind := range []harness.Kind{harness.Upstream, s.subject} {
		m, err := s.client(ctx, kind)
		lines = append(lines, m)
		if err != nil {
			return lines, err
		}
	}
	return lines, nil
}

// client runs the official client's flows against one kind of server.
func (s *suite) client(ctx context.Context, kind harness.Kind) (measurement, error) {
	start := time.Now()
	m := measurement{what: "official client on " + string(kind)}
	server, err := s.workspace.Start(ctx, harness.Config{Kind: kind, Name: "client-" + string(kind), Port: s.port, Profile: "core"})
	if err != nil {
		return m, err
	}
	defer server.Stop()
	cmd := exec.CommandContext(ctx, "node", "check.mjs")
	cmd.Dir = filepath.Join(s.workspace.Reference, "clients")
	cmd.Env = append(os.Environ(), "BASE_URL="+server.Origin(), "OUTBOX="+server.Outbox)
	output, err := s.show(cmd)
	m.outcome, m.took = lastLine(output), time.Since(start)
	m.ok = strings.HasSuffix(m.outcome, " 0 failed")
	return m, err
}

// show runs a command with its output passed on and returned.
func (s *suite) show(cmd *exec.Cmd) (string, error) {
	var copied bytes.Buffer
	both := io.MultiWriter(s.out, &copied)
	cmd.Stdout, cmd.Stderr = both, both
	err := cmd.Run()
	if exit, isExit := errors.AsType[*exec.ExitError](err); isExit && exit.ExitCode() == 1 {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", filepath.Base(cmd.Path), err)
	}
	return copied.String(), err
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

func printTable(out io.Writer, lines []measurement) (ok bool) {
	ok = len(lines) > 0
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\nmeasurement\toutcome\tverdict\ttime\n")
	for _, m := range lines {
		verdict, took := "same", ""
		if !m.ok {
			verdict, ok = "DIFFERS", false
		}
		if m.took > 0 {
			took = m.took.Round(time.Second).String()
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", m.what, m.outcome, verdict, took)
	}
	table.Flush()
	return ok
}
