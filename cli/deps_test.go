package cli_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDependencies keeps out of the program what it has no business with.
func TestDependencies(t *testing.T) {
	forbidden := map[string]string{
		"github.com/beevik/etree":                "only SAML reads XML",
		"testing":                                "test code stays out of released packages",
		"github.com/chromedp/":                   "the browser is driven from cli/e2e",
		"github.com/labstack/echo":               "the server is plain net/http",
		"github.com/goauth-dev/goauth/reference": "the conformance server builds on cli, not the other way around",
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "./...").Output()
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

// TestPackagesForOthersStandAlone keeps config and mail free of the program around them.
func TestPackagesForOthersStandAlone(t *testing.T) {
	forbidden := map[string]string{
		"github.com/goauth-dev/goauth/cli/internal/": "a program that reads configuration wants no server",
		"github.com/goauth-dev/goauth/cli/page":      "a program that reads configuration wants no page",
		"github.com/spf13/":                          "a program that reads configuration wants no command line",
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "./config", "./mail").Output()
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
