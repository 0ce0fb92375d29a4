package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
	tests "github.com/goauth-dev/goauth/reference/internal/suite"
)

// cases says which of upstream's tests run, and what becomes of the ledger.
type cases struct {
	module, file   string
	accept, record bool
}

// runner prepares everything that upstream's tests need but the testbed.
func (s *suite) runner(ctx context.Context) (root string, runner *tests.Runner, commit string, err error) {
	root = filepath.Dir(s.workspace.Reference)
	if err := s.workspace.InstallNode(ctx, "suite"); err != nil {
		return "", nil, "", err
	}
	checkout, commit, err := tests.Checkout(ctx, root, s.out)
	if err != nil {
		return "", nil, "", err
	}
	log, err := os.CreateTemp("", "goauth-suite-*.log")
	if err != nil {
		return "", nil, "", err
	}
	fmt.Fprintln(s.out, "what vitest prints goes to", log.Name())
	return root, &tests.Runner{Suite: filepath.Join(root, "reference", "suite"), Upstream: checkout, Log: log}, commit, nil
}

// against runs files against the testbed that a program serves.
func (s *suite) against(ctx context.Context, runner tests.Runner, files []string, program string, args ...string) (*tests.Run, error) {
	testbed, err := tests.StartTestbed(ctx, runner.Log, program, args...)
	if err != nil {
		return nil, err
	}
	defer testbed.Stop()
	runner.Testbed = testbed.URL
	return runner.Run(ctx, files)
}

// subjectTestbed is the program and arguments of the testbed under test.
func (s *suite) subjectTestbed(ctx context.Context, runner *tests.Runner) (string, []string, error) {
	if s.subject == harness.Upstream {
		main := filepath.Join(runner.Suite, "upstream-testbed", "main.mjs")
		return runner.Node(), []string{main}, s.workspace.InstallNode(ctx, upstreamTestbed)
	}
	binary := filepath.Join(s.workspace.Scratch, "testbed")
	return binary, nil, s.workspace.Build(ctx, "./testbed", binary)
}

// runSuite runs upstream's own test files and keeps the ledger.
func (s *suite) runSuite(ctx context.Context) ([]measurement, error) {
	start := time.Now()
	root, runner, commit, err := s.runner(ctx)
	if err != nil {
		return nil, err
	}
	data, err := tests.Load(root)
	if err != nil {
		return nil, err
	}
	if data.Controls.Upstream != commit {
		return nil, fmt.Errorf("reference/suite/cases.json was measured at %s, the pin is %s: run with -controls", data.Controls.Upstream, commit)
	}
	if s.subject == harness.Upstream {
		data.Reasons = nil // upstream has no gaps
	}
	files, err := s.selectFiles(root, data)
	if err != nil {
		return nil, err
	}
	program, args, err := s.subjectTestbed(ctx, runner)
	if err != nil {
		return nil, err
	}
	run, err := s.against(ctx, *runner, files, program, args...)
	if err != nil {
		return nil, err
	}
	if s.cases.file != "" {
		run.Explain(s.out)
	}
	evaluation := data.Evaluate(run, files)
	lost, err := s.keep(root, commit, data, evaluation)
	lines := s.suiteLines(evaluation, append(evaluation.Problems, lost...), time.Since(start))
	return lines, err
}

// selectFiles lists the files of the modules that are in the repository, or of what was asked for.
func (s *suite) selectFiles(root string, data *tests.Data) ([]string, error) {
	built, err := tests.BuiltModules(root)
	if err != nil {
		return nil, err
	}
	files := data.Files(func(module string) bool {
		return slices.Contains(built, module) && (s.cases.module == "" || s.cases.module == module)
	})
	files = tests.Select(files, s.cases.file)
	if len(files) == 0 {
		return nil, errors.New("no test file of upstream is of this module and name: see reference/suite/modules.json and cases.json")
	}
	return files, nil
}

// keep writes the ledger and its tables, unless the run was of single files or something that passed does not any more.
func (s *suite) keep(root, commit string, data *tests.Data, e tests.Evaluation) (lost []string, err error) {
	ledger, err := tests.LoadLedger(root, commit)
	if err != nil {
		return nil, err
	}
	lost = tests.Regressions(ledger.Among(e.Results), e.Results)
	part := s.cases.file != ""
	if part && !s.cases.record || s.subject != harness.GoAuth || len(lost) > 0 && !s.cases.accept {
		return lost, nil
	}
	maps.DeleteFunc(ledger.Files, func(_ string, f tests.FileResult) bool {
		return !part && (s.cases.module == "" || s.cases.module == f.Module) // what is not run any more goes
	})
	maps.Copy(ledger.Files, e.Results)
	return lost, errors.Join(ledger.Save(root), ledger.WritePages(root, data))
}

// suiteLines prints what needs a person and sums up by module.
func (s *suite) suiteLines(e tests.Evaluation, problems []string, took time.Duration) []measurement {
	sums := map[string]tests.FileResult{}
	for _, f := range e.Results {
		sum := sums[f.Module]
		sum.Ceiling, sum.Passing = sum.Ceiling+f.Ceiling, sum.Passing+f.Passing
		sums[f.Module] = sum
	}
	for _, p := range problems {
		fmt.Fprintln(s.out, p)
	}
	var lines []measurement
	for _, module := range slices.Sorted(maps.Keys(sums)) {
		sum := sums[module]
		lines = append(lines, measurement{
			what:    "upstream's tests of " + module,
			outcome: fmt.Sprintf("%d of %d pass", sum.Passing, sum.Ceiling), ok: true,
		})
	}
	return append(lines, measurement{
		what:    "upstream's tests",
		outcome: fmt.Sprintf("%d files, %d cases need attention", len(e.Results), len(problems)), ok: len(problems) == 0, took: took,
	})
}

// measureControls decides by measuring which cases of upstream's tests count.
func (s *suite) measureControls(ctx context.Context) error {
	root, runner, commit, err := s.runner(ctx)
	if err != nil {
		return err
	}
	null := filepath.Join(s.workspace.Scratch, "testbed")
	err = errors.Join(s.workspace.InstallNode(ctx, upstreamTestbed), s.workspace.Build(ctx, "./testbed", null))
	if err != nil {
		return err
	}
	upstream := filepath.Join(runner.Suite, "upstream-testbed", "main.mjs")
	var m tests.Measured
	for range 2 {
		run, err := s.against(ctx, *runner, nil, runner.Node(), upstream)
		if err != nil {
			return err
		}
		m.Upstream = append(m.Upstream, run)
	}
	candidates := m.Candidates()
	runner.CaseTimeout = controlTimeout
	if m.Null, err = s.against(ctx, *runner, candidates, null, "-null"); err != nil {
		return err
	}
	if m.Basic, err = s.against(ctx, *runner, candidates, runner.Node(), upstream, "--basic"); err != nil {
		return err
	}
	return m.Controls(commit).Save(root)
}

// controlTimeout is enough for a case that passes without a server; the others need not be waited for.
const controlTimeout = 5 * time.Second

// upstreamTestbed is the folder of upstream's own testbed.
const upstreamTestbed = "suite/upstream-testbed"
