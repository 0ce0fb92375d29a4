package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
	"github.com/goauth-dev/goauth/reference/internal/wire"
)

// A runner plays the scenarios of one profile against one pair of servers.
type runner struct {
	left, right *harness.Server
	accepted    []Acceptance
	out         io.Writer
	verbose     bool
	result      *Result
}

// scenariosFor picks a profile's scenarios whose name matches.
func scenariosFor(profile string, only *regexp.Regexp) []Scenario {
	var out []Scenario
	for _, s := range corpus() {
		if s.runsOn(profile) && only.MatchString(s.Name) {
			out = append(out, s)
		}
	}
	return out
}

func (r *runner) run(ctx context.Context, scenarios []Scenario) error {
	if err := r.schema(); err != nil {
		return err
	}
	for _, s := range scenarios {
		if err := r.scenario(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		r.result.Scenarios++
	}
	return nil
}

func (r *runner) schema() error {
	l, err1 := schema(r.left)
	rt, err2 := schema(r.right)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	m := newMatcher(r.left, r.right)
	m.tree("schema", l, rt)
	r.file(Scenario{Name: "schema"}, Step{Name: "after migration"}, m.take())
	return nil
}

// withAddress gives the client of a limited profile an address: without one upstream does not limit and we do (UP-071),
// and everything after the first refusal would differ. The scenarios about limits say themselves who calls.
func (r *runner) withAddress(s Scenario, step Step) Step {
	limited := r.result.Profile == "rate-limited" || r.result.Profile == "secondary-storage"
	named := slices.ContainsFunc(step.Headers, func(h wire.Header) bool { return strings.EqualFold(h.Name, forwardedFor) })
	if !limited || named || strings.HasPrefix(s.Name, "limit/") || step.Method == "" {
		return step
	}
	return step.with(forwardedFor, "198.51.100.7")
}

const forwardedFor = "x-forwarded-for"

func (r *runner) scenario(ctx context.Context, s Scenario) error {
	if err := errors.Join(r.left.Reset(), r.right.Reset()); err != nil {
		return err
	}
	left, right, m := newSide(r.left), newSide(r.right), newMatcher(r.left, r.right)
	for i, step := range s.Steps {
		if step.Name == "" {
			step.Name = fmt.Sprintf("%d %s %s", i, step.Method, step.Path)
		}
		step = r.withAddress(s, step)
		if err := r.step(ctx, s, step, m, left, right); err != nil {
			return fmt.Errorf("step %s: %w", step.Name, err)
		}
	}
	if err := compareStored(m, left, right); err != nil {
		return err
	}
	r.file(s, Step{Name: "end"}, m.take())
	return nil
}

// step plays one step on both sides at once and compares the answers.
func (r *runner) step(ctx context.Context, s Scenario, step Step, m *matcher, left, right *Side) error {
	type outcome struct {
		answer *answer
		err    error
		took   time.Duration
	}
	play := func(side *Side) outcome {
		start := time.Now()
		a, err := side.play(ctx, step)
		return outcome{a, err, time.Since(start)}
	}
	done := make(chan outcome, 1)
	go func() { done <- play(right) }()
	lo := play(left)
	la, lerr, ro := lo.answer, lo.err, <-done
	m.took(lo.took, ro.took)
	switch {
	case !step.request():
		return errors.Join(lerr, ro.err)
	case lerr != nil || ro.err != nil:
		r.result.Exchanges++
		return r.unanswered(ctx, s, step, m, lerr, ro.err)
	case step.Optional && (la.status == http.StatusNotFound || ro.answer.status == http.StatusNotFound):
		r.result.Skipped++
		return nil
	}
	r.result.Exchanges++
	if r.verbose {
		fmt.Fprintf(r.out, "%s / %s: %d %s\n", s.Name, step.Name, la.status, show(la.tree["body"]))
	}
	m.tree("answer", la.tree, ro.answer.tree)
	r.file(s, step, m.take())
	return nil
}

// unanswered reports a side that did not answer, even when the other did not
// either: an exchange that never happened proves nothing. A server that died is
// started again, so that it costs one step and not the rest of the run.
func (r *runner) unanswered(ctx context.Context, s Scenario, step Step, m *matcher, left, right error) error {
	what := func(err error) string {
		if err == nil {
			return "answered"
		}
		return err.Error()
	}
	m.report("transport", what(left), what(right), "no answer")
	leftDied, err1 := r.left.Revive(ctx)
	rightDied, err2 := r.right.Revive(ctx)
	if leftDied || rightDied {
		m.report("process", !leftDied, !rightDied, "a server died and was started again")
	}
	r.file(s, step, m.take())
	return errors.Join(err1, err2)
}

func (r *runner) file(s Scenario, step Step, found []Difference) {
	var findings []Finding
	for _, d := range found {
		f := Finding{Profile: r.result.Profile, Scenario: s.Name, Step: step.Name, Difference: d}
		if step.request() {
			f.Request = fmt.Sprintf("%s %s %s", step.Method, step.Path, show(step.Body))
		}
		findings = append(findings, f)
	}
	r.result.add(r.out, r.accepted, findings)
}
