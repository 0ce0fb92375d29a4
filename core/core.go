package core

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/origin"
	"github.com/goauth-dev/goauth/core/routes"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/social"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// Auth is one configured server. It is safe for concurrent use.
type Auth struct {
	context *auth.Context
	baseURL string // static public URL with its path, or ""
	trusted staticOrigins
	routes  *router
	byKey   map[string]*auth.Route
	limits  *limiter
	paths   pathRules
}

// New builds a server from options. An error is one sentence for each thing that is wrong.
func New(options auth.Options) (*Auth, error) {
	if err := setDefaults(&options); err != nil {
		return nil, err
	}
	if err := checkPlugins(options.Plugins); err != nil {
		return nil, err
	}
	parts, err := newParts(&options)
	if err != nil {
		return nil, err
	}
	a := &Auth{byKey: map[string]*auth.Route{}}
	if a.baseURL, err = staticBaseURL(&options); err != nil {
		return nil, err
	}
	if err := setCookieSecurity(&options, parts, a.baseURL); err != nil {
		return nil, err
	}
	if a.context, err = auth.NewContext(*parts); err != nil {
		return nil, err
	}
	a.context.OpenAPI = a.OpenAPI
	if err := addProviders(a.context); err != nil {
		return nil, err
	}
	if err := a.addRoutes(); err != nil {
		return nil, err
	}
	a.trusted = newStaticOrigins(&options, a.baseURL)
	a.limits = newLimiter(a.context)
	a.paths = newPathRules(&options, a.baseURL)
	return a, a.initPlugins()
}

// newParts builds what the context is made of.
func newParts(o *auth.Options) (*auth.Parts, error) {
	keys, err := keyring(o)
	if err != nil {
		return nil, err
	}
	tables, err := tablesOf(o)
	if err != nil {
		return nil, err
	}
	bound, err := schema.New(idKind(o), storedTables(o, tables))
	if err != nil {
		return nil, err
	}
	database := o.Database
	if database == nil {
		database = memory.New()
	}
	adapter, err := database.Bind(bound)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	hasher := crypto.NewHasher(crypto.HasherOptions{
		Workers: o.EmailAndPassword.Password.Workers, Queue: o.EmailAndPassword.Password.Queue, Random: o.Random,
	})
	return &auth.Parts{
		Options: *o, Stateless: o.Database == nil, Schema: bound, Tables: tables, Store: adapter, Secondary: o.SecondaryStorage,
		Keys: keys, Passwords: auth.NewPasswords(hasher, o.EmailAndPassword.Password),
		Background: auth.NewBackground(o.Advanced.Background, o.Logger),
		Logger:     o.Logger, Now: o.Clock, Random: o.Random, HTTP: o.HTTPClient,
	}, nil
}

// tablesOf describes every table, stored or not.
func tablesOf(o *auth.Options) ([]*schema.Table, error) {
	naming := map[string]schema.Naming{schema.RateLimitModel: {Table: o.RateLimit.ModelName, Columns: o.RateLimit.Fields}}
	for model, m := range map[string]auth.Model{
		schema.UserModel: o.User.Model, schema.SessionModel: o.Session.Model,
		schema.AccountModel: o.Account.Model, schema.VerificationModel: o.Verification.Model,
	} {
		naming[model] = schema.Naming{Table: m.ModelName, Columns: m.Fields, Additional: m.AdditionalFields}
	}
	var extensions []schema.Extension
	for i := range o.Plugins {
		extensions = append(extensions, schema.Extension{Owner: o.Plugins[i].ID, Tables: o.Plugins[i].Schema})
	}
	return schema.Tables(naming, extensions, o.Clock)
}

// storedTables leaves out the tables whose rows live elsewhere.
func storedTables(o *auth.Options, all []*schema.Table) []*schema.Table {
	var stored []*schema.Table
	for _, t := range all {
		switch {
		case t.Model == schema.SessionModel && o.SecondaryStorage != nil && !o.Session.StoreSessionInDatabase:
		case t.Model == schema.VerificationModel && o.SecondaryStorage != nil && !o.Verification.StoreInDatabase:
		case t.Model == schema.RateLimitModel && o.RateLimit.Storage != "database":
		default:
			stored = append(stored, t)
		}
	}
	return stored
}

func idKind(o *auth.Options) schema.IDKind {
	db := &o.Advanced.Database
	switch {
	case db.GenerateIDFunc != nil:
		return schema.TextID
	case db.GenerateID == "uuid":
		return schema.UUIDID
	case db.GenerateID == "serial":
		return schema.SerialID
	case db.GenerateID == "false":
		return schema.DatabaseID
	default:
		return schema.TextID
	}
}

// setCookieSecurity decides the Secure attribute and the host of shared cookies. Upstream: createCookieGetter.
func setCookieSecurity(o *auth.Options, p *auth.Parts, baseURL string) error {
	var host, scheme string
	if u, err := origin.ParseURL(baseURL); err == nil {
		host, scheme = u.Hostname, u.Protocol
	}
	secure := o.Mode == auth.Production
	switch {
	case o.DynamicBaseURL != nil && o.DynamicBaseURL.Protocol == "https":
		secure = true
	case o.DynamicBaseURL != nil && o.DynamicBaseURL.Protocol == "http":
		secure = false
	case baseURL != "":
		secure = scheme == "https:"
	}
	p.Secure, p.CookieHost = o.Advanced.UseSecureCookies.Or(secure), host
	shared := o.Advanced.CrossSubDomainCookies
	if shared.Enabled && shared.Domain == "" && host == "" && o.DynamicBaseURL == nil {
		return fmt.Errorf("option advanced.crossSubDomainCookies: set baseURL or the domain to share cookies with")
	}
	return nil
}

// addRoutes registers the core's and the plugins' operations.
func (a *Auth) addRoutes() error {
	own, err := routesOf("the core", routes.All())
	if err != nil {
		return err
	}
	lists, replaced := make([][]*auth.Route, len(a.context.Options.Plugins)), map[string]bool{}
	for i := range a.context.Options.Plugins {
		p := &a.context.Options.Plugins[i]
		if lists[i], err = routesOf(ownerOf(p), p.Endpoints); err != nil {
			return err
		}
		for _, route := range lists[i] {
			if !route.Replaces {
				continue
			}
			if !slices.ContainsFunc(own, func(r *auth.Route) bool { return r.Key == route.Key }) {
				return fmt.Errorf("%s replaces the operation %q, which the core does not have", ownerOf(p), route.Key)
			}
			replaced[route.Key] = true
		}
	}
	a.routes = newRouter(a.context.Options.Advanced.SkipTrailingSlashes)
	owners := map[string]string{}
	own = slices.DeleteFunc(own, func(r *auth.Route) bool { return replaced[r.Key] })
	if err := a.register("the core", own, owners); err != nil {
		return err
	}
	for i, list := range lists {
		if err := a.register(ownerOf(&a.context.Options.Plugins[i]), list, owners); err != nil {
			return err
		}
	}
	return nil
}

func ownerOf(p *auth.Plugin) string { return fmt.Sprintf("plugin %q", p.ID) }

// routesOf erases the types of operations.
func routesOf(owner string, endpoints []auth.AnyEndpoint) ([]*auth.Route, error) {
	var list []*auth.Route
	for _, e := range endpoints {
		route, err := e.Route()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", owner, err)
		}
		list = append(list, route)
	}
	return list, nil
}

// register adds operations; owners says whose those are that were added before.
func (a *Auth) register(owner string, list []*auth.Route, owners map[string]string) error {
	for _, route := range list {
		if other, taken := owners[route.Key]; taken {
			return fmt.Errorf("%s and %s both declare the operation %q; use only one of them", other, owner, route.Key)
		}
		owners[route.Key], a.byKey[route.Key] = owner, route
		if err := a.routes.add(owner, route); err != nil {
			return err
		}
	}
	return nil
}

// addProviders builds the configured social providers.
func addProviders(x *auth.Context) error {
	for id, o := range x.Options.SocialProviders {
		p, err := social.New(id, o, x.OAuth)
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		if o.PrimaryClientID() == "" && o.ClientKey == "" {
			x.Logger.Warn("social provider has no clientId; nobody can sign in with it", "provider", id)
		}
		x.AddProvider(p)
	}
	return nil
}

// coreCookies are the logical names of the cookies that the core sets.
var coreCookies = []string{"session_token", "session_data", "account_data", "dont_remember", "known_device", "state", "oauth_state"}

// checkPlugins refuses plugins that cannot work side by side. One error code may have several owners that agree on its
// text, as upstream's own plugins do.
func checkPlugins(plugins []auth.Plugin) error {
	ids, cookieOwner, codeOwner, texts := map[string]bool{}, map[string]string{}, map[string]string{}, map[string]string{}
	for _, name := range coreCookies {
		cookieOwner[name] = "the core"
	}
	for i := range plugins {
		p := &plugins[i]
		if p.ID == "" || ids[p.ID] {
			return fmt.Errorf("plugin %q is configured twice or has no id; list each plugin once", p.ID)
		}
		ids[p.ID] = true
		owner := ownerOf(p)
		for _, name := range p.Cookies {
			if other, taken := cookieOwner[name]; taken {
				return fmt.Errorf("%s and %s both set the cookie %q; use only one of them", other, owner, name)
			}
			cookieOwner[name] = owner
		}
		for _, code := range p.Codes {
			if other, taken := codeOwner[code.ID]; taken && texts[code.ID] != code.Message {
				return fmt.Errorf("%s and %s declare the error code %s with different texts; use only one of them", other, owner, code.ID)
			}
			codeOwner[code.ID], texts[code.ID] = owner, code.Message
		}
	}
	return nil
}

// initPlugins runs what plugins have to do once.
func (a *Auth) initPlugins() error {
	for i := range a.context.Options.Plugins {
		p := &a.context.Options.Plugins[i]
		if p.Init == nil {
			continue
		}
		if err := p.Init(a.context); err != nil {
			return fmt.Errorf("plugin %q: %w", p.ID, err)
		}
	}
	return nil
}

// Context returns what services and plugins work on.
func (a *Auth) Context() *auth.Context { return a.context }

// Routes returns every operation, those of the core first.
func (a *Auth) Routes() []*auth.Route { return a.routes.all }

// Close refuses new background work and waits for what is queued, until ctx ends.
func (a *Auth) Close(ctx context.Context) error {
	return errors.Join(a.context.Background.Drain(ctx), a.context.Revoked.Close(ctx))
}
