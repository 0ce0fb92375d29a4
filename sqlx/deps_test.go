package sqlx_test

import (
	"os/exec"
	"strings"
	"testing"
)

// forbidden is what a user of this module must not get by it, and why. A path
// stands for itself and all below it.
var forbidden = []struct{ path, reason string }{
	{"modernc.org/sqlite", "the application picks its driver"},
	{"github.com/mattn/go-sqlite3", "the application picks its driver"},
	{"github.com/jackc/pgx", "the application picks its driver"},
	{"github.com/lib/pq", "the application picks its driver"},
	{"github.com/go-sql-driver/mysql", "the application picks its driver"},
	{"github.com/goauth-dev/goauth/core/routes", "an adapter knows the storage contract, not the server"},
	{"github.com/goauth-dev/goauth/core/auth", "an adapter knows the storage contract, not the server"},
	{"github.com/lestrrat-go", "an adapter signs nothing"},
	{"github.com/redis", "another module"},
	{"encoding/xml", "a parser as attack surface, needed by SAML alone"},
	{"testing", "test code is not for a server"},
	{"github.com/google/go-cmp", "test code is not for a server"},
}

func TestSQLXLinksNothingThatIsForbidden(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "./...").Output()
	if err != nil {
		t.Fatalf("go list -deps: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		pkg := strings.TrimSpace(line)
		for _, f := range forbidden {
			if pkg == f.path || strings.HasPrefix(pkg, f.path+"/") {
				t.Errorf("sqlx links %s: %s", pkg, f.reason)
			}
		}
	}
}
