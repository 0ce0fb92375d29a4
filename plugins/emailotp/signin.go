package emailotp

import (
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/verification"
)

// SignInIn is the input of signInEmailOTP.
type SignInIn struct {
	Email string  `body:"email" doc:"Email address to sign in"`
	OTP   string  `body:"otp" doc:"OTP sent to the email"`
	Name  string  `body:"name,optional" doc:"The name of a new user"`
	Image *string `body:"image,optional" doc:"The profile image URL of a new user"`
	// Fields are the fields of a new user that options and plugins add.
	Fields *auth.Object `body:"*,optional" model:"user"`
}

// SignInOut is the output of signInEmailOTP.
type SignInOut struct {
	Token string     `json:"token"`
	User  *auth.User `json:"user"`
}

// SignIn is the operation signInEmailOTP, as an application calls it: it signs in by a code, which is used up, or signs up.
// It fails with INVALID_OTP, OTP_EXPIRED or TOO_MANY_ATTEMPTS.
var SignIn = signIn(&Options{})

func signIn(o *Options) auth.Endpoint[SignInIn, *SignInOut] {
	return auth.Endpoint[SignInIn, *SignInOut]{
		Key: "signInEmailOTP", Method: auth.POST, Path: signInPath, OperationID: "signInWithEmailOTP", Doc: "Sign in with email and OTP",
		Use: []auth.Guard{auth.FormCSRF}, Handle: o.signIn,
	}
}

func (o *Options) signIn(c *auth.Call, in SignInIn) (*SignInOut, error) {
	email := account.LowerASCII(in.Email)
	if err := o.try(c, verification.UseCode, identifier(SignInPurpose, email), in.OTP); err != nil {
		return nil, err
	}
	var s *auth.SignedIn
	err := c.InTx(func() error {
		user, err := o.owner(c, email, in)
		if err != nil {
			return err
		}
		started, err := session.Start(c, user.ID, false, http.StatusInternalServerError)
		s = &auth.SignedIn{Session: started, User: user}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := session.SetCookie(c, s, option.Unset); err != nil {
		return nil, err
	}
	return &SignInOut{s.Session.Token, c.VisibleUser(s.User)}, nil
}

// owner returns the user with an address that has just been proven, who is new when nobody has it.
func (o *Options) owner(c *auth.Call, email string, in SignInIn) (*auth.User, error) {
	invalid := auth.Fail(http.StatusBadRequest, InvalidOTP)
	user, err := account.FindUserByEmail(c, email)
	if err != nil {
		return nil, err
	}
	if user != nil {
		if user, err = account.ProveEmail(c, user); user == nil && err == nil {
			err = invalid
		}
		return user, err
	}
	if o.DisableSignUp || !auth.IsEmail(email) {
		return nil, invalid
	}
	data, err := c.ParseInput(schema.UserModel, in.Fields, auth.ForCreate)
	if err != nil {
		return nil, err
	}
	data["email"], data["emailVerified"], data["name"], data["image"] = email, true, in.Name, nil
	if in.Image != nil {
		data["image"] = *in.Image
	}
	user, err = account.CreateUser(c, data)
	if errors.Is(err, auth.ErrAbort) || errors.Is(err, store.ErrDuplicate) {
		return nil, auth.Fail(http.StatusInternalServerError, auth.FailedToCreateUser).Because(err)
	}
	return user, err
}

// VerifyEmailIn is the input of verifyEmailOTP.
type VerifyEmailIn struct {
	Email string `body:"email" doc:"Email address to verify"`
	OTP   string `body:"otp" doc:"OTP to verify"`
}

// VerifyEmailOut is the output of verifyEmailOTP.
type VerifyEmailOut struct {
	Status bool `json:"status"`
	// Token is that of the session which autoSignInAfterVerification starts, else null.
	Token *string    `json:"token"`
	User  *auth.User `json:"user"`
}

// VerifyEmail is the operation verifyEmailOTP, as an application calls it: it marks an address as verified by a code,
// which is used up. It confirms a sign-up, so that a password stays. It fails with INVALID_EMAIL, INVALID_OTP, OTP_EXPIRED,
// TOO_MANY_ATTEMPTS or USER_NOT_FOUND.
var VerifyEmail = verifyEmail(&Options{})

func verifyEmail(o *Options) auth.Endpoint[VerifyEmailIn, *VerifyEmailOut] {
	return auth.Endpoint[VerifyEmailIn, *VerifyEmailOut]{
		Key: "verifyEmailOTP", Method: auth.POST, Path: verifyPath, Doc: "Verify email with OTP", Use: []auth.Guard{auth.FormCSRF},
		Handle: o.verifyEmail,
	}
}

func (o *Options) verifyEmail(c *auth.Call, in VerifyEmailIn) (*VerifyEmailOut, error) {
	email, err := address(in.Email)
	if err != nil {
		return nil, err
	}
	if err := o.try(c, verification.UseCode, identifier(VerifyPurpose, email), in.OTP); err != nil {
		return nil, err
	}
	user, started, err := markVerified(c, email)
	if err != nil {
		return nil, err
	}
	out := &VerifyEmailOut{Status: true, User: c.VisibleUser(user)}
	if started != nil {
		out.Token = &started.Token
		return out, session.SetCookie(c, &auth.SignedIn{Session: started, User: user}, option.Unset)
	}
	return out, refreshCopy(c, user)
}

// markVerified marks an address as verified and, when configured, signs its owner in: both or none.
func markVerified(c *auth.Call, email string) (user *auth.User, started *auth.Session, err error) {
	hooks := &c.Options.EmailVerification
	unknown := auth.Fail(http.StatusBadRequest, auth.UserNotFound)
	if user, err = account.FindUserByEmail(c, email); err != nil {
		return nil, nil, err
	}
	if user == nil {
		return nil, nil, unknown
	}
	if hooks.BeforeEmailVerification != nil {
		if err := hooks.BeforeEmailVerification(c.Ctx(), user, c.Request); err != nil {
			return nil, nil, err
		}
	}
	err = c.InTx(func() (err error) {
		if user, err = account.UpdateUserAt(c, user, store.Record{"email": email, "emailVerified": true}); err != nil {
			return err
		}
		if user == nil {
			return unknown
		}
		if hooks.AutoSignInAfterVerification {
			started, err = session.Start(c, user.ID, false, http.StatusInternalServerError)
		}
		return err
	})
	if err == nil && hooks.AfterEmailVerification != nil {
		err = hooks.AfterEmailVerification(c.Ctx(), user, c.Request)
	}
	return user, started, err
}

// refreshCopy renews the caller's copy of the session when it is the user's own, not just anybody's (UP-067).
func refreshCopy(c *auth.Call, user *auth.User) error {
	s := session.Current(c, session.LookupOptions{})
	if s == nil || s.User.ID != user.ID {
		return nil
	}
	shown := s.User.Clone()
	shown.EmailVerified = true
	return session.RefreshCopy(c, &auth.SignedIn{Session: s.Session, User: shown})
}
