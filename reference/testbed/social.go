package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
)

// connectSocial connects socialProviders.ID.FUNCTION, a provider that is a function itself, and trustedProviders.
func (in *instance) connectSocial(o *auth.Options, path, fn string) bool {
	if path == "account.accountLinking.trustedProviders" {
		o.Account.AccountLinking.TrustedProvidersFunc = func(ctx context.Context, r *http.Request) ([]string, error) {
			got, err := in.js.call(ctx, fn, tagRequest(r))
			return textsOf(got.value), err
		}
		return true
	}
	rest, ok := strings.CutPrefix(path, "socialProviders.")
	if !ok {
		return false
	}
	id, name, _ := strings.Cut(rest, ".")
	if o.SocialProviders == nil {
		o.SocialProviders = map[string]oauth2.Options{}
	}
	p := o.SocialProviders[id]
	known := in.connectProvider(&p, name, fn)
	o.SocialProviders[id] = p
	return known
}

func (in *instance) connectProvider(p *oauth2.Options, name, fn string) bool {
	switch name {
	case "":
		return in.configure(p, fn)
	case "getUserInfo":
		p.GetUserInfo = in.userInfo(fn)
	case "mapProfileToUser":
		p.MapProfileToUser = in.mapProfile(fn)
	case "verifyIdToken":
		p.VerifyIDToken = func(ctx context.Context, token, nonce string) (bool, error) {
			got, err := in.js.call(ctx, fn, token, orUndefined(nonce))
			return got.value == true, err
		}
	case "refreshAccessToken":
		p.RefreshAccessToken = func(ctx context.Context, token string) (*oauth2.Tokens, error) {
			got, err := in.js.call(ctx, fn, token)
			return tokensOf(got.value), err
		}
	default:
		return false
	}
	return true
}

// configure takes the options that a function of the test returns.
func (in *instance) configure(p *oauth2.Options, fn string) bool {
	got, err := in.js.call(context.Background(), fn)
	if err != nil {
		return false
	}
	var found functions
	tree, err := untag("", got.tagged, &found)
	if err != nil || option.Decode(tree, p) != nil {
		return false
	}
	for _, path := range found.paths {
		if !in.connectProvider(p, path, found.ids[path]) {
			return false
		}
	}
	return true
}

func (in *instance) userInfo(fn string) func(ctx context.Context, t *oauth2.Tokens) (*oauth2.UserInfo, error) {
	return func(ctx context.Context, t *oauth2.Tokens) (*oauth2.UserInfo, error) {
		got, err := in.js.call(ctx, fn, tagTokens(t))
		o, _ := got.value.(*auth.Object)
		user := child(o, "user")
		if user == nil || err != nil {
			return nil, err
		}
		return &oauth2.UserInfo{User: user, Data: at(o, "data")}, nil
	}
}

func (in *instance) mapProfile(fn string) func(ctx context.Context, profile *oauth2.Object) (*oauth2.Object, error) {
	return func(ctx context.Context, profile *oauth2.Object) (*oauth2.Object, error) {
		got, err := in.js.call(ctx, fn, profile)
		o, _ := got.value.(*auth.Object)
		return o, err
	}
}

func orUndefined(s string) any {
	if s == "" {
		return undefined()
	}
	return s
}

// tagTokens is OAuth2Tokens.
func tagTokens(t *oauth2.Tokens) *auth.Object {
	o := object()
	for _, f := range []struct{ name, text string }{
		{"tokenType", t.TokenType}, {"accessToken", t.AccessToken}, {"refreshToken", t.RefreshToken}, {"idToken", t.IDToken},
	} {
		if f.text != "" {
			o.Set(f.name, f.text)
		}
	}
	for name, expires := range map[string]time.Time{
		"accessTokenExpiresAt": t.AccessTokenExpiresAt, "refreshTokenExpiresAt": t.RefreshTokenExpiresAt,
	} {
		if !expires.IsZero() {
			o.Set(name, object("$date", expires.UnixMilli()))
		}
	}
	if t.Scopes != nil {
		o.Set("scopes", t.Scopes)
	}
	if t.Raw != nil {
		o.Set("raw", t.Raw)
	}
	if t.User != nil {
		o.Set("user", t.User)
	}
	return o
}

// tokensOf reads OAuth2Tokens.
func tokensOf(v any) *oauth2.Tokens {
	o, ok := v.(*auth.Object)
	if !ok {
		return nil
	}
	t := &oauth2.Tokens{
		TokenType: text(o, "tokenType"), AccessToken: text(o, "accessToken"), RefreshToken: text(o, "refreshToken"), IDToken: text(o, "idToken"),
		Raw: child(o, "raw"),
	}
	t.AccessTokenExpiresAt, _ = at(o, "accessTokenExpiresAt").(time.Time)
	t.RefreshTokenExpiresAt, _ = at(o, "refreshTokenExpiresAt").(time.Time)
	if _, given := o.Get("scopes"); given {
		t.Scopes = append([]string{}, textsOf(at(o, "scopes"))...)
	}
	return t
}
