package suite

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../../.."

// repository loads the committed data and ledger.
func repository(t *testing.T) (*Data, *Results) {
	t.Helper()
	data, err := Load(root)
	if err != nil {
		t.Fatal(err)
	}
	results, err := LoadResults(resultsPath(root))
	if err != nil {
		t.Fatal(err)
	}
	return data, results
}

func TestTheLedgerIsOfThePinnedUpstream(t *testing.T) {
	data, results := repository(t)
	_, commit, err := Pin(root)
	if err != nil {
		t.Fatal(err)
	}
	if data.Controls.Upstream != commit || results.Upstream != commit {
		t.Errorf("cases.json is of %s, results.json of %s, the pin is %s", data.Controls.Upstream, results.Upstream, commit)
	}
}

func TestTheLedgerAddsUp(t *testing.T) {
	data, results := repository(t)
	for file, f := range results.Files {
		if owner := data.Modules.Owner(file); owner != f.Module {
			t.Errorf("%s is in the ledger of %q and measures %q", file, f.Module, owner)
		}
		ceiling := data.Controls.Files[file].Ceiling(f.Module)
		if f.Ceiling != len(ceiling) || f.Passing+len(f.Failing) != f.Ceiling {
			t.Errorf("%s: ceiling %d (measured %d), %d passing, %d failing", file, f.Ceiling, len(ceiling), f.Passing, len(f.Failing))
		}
		for id := range f.Failing {
			if !ceiling.Has(id) {
				t.Errorf("%s:%s fails and does not count", file, id)
			}
		}
	}
}

func TestEveryCaseThatDoesNotPassIsExplained(t *testing.T) {
	_, results := repository(t)
	known := knownReasons(t)
	for file, f := range results.Files {
		for id, reason := range f.Failing {
			name, _, _ := strings.Cut(reason, ":")
			if !known[name] {
				t.Errorf("%s:%s: %q is no gap of docs/parity and no threat of differences.md", file, id, name)
			}
		}
	}
}

var idPattern = regexp.MustCompile(`\b[A-Z]+(-[a-z]+)*-[0-9]+\b`)

// knownReasons are the ids in the gap tables of the parity pages and in differences.md.
func knownReasons(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	pages, err := filepath.Glob(filepath.Join(root, "docs", "parity", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "| GAP-") || filepath.Base(page) == "differences.md" {
				for _, id := range idPattern.FindAllString(line, -1) {
					known[id] = true
				}
			}
		}
	}
	return known
}

func TestReasonsAreAboutCasesThatCount(t *testing.T) {
	data, _ := repository(t)
	for file := range data.Reasons {
		ceiling := data.Controls.Files[file].Ceiling(data.Modules.Owner(file))
		if len(ceiling) == 0 {
			t.Errorf("%s has reasons and no case that counts", file)
		}
		byCase, _ := data.Reasons.of(file)
		for id := range byCase {
			if !ceiling.Has(id) {
				t.Errorf("%s:%s has a reason and does not count", file, id)
			}
		}
	}
}

func TestTheTablesAreTheLedgers(t *testing.T) {
	data, results := repository(t)
	if err := results.CheckPages(root, data); err != nil {
		t.Error(err)
	}
}

func TestEveryModuleHasFilesAndEveryFileAModule(t *testing.T) {
	data, _ := repository(t)
	for file := range data.Controls.Files {
		if data.Modules.Owner(file) == "" {
			t.Errorf("%s measures no module: add it to modules.json", file)
		}
	}
}

func TestEvaluate(t *testing.T) {
	const file = "better-auth/src/a.test.ts"
	run := &Run{Files: []RunFile{{File: file, Cases: []RunCase{
		{Line: 10, State: "passed"}, {Line: 20, State: "failed"}, {Line: 30, State: "passed"}, {Line: 30, State: "failed"},
	}}}}
	controls := Controls{Files: map[string]FileControls{file: {Cases: 5, Counted: IDs{"10", "20", "30", "30.2", "40"}}}}
	tests := []struct {
		name     string
		reasons  map[string]string
		failing  map[CaseID]string
		problems []string
	}{
		{"nothing explained", nil, map[CaseID]string{"20": "", "30.2": "", "40": ""}, []string{
			file + ":20 does not pass, and reasons.json does not say why",
			file + ":30.2 does not pass, and reasons.json does not say why",
			file + ":40 does not pass, and reasons.json does not say why",
		}},
		{"all explained", map[string]string{"20 40": "GAP-core-001: words", "30.2": "UP-069"},
			map[CaseID]string{"20": "GAP-core-001: words", "30.2": "UP-069", "40": "GAP-core-001: words"}, nil},
		{"by one for all", map[string]string{"*": "GAP-core-001", "20": "UP-069"},
			map[CaseID]string{"20": "UP-069", "30.2": "GAP-core-001", "40": "GAP-core-001"}, nil},
		{"one passes in spite of it", map[string]string{"*": "GAP-core-001", "10": "UP-069"},
			map[CaseID]string{"20": "GAP-core-001", "30.2": "GAP-core-001", "40": "GAP-core-001"},
			[]string{file + ":10 passes in spite of UP-069: take the reason out of reasons.json"}},
		{"one is no case", map[string]string{"*": "GAP-core-001", "11": "UP-069"},
			map[CaseID]string{"20": "GAP-core-001", "30.2": "GAP-core-001", "40": "GAP-core-001"},
			[]string{file + ":11 has a reason and is no case that counts"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &Data{Controls: controls, Modules: Modules{"core": {"better-auth/"}}, Reasons: Reasons{file: tt.reasons}}
			e := d.Evaluate(run, []string{file})
			got := e.Results[file]
			if got.Passing != 2 || got.Ceiling != 5 || !mapsEqual(got.Failing, tt.failing) {
				t.Errorf("got %+v", got)
			}
			if !slices.Equal(e.Problems, tt.problems) {
				t.Errorf("problems %q, want %q", e.Problems, tt.problems)
			}
		})
	}
}

func TestAFileReasonGoesStaleWhenEverythingPasses(t *testing.T) {
	const file = "better-auth/src/a.test.ts"
	run := &Run{Files: []RunFile{{File: file, Cases: []RunCase{{Line: 10, State: "passed"}}}}}
	d := &Data{
		Controls: Controls{Files: map[string]FileControls{file: {Cases: 1, Counted: IDs{"10"}}}},
		Modules:  Modules{"core": {"better-auth/"}}, Reasons: Reasons{file: {"*": "GAP-core-001"}},
	}
	want := []string{file + " passes in spite of GAP-core-001: take the reason out of reasons.json"}
	if got := d.Evaluate(run, []string{file}).Problems; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func mapsEqual(a, b map[CaseID]string) bool {
	if len(a) != len(b) {
		return false
	}
	for id, reason := range a {
		if other, ok := b[id]; !ok || other != reason {
			return false
		}
	}
	return true
}

func TestRegressionsAreCasesThatPassedAndDoNot(t *testing.T) {
	older := map[string]FileResult{
		"a": {Module: "core", Ceiling: 3, Passing: 2, Failing: map[CaseID]string{"1": "UP-069"}},
		"b": {Module: "core", Ceiling: 1, Passing: 1},
	}
	newer := map[string]FileResult{
		"a": {Module: "core", Ceiling: 3, Passing: 2, Failing: map[CaseID]string{"2": "UP-069"}},
	}
	want := []string{"a:2 passed and does not", "b: 1 cases passed, and the file is not in the ledger"}
	if got := Regressions(older, newer); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if got := Regressions(older, older); got != nil {
		t.Errorf("a ledger lost %q against itself", got)
	}
}

func TestControlsCountWhatNeedsAServer(t *testing.T) {
	const file = "better-auth/src/plugins/a.test.ts"
	run := func(states ...string) *Run {
		f := RunFile{File: file}
		for i, state := range states {
			f.Cases = append(f.Cases, RunCase{Line: 10 * (i + 1), State: state, Requests: i})
		}
		return &Run{Files: []RunFile{f}}
	}
	const pass, fail = "passed", "failed"
	m := Measured{
		//              silent, evidence, basic, no server needed, flaky
		Upstream: []*Run{run(pass, pass, pass, pass, pass), run(pass, pass, pass, pass, fail)},
		Null:     run(fail, fail, fail, pass, fail),
		Basic:    run(fail, fail, pass, pass, fail),
	}
	got := m.Controls("commit").Files[file]
	if got.Cases != 5 || !slices.Equal(got.Counted, IDs{"20", "30"}) || !slices.Equal(got.Basic, IDs{"30"}) {
		t.Errorf("got %+v", got)
	}
	if ceiling := got.Ceiling("plugins"); !slices.Equal(ceiling, IDs{"20"}) {
		t.Errorf("a plugin's ceiling is %v", ceiling)
	}
	if ceiling := got.Ceiling("core"); !slices.Equal(ceiling, IDs{"20", "30"}) {
		t.Errorf("the core's ceiling is %v", ceiling)
	}
}

func TestIDsKeepTheOrderOfTheFile(t *testing.T) {
	var ids IDs
	if err := ids.UnmarshalText([]byte("20 100 20.2 3")); err != nil {
		t.Fatal(err)
	}
	if text, err := ids.MarshalText(); err != nil || string(text) != "3 20 20.2 100" {
		t.Errorf("got %q, %v", text, err)
	}
	for _, bad := range []string{"x", "0", "1.0", "1.x", "-1"} {
		if err := ids.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestTheLongestPrefixOwnsAFile(t *testing.T) {
	m := Modules{"core": {"better-auth/src/"}, "plugins": {"better-auth/src/plugins/jwt/"}, "sso": {"sso/"}, "sso/saml": {"sso/src/saml"}}
	for file, want := range map[string]string{
		"better-auth/src/social.test.ts": "core", "better-auth/src/plugins/jwt/jwt.test.ts": "plugins",
		"sso/src/saml.test.ts": "sso/saml", "sso/src/oidc.test.ts": "sso", "cli/test/a.test.ts": "",
	} {
		if got := m.Owner(file); got != want {
			t.Errorf("%s measures %q, want %q", file, got, want)
		}
	}
}
