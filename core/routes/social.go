package routes

import (
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/federation"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/session"
)

// SignInSocialIn is the input of [SignInSocial].
type SignInSocialIn struct {
	CallbackURL        string    `body:"callbackURL,optional" doc:"Callback URL to redirect to after the user has signed in"`
	NewUserCallbackURL string    `body:"newUserCallbackURL,optional"`
	ErrorCallbackURL   string    `body:"errorCallbackURL,optional" doc:"Callback URL to redirect to if an error happens"`
	Provider           auth.Name `body:"provider"`
	DisableRedirect    bool      `body:"disableRedirect,optional" doc:"Disable automatic redirection to the provider. Useful for handling the redirection yourself"`
	// IDToken signs in without a redirect.
	IDToken        *SocialIDToken `body:"idToken,optional"`
	Scopes         auth.List      `body:"scopes,optional" doc:"Array of scopes to request from the provider. This will override the default scopes passed."`
	RequestSignUp  *bool          `body:"requestSignUp,optional" doc:"Explicitly request sign-up. Useful when disableImplicitSignUp is true for this provider"`
	LoginHint      string         `body:"loginHint,optional" doc:"The login hint to use for the authorization code request"`
	AdditionalData *auth.Object   `body:"additionalData,optional" is:"record" doc:"Additional data to be passed through the OAuth flow"`
}

// SocialIDToken is an ID token that the client has from the provider, with what else it has.
type SocialIDToken struct {
	Token        string   `body:"token" doc:"ID token from the provider"`
	Nonce        string   `body:"nonce,optional" doc:"Nonce used to generate the token"`
	AccessToken  string   `body:"accessToken,optional" doc:"Access token from the provider"`
	RefreshToken string   `body:"refreshToken,optional" doc:"Refresh token from the provider"`
	ExpiresAt    *float64 `body:"expiresAt,optional" doc:"Expiry date of the token"`
	// User is the person as Apple describes it.
	User *SocialUser `body:"user,optional" doc:"The user object from the provider. Only available for some providers like Apple."`
}

// SocialUser is a person as Apple describes it at the first consent.
type SocialUser struct {
	Name  *SocialName `body:"name,optional"`
	Email string      `body:"email,optional"`
}

// SocialName is a name in two parts.
type SocialName struct {
	FirstName string `body:"firstName,optional"`
	LastName  string `body:"lastName,optional"`
}

// tree is the user in the form that the provider sends it.
func (u *SocialUser) tree() *auth.Object {
	if u == nil {
		return nil
	}
	o := js.NewObject()
	if u.Name != nil {
		name := js.NewObject()
		name.Set("firstName", u.Name.FirstName)
		name.Set("lastName", u.Name.LastName)
		o.Set("name", name)
	}
	o.Set("email", u.Email)
	return o
}

// SignInSocialOut is the output of [SignInSocial].
type SignInSocialOut struct {
	// URL is the provider's page to go to.
	URL string `json:"url,omitempty"`
	// Redirect says that the client should go there.
	Redirect bool `json:"redirect"`
	// Token and User are the new session's after a sign-in with an ID token.
	Token string     `json:"token,omitempty"`
	User  *auth.User `json:"user,omitempty"`
}

// SignInSocial begins a sign-in at a provider, or signs in with an ID token that the client has from it. It fails with
// PROVIDER_NOT_FOUND, CALLBACK_URL_REQUIRED, and for ID tokens with ID_TOKEN_NOT_SUPPORTED, INVALID_TOKEN,
// FAILED_TO_GET_USER_INFO, USER_EMAIL_NOT_FOUND or OAUTH_LINK_ERROR.
var SignInSocial = auth.Endpoint[SignInSocialIn, *SignInSocialOut]{
	Key: "signInSocial", Method: auth.POST, Path: "/sign-in/social", OperationID: "socialSignIn",
	Doc: "Sign in with a social provider", Handle: signInSocial,
}

func signInSocial(c *auth.Call, in SignInSocialIn) (*SignInSocialOut, error) {
	p, err := knownProvider(c, string(in.Provider))
	if err != nil {
		return nil, err
	}
	if in.IDToken != nil {
		return signInWithIDToken(c, p, in)
	}
	url, err := beginAtProvider(c, p, nil, in.AdditionalData, oauth2.Authorization{Scopes: in.Scopes, LoginHint: in.LoginHint})
	if err != nil {
		return nil, err
	}
	if !in.DisableRedirect {
		c.Reply.Header.Set("Location", url)
	}
	return &SignInSocialOut{URL: url, Redirect: !in.DisableRedirect}, nil
}

func knownProvider(c *auth.Call, id string) (*oauth2.Provider, error) {
	p := c.Provider(id)
	if p == nil {
		c.Logger.Error("no such provider; add it to socialProviders", "provider", id)
		return nil, auth.Fail(http.StatusNotFound, auth.ProviderNotFound)
	}
	return p, nil
}

// beginAtProvider keeps the state of a new sign-in and returns the page of the provider to go to.
func beginAtProvider(c *auth.Call, p *oauth2.Provider, link *federation.LinkTo, extra *auth.Object, a oauth2.Authorization) (string, error) {
	state, err := federation.NewState(c, p.ID, link, extra)
	if err != nil {
		return "", err
	}
	if a.State, err = state.Keep(c, federation.StateSettings{}); err != nil {
		return "", err
	}
	a.CodeVerifier, a.RedirectURI = state.CodeVerifier, callbackAddress(c, p)
	return p.AuthorizationURL(c.Ctx(), a)
}

// callbackAddress is where a provider sends the browser back to.
func callbackAddress(c *auth.Call, p *oauth2.Provider) string { return c.BaseURL + "/callback/" + p.ID }

func signInWithIDToken(c *auth.Call, p *oauth2.Provider, in SignInSocialIn) (*SignInSocialOut, error) {
	t := in.IDToken
	tokens := &oauth2.Tokens{IDToken: t.Token, AccessToken: t.AccessToken, RefreshToken: t.RefreshToken, User: t.User.tree()}
	info, err := verifiedUser(c, p, tokens, t.Nonce)
	if err != nil {
		return nil, err
	}
	asked := in.RequestSignUp != nil && *in.RequestSignUp
	out, err := federation.SignIn(c, federation.Identity{
		Provider: p.ID, AccountID: info.ID(), User: info, Tokens: &oauth2.Tokens{AccessToken: t.AccessToken}, CallbackURL: in.CallbackURL,
		NoSignUp: refusesSignUp(p, asked),
	})
	if refused, ok := errors.AsType[federation.Refusal](err); ok {
		return nil, auth.Fail(http.StatusUnauthorized, auth.Code{ID: "OAUTH_LINK_ERROR", Message: string(refused)})
	}
	if err != nil {
		return nil, err
	}
	if err := session.SetCookie(c, out.SignedIn, option.Unset); err != nil {
		return nil, err
	}
	return &SignInSocialOut{Token: out.Session.Token, User: c.VisibleUser(out.User)}, nil
}

// refusesSignUp reports whether a provider makes no new users, for a client that asked for one or did not.
func refusesSignUp(p *oauth2.Provider, asked bool) bool {
	return p.Options.DisableSignUp || p.Options.DisableImplicitSignUp && !asked
}

// verifiedUser is whoever an ID token is about that a client brings.
func verifiedUser(c *auth.Call, p *oauth2.Provider, t *oauth2.Tokens, nonce string) (*oauth2.UserInfo, error) {
	if p.VerifyIDToken == nil {
		c.Logger.Error("the provider has no ID tokens", "provider", p.ID)
		return nil, auth.Fail(http.StatusNotFound, auth.IDTokenNotSupported)
	}
	valid, err := p.VerifyIDToken(c.Ctx(), t.IDToken, nonce)
	if err != nil {
		return nil, err
	}
	if !valid {
		c.Logger.Error("invalid ID token", "provider", p.ID)
		return nil, auth.Fail(http.StatusUnauthorized, auth.InvalidToken)
	}
	info, err := p.UserInfo(c.Ctx(), t)
	if err != nil || info == nil || info.ID() == "" {
		c.Logger.Error("the provider does not say who this is", "provider", p.ID, "error", err)
		return nil, auth.Fail(http.StatusUnauthorized, auth.FailedToGetUserInfo)
	}
	if info.Email() == "" {
		noAddress(c, p)
		return nil, auth.Fail(http.StatusUnauthorized, auth.UserEmailNotFound)
	}
	return info, nil
}

func noAddress(c *auth.Call, p *oauth2.Provider) {
	c.Logger.Error("the provider gave no address; ask for its e-mail scope, or make one in mapProfileToUser", "provider", p.ID)
}

// RedirectURL implements [auth.Redirecting].
func (o *SignInSocialOut) RedirectURL() string { return o.URL }

// SetRedirectURL implements [auth.Redirecting].
func (o *SignInSocialOut) SetRedirectURL(url string) { o.URL = url }
