package account

import (
	"errors"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// Authenticated is a user whose password was right a moment ago.
type Authenticated struct {
	User     *auth.User
	password *auth.Account
	refused  *auth.Error
}

// CheckVerified is nil unless the application wants addresses to be verified and the user's is not: then it sends another
// link, when that is configured, and returns refused. Upstream: requireEmailVerification.
func (a *Authenticated) CheckVerified(c *auth.Call, callbackURL string, refused *auth.Error) error {
	if !c.Options.EmailAndPassword.RequireEmailVerification || a.User.EmailVerified {
		return nil
	}
	if o := &c.Options.EmailVerification; o.SendVerificationEmail != nil && o.SendOnSignIn {
		if err := SendVerification(c, a.User, callbackURL); err != nil {
			return err
		}
	}
	return refused
}

// SignIn starts a session and sets its cookies. Only a client that says false is not remembered. It fails with the status
// when the session cannot be stored.
func (a *Authenticated) SignIn(c *auth.Call, remember *bool, status int) (*auth.Session, error) {
	forget := remember != nil && !*remember
	s, err := a.start(c, forget, status)
	if err != nil {
		return nil, err
	}
	return s, session.SetCookie(c, &auth.SignedIn{Session: s, User: a.User}, option.Of(forget))
}

// start starts a session, as [session.Start] does, unless the password has been changed meanwhile: then it is refused. A
// change waits until the session is there to be ended with the others (RACE-019).
func (a *Authenticated) start(c *auth.Call, dontRemember bool, status int) (s *auth.Session, err error) {
	err = c.Repeat(func() error {
		row, err := c.Store.UpdateOne(c.Ctx(), schema.AccountModel,
			store.Where{store.Is("id", a.password.ID), store.Is("password", *a.password.Password)}, store.Record{"id": a.password.ID})
		if err != nil {
			return err
		}
		if row == nil {
			return a.refused
		}
		s, err = session.Start(c, a.User.ID, dontRemember, status)
		return err
	})
	return s, err
}

// Authenticate returns u when the password is u's, else refused. u is the user that somebody named, or nil when nobody has
// that name: an unknown name then takes as long as a wrong password. Wrong passwords count by user, whatever the name was
// that a client gave (PEER-028).
func Authenticate(c *auth.Call, u *auth.User, name, password string, refused *auth.Error) (*Authenticated, error) {
	throttle, err := StartThrottle(c, u, name)
	if err != nil {
		return nil, err
	}
	own, right, err := rightPassword(c, u, password)
	switch {
	case err != nil:
		return nil, errors.Join(err, throttle.Withdrawn())
	case !right:
		return nil, refused
	default:
		return &Authenticated{u, own, refused}, throttle.Succeeded()
	}
}

// rightPassword returns the account with the user's password, and whether a password is it; nobody's is never.
func rightPassword(c *auth.Call, u *auth.User, password string) (own *auth.Account, right bool, err error) {
	userID := Nobody
	if u != nil {
		userID = u.ID
	}
	if own, err = Password(c, userID); err != nil {
		return nil, false, err
	}
	right, err = VerifyAccount(c, own, password)
	return own, right && u != nil, err
}
