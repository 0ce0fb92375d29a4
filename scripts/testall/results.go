package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// event is what go test -json writes, see go doc test2json.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build events
	Test       string
	Output     string
}

// results keeps each test's output until its verdict is known, and counts the
// tests that have no subtests.
type results struct {
	out                     io.Writer
	passed, failed, skipped int

	output  map[[2]string][]string // by package and test
	parents map[[2]string]bool
	failing map[string]bool // packages in which a test failed
	reasons map[string]int  // of skips
}

func newResults(out io.Writer) *results {
	return &results{
		out: out, output: map[[2]string][]string{}, parents: map[[2]string]bool{},
		failing: map[string]bool{}, reasons: map[string]int{},
	}
}

func (r *results) take(e event) {
	switch {
	case e.Action == "build-output":
		fmt.Fprint(r.out, e.Output)
	case e.Action == "output":
		r.takeOutput(e)
	case e.Test == "":
		r.packageDone(e)
	case e.Action == "pass" || e.Action == "fail" || e.Action == "skip":
		r.testDone(e)
	}
}

func (r *results) takeOutput(e event) {
	at := [2]string{e.Package, e.Test}
	if e.Test == "" && isVerdict(e.Output) {
		fmt.Fprint(r.out, e.Output)
		return
	}
	if !strings.HasPrefix(e.Output, "=== ") {
		r.output[at] = append(r.output[at], e.Output)
	}
	if i := strings.LastIndex(e.Test, "/"); i >= 0 {
		r.parents[[2]string{e.Package, e.Test[:i]}] = true
	}
}

// isVerdict tells go test's line for a package with tests from other output.
func isVerdict(line string) bool {
	return strings.HasPrefix(line, "ok  \t") || strings.HasPrefix(line, "FAIL\t")
}

func (r *results) testDone(e event) {
	at := [2]string{e.Package, e.Test}
	said := r.output[at]
	delete(r.output, at)
	if e.Action == "fail" {
		r.failing[e.Package] = true
		fmt.Fprint(r.out, strings.Join(said, ""))
	}
	if r.parents[at] {
		return
	}
	switch e.Action {
	case "pass":
		r.passed++
	case "fail":
		r.failed++
	case "skip":
		r.skipped++
		r.reasons[skipReason(said)]++
	}
}

// packageDone shows what a failed package said outside its tests: a panic, a
// build failure, a TestMain that gave up. Without a failed test that is one failure.
func (r *results) packageDone(e event) {
	if e.Action == "fail" {
		for at, said := range r.output {
			if at[0] == e.Package {
				fmt.Fprint(r.out, strings.Join(said, ""))
			}
		}
		if !r.failing[e.Package] {
			r.failed++
		}
	}
	if e.Action == "pass" || e.Action == "fail" || e.Action == "skip" {
		maps.DeleteFunc(r.output, func(at [2]string, _ []string) bool { return at[0] == e.Package })
	}
}

// skipReason is the text that the test gave to Skip, without its position.
func skipReason(said []string) string {
	for _, line := range said {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "--- SKIP") {
			continue
		}
		if _, reason, ok := strings.Cut(line, ".go:"); ok {
			_, reason, _ = strings.Cut(reason, ": ")
			return reason
		}
	}
	return "no reason given"
}

func (r *results) summary() {
	fmt.Fprintln(r.out)
	for _, reason := range slices.Sorted(maps.Keys(r.reasons)) {
		fmt.Fprintf(r.out, "skipped %d: %s\n", r.reasons[reason], reason)
	}
	fmt.Fprintf(r.out, "%d passed, %d failed, %d skipped\n", r.passed, r.failed, r.skipped)
}
