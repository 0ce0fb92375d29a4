package routes

import (
	"context"
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// SignUpEmailIn is the input of [SignUpEmail].
type SignUpEmailIn struct {
	Name        string  `body:"name" doc:"The name of the user"`
	Email       string  `body:"email" is:"email" doc:"The email of the user"`
	Password    string  `body:"password" is:"nonempty" doc:"The password of the user"`
	Image       *string `body:"image,optional" doc:"The profile image URL of the user"`
	CallbackURL string  `body:"callbackURL,optional" doc:"The URL to use for email verification callback"`
	RememberMe  *bool   `body:"rememberMe,optional" doc:"If this is false, the session will not be remembered. Default is true."`
	// Fields are the fields that options and plugins add to users.
	Fields *auth.Object `body:"*" model:"user"`
}

// SignUpEmailOut is the output of [SignUpEmail].
type SignUpEmailOut struct {
	// Token is the new session's, or nil when the user has to do something first.
	Token *string    `json:"token"`
	User  *auth.User `json:"user"`
}

// SignUpEmail creates a user with a password. With requireEmailVerification, or without autoSignIn, an address that is
// taken answers as a new one does. It fails with EMAIL_PASSWORD_SIGN_UP_DISABLED, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG
// or USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL.
var SignUpEmail = auth.Endpoint[SignUpEmailIn, *SignUpEmailOut]{
	Key: "signUpEmail", Method: auth.POST, Path: "/sign-up/email", OperationID: "signUpWithEmailAndPassword",
	Doc:   "Sign up a user using email and password",
	Media: []string{auth.MediaForm, auth.MediaJSON}, Use: []auth.Guard{auth.FormCSRF}, Handle: signUpEmail,
}

var signUpDisabled = auth.Code{ID: "EMAIL_PASSWORD_SIGN_UP_DISABLED", Message: "Email and password sign up is not enabled"}

func signUpEmail(c *auth.Call, in SignUpEmailIn) (*SignUpEmailOut, error) {
	o := &c.Options.EmailAndPassword
	if !o.Enabled || o.DisableSignUp {
		return nil, auth.Fail(http.StatusBadRequest, signUpDisabled)
	}
	if err := account.CheckPasswordLength(c, in.Password); err != nil {
		return nil, err
	}
	extra, err := c.ParseInput(schema.UserModel, in.Fields, auth.ForCreate)
	if err != nil {
		return nil, err
	}
	existing, err := account.FindUserByEmail(c, in.Email)
	if err != nil {
		return nil, err
	}
	if existing != nil && !hidesUsers(c) {
		return nil, auth.Fail(http.StatusUnprocessableEntity, auth.UserAlreadyExistsUseAnotherEmail)
	}
	// Hashed before the existence of the user decides anything, so that both take the same time.
	hash, err := c.HashPassword(in.Password)
	if err != nil {
		return nil, err
	}
	if existing != nil {
		return existingUser(c, in, extra, existing)
	}
	return newUser(c, in, extra, hash)
}

// hidesUsers reports whether sign-up must not show that an address is taken. Where the answer of a success carries no
// session, both answers can be alike (UP-118).
func hidesUsers(c *auth.Call) bool {
	o := &c.Options.EmailAndPassword
	return o.RequireEmailVerification || !o.AutoSignIn.Or(true)
}

// newUser creates the user with the password account and, unless something is to be done first, a session: all or nothing.
func newUser(c *auth.Call, in SignUpEmailIn, extra store.Record, hash string) (*SignUpEmailOut, error) {
	forget := in.RememberMe != nil && !*in.RememberMe
	var user *auth.User
	var started *auth.Session
	err := c.Repeat(func() (err error) {
		if user, err = account.CreateUser(c, userData(c, in, extra)); err != nil {
			return err
		}
		if err = account.LinkPassword(c, user.ID, hash); err != nil {
			return err
		}
		if !hidesUsers(c) {
			started, err = session.Start(c, user.ID, forget, http.StatusBadRequest)
		}
		return err
	})
	if err != nil {
		return nil, signUpFailure(c, err)
	}
	if sendsOnSignUp(c) {
		if err := account.SendVerification(c, user, in.CallbackURL); err != nil {
			return nil, err
		}
	}
	if hidesUsers(c) {
		return &SignUpEmailOut{User: c.VisibleUser(user)}, nil
	}
	if err := session.SetCookie(c, &auth.SignedIn{Session: started, User: user}, option.Of(forget)); err != nil {
		return nil, err
	}
	return &SignUpEmailOut{Token: &started.Token, User: c.VisibleUser(user)}, nil
}

func userData(c *auth.Call, in SignUpEmailIn, extra store.Record) store.Record {
	now := c.Now()
	data := store.Record{"createdAt": now, "updatedAt": now, "email": in.Email, "name": in.Name, "image": nil}
	if in.Image != nil {
		data["image"] = *in.Image
	}
	for name, v := range extra {
		data[name] = v
	}
	data["emailVerified"] = false
	return data
}

// signUpFailure is the answer when the rows could not be written.
func signUpFailure(c *auth.Call, err error) error {
	if _, ok := errors.AsType[*auth.Error](err); ok || errors.Is(err, crypto.ErrRandom) || errors.Is(err, store.ErrUnavailable) {
		return err
	}
	if errors.Is(err, auth.ErrAbort) {
		return auth.Fail(http.StatusBadRequest, auth.FailedToCreateUser).Because(err)
	}
	c.Logger.Error("failed to create user", "error", err)
	return auth.Fail(http.StatusUnprocessableEntity, auth.FailedToCreateUser).Because(err)
}

func sendsOnSignUp(c *auth.Call) bool {
	return c.Options.EmailVerification.SendVerificationEmail != nil &&
		c.Options.EmailVerification.SendOnSignUp.Or(c.Options.EmailAndPassword.RequireEmailVerification)
}

// existingUser answers as if the user were new, and tells the application.
func existingUser(c *auth.Call, in SignUpEmailIn, extra store.Record, existing *auth.User) (*SignUpEmailOut, error) {
	if notify := c.Options.EmailAndPassword.OnExistingUserSignUp; notify != nil {
		c.Send("existing user sign-up", func(ctx context.Context) error { return notify(ctx, existing, c.Request) })
	}
	id, err := c.NewID(schema.UserModel)
	if err != nil {
		return nil, err
	}
	if id == "" {
		if id, err = c.RandomID(32); err != nil {
			return nil, err
		}
	}
	user := syntheticUser(c, in, extra, id)
	return &SignUpEmailOut{User: c.VisibleUser(user)}, nil
}

// syntheticUser has every field that a new user's row would have.
func syntheticUser(c *auth.Call, in SignUpEmailIn, extra store.Record, id string) *auth.User {
	core := userData(c, in, nil)
	core["email"] = account.LowerASCII(in.Email)
	if custom := c.Options.EmailAndPassword.CustomSyntheticUser; custom != nil {
		own := store.Record{}
		for _, f := range c.Options.User.AdditionalFields {
			if v, ok := extra[f.Name]; ok {
				own[f.Name] = v
			}
		}
		return auth.UserFromRecord(custom(auth.SyntheticUser{ID: id, Core: core, Additional: own}))
	}
	rec := c.NullRecord(schema.UserModel)
	for name, v := range core {
		rec[name] = v
	}
	for name, v := range extra {
		rec[name] = v
	}
	rec["id"] = id
	return auth.UserFromRecord(rec)
}
