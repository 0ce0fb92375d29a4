package plugin_test

import (
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/cli/plugin"
	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
)

// entries decodes a list as a configuration file has it.
func entries(t *testing.T, text string) []plugin.Entry {
	t.Helper()
	tree, err := option.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var list []plugin.Entry
	if err := option.Decode(tree, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAListOfPluginsIsBuiltInItsOrder(t *testing.T) {
	for _, text := range []string{`["bearer"]`, `[{"id":"bearer"}]`, `[{"id":"bearer","options":{"requireSignature":true}}]`} {
		plugins, err := plugin.Build(entries(t, text), &plugin.Env{})
		if err != nil || len(plugins) != 1 || plugins[0].ID != "bearer" {
			t.Errorf("%s: %v, %v", text, plugins, err)
		}
	}
}

func TestWhatIsWrongInAListIsToldByItsPath(t *testing.T) {
	for text, want := range map[string]string{
		`[{"id":"bearer","options":{"sign":true}}]`: `plugins[0].options.sign: unknown option`,
		`["bearer",{"id":"","options":{}}]`:         `plugins[1]: "" is no plugin`,
		`["barer"]`:                                 `plugins[0]: "barer" is no plugin; there are `,
	} {
		_, err := plugin.Build(entries(t, text), &plugin.Env{})
		if err == nil || len(err.Error()) < len(want) || err.Error()[:len(want)] != want {
			t.Errorf("%s: %v, want %s…", text, err, want)
		}
	}
}

func TestAFileNamesPresetsOfGenericOAuth(t *testing.T) {
	for config, want := range map[string]string{
		`{"preset":"auth0","domain":"dev.eu.auth0.com","clientId":"c"}`:                 "auth0",
		`{"preset":"okta","issuer":"https://x.okta.com/oauth2/default","clientId":"c"}`: "okta",
		`{"preset":"keycloak","issuer":"https://k.example/realms/R","clientId":"c"}`:    "keycloak",
		`{"preset":"microsoft-entra-id","tenantId":"t","clientId":"c"}`:                 "microsoft-entra-id",
		`{"preset":"line","providerId":"line-jp","clientId":"c"}`:                       "line-jp",
		`{"preset":"line","clientId":"c"}`:                                              "line",
		`{"preset":"slack","clientId":"c","scopes":["openid"]}`:                         "slack",
		`{"preset":"gumroad","clientId":"c"}`:                                           "gumroad",
		`{"preset":"hubspot","clientId":"c"}`:                                           "hubspot",
		`{"preset":"patreon","clientId":"c","pkce":true}`:                               "patreon",
		`{"providerId":"own","authorizationUrl":"https://o.example/a","clientId":"c"}`:  "own",
	} {
		plugins, err := plugin.Build(entries(t, `[{"id":"generic-oauth","options":{"config":[`+config+`]}}]`), &plugin.Env{})
		if err != nil {
			t.Errorf("%s: %v", config, err)
			continue
		}
		a, err := core.New(auth.Options{Secret: authtest.Secret, BaseURL: "http://localhost:3000", Plugins: plugins})
		if err != nil || a.Context().Provider(want) == nil {
			t.Errorf("%s: no provider %s (%v)", config, want, err)
		}
	}
}

func TestWhatAPresetDoesNotReadIsRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{"preset":"okta","clientId":"c"}`:                                     `issuer: is needed by the preset okta`,
		`{"preset":"slack","clientId":"c","domain":"d"}`:                       `domain: is not read by the preset slack`,
		`{"preset":"slack","clientId":"c","discoveryUrl":"https://x.example"}`: `discoveryUrl: unknown option`,
		`{"preset":"acme","clientId":"c"}`:                                     `preset: acme is no preset; there are auth0, gumroad, hubspot, keycloak, line, microsoft-entra-id, okta, patreon, slack`,
		`{"preset":7}`:                                                         `preset: 7 is no preset; there are auth0, `,
		`7`:                                                                    `: must be an object`,
	} {
		_, err := plugin.Build(entries(t, `[{"id":"generic-oauth","options":{"config":[`+config+`]}}]`), &plugin.Env{})
		at := "plugins[0].options.config[0]"
		if !strings.HasPrefix(want, ":") {
			at += "."
		}
		if err == nil || !strings.HasPrefix(err.Error(), at+want) {
			t.Errorf("%s: %v, want %s", config, err, at+want)
		}
	}
}

func TestAnEntryOfTheWrongFormIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		`[7]`:                          `[0]: must be an id, or an object with "id" and "options"`,
		`[{"id":"bearer","option":1}]`: `[0].option: is unknown; a plugin has "id" and "options"`,
	} {
		tree, _ := option.ParseJSON([]byte(text))
		var list []plugin.Entry
		if err := option.Decode(tree, &list); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
