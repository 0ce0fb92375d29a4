package suite

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Marks of the part of a page that the program writes.
const (
	tableBegin = "<!-- suite: written by make parity -->"
	tableEnd   = "<!-- suite: end -->"
)

// PageOf is the parity page of a module.
func PageOf(module string) string { return strings.ReplaceAll(module, "/", "-") + ".md" }

// WritePages writes the tables of the ledger into the parity pages of its modules, and their sum into the README.
func (r *Results) WritePages(root string, d *Data) error {
	for path, text := range r.pages(d) {
		if err := rewrite(filepath.Join(root, "docs", "parity", path), text); err != nil {
			return err
		}
	}
	return nil
}

// CheckPages reports the pages whose tables are not those of the ledger.
func (r *Results) CheckPages(root string, d *Data) error {
	for path, text := range r.pages(d) {
		page, err := os.ReadFile(filepath.Join(root, "docs", "parity", path))
		if err != nil {
			return err
		}
		want, err := replaceTable(page, text)
		if err != nil {
			return fmt.Errorf("docs/parity/%s: %w", path, err)
		}
		if !bytes.Equal(want, page) {
			return fmt.Errorf("docs/parity/%s: its table is not what docs/parity/results.json says: run make parity", path)
		}
	}
	return nil
}

func (r *Results) pages(d *Data) map[string]string {
	pages := map[string]string{"README.md": r.summary(d)}
	for _, module := range r.modules() {
		pages[PageOf(module)] = r.table(module)
	}
	return pages
}

func (r *Results) modules() []string {
	found := map[string]bool{}
	for _, f := range r.Files {
		found[f.Module] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// summary has one line a module, also for those that are not there.
func (r *Results) summary(d *Data) string {
	var b strings.Builder
	b.WriteString("| module | files | cases | ceiling | passing |\n|---|---:|---:|---:|---:|\n")
	var files, all FileResult
	count := 0
	for _, module := range slices.Sorted(maps.Keys(d.Modules)) {
		var n int
		n, files = r.sum(module, d)
		count, all.Cases, all.Ceiling, all.Passing = count+n, all.Cases+files.Cases, all.Ceiling+files.Ceiling, all.Passing+files.Passing
		name := module
		if slices.Contains(r.modules(), module) {
			name = "[" + module + "](" + PageOf(module) + ")"
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", name, n, files.Cases, files.Ceiling, files.Passing)
	}
	fmt.Fprintf(&b, "| all | %d | %d | %d | %d |\n", count, all.Cases, all.Ceiling, all.Passing)
	return b.String()
}

func (r *Results) sum(module string, d *Data) (files int, sum FileResult) {
	for file, controls := range d.Controls.Files {
		ceiling := len(controls.Ceiling(module))
		if d.Modules.Owner(file) != module || ceiling == 0 {
			continue
		}
		files++
		sum.Cases += controls.Cases
		sum.Ceiling += ceiling
		sum.Passing += r.Files[file].Passing
	}
	return files, sum
}

// table has one line a file.
func (r *Results) table(module string) string {
	var b strings.Builder
	b.WriteString("| file | cases | ceiling | passing | not passing |\n|---|---:|---:|---:|---|\n")
	for _, file := range slices.Sorted(maps.Keys(r.Files)) {
		if f := r.Files[file]; f.Module == module {
			fmt.Fprintf(&b, "| `%s` | %d | %d | %d | %s |\n", file, f.Cases, f.Ceiling, f.Passing, f.failingText())
		}
	}
	return b.String()
}

// failingText groups the cases that do not pass by their reason.
func (f FileResult) failingText() string {
	byReason := map[string]IDs{}
	for id, reason := range f.Failing {
		byReason[reason] = append(byReason[reason], id)
	}
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(byReason)) {
		lines, _ := byReason[reason].MarshalText() // it cannot fail
		if reason == "" {
			reason = "not explained"
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", reason, strings.ReplaceAll(string(lines), " ", ", ")))
	}
	return strings.ReplaceAll(strings.Join(parts, "; "), "|", "\\|")
}

func rewrite(path, text string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	page, err = replaceTable(page, text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, page, 0o644)
}

func replaceTable(page []byte, text string) ([]byte, error) {
	before, rest, begins := bytes.Cut(page, []byte(tableBegin))
	_, after, ends := bytes.Cut(rest, []byte(tableEnd))
	if !begins || !ends {
		return nil, fmt.Errorf("the page needs the lines %q and %q, for the table of upstream's cases", tableBegin, tableEnd)
	}
	return slices.Concat(before, []byte(tableBegin+"\n\n"+text+"\n"+tableEnd), after), nil
}
