package auth

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/internal/ip"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/revoked"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// Parts is what core.New has built for a [Context].
type Parts struct {
	Options    Options
	Stateless  bool
	Secure     bool
	CookieHost string
	Schema     *schema.Schema
	Tables     []*schema.Table
	Store      store.Adapter
	Secondary  store.Secondary
	Keys       *crypto.Keyring
	Passwords  Passwords
	Background *Background
	Logger     *slog.Logger
	Now        func() time.Time
	Random     io.Reader
	HTTP       *http.Client
}

// NewContext puts the parts together. It is for core.New.
func NewContext(p Parts) (*Context, error) {
	proxies, malformed := ip.ParseProxies(p.Options.Advanced.IPAddress.TrustedProxies)
	if len(malformed) > 0 {
		return nil, fmt.Errorf("option advanced.ipAddress.trustedProxies: %q is not an address or a network", malformed[0])
	}
	x := &Context{
		Options: p.Options, Stateless: p.Stateless, Secure: p.Secure, Schema: p.Schema, Store: p.Store, Secondary: p.Secondary,
		Keys: p.Keys, Passwords: p.Passwords, Background: p.Background, Logger: p.Logger, Now: p.Now, Random: p.Random, HTTP: p.HTTP,
		Cookies: NewCookies(&p.Options, p.Secure, p.CookieHost), cookieHost: p.CookieHost,
		OAuth:   oauth2.NewClient(p.HTTP, p.Now, p.Logger),
		plugins: map[string]*Plugin{}, fields: map[string]*tableFields{}, providers: map[string]*oauth2.Provider{},
		ips: ipOptions(&p.Options, proxies),
	}
	for _, t := range p.Tables {
		x.fields[t.Model] = newTableFields(t, coreFieldsOf(t.Model), p.Now)
	}
	for i := range x.Options.Plugins {
		plugin := &x.Options.Plugins[i]
		x.plugins[plugin.ID] = plugin
		x.hooks = append(x.hooks, plugin.DatabaseHooks)
	}
	x.hooks = append(x.hooks, x.Options.DatabaseHooks)
	if x.Options.Revocations != nil {
		x.Revoked = revoked.New(x.Options.Revocations, revoked.Options{Hold: copyLife(x.Cookies), Now: x.Now, Logger: x.Logger})
	}
	return x, nil
}

// The least that a copy of a session may live, and what its life is taken to be longer because clocks differ and a request
// that was under way may still have made one.
const (
	minCopyLife   = 5 * time.Minute
	copyAllowance = 5 * time.Minute
)

// copyLife is how long a copy of a session can be about after the session has ended.
func copyLife(c *Cookies) time.Duration {
	life := minCopyLife
	if age := c.SessionData.Attributes.MaxAge; age != nil {
		life = max(life, time.Duration(*age)*time.Second)
	}
	return life + copyAllowance
}

// coreFieldsOf returns the names that upstream declares for a core model.
func coreFieldsOf(model string) map[string]bool {
	switch model {
	case schema.UserModel:
		return userFields
	case schema.SessionModel:
		return sessionFields
	case schema.AccountModel:
		return accountFields
	case schema.VerificationModel:
		return verificationFields
	default:
		return nil
	}
}

func ipOptions(o *Options, proxies []netip.Prefix) ip.Options {
	opts := ip.Options{
		Disabled: o.Advanced.IPAddress.DisableIPTracking, Headers: o.Advanced.IPAddress.Headers,
		IPv6Subnet: o.Advanced.IPAddress.IPv6Subnet, TrustedProxies: proxies,
	}
	if o.Mode != Production {
		opts.Fallback = "127.0.0.1"
	}
	return opts
}
