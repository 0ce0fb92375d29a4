// Command gate checks what no general linter knows about this repository: the
// size of functions and files, calls that reach around what auth.Options
// injects, who may import whom, and that the modules agree with each other.
//
//	go run ./scripts/gate
package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/scripts/internal/workspace"
)

func main() {
	problems, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gate:", err)
		os.Exit(1)
	}
	slices.Sort(problems)
	for _, p := range problems {
		fmt.Println(p)
	}
	if len(problems) > 0 {
		fmt.Fprintf(os.Stderr, "gate: %d problems\n", len(problems))
		os.Exit(1)
	}
}

func run() ([]string, error) {
	root, err := workspace.Root()
	if err != nil {
		return nil, err
	}
	modules, err := workspace.Modules(root)
	if err != nil {
		return nil, err
	}
	problems, err := checkWorkspace(root, modules)
	if err != nil {
		return nil, err
	}
	used := map[exception]bool{}
	for _, m := range modules {
		found, err := checkModule(root, modules, m, used)
		if err != nil {
			return nil, err
		}
		problems = append(problems, found...)
	}
	for _, e := range exceptions {
		if !used[e] {
			problems = append(problems, fmt.Sprintf("scripts/gate/rules.go: the exception for %s in %s is not needed any more", e.call, e.where))
		}
	}
	return problems, nil
}

func checkModule(root string, modules []workspace.Module, m workspace.Module, used map[exception]bool) ([]string, error) {
	dir := filepath.Join(root, filepath.FromSlash(m.Dir))
	files, err := workspace.GoFiles(dir)
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, name := range files {
		source, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		f, err := parseFile(path.Join(m.Dir, name), source)
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		problems = append(problems, f.sizes()...)
		problems = append(problems, f.importsOf(modules, m)...)
		if m.Released {
			problems = append(problems, f.calls(used)...)
		}
	}
	return problems, nil
}

// under tells whether a slash path is the folder or inside it.
func under(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}
