package main

import (
	"strings"

	"github.com/goauth-dev/goauth/scripts/internal/fileproxy"
	"github.com/goauth-dev/goauth/scripts/internal/workspace"
)

// verifyModules vets each module alone, which compiles its tests too, and runs
// the tests of the released ones: those need no service. The unreleased modules'
// tests are make test's.
func verifyModules(proxy *fileproxy.Proxy, r *report) {
	for _, m := range proxy.Modules {
		what := m.Dir + " alone: vet"
		if m.Released {
			what += " and test"
		}
		r.check(what, func() error { return verifyModule(proxy, m.Module) })
	}
}

func verifyModule(proxy *fileproxy.Proxy, m workspace.Module) error {
	files, err := workspace.GoFiles(proxy.Dir(m))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return skipped("it has no Go file yet")
	}
	if _, err := proxy.Go(proxy.Dir(m), "vet", "./..."); err != nil || !m.Released {
		return err
	}
	_, err = proxy.Go(proxy.Dir(m), "test", "./...")
	return onlyFailures(err)
}

// onlyFailures drops go test's lines for the packages that passed.
func onlyFailures(err error) error {
	if err == nil {
		return nil
	}
	var kept []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if !strings.HasPrefix(line, "ok  \t") && !strings.HasPrefix(line, "?   \t") {
			kept = append(kept, line)
		}
	}
	return failure(strings.Join(kept, "\n"))
}

// failure is an error whose text has been prepared for the reader.
type failure string

func (f failure) Error() string { return string(f) }
