// Package jwt gives sessions out as JSON Web Tokens (RFC 7519), for services that do not ask this server: signed with a key
// pair whose public half is published as a key set (RFC 7517). Upstream: jwt.
package jwt

import (
	"cmp"
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/session"
)

// The keys of the operations, for auth.Caller.Run.
const (
	KeySetKey = "getJwks"
	TokenKey  = "getToken"
	SignKey   = "signJWT"
	VerifyKey = "verifyJWT"
)

// New returns the plugin.
func New(o Options) auth.Plugin {
	p := &o
	return auth.Plugin{
		ID: "jwt",
		Endpoints: []auth.AnyEndpoint{
			auth.Endpoint[struct{}, *KeySet]{
				Key: KeySetKey, Method: auth.GET, Path: cmp.Or(o.JWKS.JWKSPath, defaultPath), OperationID: "getJSONWebKeySet",
				Doc: "Get the JSON Web Key Set", Handle: p.getJWKS,
			},
			auth.Endpoint[struct{}, *Token]{
				Key: TokenKey, Method: auth.GET, Path: "/token", OperationID: "getJSONWebToken", Doc: "Get a JWT token",
				NeedsHeader: true, Use: []auth.Guard{session.Required}, Handle: p.getToken,
			},
			auth.Endpoint[SignIn, *Token]{Key: SignKey, Method: auth.POST, Doc: "Sign claims", Handle: p.signJWT},
			auth.Endpoint[VerifyIn, *VerifyOut]{Key: VerifyKey, Method: auth.POST, Doc: "Verify a token", Handle: p.verifyJWT},
		},
		Schema: o.Schema.Apply(tables),
		After:  []auth.AfterHook{{Match: answersSession, Run: p.setHeader}},
		Init:   p.check,
	}
}

// Token is a signed token.
type Token struct {
	Token string `json:"token"`
}

func (o *Options) getJWKS(c *auth.Call, _ struct{}) (*KeySet, error) {
	if o.JWKS.RemoteURL != "" {
		return nil, auth.FailStatus(http.StatusNotFound)
	}
	return o.Published(c)
}

func (o *Options) getToken(c *auth.Call, _ struct{}) (*Token, error) {
	token, err := o.SessionToken(c, c.Session)
	if err != nil {
		return nil, err
	}
	return &Token{token}, nil
}

// SignIn is the input of signJWT.
type SignIn struct {
	// Payload holds the claims.
	Payload *auth.Object `body:"payload" is:"record"`
	// OverrideOptions replaces, in this call, whole parts of the options by upstream's names: jwks, jwt.
	OverrideOptions *auth.Object `body:"overrideOptions,optional" is:"record"`
}

func (o *Options) signJWT(c *auth.Call, in SignIn) (*Token, error) {
	own, err := o.overridden(in.OverrideOptions)
	if err != nil {
		return nil, err
	}
	token, err := own.Sign(c, in.Payload)
	if err != nil {
		return nil, err
	}
	return &Token{token}, nil
}

// overridden returns the options with parts replaced.
func (o *Options) overridden(tree *auth.Object) (*Options, error) {
	if tree == nil {
		return o, nil
	}
	var given Options
	if err := option.Decode(tree, &given); err != nil {
		return nil, auth.Fail(http.StatusBadRequest, auth.ValidationError.With(option.In("overrideOptions", err).Error()))
	}
	own := *o
	if has(tree, "jwks") {
		own.JWKS = given.JWKS
	}
	if has(tree, "jwt") {
		own.JWT = given.JWT
	}
	return &own, nil
}

// VerifyIn is the input of verifyJWT.
type VerifyIn struct {
	Token string `body:"token"`
	// Issuer is the issuer to accept instead of the options'.
	Issuer string `body:"issuer,optional"`
}

// VerifyOut is the output of verifyJWT.
type VerifyOut struct {
	// Payload holds the claims, or is nil for a token that is not good.
	Payload *auth.Object `json:"payload"`
}

func (o *Options) verifyJWT(c *auth.Call, in VerifyIn) (*VerifyOut, error) {
	own := *o
	own.JWT.Issuer = cmp.Or(in.Issuer, own.JWT.Issuer)
	claims, err := own.Verify(c, in.Token)
	if err != nil {
		c.Logger.Debug("token refused", "error", err)
		return &VerifyOut{}, nil
	}
	return &VerifyOut{claims}, nil
}

func answersSession(c *auth.Call) bool { return c.Route.Path == "/get-session" }

// setHeader sends a token along with a session.
func (o *Options) setHeader(c *auth.Call) error {
	if o.DisableSettingJWTHeader {
		return nil
	}
	s := cmp.Or(c.Session, c.NewSession)
	if s == nil || s.Session == nil {
		return nil
	}
	token, err := o.SessionToken(c, s)
	if err != nil {
		return err
	}
	c.Reply.Header.Set("Set-Auth-Jwt", token)
	c.Reply.Expose("set-auth-jwt")
	return nil
}
