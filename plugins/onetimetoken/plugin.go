// Package onetimetoken hands a session on to another place, such as another domain or an application: a token that is good
// once and for a few minutes. Upstream: one-time-token.
package onetimetoken

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/verification"
)

// Options configures the plugin.
type Options struct {
	// ExpiresIn is the life of a token. Default: 3 min. A configuration file gives minutes, as upstream does.
	ExpiresIn time.Duration `option:"-"`
	// DisableClientRequest refuses to make tokens for clients; Go code still can. Default: off.
	DisableClientRequest bool `option:"disableClientRequest"`
	// DisableSetSessionCookie verifies without signing the caller in. Default: off.
	DisableSetSessionCookie bool `option:"disableSetSessionCookie"`
	// StoreToken is how a token is stored: "plain" (the default) or "hashed" (SHA-256), so that who reads the database cannot
	// use it.
	StoreToken string `option:"storeToken"`
	// CustomHasher stores what a function makes of a token; it wins over StoreToken.
	CustomHasher *CustomHasher `option:"storeToken"`
	// SetOTTHeaderOnNewSession sends a token in the header Set-Ott with every answer that begins a session. Default: off.
	SetOTTHeaderOnNewSession bool `option:"setOttHeaderOnNewSession"`
	// GenerateToken makes the token of a session. Default: 32 random letters, digits, "-" and "_".
	GenerateToken func(c *auth.Call, s *auth.SignedIn) (string, error) `option:"-"`
}

// CustomHasher is a hash of the application's own. Upstream: storeToken of the type "custom-hasher".
type CustomHasher struct {
	// Type is "custom-hasher", for upstream's form of the option.
	Type string `option:"type"`
	// Hash returns what is stored of a token.
	Hash func(ctx context.Context, token string) (string, error) `option:"-"`
}

// DecodeOption implements [option.Decoder].
func (o *Options) DecodeOption(v any) error {
	type Plain Options
	var file struct {
		Plain
		Minutes float64 `option:"expiresIn"`
	}
	err := option.Decode(v, &file)
	*o = Options(file.Plain)
	o.ExpiresIn = time.Duration(file.Minutes * float64(time.Minute))
	return err
}

const tokenLength = 32

// New returns the plugin.
func New(o Options) auth.Plugin {
	p := &plugin{o}
	p.ExpiresIn = cmp.Or(o.ExpiresIn, 3*time.Minute)
	ott := auth.Plugin{
		ID: "one-time-token",
		Endpoints: []auth.AnyEndpoint{
			auth.Endpoint[struct{}, *Token]{
				Key: GenerateKey, Method: auth.GET, Path: "/one-time-token/generate", Doc: "Make a one-time token of the caller's session",
				Use: []auth.Guard{session.Required}, Handle: p.generate,
			},
			auth.Endpoint[VerifyIn, *auth.SignedIn]{
				Key: VerifyKey, Method: auth.POST, Path: "/one-time-token/verify", Doc: "Use a one-time token up and sign in", Handle: p.verify,
			},
		},
		Init: p.check,
	}
	if o.SetOTTHeaderOnNewSession {
		ott.After = []auth.AfterHook{{Run: p.sendHeader}}
	}
	return ott
}

// The keys of the operations, for auth.Caller.Run.
const (
	GenerateKey = "generateOneTimeToken"
	VerifyKey   = "verifyOneTimeToken"
)

type plugin struct{ Options }

// check refuses an unknown way to store tokens.
func (p *plugin) check(*auth.Context) error {
	switch p.StoreToken {
	case "", "plain", "hashed":
		return nil
	default:
		return fmt.Errorf(`option storeToken: %q is none of "plain", "hashed"`, p.StoreToken)
	}
}

// Token is a token to hand on.
type Token struct {
	Token string `json:"token"`
}

func (p *plugin) generate(c *auth.Call, _ struct{}) (*Token, error) {
	if p.DisableClientRequest && c.Request != nil {
		return nil, auth.FailText(http.StatusBadRequest, "Client requests are disabled")
	}
	token, err := p.make(c, c.Session)
	if err != nil {
		return nil, err
	}
	return &Token{token}, nil
}

// make stores a new token of a session and returns it.
func (p *plugin) make(c *auth.Call, s *auth.SignedIn) (token string, err error) {
	if p.GenerateToken != nil {
		token, err = p.GenerateToken(c, s)
	} else {
		token, err = crypto.RandomString(c.Random, tokenLength, crypto.URLSafe)
	}
	if err != nil {
		return "", err
	}
	identifier, err := p.identifier(c, token)
	if err != nil {
		return "", err
	}
	return token, verification.Create(c, identifier, s.Session.Token, c.Now().Add(p.ExpiresIn))
}

// identifier is the name under which a token is stored.
func (p *plugin) identifier(c *auth.Call, token string) (string, error) {
	const prefix = "one-time-token:"
	switch {
	case p.CustomHasher != nil && p.CustomHasher.Hash != nil:
		hash, err := p.CustomHasher.Hash(c.Ctx(), token)
		return prefix + hash, err
	case p.StoreToken == "hashed":
		return prefix + crypto.HashIdentifier(token), nil
	default:
		return prefix + token, nil
	}
}

// VerifyIn is the input of the operation that uses a token up.
type VerifyIn struct {
	Token string `body:"token" doc:"The token to verify"`
}

// verify takes the token away, so that of several callers one gets the session (UP-033), and signs in.
func (p *plugin) verify(c *auth.Call, in VerifyIn) (*auth.SignedIn, error) {
	identifier, err := p.identifier(c, in.Token)
	if err != nil {
		return nil, err
	}
	taken, err := verification.Take(c, identifier)
	switch {
	case err != nil:
		return nil, err
	case taken == nil:
		return nil, auth.FailText(http.StatusBadRequest, "Invalid token")
	case taken.ExpiresAt.Before(c.Now()):
		return nil, auth.FailText(http.StatusBadRequest, "Token expired")
	}
	found, err := session.Find(c, taken.Value)
	switch {
	case err != nil:
		return nil, err
	case found == nil:
		return nil, auth.FailText(http.StatusBadRequest, "Session not found")
	}
	if !p.DisableSetSessionCookie {
		if err := session.SetCookie(c, found, option.Unset); err != nil {
			return nil, err
		}
	}
	if session.Expired(c, found.Session) {
		return nil, auth.FailText(http.StatusBadRequest, "Session expired")
	}
	return found, nil
}

// sendHeader sends a token of the session that began.
func (p *plugin) sendHeader(c *auth.Call) error {
	if c.NewSession == nil {
		return nil
	}
	token, err := p.make(c, c.NewSession)
	if err != nil {
		return err
	}
	c.Reply.Header.Set("Set-Ott", token)
	c.Reply.Expose("set-ott")
	return nil
}
