package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/scripts/internal/fileproxy"
	"github.com/goauth-dev/goauth/scripts/internal/workspace"
)

// verifyConsumers needs the third-party sums of all modules: a consumer that
// starts with them asks no sum database, and gets what the repository pinned.
func verifyConsumers(proxy *fileproxy.Proxy, r *report, root string, update bool) error {
	sums, err := allSums(proxy)
	if err != nil {
		return err
	}
	for _, c := range consumers {
		r.check("consumer of "+c.module, func() error {
			return verifyConsumer(proxy, c, sums, filepath.Join(root, "scripts", "consumers", c.name), update)
		})
	}
	return nil
}

func allSums(proxy *fileproxy.Proxy) (string, error) {
	var lines []string
	for _, m := range proxy.Modules {
		data, err := os.ReadFile(filepath.Join(proxy.Dir(m.Module), "go.sum"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		lines = append(lines, slices.Collect(strings.Lines(string(data)))...)
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), ""), nil
}

func verifyConsumer(proxy *fileproxy.Proxy, c consumer, sums, folder string, update bool) error {
	files, err := workspace.GoFiles(proxy.Dir(workspace.Module{Dir: c.module}))
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(files, func(f string) bool { return !strings.HasSuffix(f, "_test.go") }) {
		return skipped("the module has no package yet")
	}
	dir, err := proxy.Temp("consumer-" + c.name)
	if err != nil {
		return err
	}
	packages, err := c.get(proxy, dir, folder, sums)
	if err != nil {
		return err
	}
	modules, err := proxy.Go(dir, "list", "-m", "all")
	if err != nil {
		return err
	}
	linked, err := proxy.Go(dir, "list", "-deps", "-f", "{{if .Standard}}std {{end}}{{.ImportPath}}", packages)
	if err != nil {
		return err
	}
	standard, others := split(linked)
	return errors.Join(
		c.judge(standard, others),
		golden(filepath.Join(folder, "modules.golden"), withoutMain(lines(modules)), update),
		golden(filepath.Join(folder, "packages.golden"), withoutMain(others), update),
	)
}

// get makes the consumer in dir, gets the module, builds, and returns the
// package whose dependencies count.
func (c consumer) get(proxy *fileproxy.Proxy, dir, folder, sums string) (string, error) {
	path := workspace.Prefix + c.module
	files := map[string]string{"go.mod": "module example.com/consumer\n\ngo 1.26.0\n", "go.sum": sums}
	pkg, get := ".", []string{"get", path + c.pkg + "@" + workspace.Version}
	if c.tool != "" {
		pkg = path + "/" + c.tool
		get = []string{"get", "-tool", pkg + "@" + workspace.Version}
	} else {
		source, err := os.ReadFile(filepath.Join(folder, "main.go"))
		if err != nil {
			return "", err
		}
		files["main.go"] = string(source)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			return "", err
		}
	}
	if _, err := proxy.Go(dir, get...); err != nil {
		return "", err
	}
	_, err := proxy.Go(dir, "build", "-o", os.DevNull, pkg)
	return pkg, err
}

// judge holds what is linked against the consumer's rules.
func (c consumer) judge(standard, others []string) error {
	var errs []error
	for _, pkg := range slices.Concat(standard, others) {
		for _, f := range c.forbidden {
			if f.covers(pkg) {
				errs = append(errs, fmt.Errorf("a consumer of %s links %s: %s", c.module, pkg, f.reason))
			}
		}
	}
	for _, pkg := range others {
		if c.thirdParty != nil && !own(pkg) && !slices.ContainsFunc(c.thirdParty, func(r rule) bool { return r.covers(pkg) }) {
			errs = append(errs, fmt.Errorf("a consumer of %s links %s, which is not among its allowed dependencies", c.module, pkg))
		}
	}
	return errors.Join(errs...)
}

func own(pkg string) bool {
	return strings.HasPrefix(pkg, workspace.Prefix) || strings.HasPrefix(pkg, "example.com/consumer")
}

// split separates standard packages, marked by the list's format, from others.
func split(list string) (standard, others []string) {
	for _, line := range lines(list) {
		if pkg, ok := strings.CutPrefix(line, "std "); ok {
			standard = append(standard, pkg)
		} else {
			others = append(others, line)
		}
	}
	return standard, others
}

func lines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
}

func withoutMain(list []string) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return strings.HasPrefix(s, "example.com/consumer") })
	slices.Sort(list)
	return list
}
