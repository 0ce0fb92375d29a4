// Package username lets people sign in with a name of their own choice and their password, and shows the name as they
// wrote it. Upstream: username.
package username

import (
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
)

// New returns the plugin.
func New(o Options) auth.Plugin {
	tables := tables(&o)
	return auth.Plugin{
		ID:        "username",
		Endpoints: []auth.AnyEndpoint{signIn(&o), isAvailable(&o)},
		Schema:    o.Schema.Apply(tables),
		Before: []auth.BeforeHook{
			{Match: takesName, Run: func(c *auth.Call) (*auth.Answer, error) { return nil, o.checkRequest(c) }},
			{Match: signsUp, Run: func(c *auth.Call) (*auth.Answer, error) { return nil, o.nameBoth(c) }},
		},
		DatabaseHooks: auth.DatabaseHooks{User: auth.ModelHooks{BeforeCreate: o.beforeCreate, BeforeUpdate: o.beforeUpdate}},
		Codes:         codes,
		Init:          func(*auth.Context) error { return o.Schema.Check(tables) },
	}
}

// tables are the fields that the plugin adds.
func tables(o *Options) []schema.Table {
	return []schema.Table{{Model: schema.UserModel, Fields: schema.Fields{
		{
			Name: "username", Type: schema.String, Required: option.Off, Sortable: true, Unique: true, Input: option.On,
			TransformIn: transform(o.normalize),
		},
		{
			Name: "displayUsername", Type: schema.String, Required: option.Off, Input: option.On,
			TransformIn: transform(o.normalizeDisplay),
		},
	}}}
}

// transform applies a normalization to texts.
func transform(normalize func(string) string) func(v any) (any, error) {
	return func(v any) (any, error) {
		if s, ok := v.(string); ok {
			return normalize(s), nil
		}
		return v, nil
	}
}
