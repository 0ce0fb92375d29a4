package oauthproxy_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/plugins/oauthproxy"
)

const shared = "a-secret-of-the-proxies-0123456789"

// github plays GitHub.
type github struct{}

// RoundTrip implements http.RoundTripper.
func (github) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	var v any = []any{}
	switch r.URL.Path {
	case "/login/oauth/access_token":
		v = map[string]any{"access_token": "at", "scope": "user"}
	case "/user":
		v = map[string]any{"id": 7, "login": "ada", "email": "ada@example.com"}
	}
	_ = json.NewEncoder(w).Encode(v)
	return w.Result(), nil
}

func serve(t *testing.T, o oauthproxy.Options, change func(*auth.Options)) *authtest.Server {
	t.Helper()
	if o.Secrets == nil {
		o.Secret = shared
	}
	return authtest.New(t, func(opts *auth.Options) {
		opts.HTTPClient = &http.Client{Transport: github{}}
		opts.SocialProviders = map[string]oauth2.Options{"github": {ClientID: "c", ClientSecret: "s"}}
		opts.Plugins = []auth.Plugin{oauthproxy.New(o)}
		if change != nil {
			change(opts)
		}
	})
}

// pair is a production server and a preview.
func pair(t *testing.T, strategy string) (production, preview *authtest.Server) {
	production = serve(t, oauthproxy.Options{}, func(o *auth.Options) { o.Secret = "another-secret-of-production-0123456789" })
	preview = serve(t, oauthproxy.Options{ProductionURL: production.URL}, func(o *auth.Options) { o.Account.StoreStateStrategy = strategy })
	return production, preview
}

// toProvider begins at the preview, and returns the parameters of the provider's page.
func toProvider(t *testing.T, c *authtest.Client) url.Values {
	t.Helper()
	res := c.Post("/sign-in/social", map[string]any{"provider": "github", "callbackURL": "/dashboard"}).Want(t, http.StatusOK)
	u, err := url.Parse(res.Object(t)["url"].(string))
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// handedOver is where production sends the browser.
func handedOver(t *testing.T, production *authtest.Server, state string) string {
	t.Helper()
	res := production.Client().Get("/callback/github?code=c&state="+url.QueryEscape(state)).Want(t, http.StatusFound)
	return res.Header.Get("Location")
}

func TestAPreviewSignsInByWayOfProduction(t *testing.T) {
	for _, strategy := range []string{"database", "cookie"} {
		t.Run(strategy, func(t *testing.T) {
			production, preview := pair(t, strategy)
			c := preview.Client()
			page := toProvider(t, c)
			if got := page.Get("redirect_uri"); got != production.URL+"/api/auth/callback/github" {
				t.Errorf("the provider answers to %s", got)
			}
			to := handedOver(t, production, page.Get("state"))
			if !strings.HasPrefix(to, preview.URL+"/api/auth/oauth-proxy-callback?callbackURL=%2Fdashboard&profile=") {
				t.Fatalf("production sends the browser to %s", to)
			}
			if n := production.Count(schema.UserModel) + production.Count(schema.SessionModel); n != 0 {
				t.Errorf("production wrote %d rows", n)
			}
			arrive := strings.TrimPrefix(to, preview.URL)
			if res := c.Get(arrive).Want(t, http.StatusFound); res.Header.Get("Location") != "/dashboard" {
				t.Errorf("the preview sends the browser to %s", res.Header.Get("Location"))
			}
			if found := c.Session(); found == nil || found.User["email"] != "ada@example.com" {
				t.Errorf("session %v", found)
			}
			if row := preview.Row(schema.AccountModel); row["accountId"] != "7" || row["accessToken"] != "at" {
				t.Errorf("account %v", row)
			}
			again := c.Get(arrive).Want(t, http.StatusFound).Header.Get("Location")
			if !strings.HasSuffix(again, "?error=state_mismatch") { // UP-087
				t.Errorf("the second time it is sent to %s", again)
			}
		})
	}
}

func TestUP087_APayloadSignsInOnlyTheBrowserThatBegan(t *testing.T) {
	production, preview := pair(t, "database")
	c := preview.Client()
	arrive := strings.TrimPrefix(handedOver(t, production, toProvider(t, c).Get("state")), preview.URL)
	for name, tt := range map[string]struct {
		c    *authtest.Client
		path string
		want string
	}{
		"another browser": {preview.Client(), arrive, "state_mismatch"},
		"no profile":      {c, "/oauth-proxy-callback?callbackURL=/dashboard", "missing_profile"},
		"a forged one":    {c, "/oauth-proxy-callback?callbackURL=/dashboard&profile=00ff", "invalid_profile"},
	} {
		if to := tt.c.Get(tt.path).Want(t, http.StatusFound).Header.Get("Location"); !strings.HasSuffix(to, "?error="+tt.want) {
			t.Errorf("%s is sent to %s", name, to)
		}
	}
	if res := c.Get("/oauth-proxy-callback?callbackURL=https://evil.example"); res.Status != http.StatusForbidden { // UP-074
		t.Errorf("an untrusted target: %d %s", res.Status, res.Body)
	}
	preview.Clock.Advance(61 * time.Second)
	if to := c.Get(arrive).Want(t, http.StatusFound).Header.Get("Location"); !strings.HasSuffix(to, "?error=payload_expired") {
		t.Errorf("too late, it is sent to %s", to)
	}
	if n := preview.Count(schema.UserModel) + preview.Count(schema.SessionModel); n != 0 {
		t.Errorf("%d rows were written", n)
	}
}

func TestTheServersMayRotateTheirSecretOneAfterTheOther(t *testing.T) {
	old, next := crypto.Secret{Version: 1, Value: "the-first-secret-of-the-proxies-0123"}, crypto.Secret{Version: 2, Value: "the-second-secret-of-the-proxies-012"}
	for name, production := range map[string][]crypto.Secret{
		"production has the old one first": {old, next}, "production has the new one only": {next}, "nothing in common": {{Version: 3, Value: shared}},
	} {
		t.Run(name, func(t *testing.T) {
			here := serve(t, oauthproxy.Options{Secrets: production}, nil)
			preview := serve(t, oauthproxy.Options{Secrets: []crypto.Secret{next, old}, ProductionURL: here.URL}, nil)
			c := preview.Client()
			to := handedOver(t, here, toProvider(t, c).Get("state"))
			if name == "nothing in common" {
				if !strings.HasSuffix(to, "/error?error=please_restart_the_process") {
					t.Errorf("handed over to %s", to)
				}
				return
			}
			if to = c.Get(strings.TrimPrefix(to, preview.URL)).Want(t, http.StatusFound).Header.Get("Location"); to != "/dashboard" {
				t.Errorf("the preview sends the browser to %s", to)
			}
		})
	}
}

func TestProductionItselfNeedsNoProxy(t *testing.T) {
	production, _ := pair(t, "database")
	c := production.Client()
	page := toProvider(t, c)
	if len(page.Get("state")) != 32 {
		t.Errorf("the state is wrapped: %s", page.Get("state"))
	}
	res := c.Get("/callback/github?code=c&state="+page.Get("state")).Want(t, http.StatusFound)
	if to := res.Header.Get("Location"); to != "/dashboard" {
		t.Errorf("sent to %s", to)
	}
}
