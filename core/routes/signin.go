package routes

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
)

// SignInEmailIn is the input of [SignInEmail].
type SignInEmailIn struct {
	Email       string `body:"email" doc:"Email of the user"`
	Password    string `body:"password" doc:"Password of the user"`
	CallbackURL string `body:"callbackURL,optional" doc:"Callback URL to use as a redirect for email verification"`
	RememberMe  *bool  `body:"rememberMe" default:"true" doc:"If this is false, the session will not be remembered. Default is true."`
}

// SignInEmailOut is the output of [SignInEmail].
type SignInEmailOut struct {
	// Redirect says that the client should go to URL.
	Redirect bool       `json:"redirect"`
	Token    string     `json:"token"`
	URL      string     `json:"url,omitempty"`
	User     *auth.User `json:"user"`
}

// SignInEmail starts a session for a user with a password. An unknown address and a wrong password answer alike, in the
// same time. It fails with INVALID_EMAIL, INVALID_EMAIL_OR_PASSWORD or EMAIL_NOT_VERIFIED.
var SignInEmail = auth.Endpoint[SignInEmailIn, *SignInEmailOut]{
	Key: "signInEmail", OperationID: "signInEmail", Method: auth.POST, Path: "/sign-in/email", Doc: "Sign in with email and password",
	Media: []string{auth.MediaForm, auth.MediaJSON}, Use: []auth.Guard{auth.FormCSRF}, Handle: signInEmail,
}

var passwordDisabled = auth.Code{ID: "EMAIL_PASSWORD_DISABLED", Message: "Email and password is not enabled"}

func signInEmail(c *auth.Call, in SignInEmailIn) (*SignInEmailOut, error) {
	if !c.Options.EmailAndPassword.Enabled {
		return nil, auth.Fail(http.StatusBadRequest, passwordDisabled)
	}
	if !auth.IsEmail(in.Email) {
		return nil, auth.Fail(http.StatusBadRequest, auth.InvalidEmail)
	}
	user, err := account.FindUserByEmail(c, in.Email)
	if err != nil {
		return nil, err
	}
	proved, err := account.Authenticate(c, user, in.Email, in.Password, auth.Fail(http.StatusUnauthorized, auth.InvalidEmailOrPassword))
	if err != nil {
		return nil, err
	}
	if err := proved.CheckVerified(c, in.CallbackURL, auth.Fail(http.StatusForbidden, auth.EmailNotVerified)); err != nil {
		return nil, err
	}
	s, err := proved.SignIn(c, in.RememberMe, http.StatusUnauthorized)
	if err != nil {
		return nil, err
	}
	if in.CallbackURL != "" {
		c.Reply.Header.Set("Location", in.CallbackURL)
	}
	return &SignInEmailOut{Redirect: in.CallbackURL != "", Token: s.Token, URL: in.CallbackURL, User: c.VisibleUser(user)}, nil
}
