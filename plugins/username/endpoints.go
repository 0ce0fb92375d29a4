package username

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
)

// SignInIn is the input of signInUsername.
type SignInIn struct {
	Username    string `body:"username" doc:"The username of the user"`
	Password    string `body:"password" doc:"The password of the user"`
	RememberMe  *bool  `body:"rememberMe,optional" doc:"If this is false, the session will not be remembered. Default is true."`
	CallbackURL string `body:"callbackURL,optional" doc:"Where the link in another verification e-mail leads"`
}

// SignInOut is the output of signInUsername.
type SignInOut struct {
	Token string     `json:"token"`
	User  *auth.User `json:"user"`
}

// SignIn is the operation signInUsername, as an application calls it:
//
//	out, err := username.SignIn.Call(ctx, a, username.SignInIn{Username: "ada", Password: "…"})
//
// An unknown name and a wrong password answer alike, in the same time. It fails with INVALID_USERNAME_OR_PASSWORD,
// USERNAME_TOO_SHORT, USERNAME_TOO_LONG, INVALID_USERNAME or EMAIL_NOT_VERIFIED.
var SignIn = signIn(&Options{})

func signIn(o *Options) auth.Endpoint[SignInIn, *SignInOut] {
	return auth.Endpoint[SignInIn, *SignInOut]{
		Key: "signInUsername", Method: auth.POST, Path: "/sign-in/username", Doc: "Sign in with username", Use: []auth.Guard{auth.FormCSRF},
		Handle: o.signIn,
	}
}

func (o *Options) signIn(c *auth.Call, in SignInIn) (*SignInOut, error) {
	proved, err := o.authenticate(c, in)
	if err != nil {
		return nil, err
	}
	if err := proved.CheckVerified(c, in.CallbackURL, auth.Fail(http.StatusForbidden, EmailNotVerified)); err != nil {
		return nil, err
	}
	s, err := proved.SignIn(c, in.RememberMe, http.StatusInternalServerError)
	if err != nil {
		return nil, err
	}
	return &SignInOut{s.Token, c.VisibleUser(proved.User)}, nil
}

// authenticate returns the user whose name and password these are.
func (o *Options) authenticate(c *auth.Call, in SignInIn) (*account.Authenticated, error) {
	refused := auth.Fail(http.StatusUnauthorized, InvalidUsernameOrPassword)
	if in.Username == "" || in.Password == "" {
		return nil, refused
	}
	name := in.Username
	if o.ValidationOrder.Username == preNormalization {
		name = o.normalize(name)
	}
	if err := o.checkName(c.Ctx(), name, http.StatusUnprocessableEntity); err != nil {
		return nil, err
	}
	user, err := o.find(c, o.normalize(name))
	if err != nil {
		return nil, err
	}
	return account.Authenticate(c, user, name, in.Password, refused)
}

// IsAvailableIn is the input of isUsernameAvailable.
type IsAvailableIn struct {
	Username string `body:"username" doc:"The username to check"`
}

// IsAvailableOut is the output of isUsernameAvailable.
type IsAvailableOut struct {
	Available bool `json:"available"`
}

// IsAvailable is the operation isUsernameAvailable, as an application calls it. It fails with INVALID_USERNAME,
// USERNAME_TOO_SHORT or USERNAME_TOO_LONG.
var IsAvailable = isAvailable(&Options{})

func isAvailable(o *Options) auth.Endpoint[IsAvailableIn, *IsAvailableOut] {
	return auth.Endpoint[IsAvailableIn, *IsAvailableOut]{
		Key: "isUsernameAvailable", Method: auth.POST, Path: "/is-username-available", Doc: "Check whether a username is free",
		Handle: o.isAvailable,
	}
}

func (o *Options) isAvailable(c *auth.Call, in IsAvailableIn) (*IsAvailableOut, error) {
	if in.Username == "" {
		return nil, auth.Fail(http.StatusUnprocessableEntity, InvalidUsername)
	}
	if err := o.checkName(c.Ctx(), in.Username, http.StatusUnprocessableEntity); err != nil {
		return nil, err
	}
	owner, err := o.find(c, o.normalize(in.Username))
	return &IsAvailableOut{owner == nil}, err
}
