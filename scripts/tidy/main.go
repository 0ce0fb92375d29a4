// Command tidy does for all modules what go mod tidy does for one, which cannot
// see unpublished siblings: it publishes each to a temporary proxy as it goes.
//
//	go run ./scripts/tidy          write go.mod and go.sum
//	go run ./scripts/tidy -check   only tell what is stale, and fail
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/goauth-dev/goauth/scripts/internal/fileproxy"
	"github.com/goauth-dev/goauth/scripts/internal/workspace"
)

func main() {
	check := flag.Bool("check", false, "write nothing; fail if a file is stale")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "tidy:", err)
		os.Exit(1)
	}
}

func run(check bool) (err error) {
	root, err := workspace.Root()
	if err != nil {
		return err
	}
	proxy, err := fileproxy.New(root)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, proxy.Close()) }()
	if err := proxy.Tidy(); err != nil {
		return err
	}
	if !check {
		changed, err := proxy.WriteBack()
		for _, file := range changed {
			fmt.Println("tidied", file)
		}
		return err
	}
	changed, err := proxy.Changed()
	if err == nil && len(changed) > 0 {
		err = fmt.Errorf("stale, run make tidy: %s", strings.Join(changed, " "))
	}
	return err
}
