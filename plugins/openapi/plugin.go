// Package openapi serves the OpenAPI document of the operations, and a page to read it that needs nothing from elsewhere.
// Upstream: open-api.
package openapi

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
)

// Options configures the plugin.
type Options struct {
	// Path is where the page is, below the base path. Default: "/reference".
	Path string `option:"path"`
	// DisableDefaultReference answers 404 instead of the page. Default: off.
	DisableDefaultReference bool `option:"disableDefaultReference"`
	// Theme chooses the colors of the page by upstream's names. Default: "default".
	Theme string `option:"theme"`
	// Nonce is put on the page's style and script, for a Content-Security-Policy that asks for one.
	Nonce string `option:"nonce"`
}

// The keys of the operations, for auth.Caller.Run.
const (
	DocumentKey  = "generateOpenAPISchema"
	ReferenceKey = "openAPIReference"
)

// New returns the plugin.
func New(o Options) auth.Plugin {
	p := &plugin{Options: o}
	return auth.Plugin{
		ID: "open-api",
		Endpoints: []auth.AnyEndpoint{
			auth.Endpoint[struct{}, any]{
				Key: DocumentKey, Method: auth.GET, Path: "/open-api/generate-schema", Doc: "Get the OpenAPI document", Hidden: true, Handle: p.generate,
			},
			auth.Endpoint[struct{}, *auth.Raw]{
				Key: ReferenceKey, Method: auth.GET, Path: cmp.Or(o.Path, "/reference"), Doc: "Read the OpenAPI document", Hidden: true, Handle: p.reference,
			},
		},
		Init: p.init,
	}
}

type plugin struct {
	Options
	document func() ([]byte, error) // made once: a configuration has one
}

func (p *plugin) init(x *auth.Context) error {
	if _, known := themes[cmp.Or(p.Theme, "default")]; !known {
		return fmt.Errorf("option theme: %q is none of %s", p.Theme, strings.Join(slices.Sorted(maps.Keys(themes)), ", "))
	}
	if p.Path != "" && !strings.HasPrefix(p.Path, "/") {
		return fmt.Errorf(`option path: %q does not begin with "/"`, p.Path)
	}
	p.document = sync.OnceValues(x.OpenAPI)
	return nil
}

func (p *plugin) generate(*auth.Call, struct{}) (any, error) {
	text, err := p.document()
	if err != nil {
		return nil, err
	}
	return option.ParseJSON(text)
}

//go:embed reference.html
var source string

var page = template.Must(template.New("reference").Parse(source))

// colors are those of a theme: the accent in light and in dark surroundings.
type colors struct{ Light, Dark string }

// themes have upstream's names; each is an accent of our own.
var themes = map[string]colors{
	"default": {"#1d4ed8", "#7aa2ff"}, "alternate": {"#0f766e", "#5eead4"}, "moon": {"#475569", "#a3b5cc"}, "purple": {"#7e22ce", "#c99bff"},
	"solarized": {"#b58900", "#d9b34a"}, "bluePlanet": {"#0369a1", "#6cc6f7"}, "saturn": {"#a16207", "#f0c674"}, "kepler": {"#6d28d9", "#b79cff"},
	"mars": {"#b91c1c", "#ff8f85"}, "deepSpace": {"#1e40af", "#8aa8ff"}, "laserwave": {"#be185d", "#ff8cc6"}, "none": {"#333333", "#cccccc"},
}

func (p *plugin) reference(*auth.Call, struct{}) (*auth.Raw, error) {
	if p.DisableDefaultReference {
		return nil, auth.FailStatus(http.StatusNotFound)
	}
	text, err := p.document()
	if err != nil {
		return nil, err
	}
	// Inside a script element only "<" could end it; in JSON it occurs in texts alone, where it may be escaped.
	safe := bytes.ReplaceAll(text, []byte("<"), []byte(`\u003c`))
	var out bytes.Buffer
	err = page.Execute(&out, map[string]any{
		"Document": template.JS(safe), //nolint:gosec // escaped above
		"Nonce":    p.Nonce, "Colors": themes[cmp.Or(p.Theme, "default")],
	})
	if err != nil {
		return nil, err
	}
	return &auth.Raw{Header: http.Header{"Content-Type": {"text/html"}}, Body: out.Bytes()}, nil
}
