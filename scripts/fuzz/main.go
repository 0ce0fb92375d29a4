// Command fuzz runs every fuzz target of the workspace in turn, each for the
// same time, and fails if one found something.
//
//	go run ./scripts/fuzz [-time 10s] [-run REGEXP]
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"time"

	"github.com/goauth-dev/goauth/scripts/internal/workspace"
)

func main() {
	each := flag.Duration("time", 10*time.Second, "how long to fuzz each target")
	only := flag.String("run", "", "a regular expression: only the targets whose folder.Name it matches")
	flag.Parse()
	if err := run(*each, *only); err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(1)
	}
}

func run(each time.Duration, only string) error {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	root, err := workspace.Root()
	if err != nil {
		return err
	}
	targets, err := findTargets(root)
	if err != nil {
		return err
	}
	ran, failed := 0, 0
	for _, t := range targets {
		if !wanted.MatchString(t.String()) {
			continue
		}
		ran++
		fmt.Printf("fuzz %s for %s\n", t, each)
		if err := t.fuzz(root, each); err != nil {
			failed++
			fmt.Printf("found something: %s: %v\n", t, err)
		}
	}
	fmt.Printf("fuzz targets: %d passed, %d failed\n", ran-failed, failed)
	if failed > 0 {
		return fmt.Errorf("%d of %d targets failed; their inputs are in testdata/fuzz beside them", failed, ran)
	}
	return nil
}

// target is a fuzz function and the folder of its package.
type target struct{ dir, name string }

func (t target) String() string { return t.dir + "." + t.name }

func (t target) fuzz(root string, each time.Duration) error {
	cmd := exec.Command("go", "test", "-run=^$", "-fuzz=^"+t.name+"$", "-fuzztime="+each.String(), ".")
	cmd.Dir, cmd.Stdout, cmd.Stderr = filepath.Join(root, filepath.FromSlash(t.dir)), os.Stdout, os.Stderr
	return cmd.Run()
}

var declaration = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)

func findTargets(root string) ([]target, error) {
	modules, err := workspace.Modules(root)
	if err != nil {
		return nil, err
	}
	var targets []target
	for _, m := range modules {
		dir := filepath.Join(root, filepath.FromSlash(m.Dir))
		files, err := workspace.GoFiles(dir)
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			if ok, _ := path.Match("*_test.go", path.Base(name)); !ok {
				continue
			}
			source, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				return nil, err
			}
			for _, found := range declaration.FindAllSubmatch(source, -1) {
				targets = append(targets, target{dir: path.Join(m.Dir, path.Dir(name)), name: string(found[1])})
			}
		}
	}
	return targets, nil
}
