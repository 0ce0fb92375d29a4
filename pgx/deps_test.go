package pgx_test

import (
	"os/exec"
	"strings"
	"testing"
)

// forbidden is what a user of this module must not get by it, and why. A path stands for itself and all below it.
var forbidden = []struct{ path, reason string }{
	{"modernc.org/sqlite", "PostgreSQL alone"},
	{"github.com/go-sql-driver/mysql", "PostgreSQL alone"},
	{"github.com/lib/pq", "one driver"},
	{"github.com/goauth-dev/goauth/core/routes", "an adapter knows the storage contract, not the server"},
	{"github.com/goauth-dev/goauth/core/auth", "an adapter knows the storage contract, not the server"},
	{"github.com/lestrrat-go", "an adapter signs nothing"},
	{"github.com/redis", "another module"},
	{"testing", "test code is not for a server"},
	{"github.com/google/go-cmp", "test code is not for a server"},
}

func TestPgxLinksNothingThatIsForbidden(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "./...").Output()
	if err != nil {
		t.Fatalf("go list -deps: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		pkg := strings.TrimSpace(line)
		for _, f := range forbidden {
			if pkg == f.path || strings.HasPrefix(pkg, f.path+"/") {
				t.Errorf("pgx links %s: %s", pkg, f.reason)
			}
		}
	}
}
