package routes

import (
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/account"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/federation"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/session"
	"github.com/goauth-dev/goauth/core/store"
)

// LinkSocialIn is the input of [LinkSocialAccount].
type LinkSocialIn struct {
	CallbackURL string    `body:"callbackURL,optional" doc:"The URL to redirect to after the user has signed in"`
	Provider    auth.Name `body:"provider"`
	// IDToken links without a redirect.
	IDToken          *LinkIDToken `body:"idToken,optional"`
	RequestSignUp    *bool        `body:"requestSignUp,optional"`
	Scopes           auth.List    `body:"scopes,optional" doc:"Additional scopes to request from the provider"`
	ErrorCallbackURL string       `body:"errorCallbackURL,optional" doc:"The URL to redirect to if there is an error during the link process"`
	DisableRedirect  bool         `body:"disableRedirect,optional" doc:"Disable automatic redirection to the provider. Useful for handling the redirection yourself"`
	AdditionalData   *auth.Object `body:"additionalData,optional" is:"record"`
}

// LinkIDToken is an ID token that the client has from the provider, with what else it has.
type LinkIDToken struct {
	Token        string    `body:"token"`
	Nonce        string    `body:"nonce,optional"`
	AccessToken  string    `body:"accessToken,optional"`
	RefreshToken string    `body:"refreshToken,optional"`
	Scopes       auth.List `body:"scopes,optional"`
}

// LinkSocialOut is the output of [LinkSocialAccount].
type LinkSocialOut struct {
	// URL is the provider's page to go to; it is empty after linking with an ID token.
	URL string `json:"url"`
	// Status says that the account is linked.
	Status bool `json:"status,omitempty"`
	// Redirect says that the client should go to URL.
	Redirect bool `json:"redirect"`
}

// LinkSocialAccount adds an account at a provider to the caller's user: through a redirect, or with an ID token. It fails
// as [SignInSocial] does, and with LINKING_NOT_ALLOWED, LINKING_DIFFERENT_EMAILS_NOT_ALLOWED or LINKING_FAILED.
var LinkSocialAccount = auth.Endpoint[LinkSocialIn, *LinkSocialOut]{
	Key: "linkSocialAccount", OperationID: "linkSocialAccount", Method: auth.POST, Path: "/link-social", Doc: "Link a social account to the user",
	NeedsHeader: true, Use: []auth.Guard{session.Sensitive}, Handle: linkSocial,
}

var (
	linkingNotAllowed = auth.Code{ID: "LINKING_NOT_ALLOWED", Message: "Account not linked - linking not allowed"}
	linkingDiffers    = auth.Code{ID: "LINKING_DIFFERENT_EMAILS_NOT_ALLOWED", Message: "Account not linked - different emails not allowed"}
	linkingFailed     = auth.Code{ID: "LINKING_FAILED", Message: "Account not linked - unable to create account"}
)

func linkSocial(c *auth.Call, in LinkSocialIn) (*LinkSocialOut, error) {
	p, err := knownProvider(c, string(in.Provider))
	if err != nil {
		return nil, err
	}
	link := federation.LinkTo{Email: c.Session.User.Email, UserID: c.Session.User.ID}
	if in.IDToken != nil {
		return linkWithIDToken(c, p, in.IDToken, link)
	}
	url, err := beginAtProvider(c, p, &link, in.AdditionalData, oauth2.Authorization{Scopes: in.Scopes})
	if err != nil {
		return nil, err
	}
	if !in.DisableRedirect {
		c.Reply.Header.Set("Location", url)
	}
	return &LinkSocialOut{URL: url, Redirect: !in.DisableRedirect}, nil
}

func linkWithIDToken(c *auth.Call, p *oauth2.Provider, t *LinkIDToken, link federation.LinkTo) (*LinkSocialOut, error) {
	tokens := &oauth2.Tokens{IDToken: t.Token, AccessToken: t.AccessToken, RefreshToken: t.RefreshToken, Scopes: t.Scopes}
	info, err := verifiedUser(c, p, tokens, t.Nonce)
	if err != nil {
		return nil, err
	}
	existing, err := federation.FindAccount(c, p.ID, info.ID())
	if err != nil {
		return nil, err
	}
	if existing != nil && existing.UserID == link.UserID {
		return &LinkSocialOut{Status: true}, nil
	}
	err = federation.Add(c, federation.Adding{LinkTo: link, Provider: p.ID, AccountID: info.ID(), User: info, Tokens: tokens})
	if err != nil {
		return nil, linkFailureOf(err)
	}
	if c.Options.Account.AccountLinking.UpdateUserInfoOnLink {
		takeUserInfo(c, link.UserID, info)
	}
	return &LinkSocialOut{Status: true}, nil
}

// linkFailureOf is the answer to an account that cannot be linked.
func linkFailureOf(err error) error {
	switch {
	case errors.Is(err, federation.EmailDiffers):
		return auth.Fail(http.StatusUnauthorized, linkingDiffers)
	case errors.Is(err, federation.UnableToLink):
		return auth.Fail(http.StatusUnauthorized, linkingNotAllowed)
	default:
		return auth.Fail(http.StatusExpectationFailed, linkingFailed).Because(err)
	}
}

// takeUserInfo copies the provider's name and picture onto the user; that it fails is only logged, as upstream has it.
func takeUserInfo(c *auth.Call, userID string, info *oauth2.UserInfo) {
	set := store.Record{}
	if name := info.Name(); name != "" {
		set["name"] = name
	}
	if image := info.Image(); image != "" {
		set["image"] = image
	}
	if len(set) == 0 {
		return
	}
	if _, err := account.UpdateUser(c, userID, set); err != nil {
		c.Logger.Warn("could not update the user", "error", err)
	}
}
