// Package onetap signs people in with the ID tokens of Google One Tap. Upstream: one-tap.
package onetap

import (
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/federation"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/session"
)

// Options configures the plugin.
type Options struct {
	// DisableSignup creates no users.
	DisableSignup bool `option:"disableSignup"`
	// ClientID is the application's id at Google. Default: socialProviders.google.clientId.
	ClientID string `option:"clientId"`
}

// google is the provider whose accounts these are.
const google = "google"

// CallbackIn is the input of /one-tap/callback.
type CallbackIn struct {
	IDToken string `body:"idToken" doc:"Google ID token, which the client obtains from the One Tap API"`
}

// CallbackOut is the output of /one-tap/callback.
type CallbackOut struct {
	Token string     `json:"token,omitempty"`
	User  *auth.User `json:"user,omitempty"`
	// Error says why nobody was signed in, in an answer that is a success, as upstream has it.
	Error string `json:"error,omitempty"`
}

// New returns the plugin.
func New(o Options) auth.Plugin {
	return auth.Plugin{ID: "one-tap", Endpoints: []auth.AnyEndpoint{
		auth.Endpoint[CallbackIn, *CallbackOut]{
			Key: "oneTapCallback", Method: auth.POST, Path: "/one-tap/callback",
			Doc:    "Use this endpoint to authenticate with Google One Tap",
			Handle: o.callback,
		},
	}}
}

func (o *Options) callback(c *auth.Call, in CallbackIn) (*CallbackOut, error) {
	claims, err := o.verify(c, in.IDToken)
	if err != nil {
		return nil, auth.FailText(http.StatusBadRequest, "invalid id token").Because(err)
	}
	if oauth2.Text(claims, "email") == "" {
		return &CallbackOut{Error: "Email not available in token"}, nil
	}
	identity, err := o.identity(c, in.IDToken, claims)
	if err != nil {
		return nil, err
	}
	out, err := federation.SignIn(c, identity)
	if err != nil {
		return nil, o.refused(err)
	}
	if err := session.SetCookie(c, out.SignedIn, option.Unset); err != nil {
		return nil, err
	}
	return &CallbackOut{Token: out.Session.Token, User: c.VisibleUser(out.User)}, nil
}

// verify returns the claims of a token that Google made for this application. Without a client id every application's
// would do, so none does (UP-049); the Workspace of the provider's options counts here too (UP-050).
func (o *Options) verify(c *auth.Call, token string) (*oauth2.Object, error) {
	rules := oauth2.IDTokenRules{
		Keys: "https://www.googleapis.com/oauth2/v3/certs", Issuers: []string{"https://accounts.google.com", "accounts.google.com"},
	}
	configured := c.Options.SocialProviders[google]
	if rules.Audience = configured.ClientIDList(); o.ClientID != "" {
		rules.Audience = []string{o.ClientID}
	}
	if len(rules.Audience) == 0 {
		return nil, errors.New("one-tap: set clientId, or socialProviders.google.clientId")
	}
	claims, err := c.OAuth.VerifyIDToken(c.Ctx(), token, rules)
	if err != nil {
		return nil, err
	}
	if hd := oauth2.Text(claims, "hd"); configured.HD != "" && (hd == "" || configured.HD != "*" && configured.HD != hd) {
		return nil, errors.New("one-tap: the account is of another Workspace")
	}
	return claims, nil
}

func (o *Options) identity(c *auth.Call, token string, claims *oauth2.Object) (federation.Identity, error) {
	get := func(name string) any {
		if v, given := claims.Get(name); given {
			return v
		}
		return oauth2.Undefined
	}
	in := federation.Identity{
		Provider: google, AccountID: oauth2.Text(claims, "sub"),
		User:     oauth2.NewUserInfo(get("sub"), get("name"), get("email"), get("picture"), get("email_verified"), claims),
		NoSignUp: o.DisableSignup || c.Options.SocialProviders[google].DisableSignUp,
	}
	// Upstream keeps the token with an account that joins a user, and with no other.
	user, err := account.FindUserByEmail(c, in.User.Email())
	if user == nil || err != nil {
		return in, err
	}
	existing, err := federation.FindAccount(c, google, in.AccountID)
	if existing == nil {
		in.Tokens = &oauth2.Tokens{IDToken: token, Scopes: []string{"openid", "profile", "email"}}
	}
	return in, err
}

// refused is the answer to a refusal. Sign-up that the provider's own options forbid is a 401 (UP-051).
func (o *Options) refused(err error) error {
	switch {
	case errors.Is(err, federation.SignUpDisabled) && o.DisableSignup:
		return auth.FailText(http.StatusBadGateway, "User not found")
	case errors.Is(err, federation.SignUpDisabled):
		return auth.FailText(http.StatusUnauthorized, string(federation.SignUpDisabled))
	case errors.Is(err, federation.NotLinked):
		return auth.FailText(http.StatusUnauthorized, "Google sub doesn't match")
	case errors.Is(err, federation.CannotCreateUser):
		return auth.FailText(http.StatusInternalServerError, "Could not create user")
	}
	if refusal, ok := errors.AsType[federation.Refusal](err); ok {
		return auth.FailText(http.StatusUnauthorized, string(refusal))
	}
	return err
}
