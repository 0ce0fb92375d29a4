package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"

	"github.com/goauth-dev/goauth/scripts/internal/workspace"
)

// checkWorkspace holds every module's files and go.work against modules.txt.
func checkWorkspace(root string, modules []workspace.Module) ([]string, error) {
	problems, err := checkGoWork(root, modules)
	if err != nil {
		return nil, err
	}
	for _, m := range modules {
		found, err := checkGoMod(root, modules, m)
		if err != nil {
			return nil, err
		}
		problems = append(problems, found...)
		missing, err := missingFiles(root, m)
		if err != nil {
			return nil, err
		}
		problems = append(problems, missing...)
	}
	return problems, nil
}

func missingFiles(root string, m workspace.Module) ([]string, error) {
	needed := []string{"LICENSE", "README.md"}
	if m.Released {
		needed = append(needed, "doc.go", "deps_test.go")
	}
	var problems []string
	for _, name := range needed {
		_, err := os.Stat(filepath.Join(root, filepath.FromSlash(m.Dir), name))
		if errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, fmt.Sprintf("%s: has no %s", m.Dir, name))
		} else if err != nil {
			return nil, err
		}
	}
	return problems, nil
}

func checkGoWork(root string, modules []workspace.Module) ([]string, error) {
	data, err := os.ReadFile(filepath.Join(root, "go.work"))
	if err != nil {
		return nil, err
	}
	work, err := modfile.ParseWork("go.work", data, nil)
	if err != nil {
		return nil, err
	}
	used, replaced := map[string]bool{}, map[string]bool{}
	for _, u := range work.Use {
		used[u.Path] = true
	}
	for _, r := range work.Replace {
		replaced[r.Old.Path+"@"+r.Old.Version+" "+r.New.Path] = true
	}
	var problems []string
	for _, m := range modules {
		if !used["./"+m.Dir] {
			problems = append(problems, "go.work: no use ./"+m.Dir)
		}
		if !replaced[m.Path()+"@"+workspace.Version+" ./"+m.Dir] {
			problems = append(problems, fmt.Sprintf("go.work: no replace %s %s => ./%s", m.Path(), workspace.Version, m.Dir))
		}
	}
	if len(work.Use) > len(modules) {
		problems = append(problems, "go.work: uses a module that modules.txt does not have")
	}
	return problems, nil
}

func checkGoMod(root string, modules []workspace.Module, m workspace.Module) ([]string, error) {
	name := m.Dir + "/go.mod"
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	mod, err := modfile.Parse(name, data, nil)
	if err != nil {
		return nil, err
	}
	var problems []string
	if mod.Module == nil || mod.Module.Mod.Path != m.Path() {
		problems = append(problems, name+": the module must be "+m.Path())
	}
	if mod.Go == nil || mod.Go.Version != "1.26.0" {
		problems = append(problems, name+": want go 1.26.0")
	}
	if len(mod.Replace) > 0 {
		problems = append(problems, name+": has a replace: it would be ignored by users, and go.work has ours")
	}
	for _, r := range mod.Require {
		owner, ok := workspace.Owner(modules, r.Mod.Path)
		if !ok {
			continue
		}
		if r.Mod.Version != workspace.Version {
			problems = append(problems, fmt.Sprintf("%s: requires %s %s, all modules are %s", name, r.Mod.Path, r.Mod.Version, workspace.Version))
		}
		if m.Released && !owner.Released {
			problems = append(problems, fmt.Sprintf("%s: requires %s, which is not released", name, r.Mod.Path))
		}
	}
	return problems, nil
}
