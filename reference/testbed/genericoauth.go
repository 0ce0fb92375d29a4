package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
	"github.com/goauth-dev/goauth/plugins/genericoauth"
)

// genericOAuth makes the plugin from its providers: options, or calls of upstream's helpers.
func genericOAuth(in *instance, args []any) (auth.Plugin, error) {
	if len(args) == 0 {
		return auth.Plugin{}, errors.New("genericOAuth needs its options")
	}
	options, _ := args[0].(*auth.Object)
	list, _ := at(options, "config").([]any)
	var o genericoauth.Options
	for i, item := range list {
		p, err := in.genericProvider(item)
		if err != nil {
			return auth.Plugin{}, fmt.Errorf("config[%d]: %w", i, err)
		}
		o.Config = append(o.Config, p)
	}
	return genericoauth.New(o), nil
}

func (in *instance) genericProvider(item any) (genericoauth.Provider, error) {
	described, _ := item.(*auth.Object)
	if call := child(described, "$factory"); call != nil {
		return presetOf(call)
	}
	var p genericoauth.Provider
	var found functions
	tree, err := untag("", item, &found)
	if err != nil {
		return p, err
	}
	if err := option.Decode(tree, &p); err != nil {
		return p, err
	}
	for _, path := range found.paths {
		if !in.connectGeneric(&p, path, found.ids[path]) {
			return p, fmt.Errorf("%s: this function has no counterpart in the testbed", path)
		}
	}
	return p, nil
}

// presetOf calls the helper that a test called.
func presetOf(call *auth.Object) (genericoauth.Provider, error) {
	args, _ := at(call, "args").([]any)
	var o struct {
		genericoauth.Base
		Domain     string `option:"domain"`
		Issuer     string `option:"issuer"`
		TenantID   string `option:"tenantId"`
		ProviderID string `option:"providerId"`
	}
	if len(args) > 0 {
		tree, err := untag("", args[0], nil)
		if err != nil {
			return genericoauth.Provider{}, err
		}
		if err := option.Decode(tree, &o); err != nil {
			return genericoauth.Provider{}, err
		}
	}
	switch name := text(call, "name"); name {
	case "auth0":
		return genericoauth.Auth0(o.Domain, o.Base), nil
	case "okta":
		return genericoauth.Okta(o.Issuer, o.Base), nil
	case "keycloak":
		return genericoauth.Keycloak(o.Issuer, o.Base), nil
	case "microsoftEntraId":
		return genericoauth.MicrosoftEntraID(o.TenantID, o.Base), nil
	case "slack":
		return genericoauth.Slack(o.Base), nil
	case "gumroad":
		return genericoauth.Gumroad(o.Base), nil
	case "hubspot":
		return genericoauth.HubSpot(o.Base), nil
	case "patreon":
		return genericoauth.Patreon(o.Base), nil
	case "line":
		return genericoauth.Line(o.ProviderID, o.Base), nil
	default:
		return genericoauth.Provider{}, fmt.Errorf("%s: this helper has no counterpart in the testbed", name)
	}
}

func (in *instance) connectGeneric(p *genericoauth.Provider, path, fn string) bool {
	switch path {
	case "getToken":
		p.GetToken = func(ctx context.Context, _ *oauth2.Client, code oauth2.Code) (*oauth2.Tokens, error) {
			got, err := in.js.call(ctx, fn, object("code", code.Code, "redirectURI", code.RedirectURI, "codeVerifier", orUndefined(code.CodeVerifier)))
			return tokensOf(got.value), err
		}
	case "getUserInfo":
		p.GetUserInfo = func(ctx context.Context, _ *oauth2.Client, t *oauth2.Tokens) (*oauth2.Object, error) {
			got, err := in.js.call(ctx, fn, tagTokens(t))
			o, _ := got.value.(*auth.Object)
			return o, err
		}
	case "mapProfileToUser":
		p.MapProfileToUser = in.mapProfile(fn)
	case "authorizationUrlParams":
		p.AuthorizationURLParamsFunc = in.params(fn)
	case "tokenUrlParams":
		p.TokenURLParamsFunc = in.params(fn)
	default:
		return false
	}
	return true
}

func (in *instance) params(fn string) func(c *auth.Call) (genericoauth.Params, error) {
	return func(c *auth.Call) (genericoauth.Params, error) {
		described, err := tagCall(c)
		if err != nil {
			return nil, err
		}
		got, err := in.js.call(c.Ctx(), fn, described)
		o, _ := got.value.(*auth.Object)
		var params genericoauth.Params
		for name := range o.All() {
			params = append(params, origin.Param{Name: name, Value: text(o, name)})
		}
		return params, err
	}
}
