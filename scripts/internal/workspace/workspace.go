// Package workspace knows the repository's modules: where they are, which are
// released, and in which order they depend on each other.
package workspace

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Prefix is the import path of the repository's root, which is not a module.
const Prefix = "github.com/goauth-dev/goauth/"

// Version is the one version that every module of the repository carries.
const Version = "v0.1.0"

// Module is one line of modules.txt.
type Module struct {
	Dir      string // slash-separated, relative to the root
	Released bool
}

// Path is the module's import path.
func (m Module) Path() string { return Prefix + m.Dir }

// Root returns the nearest folder at or above the working directory that has a
// modules.txt, so that every program can be started from anywhere inside.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "modules.txt")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no modules.txt here or above: start this inside the repository")
		}
		dir = parent
	}
}

// Modules reads modules.txt in its own order.
func Modules(root string) ([]Module, error) {
	f, err := os.Open(filepath.Join(root, "modules.txt"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var modules []Module
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		text, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(text)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 2 || (fields[1] != "released" && fields[1] != "unreleased") {
			return nil, fmt.Errorf("modules.txt: want `folder released` or `folder unreleased`, have %q", lines.Text())
		}
		modules = append(modules, Module{Dir: fields[0], Released: fields[1] == "released"})
	}
	return modules, lines.Err()
}

// Owner returns the module that an import path belongs to: the one with the
// longest matching path, as the go command decides it.
func Owner(modules []Module, importPath string) (Module, bool) {
	var owner Module
	found := false
	for _, m := range modules {
		inside := importPath == m.Path() || strings.HasPrefix(importPath, m.Path()+"/")
		if inside && (!found || len(m.Dir) > len(owner.Dir)) {
			owner, found = m, true
		}
	}
	return owner, found
}
