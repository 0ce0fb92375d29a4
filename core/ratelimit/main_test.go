package ratelimit_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets more tests run at once than there are processors: the conformance suite waits for windows to end.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
