package main

import (
	"context"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/plugins/customsession"
	"github.com/goauth-dev/goauth/plugins/lastlogin"
	"github.com/goauth-dev/goauth/plugins/onetimetoken"
)

// connectOneTimeToken connects generateToken(session, ctx) and storeToken.hash(token).
func connectOneTimeToken(in *instance, o *onetimetoken.Options, path, fn string) bool {
	switch path {
	case "generateToken":
		o.GenerateToken = func(c *auth.Call, s *auth.SignedIn) (string, error) { return in.textOf(c.Ctx(), fn, c, s) }
	case "storeToken.hash":
		if o.CustomHasher == nil {
			o.CustomHasher = &onetimetoken.CustomHasher{}
		}
		o.CustomHasher.Hash = func(ctx context.Context, token string) (string, error) {
			got, err := in.js.call(ctx, fn, token)
			text, _ := got.value.(string)
			return text, err
		}
	default:
		return false
	}
	return true
}

// textOf is fn(session, ctx) for a function that returns a text.
func (in *instance) textOf(ctx context.Context, fn string, c *auth.Call, s *auth.SignedIn) (string, error) {
	signedIn, err := tagSignedIn(s)
	if err != nil {
		return "", err
	}
	described, err := tagCall(c)
	if err != nil {
		return "", err
	}
	got, err := in.js.call(ctx, fn, signedIn, described)
	text, _ := got.value.(string)
	return text, err
}

// connectLastLogin connects customResolveMethod(ctx).
func connectLastLogin(in *instance, o *lastlogin.Options, path, fn string) bool {
	if path != "customResolveMethod" {
		return false
	}
	o.Resolve = func(c *auth.Call) string {
		described, err := tagCall(c)
		if err != nil {
			return ""
		}
		got, _ := in.js.call(c.Ctx(), fn, described)
		text, _ := got.value.(string)
		return text
	}
	return true
}

// customSession makes customSession(fn, options, pluginOptions); its second argument is for types only.
func customSession(in *instance, args []any) (auth.Plugin, error) {
	var o customsession.Options
	if len(args) > 2 {
		if err := decodeArgument[customsession.Options](in, args[2:], &o, nil); err != nil {
			return auth.Plugin{}, err
		}
	}
	var found functions
	if _, err := untag("fn", args[0], &found); err != nil {
		return auth.Plugin{}, err
	}
	return customsession.New(func(c *auth.Call, s *auth.SignedIn) (any, error) {
		signedIn, err := tagSignedIn(s)
		if err != nil {
			return nil, err
		}
		described, err := tagCall(c)
		if err != nil {
			return nil, err
		}
		got, err := in.js.call(c.Ctx(), found.ids["fn"], signedIn, described)
		return got.value, err
	}, o), nil
}
