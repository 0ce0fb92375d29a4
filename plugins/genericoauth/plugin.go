// Package genericoauth signs people in through any OAuth 2.0 or OpenID Connect server, by addresses or by discovery.
// Upstream: generic-oauth.
package genericoauth

import (
	"fmt"

	"github.com/goauth-dev/goauth/core/auth"
)

// New returns the plugin. The providers also serve /sign-in/social, /refresh-token, /get-access-token and /account-info.
func New(o Options) auth.Plugin {
	p := &plugin{providers: map[string]*provider{}}
	return auth.Plugin{
		ID: "generic-oauth", Codes: codes,
		Endpoints: []auth.AnyEndpoint{p.signIn(), p.callback(), p.link()},
		Init:      func(x *auth.Context) error { return p.init(x, o) },
	}
}

// plugin is the plugin with its providers, which are built once.
type plugin struct{ providers map[string]*provider }

func (p *plugin) init(x *auth.Context, o Options) error {
	for i := range o.Config {
		c := &o.Config[i]
		switch {
		case c.ProviderID == "" || c.ClientID == "":
			return fmt.Errorf("config[%d]: providerId and clientId are needed", i)
		case p.providers[c.ProviderID] != nil:
			x.Logger.Warn("a provider is configured twice; the first counts", "provider", c.ProviderID)
			continue
		}
		built := &provider{Provider: c, client: x.OAuth}
		p.providers[c.ProviderID] = built
		x.AddProvider(built.social())
	}
	return nil
}
