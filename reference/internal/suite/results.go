package suite

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
)

// Results is docs/parity/results.json.
type Results struct {
	// Upstream is the commit whose files ran.
	Upstream string `json:"upstream"`
	// Files are by path below upstream's folder packages.
	Files map[string]FileResult `json:"files"`
}

// FileResult is the outcome of one file.
type FileResult struct {
	Module string `json:"module"`
	// Cases is how many the file has; Ceiling how many of them are evidence about the module; Passing how many of those
	// pass.
	Cases   int `json:"cases"`
	Ceiling int `json:"ceiling"`
	Passing int `json:"passing"`
	// Failing are the others, each with its reason; an empty one says that nobody explained it yet.
	Failing map[CaseID]string `json:"failing,omitempty"`
}

// resultsPath is where the ledger is.
func resultsPath(root string) string { return filepath.Join(root, "docs", "parity", "results.json") }

// LoadResults reads a ledger.
func LoadResults(path string) (*Results, error) {
	r := &Results{}
	if err := readStrict(path, r); err != nil {
		return nil, err
	}
	return r, nil
}

// LoadLedger reads the ledger of the repository. One of another upstream says nothing about this one: it counts as empty.
func LoadLedger(root, commit string) (*Results, error) {
	ledger, err := LoadResults(resultsPath(root))
	if errors.Is(err, fs.ErrNotExist) || err == nil && ledger.Upstream != commit {
		return &Results{Upstream: commit, Files: map[string]FileResult{}}, nil
	}
	return ledger, err
}

// Among returns the ledger's results of the files that the others have.
func (r *Results) Among(others map[string]FileResult) map[string]FileResult {
	same := map[string]FileResult{}
	for file := range others {
		if f, known := r.Files[file]; known {
			same[file] = f
		}
	}
	return same
}

// Save writes the ledger of the repository.
func (r *Results) Save(root string) error {
	return writeByLine(resultsPath(root), r.Upstream, r.Files)
}

// Evaluation is a run seen with the data: results, and what must not stay as it is.
type Evaluation struct {
	Results map[string]FileResult
	// Problems are sentences, each naming a case: failing without a reason, or passing in spite of one.
	Problems []string
}

// Evaluate holds a run against what counts. A case of the ceiling that did not run, because its file failed to load for
// instance, does not pass.
func (d *Data) Evaluate(run *Run, files []string) Evaluation {
	e := Evaluation{Results: map[string]FileResult{}}
	for _, file := range files {
		e.add(d, file, run.Passed(file))
	}
	return e
}

func (e *Evaluation) add(d *Data, file string, passed map[CaseID]bool) {
	module, controls := d.Modules.Owner(file), d.Controls.Files[file]
	ceiling := controls.Ceiling(module)
	byCase, others := d.Reasons.of(file)
	result := FileResult{Module: module, Cases: controls.Cases, Ceiling: len(ceiling)}
	for _, id := range ceiling {
		reason, explained := byCase[id]
		switch {
		case passed[id] && explained:
			e.problem("%s:%s passes in spite of %s: take the reason out of reasons.json", file, id, reason)
			fallthrough
		case passed[id]:
			result.Passing++
			continue
		case !explained:
			reason = others
		}
		if reason == "" {
			e.problem("%s:%s does not pass, and reasons.json does not say why", file, id)
		}
		if result.Failing == nil {
			result.Failing = map[CaseID]string{}
		}
		result.Failing[id] = reason
	}
	for _, id := range slices.SortedFunc(maps.Keys(byCase), compareIDs) {
		if !ceiling.Has(id) {
			e.problem("%s:%s has a reason and is no case that counts", file, id)
		}
	}
	if others != "" && result.Passing == result.Ceiling {
		e.problem("%s passes in spite of %s: take the reason out of reasons.json", file, others)
	}
	e.Results[file] = result
}

func (e *Evaluation) problem(format string, args ...any) {
	e.Problems = append(e.Problems, fmt.Sprintf(format, args...))
}

// Regressions says where a newer ledger has less than an older one: cases that passed and do not, files that are gone.
func Regressions(older, newer map[string]FileResult) []string {
	var lost []string
	for _, file := range slices.Sorted(maps.Keys(older)) {
		was, is := older[file], newer[file]
		if is.Module == "" {
			lost = append(lost, fmt.Sprintf("%s: %d cases passed, and the file is not in the ledger", file, was.Passing))
			continue
		}
		for _, id := range slices.SortedFunc(maps.Keys(is.Failing), compareIDs) {
			if _, failed := was.Failing[id]; !failed {
				lost = append(lost, fmt.Sprintf("%s:%s passed and does not", file, id))
			}
		}
	}
	return lost
}
