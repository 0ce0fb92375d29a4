package main

import (
	"strings"
	"testing"
)

const stream = `{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA/one","Output":"    a_test.go:3: one is wrong\n"}
{"Action":"fail","Package":"p","Test":"TestA/one"}
{"Action":"output","Package":"p","Test":"TestA/two","Output":"fine, and silent\n"}
{"Action":"pass","Package":"p","Test":"TestA/two"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:9: PostgreSQL: not running\n"}
{"Action":"output","Package":"p","Test":"TestB","Output":"--- SKIP: TestB (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestB"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}
{"Action":"fail","Package":"p"}
{"Action":"output","Package":"q","Output":"panic: in TestMain\n"}
{"Action":"fail","Package":"q"}
{"Action":"build-output","ImportPath":"r","Output":"r/r.go:1: syntax error\n"}
`

func TestResultsCountLeavesAndShowOnlyWhatFailed(t *testing.T) {
	var out strings.Builder
	r := newResults(&out)
	if err := readEvents(strings.NewReader(stream), r); err != nil {
		t.Fatal(err)
	}
	r.summary()
	want := `    a_test.go:3: one is wrong
FAIL	p	0.1s
panic: in TestMain
r/r.go:1: syntax error

skipped 1: PostgreSQL: not running
1 passed, 2 failed, 1 skipped
`
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", out.String(), want)
	}
}

func TestFlagsAloneMeanTheWholeWorkspace(t *testing.T) {
	if got := strings.Join(withPackages([]string{"-race"}), " "); got != "-race "+strings.Join(slowest, " ")+" work" {
		t.Errorf("got %q", got)
	}
	if got := strings.Join(withPackages([]string{"-race", "./core/..."}), " "); got != "-race ./core/..." {
		t.Errorf("got %q", got)
	}
}
