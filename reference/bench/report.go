package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

// report is everything that was measured.
type report struct {
	date, machine string
	full          bool
	sides         map[harness.Kind]*side
	benchmarks    []benchmark
	growth        []grown
}

// render returns the report in Markdown.
func (m *report) render() string {
	var b strings.Builder
	mode, command := "quick", "go run ./reference/bench"
	if m.full {
		mode, command = "full", command+" -full -date YYYY-MM-DD -out docs/performance.md"
	}
	if m.date != "" {
		fmt.Fprintf(&b, "Measured on %s (%s mode): %s.\n", m.date, mode, m.machine)
	} else {
		fmt.Fprintf(&b, "Measured in %s mode: %s.\n", mode, m.machine)
	}
	fmt.Fprintf(&b, "Again: `%s`.\n\n", command)
	fmt.Fprintf(&b, "Each server on one processor, the load on another: %d clients that wait for their answers, %d where a password is\n"+
		"hashed; a SQLite file each, the same profile. The best round of each side counts. CPU is the server's own processor\n"+
		"time, HTTP included; where the server was not always on its processor, something else ran there.\n\n", clients, hashedClients)
	m.renderOperations(&b)
	m.renderProcess(&b)
	m.renderBenchmarks(&b)
	m.renderGrowth(&b)
	return b.String()
}

func (m *report) renderOperations(b *strings.Builder) {
	b.WriteString("| operation | server | requests/s | times | CPU a request | less | p50 | p99 | on its processor |\n|---|---|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, op := range []string{opDatabase, opCache, opSignIn, opSignUp, opOK} {
		theirs, ours := m.sides[harness.Upstream].best[op], m.sides[harness.GoAuth].best[op]
		row(b, op, "upstream", theirs, "", "")
		row(b, "", "goauth", ours, times(ours.perSecond(), theirs.perSecond()), times(theirs.cpuPerRequest().Seconds(), ours.cpuPerRequest().Seconds()))
	}
	b.WriteString("\n")
}

func row(b *strings.Builder, op, name string, o outcome, faster, less string) {
	fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s | %s | %.0f %% |\n", op, name, rate(o.perSecond()), faster,
		short(o.cpuPerRequest()), less, short(o.p50), short(o.p99), 100*o.busy())
}

func times(a, b float64) string { return fmt.Sprintf("**%.1f×**", a/b) }

func (m *report) renderProcess(b *strings.Builder) {
	b.WriteString("| process | upstream | goauth |\n|---|---:|---:|\n")
	theirs, ours := m.sides[harness.Upstream], m.sides[harness.GoAuth]
	fmt.Fprintf(b, "| start to first answer | %s | %s |\n", short(theirs.started), short(ours.started))
	fmt.Fprintf(b, "| resident memory at rest | %s | %s |\n", megabytes(theirs.rest), megabytes(ours.rest))
	for _, op := range []string{opDatabase, opCache, opSignUp} {
		fmt.Fprintf(b, "| the most during %s | %s | %s |\n", op, megabytes(theirs.best[op].peak), megabytes(ours.best[op].peak))
	}
	b.WriteString("\n")
}

func (m *report) renderBenchmarks(b *strings.Builder) {
	b.WriteString("| Go benchmark, without the HTTP server | queries | time | allocations | bytes |\n|---|---:|---:|---:|---:|\n")
	for _, x := range m.benchmarks {
		queries := x.values["queries/op"]
		if queries == "" {
			queries = "–"
		}
		fmt.Fprintf(b, "| %s | %s | %s ns | %s | %s |\n", x.name, strings.TrimSuffix(queries, ".000"), x.values["ns/op"], x.values["allocs/op"], x.values["B/op"])
	}
	b.WriteString("\n")
}

func (m *report) renderGrowth(b *strings.Builder) {
	if len(m.growth) == 0 {
		return
	}
	b.WriteString("| growth | server | users | requests/s | CPU a request | p50 | p99 |\n|---|---|---:|---:|---:|---:|---:|\n")
	for _, op := range []string{opDatabase, opSignIn} {
		for _, kind := range []harness.Kind{harness.Upstream, harness.GoAuth} {
			for _, g := range m.growth {
				o := g.sides[kind].best[op]
				fmt.Fprintf(b, "| %s | %s | %d | %s | %s | %s | %s |\n", op, kind, g.users, rate(o.perSecond()), short(o.cpuPerRequest()), short(o.p50), short(o.p99))
			}
		}
	}
	b.WriteString("\n")
}

func rate(perSecond float64) string {
	if perSecond < 100 {
		return fmt.Sprintf("%.1f", perSecond)
	}
	return fmt.Sprintf("%.0f", perSecond)
}

func short(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%.3f ms", d.Seconds()*1e3)
	}
	return fmt.Sprintf("%.0f ms", d.Seconds()*1e3)
}

func megabytes(kB int) string { return fmt.Sprintf("%d MB", (kB+512)/1024) }

// marks are the lines around what this program writes into a page.
type marks struct{ begin, end string }

var (
	sqliteMarks   = marks{"<!-- begin: go run ./reference/bench -->\n", "<!-- end: go run ./reference/bench -->\n"}
	postgresMarks = marks{"<!-- begin: go run ./reference/bench -postgres -->\n", "<!-- end: go run ./reference/bench -postgres -->\n"}
)

// replaceMarked puts text between the marks of a page.
func replaceMarked(file, text string, m marks) error {
	page, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(page), m.begin)
	_, after, ends := strings.Cut(rest, m.end)
	if !begins || !ends {
		return fmt.Errorf("%s: the lines %q and %q must be in it, one after the other", file, strings.TrimSpace(m.begin), strings.TrimSpace(m.end))
	}
	return os.WriteFile(file, []byte(before+m.begin+text+m.end+after), 0o644)
}
