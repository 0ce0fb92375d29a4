package workspace

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// GoFiles lists the Go files of the module in dir, relative to it, without the
// folders that the go command skips and without nested modules.
func GoFiles(dir string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipFolder(dir, path, entry.Name())
		}
		if strings.HasSuffix(entry.Name(), ".go") {
			rel, err := filepath.Rel(dir, path)
			if err != nil {
				return err
			}
			files = append(files, filepath.ToSlash(rel))
		}
		return nil
	})
	return files, err
}

func skipFolder(root, path, name string) error {
	if path == root {
		return nil
	}
	if name == "testdata" || name == "vendor" || name == "node_modules" || name == "upstream-src" ||
		strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return filepath.SkipDir
	}
	if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
		return filepath.SkipDir
	}
	return nil
}

// Siblings returns the other modules that the module imports, tests counted. An
// import of ours that no folder answers to is an error here: the go command would
// look for it on the network.
func Siblings(root string, modules []Module, of Module) ([]Module, error) {
	dir := filepath.Join(root, filepath.FromSlash(of.Dir))
	files, err := GoFiles(dir)
	if err != nil {
		return nil, err
	}
	var siblings []Module
	for _, name := range files {
		imports, err := ownImports(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		for _, path := range imports {
			owner, ok := Owner(modules, path)
			if !ok || !hasGo(filepath.Join(root, filepath.FromSlash(strings.TrimPrefix(path, Prefix)))) {
				return nil, fmt.Errorf("%s/%s imports %s, which does not exist", of.Dir, name, path)
			}
			if owner != of && !slices.Contains(siblings, owner) {
				siblings = append(siblings, owner)
			}
		}
	}
	slices.SortFunc(siblings, func(a, b Module) int { return strings.Compare(a.Dir, b.Dir) })
	return siblings, nil
}

// ownImports lists what a file imports from this repository.
func ownImports(file string) ([]string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var own []string
	for _, spec := range parsed.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(path, Prefix) {
			own = append(own, path)
		}
	}
	return own, nil
}

func hasGo(dir string) bool {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	return err == nil && len(files) > 0
}

// Ordered is a module with the siblings that it imports.
type Ordered struct {
	Module
	Siblings []Module
}

// DependencyOrder sorts the modules so that each comes after those it imports.
// A cycle, tests counted, is an error: such modules could never be released.
func DependencyOrder(root string, modules []Module) ([]Ordered, error) {
	var ordered []Ordered
	state := map[Module]int{} // 1: being visited, 2: done
	var visit func(m Module, trail []string) error
	visit = func(m Module, trail []string) error {
		trail = append(trail, m.Dir)
		switch state[m] {
		case 1:
			return fmt.Errorf("modules import each other: %s (tests count: move the test to an unreleased module)", strings.Join(trail, " → "))
		case 2:
			return nil
		}
		state[m] = 1
		siblings, err := Siblings(root, modules, m)
		if err != nil {
			return err
		}
		for _, s := range siblings {
			if err := visit(s, trail); err != nil {
				return err
			}
		}
		state[m] = 2
		ordered = append(ordered, Ordered{Module: m, Siblings: siblings})
		return nil
	}
	for _, m := range modules {
		if err := visit(m, nil); err != nil {
			return nil, err
		}
	}
	return ordered, nil
}
