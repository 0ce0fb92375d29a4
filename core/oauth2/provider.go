package oauth2

import (
	"context"

	"github.com/goauth-dev/goauth/core/internal/js"
)

// Provider is a party that people sign in with: a built-in one, or one that a plugin adds. Upstream: OAuthProvider.
type Provider struct {
	// ID names the provider in routes and in accounts. Name is for people.
	ID, Name string
	// Options are its configuration.
	Options Options
	// AuthorizationURL returns the address to send the browser to.
	AuthorizationURL func(ctx context.Context, a Authorization) (string, error)
	// Exchange trades a code for tokens; nil tokens are a refusal. Upstream: validateAuthorizationCode.
	Exchange func(ctx context.Context, code Code) (*Tokens, error)
	// UserInfo returns who the tokens belong to, or nil. Upstream: getUserInfo.
	UserInfo func(ctx context.Context, t *Tokens) (*UserInfo, error)
	// VerifyIDToken reports whether an ID token that a client brings is the provider's, for this application. Nil: the
	// provider has none. Upstream: verifyIdToken.
	VerifyIDToken func(ctx context.Context, token, nonce string) (bool, error)
	// Refresh returns new tokens. Nil: the provider has no refresh tokens. Upstream: refreshAccessToken.
	Refresh func(ctx context.Context, refreshToken string) (*Tokens, error)
	// Issuer is what the provider names itself in a callback (RFC 9207), once it is known; a callback with another "iss" is
	// not its own. IssuerRequired refuses callbacks without one.
	Issuer func(ctx context.Context) (issuer string, required bool)
}

// Code is a code that came back from a provider.
type Code struct {
	Code         string
	CodeVerifier string
	// RedirectURI is the one of the authorization request.
	RedirectURI string
	// DeviceID came with the code, from VK.
	DeviceID string
	// Nonce is the one of the authorization request, where that had one.
	Nonce string
}

// UserInfo is who signed in.
type UserInfo struct {
	// User has id, name, email, image, emailVerified, and whatever else the application's mapping gave.
	User *Object
	// Data is the provider's own profile.
	Data any
}

// Undefined stands for a field that is not there, where nil is null.
var Undefined any = undefined{}

type undefined struct{}

// NewUserInfo returns the information of a user with the usual fields; [Undefined] ones are left out.
func NewUserInfo(id, name, email, image, verified any, data any) *UserInfo {
	u := js.NewObject()
	for _, f := range []struct {
		name  string
		value any
	}{{"id", id}, {"name", name}, {"email", email}, {"image", image}, {"emailVerified", verified}} {
		if f.value != Undefined {
			u.Set(f.name, f.value)
		}
	}
	return &UserInfo{u, data}
}

// ID is the provider's id of the user as accounts store it, or "" when there is none that tells people apart (UP-056).
func (u *UserInfo) ID() string { return idText(member(u.User, "id")) }

func idText(v any) string {
	switch v := v.(type) {
	case string:
		if v == "undefined" || v == "null" {
			return ""
		}
		return v
	case js.Number:
		if _, whole := v.Int(); whole {
			data, _ := v.AppendJSON(nil)
			return string(data)
		}
	}
	return ""
}

// Name is the user's name, or "".
func (u *UserInfo) Name() string { return Text(u.User, "name") }

// Email is the user's address, or "".
func (u *UserInfo) Email() string { return Text(u.User, "email") }

// Image is the address of the user's picture, or "".
func (u *UserInfo) Image() string { return Text(u.User, "image") }

// EmailVerified reports whether the provider vouches for the address. A text is only "true" when it says so (UP-001).
func (u *UserInfo) EmailVerified() bool {
	v := member(u.User, "emailVerified")
	return v == true || v == "true"
}

// Map puts the fields that the application's mapping gives over the user's own. The provider's id stays (UP-057).
func (u *UserInfo) Map(ctx context.Context, mapping func(context.Context, *Object) (*Object, error), profile *Object) error {
	if mapping == nil {
		return nil
	}
	fields, err := mapping(ctx, profile)
	if err != nil {
		return err
	}
	own := u.ID() != ""
	for name, v := range fields.All() {
		if name != "id" || !own {
			u.User.Set(name, v)
		}
	}
	return nil
}
