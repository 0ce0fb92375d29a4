package suite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Run is what the suite's reporter wrote.
type Run struct {
	Files []RunFile `json:"files"`
	// Unhandled are errors that belong to no case.
	Unhandled []string `json:"unhandled"`
}

// RunFile is one test file.
type RunFile struct {
	File   string    `json:"file"`
	Errors []string  `json:"errors"`
	Cases  []RunCase `json:"cases"`
}

// RunCase is one case. Names are upstream's and are shown, never kept.
type RunCase struct {
	Line     int      `json:"line"`
	Name     string   `json:"name"`
	State    string   `json:"state"`
	Requests int      `json:"requests"`
	MS       int      `json:"ms"`
	Errors   []string `json:"errors"`
	Problems []string `json:"problems"`
}

// byID returns the cases of a file by their ids: a line that makes several numbers them in the order of the file.
func (f RunFile) byID() map[CaseID]RunCase {
	cases, count := map[CaseID]RunCase{}, map[int]int{}
	for _, c := range f.Cases {
		count[c.Line]++
		id := CaseID(strconv.Itoa(c.Line))
		if n := count[c.Line]; n > 1 {
			id += CaseID("." + strconv.Itoa(n))
		}
		cases[id] = c
	}
	return cases
}

// find returns the cases of a file.
func (r *Run) find(file string) map[CaseID]RunCase {
	for _, f := range r.Files {
		if f.File == file {
			return f.byID()
		}
	}
	return nil
}

// Passed says of each case of a file whether it passed.
func (r *Run) Passed(file string) map[CaseID]bool {
	passed := map[CaseID]bool{}
	for id, c := range r.find(file) {
		passed[id] = c.State == "passed"
	}
	return passed
}

// Explain writes the cases of a run that did not pass, with what is known about each.
func (r *Run) Explain(w io.Writer) {
	for _, f := range r.Files {
		cases := f.byID()
		failing := slices.DeleteFunc(slices.SortedFunc(maps.Keys(cases), compareIDs), func(id CaseID) bool { return cases[id].State == "passed" })
		fmt.Fprintf(w, "\n%s: %d of %d cases pass\n", f.File, len(cases)-len(failing), len(cases))
		for _, text := range f.Errors {
			fmt.Fprintf(w, "  the file failed to load: %s\n", text)
		}
		for _, id := range failing {
			c := cases[id]
			fmt.Fprintf(w, "  %s %s: %s\n", id, c.State, c.Name)
			for _, text := range slices.Concat(c.Errors, c.Problems) {
				fmt.Fprintf(w, "      %s\n", strings.ReplaceAll(text, "\n", "\n      "))
			}
		}
	}
}

// runTimeout bounds one run of all files.
const runTimeout = 40 * time.Minute

// Runner runs upstream's files.
type Runner struct {
	// Suite is the folder reference/suite, Upstream the checkout with its dependencies.
	Suite, Upstream string
	// Testbed is the address of the server under test.
	Testbed string
	// Workers is how many files run at once; 0 is one a processor.
	Workers int
	// CaseTimeout bounds a case; 0 leaves the suite's own.
	CaseTimeout time.Duration
	// Log receives what vitest prints.
	Log io.Writer
}

// Run runs the files, given by path below upstream's folder packages; none means all.
func (r *Runner) Run(ctx context.Context, files []string) (*Run, error) {
	ctx, cancel := context.WithTimeout(ctx, runTimeout)
	defer cancel()
	scratch, err := os.MkdirTemp(inMemory(), "goauth-suite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	out := filepath.Join(scratch, "out.json")
	cmd := exec.CommandContext(ctx, r.Node(), r.args(files)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = r.Upstream, r.Log, r.Log
	workers := r.Workers
	if workers == 0 {
		workers = runtime.NumCPU()
	}
	cmd.Env = append(os.Environ(), "SUITE_UPSTREAM="+r.Upstream, "SUITE_TESTBED="+r.Testbed, "SUITE_DB_DIR="+scratch,
		"SUITE_OUT="+out, "SUITE_WORKERS="+strconv.Itoa(workers), "SUITE_TIMEOUT="+strconv.FormatInt(r.CaseTimeout.Milliseconds(), 10))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	// failing cases make vitest's exit code 1; whether it worked is seen by its report
	failed := cmd.Run()
	data, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("vitest reported nothing: %w", errors.Join(failed, ctx.Err(), err))
	}
	run := &Run{}
	if err := json.Unmarshal(data, run); err != nil {
		return nil, fmt.Errorf("vitest's report: %w", err)
	}
	return run, nil
}

func (r *Runner) args(files []string) []string {
	args := []string{filepath.Join(r.Upstream, "node_modules", "vitest", "vitest.mjs"), "run",
		"--config", filepath.Join(r.Suite, "vitest.config.mjs")}
	for _, file := range files {
		args = append(args, filepath.Join(r.Upstream, "packages", filepath.FromSlash(file)))
	}
	return args
}

// Node is the one that the suite's package brings, which is new enough whatever the system has.
func (r *Runner) Node() string { return nodeOf(r.Suite) }

func nodeOf(suite string) string { return filepath.Join(suite, "node_modules", ".bin", "node") }

// inMemory is a folder for files that need not survive, on a file system in memory where there is one.
func inMemory() string {
	const shm = "/dev/shm"
	if info, err := os.Stat(shm); err == nil && info.IsDir() {
		return shm
	}
	return ""
}
