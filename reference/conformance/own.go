package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/goauth-dev/goauth/cli/plugin"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/plugins/customsession"
	"github.com/goauth-dev/goauth/plugins/siwe"
)

// ownPlugins are the plugins that need functions; these are the ones that the comparison's contract names.
var ownPlugins = map[string]plugin.Factory{
	"custom-session": plugin.With(func(o customsession.Options, _ *plugin.Env) auth.Plugin {
		return customsession.New(greeting, o)
	}),
	"siwe": plugin.With(func(o siweOptions, _ *plugin.Env) auth.Plugin { return siwe.New(o.connect()) }),
}

// siweOptions are the plugin's, with a switch where upstream has a function.
type siweOptions struct {
	siwe.Options
	Lookup bool `option:"ensLookup"`
}

// connect adds the contract's functions: a nonce is 32 hexadecimal digits, a signature is good if it is the SHA-256 of the
// message.
func (o siweOptions) connect() siwe.Options {
	o.GetNonce = func(context.Context) (string, error) {
		nonce := make([]byte, 16)
		_, err := rand.Read(nonce)
		return hex.EncodeToString(nonce), err
	}
	o.VerifyMessage = func(_ context.Context, s siwe.Signed) (bool, error) {
		sum := sha256.Sum256([]byte(s.Text))
		return s.Signature == "0x"+hex.EncodeToString(sum[:]), nil
	}
	if o.Lookup {
		o.ENSLookup = func(_ context.Context, address string) (siwe.Name, error) {
			short := strings.ToLower(address[2:8])
			return siwe.Name{Name: short + ".eth", Avatar: "https://ens.test/" + short + ".png"}, nil
		}
	}
	return o.Options
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
