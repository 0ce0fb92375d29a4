package main

import (
	"github.com/goauth-dev/goauth/cli/plugin"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/plugins/customsession"
)

// ownPlugins are the plugins that need functions; these are the ones that the comparison's contract names.
var ownPlugins = map[string]plugin.Factory{
	"custom-session": plugin.With(func(o customsession.Options, _ *plugin.Env) auth.Plugin {
		return customsession.New(greeting, o)
	}),
}

// greeting is the contract's custom session.
func greeting(_ *auth.Call, s *auth.SignedIn) (any, error) {
	custom := struct {
		Greeting string   `json:"greeting"`
		Roles    []string `json:"roles"`
	}{"Hello, " + s.User.Name, []string{"member"}}
	return struct {
		User    *auth.User    `json:"user"`
		Session *auth.Session `json:"session"`
		Custom  any           `json:"custom"`
	}{s.User, s.Session, custom}, nil
}
