package magiclink

import (
	"context"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/cookies"
	"github.com/goauth-dev/goauth/core/origin"
	"github.com/goauth-dev/goauth/core/verification"
)

// SignInIn is the input of signInMagicLink.
type SignInIn struct {
	Email              string       `body:"email" is:"email" doc:"Email address to send the magic link"`
	Name               *string      `body:"name,optional" doc:"The name of a new user"`
	CallbackURL        string       `body:"callbackURL,optional" doc:"Where the link leads in the end"`
	NewUserCallbackURL string       `body:"newUserCallbackURL,optional" doc:"Where the link leads a new user"`
	ErrorCallbackURL   string       `body:"errorCallbackURL,optional" doc:"Where the link leads when it is of no use"`
	Metadata           *auth.Object `body:"metadata,optional" is:"record" doc:"Facts for whoever sends the mail"`
}

// SignInOut is the output of signInMagicLink.
type SignInOut struct {
	Status bool `json:"status"`
}

// SignIn is the operation signInMagicLink, as an application calls it: it mails a link, to whomever. A call from Go needs
// request headers.
var SignIn = signIn(&Options{})

func signIn(o *Options) auth.Endpoint[SignInIn, *SignInOut] {
	return auth.Endpoint[SignInIn, *SignInOut]{
		Key: "signInMagicLink", Method: auth.POST, Path: signInPath, OperationID: "signInWithMagicLink", Doc: "Sign in with magic link",
		NeedsHeader: true, Use: []auth.Guard{auth.FormCSRF}, Handle: o.signIn,
	}
}

// kept is what is stored with a token, as upstream writes it.
type kept struct {
	Email string  `json:"email"`
	Name  *string `json:"name,omitempty"`
	// Attempt is how often the link was redeemed, as a Node server counts.
	Attempt int `json:"attempt"`
}

// name is what a new user is called, "" without a name.
func (k kept) name() string {
	if k.Name == nil {
		return ""
	}
	return *k.Name
}

func (o *Options) signIn(c *auth.Call, in SignInIn) (*SignInOut, error) {
	token, err := o.token(c, in.Email)
	if err != nil {
		return nil, err
	}
	stored, err := o.StoreToken.Store(c, token)
	if err != nil {
		return nil, err
	}
	value, err := auth.JSON(kept{Email: in.Email, Name: in.Name})
	if err != nil {
		return nil, err
	}
	if err := verification.Create(c, stored, string(value), c.Now().Add(o.life())); err != nil {
		return nil, err
	}
	url, err := linkURL(c, in, token)
	if err != nil {
		return nil, err
	}
	m := Mail{in.Email, url, token, in.Metadata, c.Request}
	c.Send("magic link", func(ctx context.Context) error { return o.SendMagicLink(ctx, m) })
	return &SignInOut{true}, nil
}

// linkURL is the link of a token.
func linkURL(c *auth.Call, in SignInIn, token string) (string, error) {
	u, err := origin.ParseURL(c.BaseURL + verifyPath)
	if err != nil {
		return "", err
	}
	callback := in.CallbackURL
	if callback == "" {
		callback = "/"
	}
	u.SetParam("token", token)
	u.SetParam("callbackURL", callback)
	if in.NewUserCallbackURL != "" {
		u.SetParam("newUserCallbackURL", in.NewUserCallbackURL)
	}
	if in.ErrorCallbackURL != "" {
		u.SetParam("errorCallbackURL", in.ErrorCallbackURL)
	}
	return u.Href(), nil
}

// targets are where a link leads.
type targets struct {
	callback, newUser string
	failure           *origin.URL
}

// targetsOf resolves the targets of a request. They were decoded once; upstream decodes them again.
func targetsOf(c *auth.Call, in VerifyIn) (*targets, error) {
	callback, err := resolve(c, in.CallbackURL, "/")
	if err != nil {
		return nil, err
	}
	newUser, err := resolve(c, in.NewUserCallbackURL, callback.Href())
	if err != nil {
		return nil, err
	}
	failure, err := resolve(c, in.ErrorCallbackURL, callback.Href())
	if err != nil {
		return nil, err
	}
	return &targets{callback.Href(), newUser.Href(), failure}, nil
}

func resolve(c *auth.Call, given, otherwise string) (*origin.URL, error) {
	target := otherwise
	if given != "" {
		var ok bool
		if target, ok = cookies.DecodeComponent(given); !ok {
			return nil, auth.Fail(403, auth.InvalidCallbackURL)
		}
	}
	u, err := origin.ResolveURL(target, c.BaseURL)
	if err != nil {
		return nil, auth.Fail(403, auth.InvalidCallbackURL).Because(err)
	}
	return u, nil
}

// refuse redirects with an error.
func (t *targets) refuse(code string) error {
	t.failure.SetParam("error", code)
	return auth.Redirect(t.failure.Href())
}

// trustedTarget guards a redirect target of the query as it will be followed.
func trustedTarget(name string) auth.Guard {
	checked := auth.TrustedQuery(name, auth.InvalidCallbackURL)
	return func(c *auth.Call) error {
		if err := checked(c); err != nil {
			return err
		}
		v, _ := c.Query.Get(name)
		given, _ := v.(string)
		decoded, ok := cookies.DecodeComponent(given)
		if !ok {
			return auth.Fail(403, auth.InvalidCallbackURL)
		}
		if decoded == given {
			return nil
		}
		query := c.Query
		defer func() { c.Query = query }()
		c.Query = query.Clone()
		c.Query.Set(name, decoded)
		return checked(c)
	}
}
