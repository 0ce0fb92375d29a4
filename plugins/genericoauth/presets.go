package genericoauth

import (
	"context"
	"strings"

	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/origin"
)

// Base is what every preset takes. Upstream: BaseOAuthProviderOptions.
type Base struct {
	ClientID     string `option:"clientId"`
	ClientSecret string `option:"clientSecret"`
	// Scopes replaces the preset's own.
	Scopes                []string `option:"scopes"`
	RedirectURI           string   `option:"redirectURI"`
	PKCE                  bool     `option:"pkce"`
	DisableImplicitSignUp bool     `option:"disableImplicitSignUp"`
	DisableSignUp         bool     `option:"disableSignUp"`
	OverrideUserInfo      bool     `option:"overrideUserInfo"`
}

func (b Base) provider(id string, scopes ...string) Provider {
	if b.Scopes != nil {
		scopes = b.Scopes
	}
	return Provider{
		ProviderID: id, ClientID: b.ClientID, ClientSecret: b.ClientSecret, Scopes: scopes, RedirectURI: b.RedirectURI, PKCE: b.PKCE,
		DisableImplicitSignUp: b.DisableImplicitSignUp, DisableSignUp: b.DisableSignUp, OverrideUserInfo: b.OverrideUserInfo,
	}
}

// Auth0 is a tenant of Auth0; domain is its host, such as "dev-1.eu.auth0.com".
func Auth0(domain string, b Base) Provider {
	p := b.provider("auth0", "openid", "profile", "email")
	domain = strings.TrimPrefix(strings.TrimPrefix(domain, "https://"), "http://")
	p.DiscoveryURL = "https://" + domain + wellKnown
	return p
}

// Okta is an authorization server of Okta.
func Okta(issuer string, b Base) Provider { return discovered("okta", issuer, b) }

// Keycloak is a realm of Keycloak.
func Keycloak(issuer string, b Base) Provider { return discovered("keycloak", issuer, b) }

func discovered(id, issuer string, b Base) Provider {
	p := b.provider(id, "openid", "profile", "email")
	p.DiscoveryURL = strings.TrimSuffix(issuer, "/") + wellKnown
	return p
}

// MicrosoftEntraID is a directory of Microsoft Entra ID.
func MicrosoftEntraID(tenantID string, b Base) Provider {
	p := b.provider("microsoft-entra-id", "openid", "profile", "email")
	base := "https://login.microsoftonline.com/" + tenantID + "/oauth2/v2.0/"
	p.AuthorizationURL, p.TokenURL, p.UserInfoURL = base+"authorize", base+"token", "https://graph.microsoft.com/oidc/userinfo"
	p.GetUserInfo = asking(p.UserInfoURL, func(o *oauth2.Object) *oauth2.Object {
		name, given := o.Get("name")
		if !given || name == nil {
			name = strings.TrimSpace(oauth2.Text(o, "given_name") + " " + oauth2.Text(o, "family_name"))
		}
		return user(value(o, "sub"), name, first(o, "email", "preferred_username"), value(o, "picture"), truth(o, "email_verified"))
	})
	return p
}

// Slack is Slack's OpenID Connect.
func Slack(b Base) Provider {
	p := b.provider("slack", "openid", "profile", "email")
	p.AuthorizationURL, p.TokenURL = "https://slack.com/openid/connect/authorize", "https://slack.com/api/openid.connect.token"
	p.UserInfoURL = "https://slack.com/api/openid.connect.userInfo"
	p.GetUserInfo = asking(p.UserInfoURL, func(o *oauth2.Object) *oauth2.Object {
		return user(first(o, "https://slack.com/user_id", "sub"), value(o, "name"), value(o, "email"),
			first(o, "picture", "https://slack.com/user_image_512"), truth(o, "email_verified"))
	})
	return p
}

// Gumroad is Gumroad.
func Gumroad(b Base) Provider {
	p := b.provider("gumroad", "view_profile")
	p.AuthorizationURL, p.TokenURL = "https://gumroad.com/oauth/authorize", "https://api.gumroad.com/oauth/token"
	p.GetUserInfo = asking("https://api.gumroad.com/v2/user", func(o *oauth2.Object) *oauth2.Object {
		u, ok := value(o, "user").(*oauth2.Object)
		if value(o, "success") != true || !ok {
			return nil
		}
		return user(value(u, "user_id"), value(u, "name"), value(u, "email"), value(u, "profile_url"), false)
	})
	return p
}

// HubSpot is HubSpot, which gives the address for a name and no picture.
func HubSpot(b Base) Provider {
	p := b.provider("hubspot", "oauth")
	p.AuthorizationURL, p.TokenURL, p.Authentication = "https://app.hubspot.com/oauth/authorize", "https://api.hubapi.com/oauth/v1/token", "post"
	p.GetUserInfo = func(ctx context.Context, client *oauth2.Client, t *oauth2.Tokens) (*oauth2.Object, error) {
		o, err := client.Object(ctx, oauth2.Request{
			URL:    "https://api.hubapi.com/oauth/v1/access-tokens/" + origin.EncodeComponent(t.AccessToken),
			Header: map[string]string{"Content-Type": "application/json"},
		})
		if err != nil {
			return nil, err
		}
		id := value(o, "user_id")
		if signed, ok := value(o, "signed_access_token").(*oauth2.Object); id == nil && ok {
			id = value(signed, "userId")
		}
		if id == nil {
			return nil, nil
		}
		return user(id, value(o, "user"), value(o, "user"), nil, false), nil
	}
	return p
}

// Patreon is Patreon.
func Patreon(b Base) Provider {
	p := b.provider("patreon", "identity[email]")
	p.AuthorizationURL, p.TokenURL = "https://www.patreon.com/oauth2/authorize", "https://www.patreon.com/api/oauth2/token"
	p.GetUserInfo = asking("https://www.patreon.com/api/oauth2/v2/identity?fields%5Buser%5D=email%2Cfull_name%2Cimage_url%2Cis_email_verified",
		func(o *oauth2.Object) *oauth2.Object {
			data, _ := value(o, "data").(*oauth2.Object)
			about, _ := value(data, "attributes").(*oauth2.Object)
			return user(value(data, "id"), value(about, "full_name"), value(about, "email"), value(about, "image_url"), truth(about, "is_email_verified"))
		})
	return p
}

// Line is LINE; providerID tells several channels apart and may be empty.
func Line(providerID string, b Base) Provider {
	if providerID == "" {
		providerID = "line"
	}
	p := b.provider(providerID, "openid", "profile", "email")
	p.AuthorizationURL, p.TokenURL = "https://access.line.me/oauth2/v2.1/authorize", "https://api.line.me/oauth2/v2.1/token"
	p.UserInfoURL = "https://api.line.me/oauth2/v2.1/userinfo"
	read := func(o *oauth2.Object) *oauth2.Object {
		return user(value(o, "sub"), value(o, "name"), value(o, "email"), value(o, "picture"), false)
	}
	ask := asking(p.UserInfoURL, read)
	p.GetUserInfo = func(ctx context.Context, client *oauth2.Client, t *oauth2.Tokens) (*oauth2.Object, error) {
		if claims, err := oauth2.Claims(t.IDToken); err == nil {
			return read(claims), nil
		}
		return ask(ctx, client, t)
	}
	return p
}

type getUserInfo = func(ctx context.Context, client *oauth2.Client, t *oauth2.Tokens) (*oauth2.Object, error)

// asking asks an address with the access token, and reads the answer.
func asking(url string, read func(o *oauth2.Object) *oauth2.Object) getUserInfo {
	return func(ctx context.Context, client *oauth2.Client, t *oauth2.Tokens) (*oauth2.Object, error) {
		o, err := client.Object(ctx, oauth2.Request{URL: url, Bearer: t.AccessToken})
		if err != nil {
			return nil, err
		}
		return read(o), nil
	}
}

func value(o *oauth2.Object, name string) any {
	v, _ := o.Get(name)
	return v
}

// first is the first of several members that is there.
func first(o *oauth2.Object, names ...string) any {
	for _, name := range names {
		if v := value(o, name); v != nil {
			return v
		}
	}
	return nil
}

func truth(o *oauth2.Object, name string) any {
	if v := value(o, name); v != nil {
		return v
	}
	return false
}

// user has the five usual fields, without those that are nil.
func user(id, name, email, image, verified any) *oauth2.Object {
	o := option.NewObject()
	for _, f := range []struct {
		name  string
		value any
	}{{"id", id}, {"name", name}, {"email", email}, {"image", image}, {"emailVerified", verified}} {
		if f.value != nil {
			o.Set(f.name, f.value)
		}
	}
	return o
}
