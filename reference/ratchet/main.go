// Command ratchet holds a new ledger of upstream's tests against an older one: what passed must pass.
//
//	git show main:docs/parity/results.json > /tmp/before.json
//	go run ./reference/ratchet /tmp/before.json docs/parity/results.json
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/goauth-dev/goauth/reference/internal/suite"
)

func main() {
	lost, err := compare(os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ratchet:", err)
		os.Exit(2)
	}
	if lost > 0 {
		os.Exit(1)
	}
}

// compare prints what the second ledger lost, and returns how much that is.
func compare(args []string, out io.Writer) (lost int, err error) {
	if len(args) != 2 {
		return 0, errors.New("want two files: the older ledger and the newer one")
	}
	older, err := suite.LoadResults(args[0])
	if err != nil {
		return 0, err
	}
	newer, err := suite.LoadResults(args[1])
	if err != nil {
		return 0, err
	}
	if older.Upstream != newer.Upstream {
		fmt.Fprintf(out, "the ledgers are of different upstreams, %s and %s: nothing to compare\n", older.Upstream, newer.Upstream)
		return 0, nil
	}
	regressions := suite.Regressions(older.Files, newer.Files)
	for _, line := range regressions {
		fmt.Fprintln(out, line)
	}
	fmt.Fprintf(out, "%d passed before, %d do now\n", passing(older), passing(newer))
	return len(regressions), nil
}

func passing(r *suite.Results) int {
	sum := 0
	for _, f := range r.Files {
		sum += f.Passing
	}
	return sum
}
