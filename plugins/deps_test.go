package plugins_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDependencies keeps the plugins apart from the server, from each other's heavy needs and from what their users must not get.
func TestDependencies(t *testing.T) {
	forbidden := map[string]string{
		"github.com/goauth-dev/goauth/core/routes":   "plugins call services, never another operation",
		"github.com/goauth-dev/goauth/core/authtest": "test code stays out of released packages",
		"database/sql":       "storage comes by an adapter",
		"encoding/xml":       "only SAML reads XML",
		"testing":            "test code stays out of released packages",
		"github.com/redis/":  "a plugin sees store.Secondary",
		"github.com/stripe/": "plugins/stripe is a module of its own",
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dep := range strings.Lines(string(out)) {
		dep = strings.TrimSpace(dep)
		if dep == "github.com/goauth-dev/goauth/core" {
			t.Errorf("imports %s: a plugin is given its context, it does not make a server", dep)
		}
		for prefix, reason := range forbidden {
			if dep == prefix || strings.HasPrefix(dep, strings.TrimSuffix(prefix, "/")+"/") {
				t.Errorf("imports %s: %s", dep, reason)
			}
		}
	}
}
