package oauth2

import (
	"context"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/option"
)

// Object is a JSON object that keeps the order of its keys.
type Object = js.Object

// Options configures one provider. The first part is for every provider; the fields below name the ones that read them,
// and New refuses them elsewhere. Upstream: ProviderOptions, and the options of each provider.
type Options struct {
	// Enabled switches the provider. Default: on.
	Enabled option.Toggle `option:"enabled"`
	// ClientID is the application's id at the provider.
	ClientID string `option:"clientId"`
	// ClientIDs are several: the first is the application's own, the others are further audiences of ID tokens. It
	// excludes ClientID.
	ClientIDs []string `option:"clientId"`
	// ClientSecret is the application's secret at the provider.
	ClientSecret string `option:"clientSecret"`
	// ClientKey is sent as client_key with codes. TikTok has it in place of ClientID.
	ClientKey string `option:"clientKey"`
	// Scope adds scopes to the provider's own.
	Scope []string `option:"scope"`
	// DisableDefaultScope leaves the provider's own scopes out.
	DisableDefaultScope bool `option:"disableDefaultScope"`
	// RedirectURI replaces the callback address. Default: BASE/callback/ID.
	RedirectURI string `option:"redirectURI"`
	// AuthorizationEndpoint replaces the provider's own.
	AuthorizationEndpoint string `option:"authorizationEndpoint"`
	// DisableIDTokenSignIn refuses ID tokens that clients bring. Upstream: disableIdTokenSignIn.
	DisableIDTokenSignIn bool `option:"disableIdTokenSignIn"`
	// DisableImplicitSignUp creates users only when the client asks with requestSignUp.
	DisableImplicitSignUp bool `option:"disableImplicitSignUp"`
	// DisableSignUp creates no users.
	DisableSignUp bool `option:"disableSignUp"`
	// Prompt is sent as prompt: "select_account", "consent", "login", "none" or "select_account consent".
	Prompt string `option:"prompt"`
	// ResponseMode is "query" or "form_post". It is accepted for every provider, as upstream does; Apple always has
	// form_post, and no other provider sends one.
	ResponseMode string `option:"responseMode"`
	// OverrideUserInfoOnSignIn copies the provider's user information onto the user at every sign-in.
	OverrideUserInfoOnSignIn bool `option:"overrideUserInfoOnSignIn"`

	// VerifyIDToken replaces the check of ID tokens that clients bring. Upstream: verifyIdToken.
	VerifyIDToken func(ctx context.Context, token, nonce string) (bool, error) `option:"-"`
	// GetUserInfo replaces the request for user information; nil means that there is none.
	GetUserInfo func(ctx context.Context, t *Tokens) (*UserInfo, error) `option:"-"`
	// RefreshAccessToken replaces the refresh.
	RefreshAccessToken func(ctx context.Context, refreshToken string) (*Tokens, error) `option:"-"`
	// MapProfileToUser returns fields of the user, which replace those that the provider's profile gives. An id counts only
	// where the provider gives none (UP-057).
	MapProfileToUser func(ctx context.Context, profile *Object) (*Object, error) `option:"-"`

	// AccessType is "offline" or "online" (google), also "legacy" (dropbox).
	AccessType string `option:"accessType"`
	// Display is the look of the consent page: "page", "popup", "touch" or "wap" (google).
	Display string `option:"display"`
	// HD restricts sign-in to a Google Workspace domain, or to any with "*" (google).
	HD string `option:"hd"`
	// AppBundleIdentifier is the audience of ID tokens of an app (apple).
	AppBundleIdentifier string `option:"appBundleIdentifier"`
	// Audience is the accepted audience of ID tokens; it wins over AppBundleIdentifier (apple).
	Audience string `option:"audience"`
	// Audiences are several (apple).
	Audiences []string `option:"audience"`
	// TenantID is a directory, or "common" (the default), "organizations" or "consumers" (microsoft).
	TenantID string `option:"tenantId"`
	// Authority is the login server. Default: https://login.microsoftonline.com (microsoft).
	Authority string `option:"authority"`
	// ProfilePhotoSize is 48 (the default), 64, 96, 120, 240, 360, 432, 504 or 648 pixels (microsoft).
	ProfilePhotoSize int `option:"profilePhotoSize"`
	// DisableProfilePhoto leaves the photo out (microsoft).
	DisableProfilePhoto bool `option:"disableProfilePhoto"`
	// Domain is the user pool's domain (cognito).
	Domain string `option:"domain"`
	// Region is the user pool's region (cognito).
	Region string `option:"region"`
	// UserPoolID is the user pool (cognito).
	UserPoolID string `option:"userPoolId"`
	// RequireClientSecret refuses to begin without a secret (cognito).
	RequireClientSecret bool `option:"requireClientSecret"`
	// Permissions is sent with the scope "bot" (discord).
	Permissions *int `option:"permissions"`
	// Fields adds fields of the profile to ask for (facebook).
	Fields []string `option:"fields"`
	// ConfigID is sent as config_id (facebook).
	ConfigID string `option:"configId"`
	// Issuer is the server's address, for a server of one's own (gitlab, paybin).
	Issuer string `option:"issuer"`
	// Environment is "sandbox" (paypal's default) or "live" (paypal), or "production" (salesforce's default).
	Environment string `option:"environment"`
	// RequestShippingAddress is accepted, and read by nothing, upstream included (paypal).
	RequestShippingAddress bool `option:"requestShippingAddress"`
	// LoginURL is the host of the organisation's own login (salesforce).
	LoginURL string `option:"loginUrl"`
	// Duration is "temporary" or "permanent" (reddit).
	Duration string `option:"duration"`
	// Claims are the claims to ask for. Default: email, email_verified, preferred_username, picture (twitch).
	Claims []string `option:"claims"`
	// Scheme is accepted, and read by nothing, upstream included (vk).
	Scheme string `option:"scheme"`
	// PlatformType is accepted, and read by nothing, upstream included (wechat).
	PlatformType string `option:"platformType"`
	// Lang is "cn" (the default) or "en" (wechat).
	Lang string `option:"lang"`
	// PKCE protects the code with a challenge. Default: on (zoom).
	PKCE option.Toggle `option:"pkce"`
}

// PrimaryClientID is the application's own id. Upstream: getPrimaryClientId.
func (o *Options) PrimaryClientID() string {
	if len(o.ClientIDs) > 0 {
		return o.ClientIDs[0]
	}
	return o.ClientID
}

// ClientIDList is every id that may be the audience of an ID token.
func (o *Options) ClientIDList() []string {
	if len(o.ClientIDs) > 0 {
		return o.ClientIDs
	}
	if o.ClientID == "" {
		return nil
	}
	return []string{o.ClientID}
}
