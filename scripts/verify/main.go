// Command verify looks at the modules as a user outside the repository gets
// them, where go.work hides nothing: each module alone, then small programs that
// go get one module each and whose dependencies are compared with golden files.
//
//	go run ./scripts/verify [-update] [-only modules|consumers]
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/scripts/internal/fileproxy"
	"github.com/goauth-dev/goauth/scripts/internal/workspace"
)

func main() {
	update := flag.Bool("update", false, "rewrite the golden files of scripts/consumers")
	only := flag.String("only", "", "check only `modules` or only `consumers`")
	flag.Parse()
	if err := run(*update, *only); err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(1)
	}
}

func run(update bool, only string) (err error) {
	root, err := workspace.Root()
	if err != nil {
		return err
	}
	proxy, err := fileproxy.New(root)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, proxy.Close()) }()

	r := &report{}
	if err := proxy.Tidy(); err != nil {
		return err
	}
	stale, err := proxy.Changed()
	if err != nil {
		return err
	}
	r.check("go.mod and go.sum of every module are tidy", func() error {
		if len(stale) > 0 {
			return fmt.Errorf("run make tidy: stale are %s", strings.Join(stale, ", "))
		}
		return nil
	})
	if only != "consumers" {
		verifyModules(proxy, r)
	}
	if only != "modules" {
		if err := verifyConsumers(proxy, r, root, update); err != nil {
			return err
		}
	}
	fmt.Printf("\nverify: %d passed, %d failed, %d skipped\n", r.passed, r.failed, r.skipped)
	if r.failed > 0 {
		return fmt.Errorf("%d of %d checks failed", r.failed, r.passed+r.failed)
	}
	return nil
}

// report prints a line a check, and counts.
type report struct{ passed, failed, skipped int }

func (r *report) check(name string, do func() error) {
	start := time.Now()
	err := do()
	took := time.Since(start).Round(100 * time.Millisecond)
	var skip skipped
	switch {
	case err == nil:
		r.passed++
		fmt.Printf("ok    %s (%s)\n", name, took)
	case errors.As(err, &skip):
		r.skipped++
		fmt.Printf("skip  %s: %s\n", name, skip)
	default:
		r.failed++
		fmt.Printf("FAIL  %s (%s)\n      %s\n", name, took, strings.ReplaceAll(err.Error(), "\n", "\n      "))
	}
}

// skipped is the reason why there is nothing to check.
type skipped string

func (s skipped) Error() string { return string(s) }
