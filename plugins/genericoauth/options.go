package genericoauth

import (
	"context"
	"errors"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
)

// Options configures the plugin.
type Options struct {
	// Config lists the providers.
	Config []Provider `option:"config"`
}

// Provider is one OAuth server. Upstream: GenericOAuthConfig.
type Provider struct {
	// ProviderID names it in routes and accounts.
	ProviderID string `option:"providerId"`
	// DiscoveryURL is the address of its OpenID configuration, which wins over the addresses below.
	DiscoveryURL string `option:"discoveryUrl"`
	// Issuer is what it names itself in callbacks (RFC 9207) and in ID tokens. Default: what discovery says.
	Issuer string `option:"issuer"`
	// RequireIssuerValidation refuses callbacks that do not name an issuer. It is on where discovery promises one.
	RequireIssuerValidation bool `option:"requireIssuerValidation"`
	// AuthorizationURL, TokenURL and UserInfoURL are its addresses.
	AuthorizationURL string `option:"authorizationUrl"`
	TokenURL         string `option:"tokenUrl"`
	UserInfoURL      string `option:"userInfoUrl"`
	// ClientID and ClientSecret identify the application.
	ClientID     string `option:"clientId"`
	ClientSecret string `option:"clientSecret"`
	// Scopes are asked for.
	Scopes []string `option:"scopes"`
	// RedirectURI replaces the callback address. Default: BASE/oauth2/callback/ID.
	RedirectURI string `option:"redirectURI"`
	// ResponseType is "code", the default, ResponseMode "query" or "form_post".
	ResponseType string `option:"responseType"`
	ResponseMode string `option:"responseMode"`
	// Prompt and AccessType are sent as prompt and access_type.
	Prompt     string `option:"prompt"`
	AccessType string `option:"accessType"`
	// PKCE protects the code with a challenge (RFC 7636). Default: off, as upstream; turn it on wherever the server knows it.
	PKCE bool `option:"pkce"`
	// AuthorizationURLParams and TokenURLParams are sent along; the functions give them for one call, and win.
	AuthorizationURLParams     Params                             `option:"authorizationUrlParams"`
	AuthorizationURLParamsFunc func(c *auth.Call) (Params, error) `option:"-"`
	TokenURLParams             Params                             `option:"tokenUrlParams"`
	TokenURLParamsFunc         func(c *auth.Call) (Params, error) `option:"-"`
	// DisableImplicitSignUp creates users only when the client asks with requestSignUp, DisableSignUp creates none.
	DisableImplicitSignUp bool `option:"disableImplicitSignUp"`
	DisableSignUp         bool `option:"disableSignUp"`
	// Authentication is how the application shows its secret: "post", the default, or "basic".
	Authentication string `option:"authentication"`
	// DiscoveryHeaders and AuthorizationHeaders are sent with requests for the configuration and for tokens.
	DiscoveryHeaders     map[string]string `option:"discoveryHeaders"`
	AuthorizationHeaders map[string]string `option:"authorizationHeaders"`
	// RequireMatchingSubject refuses user information about somebody else than the ID token (OpenID Connect Core section
	// 5.3.2). Default: off, as upstream; both come from one server by connections that vouch for it. Turn it on for OpenID
	// providers.
	RequireMatchingSubject bool `option:"requireMatchingSubject"`
	// OverrideUserInfo copies what the provider says onto the user at every sign-in.
	OverrideUserInfo bool `option:"overrideUserInfo"`

	// GetToken replaces the exchange of codes.
	GetToken func(ctx context.Context, client *oauth2.Client, code oauth2.Code) (*oauth2.Tokens, error) `option:"-"`
	// GetUserInfo replaces the request for user information: {id, name, email, image, emailVerified, …}, or nil.
	GetUserInfo func(ctx context.Context, client *oauth2.Client, t *oauth2.Tokens) (*oauth2.Object, error) `option:"-"`
	// MapProfileToUser returns fields of the user, which replace those that the provider gives. An id counts only where the
	// provider gives none (UP-057).
	MapProfileToUser func(ctx context.Context, profile *oauth2.Object) (*oauth2.Object, error) `option:"-"`
}

// Params are parameters in order; a configuration file gives them as an object of texts.
type Params []origin.Param

// DecodeOption implements [option.Decoder].
func (p *Params) DecodeOption(v any) error {
	entries, ok := option.Entries(v)
	if !ok {
		return errors.New("must be an object of texts")
	}
	params := Params{}
	for name, item := range entries {
		text, ok := item.(string)
		if !ok {
			return option.In(name, errors.New("must be a text"))
		}
		params = append(params, origin.Param{Name: name, Value: text})
	}
	*p = params
	return nil
}
