// Package apikey gives users and organizations keys by which programs act for them: hashed, named, with permissions, an end,
// a number of uses that may be refilled, and a limit of their rate. Upstream: @better-auth/api-key.
//
//	created, err := apikey.Create.Call(ctx, a, apikey.CreateIn{UserID: &userID, Name: "build server"})
//	// created.Secret is shown once
//	res, err := apikey.Verify.Call(ctx, a, apikey.VerifyIn{Key: secret, Permissions: access.Permissions{"files": {"read"}}})
//	// res.Valid, res.Key.ReferenceID
package apikey

import (
	"errors"

	"github.com/goauth-dev/goauth/core/auth"
)

// plugin is one configured instance.
type plugin struct {
	configs configs
	sweeper sweeper
}

// New returns the plugin.
func New(o Options) auth.Plugin {
	p := &plugin{}
	for _, c := range o.Configurations {
		p.configs = append(p.configs, newConfig(c))
	}
	if len(p.configs) == 0 {
		p.configs = configs{newConfig(Configuration{})}
	}
	declared := tables(p.configs)
	return auth.Plugin{
		ID:        "api-key",
		Endpoints: p.endpoints(),
		Schema:    o.Schema.Apply(declared),
		Before:    []auth.BeforeHook{{Match: p.sessionsByKey, Run: p.actByKey}},
		Codes:     codes,
		Init: func(x *auth.Context) error {
			errs := []error{o.Schema.Check(declared), p.configs.checkIDs()}
			for _, c := range p.configs {
				errs = append(errs, c.open(x))
			}
			return errors.Join(errs...)
		},
	}
}

// endpoints are the operations, bound to the instance.
func (p *plugin) endpoints() []auth.AnyEndpoint {
	create, verify, get, update, remove, list, sweep := Create, Verify, Get, Update, Delete, List, DeleteAllExpired
	create.Handle, verify.Handle, get.Handle, update.Handle = p.create, p.verify, p.get, p.update
	remove.Handle, list.Handle, sweep.Handle = p.delete, p.list, p.deleteAllExpired
	return []auth.AnyEndpoint{create, verify, get, update, remove, list, sweep}
}
