package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// An Acceptance is a difference that we want, with the threat that asks for it. Empty
// patterns match everything; a star matches any text. Left and Right are the values as
// the report prints them.
type Acceptance struct {
	Profile  string `json:"profile,omitempty"`
	Scenario string `json:"scenario,omitempty"`
	Step     string `json:"step,omitempty"`
	Path     string `json:"path,omitempty"`
	Left     string `json:"left,omitempty"`
	Right    string `json:"right,omitempty"`
	// Whole accepts every difference of the exchange in which one matches: another status
	// brings another body and other cookies with it.
	Whole   bool   `json:"whole,omitempty"`
	Threat  string `json:"threat"`
	Because string `json:"because"`
}

func loadAccepted(file string) ([]Acceptance, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read accepted differences: %w", err)
	}
	var out []Acceptance
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	for i, a := range out {
		if a.Threat == "" || a.Because == "" {
			return nil, fmt.Errorf("%s: entry %d needs a threat and a sentence", file, i)
		}
	}
	return out, nil
}

func (a Acceptance) matches(f Finding) bool {
	return glob(a.Profile, f.Profile) && glob(a.Scenario, f.Scenario) && glob(a.Step, f.Step) && glob(a.Path, f.Path) &&
		glob(a.Left, show(f.Left)) && glob(a.Right, show(f.Right))
}

// accept marks the findings of one exchange that are wanted.
func accept(accepted []Acceptance, found []Finding) {
	for _, a := range accepted {
		for i := range found {
			if !a.matches(found[i]) {
				continue
			}
			if !a.Whole {
				found[i].Threat = a.Threat
				continue
			}
			for j := range found {
				found[j].Threat = a.Threat
			}
			return
		}
	}
}

func glob(pattern, text string) bool {
	if pattern == "" || pattern == text {
		return true
	}
	expression := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*")
	ok, err := regexp.MatchString("(?s)^"+expression+"$", text)
	return err == nil && ok
}

// A Finding is a difference with where it was found.
type Finding struct {
	Profile  string `json:"profile"`
	Scenario string `json:"scenario"`
	Step     string `json:"step"`
	Request  string `json:"request,omitempty"`
	Difference
	// Threat is set when the difference is accepted.
	Threat string `json:"threat,omitempty"`
}

// Result sums one profile up.
type Result struct {
	Profile   string `json:"profile"`
	Scenarios int    `json:"scenarios"`
	Exchanges int    `json:"exchanges"`
	// Differing counts exchanges (and ends of scenarios) with an open difference.
	Differing int       `json:"differing"`
	Accepted  int       `json:"accepted"`
	Skipped   int       `json:"skipped"`
	Findings  []Finding `json:"findings"`
}

// add files the differences of one step, and prints the open ones.
func (r *Result) add(out io.Writer, accepted []Acceptance, found []Finding) {
	open := 0
	accept(accepted, found)
	for _, f := range found {
		if f.Threat == "" {
			open++
			f.print(out, open == 1)
		}
	}
	r.Findings = append(r.Findings, found...)
	switch {
	case open > 0:
		r.Differing++
	case len(found) > 0:
		r.Accepted++
	}
}

func (f Finding) print(out io.Writer, first bool) {
	if first {
		fmt.Fprintf(out, "\n%s / %s / %s\n", f.Profile, f.Scenario, f.Step)
		if f.Request != "" {
			fmt.Fprintf(out, "  %s\n", f.Request)
		}
	}
	fmt.Fprintf(out, "  %s: %s\n    left:  %s\n    right: %s\n", f.Path, f.Why, show(f.Left), show(f.Right))
}

func (r *Result) summary() string {
	return fmt.Sprintf("%-22s %4d scenarios %5d exchanges %4d differ %4d accepted %3d skipped",
		r.Profile, r.Scenarios, r.Exchanges, r.Differing, r.Accepted, r.Skipped)
}
