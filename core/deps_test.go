package core_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed is all that core may link besides the standard library and itself.
var allowed = []struct{ path, reason string }{
	{"github.com/goauth-dev/goauth/core", "this module"},
	{"github.com/lestrrat-go", "jwx/v2 and its helpers: JWS, JWE, JWK"},
	{"github.com/goccy/go-json", "jwx/v2's JSON"},
	{"github.com/segmentio/asm", "jwx/v2's base64"},
	{"github.com/decred/dcrd/dcrec/secp256k1/v4", "jwx/v2's ES256K"},
	{"golang.org/x/crypto", "scrypt and XChaCha20-Poly1305"},
	{"golang.org/x/text", "NFKC for passwords"},
	{"golang.org/x/sys", "x/crypto's processor detection"},
}

// forbidden names standard packages that core must not link, and why.
var forbidden = []struct{ path, reason string }{
	{"database/sql", "storage comes by an adapter"},
	{"encoding/xml", "a parser as attack surface, needed by SAML alone"},
	{"encoding/gob", "no stored value has that format"},
	{"net/smtp", "the application sends its mail"},
	{"net/rpc", "nothing is served but HTTP"},
	{"expvar", "it registers itself on the global mux"},
	{"net/http/pprof", "it registers itself on the global mux"},
	{"plugin", "plugins are values"},
}

// testKits, and only those, are there to be linked into tests.
var testKits = []string{"github.com/goauth-dev/goauth/core/store/storetest", "github.com/goauth-dev/goauth/core/authtest"}

func TestCoreLinksOnlyWhatItMay(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var released []string
	for pkg := range strings.FieldsSeq(string(out)) {
		if !slices.Contains(testKits, pkg) {
			released = append(released, pkg)
		}
	}
	args := append([]string{"list", "-deps", "-f", "{{if .Standard}}std {{end}}{{.ImportPath}}"}, released...)
	out, err = exec.CommandContext(t.Context(), "go", args...).Output()
	if err != nil {
		t.Fatalf("go list -deps: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		pkg, standard := strings.CutPrefix(strings.TrimSpace(line), "std ")
		if standard {
			refuse(t, pkg)
		} else {
			permit(t, pkg)
		}
	}
}

func refuse(t *testing.T, pkg string) {
	for _, f := range forbidden {
		if pkg == f.path || strings.HasPrefix(pkg, f.path+"/") {
			t.Errorf("core links %s: %s", pkg, f.reason)
		}
	}
	if pkg == "testing" {
		t.Errorf("core links testing outside its test kit")
	}
}

func permit(t *testing.T, pkg string) {
	for _, a := range allowed {
		if pkg == a.path || strings.HasPrefix(pkg, a.path+"/") {
			return
		}
	}
	t.Errorf("core links %s, which is not among its few dependencies", pkg)
}
