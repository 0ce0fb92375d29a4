package auth

import (
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/cookies"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/internal/ip"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/revoked"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// Context is one configured instance: what every call shares. core.New builds it; nothing changes it afterwards.
// Upstream: AuthContext.
type Context struct {
	// Options has every default filled in.
	Options Options
	// Stateless says that no database is configured: sessions live in cookies.
	Stateless bool
	// Schema holds the tables of the core and the plugins.
	Schema *schema.Schema
	// Store is the database.
	Store store.Adapter
	// Secondary is the secondary storage, or nil.
	Secondary store.Secondary
	// Revoked remembers which sessions ended lately, or is nil without Options.Revocations. It is for package session.
	Revoked *revoked.Memory
	// Keys sign and encrypt.
	Keys *crypto.Keyring
	// Passwords hashes passwords.
	Passwords Passwords
	// Cookies are the core's cookies. With a dynamic base URL and cross-subdomain cookies a call has its own.
	Cookies *Cookies
	// Background runs what an answer need not wait for.
	Background *Background
	// Logger takes every log line.
	Logger *slog.Logger
	// Now tells the time.
	Now func() time.Time
	// Random is the source of secrets.
	Random io.Reader
	// HTTP makes outbound calls.
	HTTP *http.Client
	// OAuth makes the calls of an OAuth client.
	OAuth *oauth2.Client

	// OpenAPI describes every operation that is served, as an OpenAPI document in JSON.
	OpenAPI func() ([]byte, error)

	// Secure says that cookies carry the Secure attribute and the __Secure- prefix.
	Secure bool

	cookieHost string
	ips        ip.Options
	plugins    map[string]*Plugin
	hooks      []DatabaseHooks
	fields     map[string]*tableFields
	providers  map[string]*oauth2.Provider
	pruned     pace
}

// Plugin returns the plugin with the id, or nil.
func (x *Context) Plugin(id string) *Plugin { return x.plugins[id] }

// Provider returns the provider with an id, or nil. Upstream: socialProviders.
func (x *Context) Provider(id string) *oauth2.Provider { return x.providers[id] }

// Providers returns every provider, sorted by id.
func (x *Context) Providers() []*oauth2.Provider {
	list := make([]*oauth2.Provider, 0, len(x.providers))
	for _, p := range x.providers {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *oauth2.Provider) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// AddProvider adds a provider, in the place of an earlier one with its id. It is for core.New and for the Init of plugins.
func (x *Context) AddProvider(p *oauth2.Provider) { x.providers[p.ID] = p }

// Cookies are the core's cookies by purpose.
type Cookies struct {
	SessionToken Cookie
	SessionData  Cookie
	AccountData  Cookie
	DontRemember Cookie
}

// Cookie is a cookie's full name and attributes.
type Cookie struct {
	Name       string
	Attributes cookies.Attributes
}

// secureNamePrefix marks a cookie that browsers accept over https only (RFC 6265bis §4.1.3.1).
const secureNamePrefix = "__Secure-"

// NewCookies resolves the core's cookies. host is the base URL's host, for cross-subdomain cookies without a domain.
func NewCookies(o *Options, secure bool, host string) *Cookies {
	sessionAge, cacheAge := seconds(o.Session.ExpiresIn), seconds(o.Session.CookieCache.MaxAge)
	return &Cookies{
		SessionToken: NewCookie(o, secure, host, "session_token", &sessionAge),
		SessionData:  NewCookie(o, secure, host, "session_data", &cacheAge),
		AccountData:  NewCookie(o, secure, host, "account_data", &cacheAge),
		DontRemember: NewCookie(o, secure, host, "dont_remember", nil),
	}
}

// NewCookie resolves the cookie with a logical name: defaults, then defaultCookieAttributes, then maxAge, then the
// cookie's own overrides. Upstream: createAuthCookie.
func NewCookie(o *Options, secure bool, host, logical string, maxAge *int) Cookie {
	adv := &o.Advanced
	own := adv.Cookies[logical]
	name := own.Name
	if name == "" {
		name = adv.CookiePrefix + "." + logical
	}
	if secure {
		name = secureNamePrefix + name
	}
	a := cookies.Attributes{Path: "/", HTTPOnly: true, SameSite: "lax", Secure: secure}
	if adv.CrossSubDomainCookies.Enabled {
		a.Domain = firstNonEmpty(adv.CrossSubDomainCookies.Domain, host)
	}
	a = a.With(adv.DefaultCookieAttributes)
	if maxAge != nil {
		a.MaxAge = maxAge
	}
	a = a.With(own.Attributes)
	return Cookie{Name: name, Attributes: a}
}

func firstNonEmpty(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

func seconds(d time.Duration) int { return int(d / time.Second) }
