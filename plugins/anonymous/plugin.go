// Package anonymous signs visitors in without asking for anything, and lets what they leave behind follow them when they
// sign up. Upstream: anonymous.
package anonymous

import (
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
)

// New returns the plugin.
func New(o Options) auth.Plugin {
	return auth.Plugin{
		ID:        "anonymous",
		Endpoints: []auth.AnyEndpoint{signIn(&o), deleteUser(&o)},
		Schema:    o.Schema.Apply(tables),
		After:     []auth.AfterHook{{Match: signsIn, Run: o.link}},
		Codes:     codes,
		Init:      func(*auth.Context) error { return o.Schema.Check(tables) },
	}
}

var tables = []schema.Table{{Model: schema.UserModel, Fields: schema.Fields{
	{Name: "isAnonymous", Type: schema.Boolean, Required: option.Off, Input: option.Off, Default: false},
}}}
