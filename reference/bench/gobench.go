package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// benchmark is one line of go test -bench: values by unit, such as "allocs/op".
type benchmark struct {
	name   string
	values map[string]string
}

// measured are the Go benchmarks whose counts are in the table.
var measured = []struct{ dir, pattern string }{
	{"sqlx/tests", "^Benchmark(GetSession|SignIn|SignUp)SQLite$"},
	{"core", "^BenchmarkGetSessionCookieCache$"},
}

// runBenchmarks runs them from the repository's root.
func runBenchmarks(ctx context.Context, root string) ([]benchmark, error) {
	var all []benchmark
	for _, m := range measured {
		cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", m.pattern, "-benchmem", "-benchtime", "2000x", "./"+m.dir)
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("benchmarks of %s: %w\n%s", m.dir, err, out)
		}
		all = append(all, parseBenchmarks(out)...)
	}
	return all, nil
}

// parseBenchmarks reads lines of a name, a count, and pairs of a value and a unit.
func parseBenchmarks(out []byte) []benchmark {
	var all []benchmark
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(fields[0], "Benchmark")
		if dash := strings.LastIndexByte(name, '-'); dash > 0 {
			name = name[:dash] // the number of processors
		}
		b := benchmark{name: name, values: map[string]string{}}
		for i := 2; i+1 < len(fields); i += 2 {
			b.values[fields[i+1]] = fields[i]
		}
		all = append(all, b)
	}
	return all
}
