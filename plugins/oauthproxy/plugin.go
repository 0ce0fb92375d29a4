// Package oauthproxy lets previews of an application, whose addresses no provider knows, sign people in by way of the
// production server: that one talks to the provider and hands the person over, encrypted. Upstream: oauth-proxy.
package oauthproxy

import (
	"fmt"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/origin"
)

// Options configures the plugin.
type Options struct {
	// CurrentURL is this server's own address. Default: the request's, then what hosting providers say in the environment,
	// then the base URL.
	CurrentURL string `option:"currentURL"`
	// ProductionURL is the address that providers know. Default: BETTER_AUTH_URL, then the base URL.
	ProductionURL string `option:"productionURL"`
	// MaxAge is how long a person who was handed over may take to arrive. Default: 60 s.
	MaxAge time.Duration `option:"maxAge"`
	// Secret encrypts what goes between the servers, which share it. Default: the server's own secret; one of its own keeps
	// previews from everything else that the secret protects.
	Secret string `option:"secret"`
	// Secrets are versioned secrets for rotation: the first encrypts, every one decrypts. Secret beside them still decrypts what
	// was encrypted before there were versions. Upstream: a SecretConfig as secret.
	Secrets []crypto.Secret `option:"secrets"`
}

// New returns the plugin.
func New(o Options) auth.Plugin {
	if o.MaxAge == 0 {
		o.MaxAge = time.Minute
	}
	p := &proxy{Options: o}
	return auth.Plugin{
		ID: "oauth-proxy", Endpoints: []auth.AnyEndpoint{p.endpoint()},
		Before: []auth.BeforeHook{{Match: signsIn, Run: p.begin}, {Match: isCallback, Run: p.handOver}},
		After:  []auth.AfterHook{{Match: signsIn, Run: p.wrapState}, {Match: isCallback, Run: p.unwrap}},
		Init:   p.init,
	}
}

type proxy struct {
	Options
	keys *crypto.Keyring
}

// leastSecret is the length of the shortest secret of the plugin's own.
const leastSecret = 32

func (p *proxy) init(x *auth.Context) error {
	p.keys = x.Keys
	if p.Secret == "" && len(p.Secrets) == 0 {
		return nil
	}
	if p.Secret != "" && len(p.Secret) < leastSecret {
		return fmt.Errorf("secret must have at least %d characters", leastSecret)
	}
	for i, s := range p.Secrets {
		if len(s.Value) < leastSecret {
			return fmt.Errorf("secrets[%d] must have at least %d characters", i, leastSecret)
		}
	}
	var err error
	p.keys, err = crypto.NewKeyring(p.Secrets, p.Secret)
	return err
}

func signsIn(c *auth.Call) bool {
	return strings.HasPrefix(c.Path, "/sign-in/social") || strings.HasPrefix(c.Path, "/sign-in/oauth2")
}

func isCallback(c *auth.Call) bool { return c.Route != nil && c.Route.Path == "/callback/:id" }

// vendorURL is the address that a hosting provider gives in the environment.
func vendorURL(getenv func(string) string) string {
	if host := getenv("VERCEL_URL"); host != "" {
		return "https://" + host
	}
	for _, name := range []string{"NETLIFY_URL", "RENDER_URL", "AWS_LAMBDA_FUNCTION_NAME", "GOOGLE_CLOUD_FUNCTION_NAME", "AZURE_FUNCTION_NAME"} {
		if v := getenv(name); v != "" {
			return v
		}
	}
	return ""
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// requestURL is the origin that a request was made to.
func requestURL(c *auth.Call) string {
	if c.Request == nil || c.Request.Host == "" {
		return ""
	}
	scheme := "http://"
	if c.Request.TLS != nil {
		scheme = "https://"
	}
	return scheme + c.Request.Host
}

// current is this server's own origin.
func (p *proxy) current(c *auth.Call) string {
	return originOf(firstOf(p.CurrentURL, requestURL(c), vendorURL(c.Options.Getenv), c.BaseURL))
}

func originOf(url string) string {
	u, err := origin.ParseURL(url)
	if err != nil {
		return ""
	}
	o, _ := u.Origin()
	return o
}

// skips reports whether a sign-in needs no proxy: it is at the production server already, or says so.
func (p *proxy) skips(c *auth.Call) bool {
	if c.Request != nil && c.Request.Header.Get("X-Skip-Oauth-Proxy") != "" {
		return true
	}
	production := firstOf(p.ProductionURL, c.Options.Getenv("BETTER_AUTH_URL"), c.BaseURL)
	current := firstOf(p.CurrentURL, requestURL(c), vendorURL(c.Options.Getenv))
	return production != "" && current != "" && originOf(production) == originOf(current)
}
