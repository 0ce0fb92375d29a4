package magiclink

import (
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/verification"
)

// VerifyIn is the input of magicLinkVerify.
type VerifyIn struct {
	Token              string `query:"token" doc:"Verification token"`
	CallbackURL        string `query:"callbackURL,optional" doc:"Where to redirect; without it the session is answered"`
	ErrorCallbackURL   string `query:"errorCallbackURL,optional" doc:"Where to redirect with ?error="`
	NewUserCallbackURL string `query:"newUserCallbackURL,optional" doc:"Where to redirect a new user"`
}

// VerifyOut is the output of magicLinkVerify without a callbackURL.
type VerifyOut struct {
	Token   string        `json:"token"`
	User    *auth.User    `json:"user"`
	Session *auth.Session `json:"session"`
}

// Verify is the operation magicLinkVerify, as an application calls it: it signs in by the token of a link, which is used
// up. A failure redirects with ?error= INVALID_TOKEN, EXPIRED_TOKEN, ATTEMPTS_EXCEEDED, new_user_signup_disabled, failed_to_create_user or
// failed_to_create_session. A call from Go needs request headers.
var Verify = verify(&Options{})

func verify(o *Options) auth.Endpoint[VerifyIn, *VerifyOut] {
	e := auth.Endpoint[VerifyIn, *VerifyOut]{
		Key: "magicLinkVerify", Methods: []string{auth.GET}, Path: verifyPath, OperationID: "verifyMagicLink", Doc: "Verify magic link",
		NeedsHeader: true, Media: []string{auth.MediaForm, auth.MediaJSON},
		Use:    []auth.Guard{auth.NotPrefetch, trustedTarget("callbackURL"), trustedTarget("newUserCallbackURL"), trustedTarget("errorCallbackURL")},
		Handle: o.verify,
	}
	if o.Confirm {
		e.Methods = []string{auth.GET, auth.POST}
	}
	return e
}

func (o *Options) verify(c *auth.Call, in VerifyIn) (*VerifyOut, error) {
	to, err := targetsOf(c, in)
	if err != nil {
		return nil, err
	}
	stored, err := o.StoreToken.Store(c, in.Token)
	if err != nil {
		return nil, err
	}
	s, fresh, err := o.redeem(c, stored, to)
	if err != nil {
		return nil, err
	}
	if err := session.SetCookie(c, s, option.Unset); err != nil {
		return nil, err
	}
	switch {
	case in.CallbackURL == "":
		return &VerifyOut{s.Session.Token, c.VisibleUser(s.User), c.VisibleSession(s.Session)}, nil
	case fresh:
		return nil, auth.Redirect(to.newUser)
	default:
		return nil, auth.Redirect(to.callback)
	}
}

// redeem uses a token up and starts a session, all or nothing; fresh says that the user is new. A refusal uses it up too.
func (o *Options) redeem(c *auth.Call, stored string, to *targets) (s *auth.SignedIn, fresh bool, err error) {
	var refused error
	err = c.InTx(func() error {
		v, err := verification.Take(c, stored)
		if err != nil {
			return err
		}
		if v == nil {
			refused = to.refuse("INVALID_TOKEN")
			return nil
		}
		if !v.ExpiresAt.After(c.Now()) {
			refused = to.refuse("EXPIRED_TOKEN")
			return nil
		}
		k, ok := readKept(v.Value)
		if !ok {
			refused = to.refuse("INVALID_TOKEN")
			return nil
		}
		if k.Attempt > 0 { // a Node server redeemed it: it keeps the row, and counts in it (UP-018)
			refused = to.refuse("ATTEMPTS_EXCEEDED")
			return nil
		}
		var user *auth.User
		if user, fresh, refused, err = o.owner(c, k, to); refused != nil || err != nil {
			return err
		}
		started, err := session.Create(c, user.ID, false, nil)
		if errors.Is(err, auth.ErrAbort) {
			return to.refuse("failed_to_create_session")
		}
		s = &auth.SignedIn{Session: started, User: user}
		return err
	})
	if err == nil {
		err = refused
	}
	return s, fresh, err
}

// readKept reads what is stored with a token.
func readKept(text string) (k kept, ok bool) {
	tree, err := option.ParseJSON([]byte(text))
	if err != nil {
		return kept{}, false
	}
	o, _ := tree.(*auth.Object)
	v, _ := o.Get("email")
	k.Email, _ = v.(string)
	v, _ = o.Get("name")
	if name, named := v.(string); named {
		k.Name = &name
	}
	v, _ = o.Get("attempt")
	attempt, _ := option.Plain(v).(int64)
	k.Attempt = int(attempt)
	return k, k.Email != ""
}

// owner returns the user with an address that has just been proven, who is new when nobody has it.
func (o *Options) owner(c *auth.Call, k kept, to *targets) (user *auth.User, fresh bool, refused, err error) {
	user, err = account.FindUserByEmail(c, k.Email)
	if err != nil {
		return nil, false, nil, err
	}
	if user != nil {
		if user, err = account.ProveEmail(c, user); err == nil && user == nil {
			refused = to.refuse("INVALID_TOKEN")
		}
		return user, false, refused, err
	}
	if o.DisableSignUp {
		return nil, false, to.refuse("new_user_signup_disabled"), nil
	}
	user, err = account.CreateUser(c, store.Record{"email": k.Email, "emailVerified": true, "name": k.name()})
	if errors.Is(err, auth.ErrAbort) || errors.Is(err, store.ErrDuplicate) {
		return nil, false, nil, to.refuse("failed_to_create_user")
	}
	return user, true, nil, err
}

// asks reports whether a request only opens a link that has to be confirmed.
func (o *Options) asks(c *auth.Call) bool {
	return o.Confirm && c.Path == verifyPath && c.Method == auth.GET && c.Request != nil
}

// confirmPage asks whoever opened the link to go on; the form goes to the same address.
func confirmPage() *auth.Raw {
	const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in</title></head>
<body><form method="post"><button type="submit" autofocus>Sign in</button></form></body></html>
`
	return &auth.Raw{Status: http.StatusOK, Body: []byte(page), Header: http.Header{
		"Content-Type":            {"text/html; charset=utf-8"},
		"Content-Security-Policy": {"default-src 'none'; form-action *; frame-ancestors 'none'; base-uri 'none'"},
		"Cache-Control":           {"no-store"},
		"Referrer-Policy":         {"same-origin"},
		"X-Robots-Tag":            {"noindex"},
	}}
}
