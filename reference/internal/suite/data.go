package suite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Controls is cases.json: which cases of upstream's files are evidence about a server.
type Controls struct {
	// Upstream is the commit that was measured.
	Upstream string `json:"upstream"`
	// Files are by path below upstream's folder packages.
	Files map[string]FileControls `json:"files"`
}

// FileControls is what the controls said about one file.
type FileControls struct {
	// Cases is how many the file has.
	Cases int `json:"cases"`
	// Counted are the cases that send something to the server, pass with upstream behind the bridge, and fail when the
	// server answers nothing. Their number is the ceiling.
	Counted IDs `json:"counted,omitempty"`
	// Basic are those of Counted that pass already when only sign-up, sign-in and get-session work: they are evidence
	// about the core, not about a plugin.
	Basic IDs `json:"basic,omitempty"`
}

// Ceiling lists the cases that are evidence about a module.
func (c FileControls) Ceiling(module string) IDs {
	if module == coreModule {
		return c.Counted
	}
	return slices.DeleteFunc(slices.Clone(c.Counted), c.Basic.Has)
}

// coreModule is the module that owns sign-up, sign-in and get-session.
const coreModule = "core"

// Modules is modules.json: a module of this repository, and the files that measure it, as beginnings of paths. The
// longest beginning that matches a file decides.
type Modules map[string][]string

// Owner returns the module that a file measures, or "".
func (m Modules) Owner(file string) string {
	owner, longest := "", -1
	for _, module := range slices.Sorted(maps.Keys(m)) {
		for _, prefix := range m[module] {
			if strings.HasPrefix(file, prefix) && len(prefix) > longest {
				owner, longest = module, len(prefix)
			}
		}
	}
	return owner
}

// Reasons is reasons.json: file → cases → why they do not pass. The cases are one or several separated by blanks, or "*"
// for all of the file that nothing else explains; the reason is the id of a gap or threat, and may go on behind a colon.
type Reasons map[string]map[string]string

var reasonPattern = regexp.MustCompile(`^[A-Z]+(-[a-z]+)*-[0-9]+(: \S.*)?$`)

// check refuses what could not be meant.
func (r Reasons) check() error {
	for file, cases := range r {
		for key, reason := range cases {
			var ids IDs
			if err := ids.UnmarshalText([]byte(key)); err != nil && key != everyCase {
				return fmt.Errorf("%s: %w", file, err)
			}
			if !reasonPattern.MatchString(reason) {
				return fmt.Errorf("%s: %s: the reason %q does not begin with the id of a gap or threat", file, key, reason)
			}
		}
	}
	return nil
}

// everyCase is the key of a reason that holds for all cases without one of their own.
const everyCase = "*"

// of returns the reasons of a file by case, and the one of all others.
func (r Reasons) of(file string) (byCase map[CaseID]string, others string) {
	byCase = map[CaseID]string{}
	for key, reason := range r[file] {
		var ids IDs
		if key == everyCase {
			others = reason
		} else if err := ids.UnmarshalText([]byte(key)); err == nil {
			for _, id := range ids {
				byCase[id] = reason
			}
		}
	}
	return byCase, others
}

// Data is everything that is known before a run.
type Data struct {
	Controls Controls
	Modules  Modules
	Reasons  Reasons
}

// Load reads the data files in the folder reference/suite of the repository.
func Load(root string) (*Data, error) {
	dir, d := filepath.Join(root, "reference", "suite"), &Data{}
	for name, target := range map[string]any{"cases.json": &d.Controls, "modules.json": &d.Modules, "reasons.json": &d.Reasons} {
		if err := readStrict(filepath.Join(dir, name), target); err != nil {
			return nil, err
		}
	}
	if err := d.Reasons.check(); err != nil {
		return nil, fmt.Errorf("reasons.json: %w", err)
	}
	return d, nil
}

// Files lists the files with cases that count for a module which is there, in order.
func (d *Data) Files(built func(module string) bool) []string {
	var files []string
	for _, file := range slices.Sorted(maps.Keys(d.Controls.Files)) {
		module := d.Modules.Owner(file)
		if built(module) && len(d.Controls.Files[file].Ceiling(module)) > 0 {
			files = append(files, file)
		}
	}
	return files
}

// BuiltModules lists the folders of modules.txt.
func BuiltModules(root string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(root, "modules.txt"))
	if err != nil {
		return nil, err
	}
	var modules []string
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if fields := strings.Fields(line); len(fields) > 0 {
			modules = append(modules, fields[0])
		}
	}
	return modules, nil
}

// readStrict reads a JSON file whose every key is known.
func readStrict(path string, target any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(target); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return nil
}

// writeByLine writes head and files with one file a line, so that changes are read and merged by file.
func writeByLine[V any](path, upstream string, files map[string]V) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n\t\"upstream\": %q,\n\t\"files\": {", upstream)
	for i, file := range slices.Sorted(maps.Keys(files)) {
		line, err := json.Marshal(files[file])
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\n\t\t%q: %s", file, line)
	}
	b.WriteString("\n\t}\n}\n")
	return os.WriteFile(path, b.Bytes(), 0o644)
}
