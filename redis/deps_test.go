package redis_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDependencies keeps out what an application that only wants Redis must not get.
func TestDependencies(t *testing.T) {
	forbidden := map[string]string{
		"database/sql":               "storage on SQL is another module",
		"encoding/xml":               "only SAML reads XML",
		"testing":                    "test code stays out of released packages",
		"github.com/alicebob/":       "test servers stay in redis/tests",
		"github.com/lestrrat-go/jwx": "a secondary storage signs nothing",
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dep := range strings.Lines(string(out)) {
		dep = strings.TrimSpace(dep)
		for prefix, reason := range forbidden {
			if strings.HasPrefix(dep, prefix) {
				t.Errorf("imports %s: %s", dep, reason)
			}
		}
	}
}
