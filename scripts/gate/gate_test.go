package main

import (
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/scripts/internal/workspace"
)

var testModules = []workspace.Module{{Dir: "core", Released: true}, {Dir: "sqlx", Released: true}, {Dir: "cli", Released: true}}

func TestGateFindsWhatIsForbidden(t *testing.T) {
	long := "package p\nfunc f() {\n" + strings.Repeat("\t_ = 1\n", 99) + "}\n"
	for _, tc := range []struct {
		name, file, source, want string // want "" means nothing is found
	}{
		{"the clock", "core/session/a.go", "package p\nimport \"time\"\nvar x = time.Now()", "time.Now is forbidden"},
		{"the clock as a value", "core/session/a.go", "package p\nimport \"time\"\nvar x = time.Now", "time.Now is forbidden"},
		{"the clock under another name", "core/session/a.go", "package p\nimport t \"time\"\nvar x = t.Now()", "time.Now is forbidden"},
		{"the clock in a test is free", "core/session/a_test.go", "package p\nimport \"time\"\nvar x = time.Now()", ""},
		{"the clock as a default is free", "core/session/a.go", "package p\nimport \"time\"\nfunc f(now func() time.Time) { if now == nil { now = time.Now } }", ""},
		{"the clock in another branch", "core/session/a.go", "package p\nimport \"time\"\nfunc f(now func() time.Time) { if now != nil { now = time.Now } }", "time.Now is forbidden"},
		{"another clock of the same name is free", "core/session/a.go", "package p\nvar x = time.Now()", ""},
		{"random source", "core/auth/a.go", "package p\nimport \"crypto/rand\"\nvar x = rand.Reader", "crypto/rand.Reader"},
		{"random source of a versioned path", "core/auth/a.go", "package p\nimport \"math/rand/v2\"\nvar x = rand.Int()", "math/rand/v2.Int"},
		{"a logger that is made is free", "core/auth/a.go", "package p\nimport \"log/slog\"\nfunc f() { slog.New(nil) }", ""},
		{"the global logger", "core/auth/a.go", "package p\nimport \"log/slog\"\nfunc f() { slog.ErrorContext(nil, \"\") }", "slog.ErrorContext"},
		{"init", "core/auth/a.go", "package p\nfunc init() {}", "func init"},
		{"a ResponseWriter in a leaf", "core/cookies/a.go", "package p\nimport \"net/http\"\nfunc f(http.ResponseWriter) {}", "in a leaf"},
		{"a ResponseWriter elsewhere", "core/serve.go", "package p\nimport \"net/http\"\nfunc f(http.ResponseWriter) {}", ""},
		{"a function of 101 lines", "core/auth/a.go", long, "f has 101 lines"},
		{"a file of 601 lines", "core/auth/a.go", "package p" + strings.Repeat("\n", 601), "601 lines"},
		{"a leaf that imports the vocabulary", "core/cookies/a.go", imports("core/auth"), "direction"},
		{"the vocabulary that imports a leaf", "core/auth/a.go", imports("core/cookies"), ""},
		{"the vocabulary that imports a service", "core/auth/a.go", imports("core/session"), "direction"},
		{"a service that imports routes", "core/session/a.go", imports("core/routes"), "direction"},
		{"routes that import a service", "core/routes/a.go", imports("core/session"), ""},
		{"core itself imports routes", "core/core.go", imports("core/routes"), ""},
		{"a test may import core", "core/cookies/a_test.go", imports("core/auth"), ""},
		{"an adapter that imports routes", "sqlx/a.go", imports("core/routes"), "direction"},
		{"an adapter that imports the contract", "sqlx/a.go", imports("core/store"), ""},
		{"another module's internal", "cli/a.go", imports("sqlx/internal/x"), "internal to another module"},
		{"a module that is not listed", "cli/a.go", imports("nowhere"), "in no module"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			owner, _ := workspace.Owner(testModules, workspace.Prefix+tc.file)
			f, err := parseFile(tc.file, []byte(tc.source))
			if err != nil {
				t.Fatal(err)
			}
			found := append(append(f.sizes(), f.calls(map[exception]bool{})...), f.importsOf(testModules, owner)...)
			got := strings.Join(found, "\n")
			if (tc.want == "") != (got == "") || !strings.Contains(got, tc.want) {
				t.Errorf("found %q, want something with %q", got, tc.want)
			}
		})
	}
}

func imports(target string) string {
	return "package p\nimport _ \"" + workspace.Prefix + target + "\"\n"
}
