package suite

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Measured are the runs of all files that decide which cases count.
type Measured struct {
	// Upstream are runs against upstream itself behind the protocol: what passes in each of them can be asked of us.
	Upstream []*Run
	// Null ran against a testbed that answers nothing, Basic against one that only signs up, signs in and gets sessions.
	Null, Basic *Run
}

// Candidates are the files with cases that could count.
func (m Measured) Candidates() []string {
	var files []string
	for _, f := range m.Upstream[0].Files {
		if slices.ContainsFunc(f.Cases, func(c RunCase) bool { return c.Requests > 0 }) {
			files = append(files, f.File)
		}
	}
	return files
}

// Controls derives cases.json.
func (m Measured) Controls(commit string) *Controls {
	c := &Controls{Upstream: commit, Files: map[string]FileControls{}}
	for _, f := range m.Upstream[0].Files {
		if controls := m.file(f); len(controls.Counted) > 0 {
			c.Files[filepath.ToSlash(f.File)] = controls
		}
	}
	return c
}

func (m Measured) file(f RunFile) FileControls {
	cases := f.byID()
	controls := FileControls{Cases: len(cases)}
	null, basic := m.Null.Passed(f.File), m.Basic.Passed(f.File)
	for _, id := range slices.SortedFunc(maps.Keys(cases), compareIDs) {
		if cases[id].Requests == 0 || null[id] || !m.passesUpstream(f.File, id) {
			continue
		}
		controls.Counted = append(controls.Counted, id)
		if basic[id] {
			controls.Basic = append(controls.Basic, id)
		}
	}
	return controls
}

func (m Measured) passesUpstream(file string, id CaseID) bool {
	return !slices.ContainsFunc(m.Upstream, func(r *Run) bool { return !r.Passed(file)[id] })
}

// Save writes cases.json.
func (c *Controls) Save(root string) error {
	return writeByLine(filepath.Join(root, "reference", "suite", "cases.json"), c.Upstream, c.Files)
}

// Select keeps the files whose path contains one of the texts, which are separated by commas.
func Select(files []string, texts string) []string {
	return slices.DeleteFunc(slices.Clone(files), func(file string) bool {
		return !slices.ContainsFunc(strings.Split(texts, ","), func(text string) bool { return strings.Contains(file, text) })
	})
}
