// Command testall runs go test over every module of the workspace, prints go
// test's own line for each package, what failing tests said, why tests were
// skipped, and one closing count.
//
//	go run ./scripts/testall [go test flags] [packages]
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/goauth-dev/goauth/scripts/internal/workspace"
)

// stuck is when a package's tests are given up; a flag -timeout overrides it. All
// of make test is meant to take less.
const stuck = "4m"

func main() {
	failed, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "testall:", err)
	}
	if err != nil || failed {
		os.Exit(1)
	}
}

func run(args []string) (failed bool, err error) {
	root, err := workspace.Root()
	if err != nil {
		return false, err
	}
	cmd := exec.Command("go", append([]string{"test", "-json", "-timeout=" + stuck}, withPackages(args)...)...)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	events, err := cmd.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := cmd.Start(); err != nil {
		return false, err
	}
	results := newResults(os.Stdout)
	if err := readEvents(events, results); err != nil {
		return false, err
	}
	exit := cmd.Wait()
	results.summary()
	if exit != nil && results.failed == 0 {
		return true, fmt.Errorf("go test: %w", exit) // it said why on standard error
	}
	if exit == nil && results.passed == 0 {
		return true, fmt.Errorf("no test ran")
	}
	return exit != nil, nil
}

// slowest are the packages that wait most, for servers and browsers. They go first, so that none is left to run alone.
var slowest = []string{"./sqlx/tests", "./cli/e2e", "./redis/tests", "./reference/oidcpeer", "./pgx/tests"}

// withPackages adds every module of go.work when only flags are given.
func withPackages(args []string) []string {
	for _, arg := range args {
		if !strings.HasPrefix(arg, "-") {
			return args
		}
	}
	return append(append(args, slowest...), "work")
}

func readEvents(from io.Reader, to *results) error {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				fmt.Fprintf(to.out, "%s", line) // not an event: show it as it is
			} else {
				to.take(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
