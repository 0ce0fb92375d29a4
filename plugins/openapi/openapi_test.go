package openapi_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/plugins/multisession"
	"github.com/goauth-dev/goauth/plugins/openapi"
)

func serve(t *testing.T, o openapi.Options) *authtest.Server {
	t.Helper()
	return authtest.New(t, func(opts *auth.Options) {
		opts.User.AdditionalFields = schema.Fields{{Name: "motto", Type: schema.String, Required: option.Off, Default: "</script><script>alert(1)</script>"}}
		opts.Plugins = []auth.Plugin{openapi.New(o), multisession.New(multisession.Options{})}
	})
}

func TestTheDocumentDescribesEveryOperationButItsOwn(t *testing.T) {
	s := serve(t, openapi.Options{})
	res := s.Client().Get("/open-api/generate-schema").Want(t, http.StatusOK)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct{ Tags []string }
	}
	if err := res.Decode(&doc); err != nil || doc.OpenAPI != "3.1.1" {
		t.Fatalf("%v: %s", err, res.Body)
	}
	if tags := doc.Paths["/multi-session/set-active"]["post"].Tags; len(tags) != 1 || tags[0] != "Multi-session" {
		t.Errorf("tags %v", tags)
	}
	for _, path := range []string{"/open-api/generate-schema", "/reference"} {
		if doc.Paths[path] != nil {
			t.Errorf("%s describes itself", path)
		}
	}
	if own, err := s.OpenAPI(); err != nil || string(own) != res.Body {
		t.Errorf("the plugin's document is not the server's: %v", err)
	}
}

func TestThePageHoldsTheDocumentAndNothingFromElsewhere(t *testing.T) {
	s := serve(t, openapi.Options{Theme: "mars", Nonce: `n"1`})
	res := s.Client().Get("/reference").Want(t, http.StatusOK)
	if res.Header.Get("Content-Type") != "text/html" {
		t.Errorf("type %q", res.Header.Get("Content-Type"))
	}
	if found := regexp.MustCompile(`(?:src|href|url)\s*[=(]`).FindString(res.Body); found != "" {
		t.Errorf("the page loads something: %s", found)
	}
	if strings.Contains(res.Body, "<script>alert") || strings.Count(res.Body, `nonce="n&#34;1"`) != 3 || !strings.Contains(res.Body, "#b91c1c") {
		t.Errorf("escaping, nonces or colors are wrong: %d nonces", strings.Count(res.Body, `nonce="n&#34;1"`))
	}
	_, rest, _ := strings.Cut(res.Body, `type="application/json" nonce="n&#34;1">`)
	text, _, _ := strings.Cut(rest, "</script>")
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil || doc["paths"] == nil {
		t.Errorf("the document in the page: %v", err)
	}
}

func TestThePageMayBeElsewhereOrNowhere(t *testing.T) {
	s := serve(t, openapi.Options{Path: "/docs"})
	s.Client().Get("/docs").Want(t, http.StatusOK)
	s.Client().Get("/reference").Want(t, http.StatusNotFound)
	s = serve(t, openapi.Options{DisableDefaultReference: true})
	s.Client().Get("/reference").Want(t, http.StatusNotFound)
	s.Client().Get("/open-api/generate-schema").Want(t, http.StatusOK)
}

func TestUnknownThemesAndPathsAreRefused(t *testing.T) {
	for _, o := range []openapi.Options{{Theme: "pink"}, {Path: "docs"}} {
		if _, err := core.New(auth.Options{Secret: authtest.Secret, Plugins: []auth.Plugin{openapi.New(o)}}); err == nil {
			t.Errorf("%+v passes", o)
		}
	}
}
