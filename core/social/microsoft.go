package social

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

// consumerTenant is the directory of personal accounts.
const consumerTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"

var microsoft = spec{
	name: "Microsoft EntraID", endpointsOf: microsoftEndpoints,
	needs: clientID, reads: []string{"tenantId", "authority", "profilePhotoSize", "disableProfilePhoto"},
	scopes: microsoftScopes, challenge: true, verifier: true, prompt: true, loginHint: true,
	refreshExtra: func(o *oauth2.Options) origin.Params {
		scopes := slices.Clone(microsoftScopes)
		if o.DisableDefaultScope {
			scopes = nil
		}
		return origin.Params{{Name: "scope", Value: strings.Join(append(scopes, o.Scope...), " ")}}
	},
	fromIDToken: true, enrich: microsoftPhoto, accept: inTenant,
	user: func(p profile) user {
		return user{
			id: p.get("sub"), name: p.get("name"), email: p.get("email"), image: p.get("picture"), verified: microsoftVerified(p),
		}
	},
	idToken: func(o *oauth2.Options) *idTokenSpec {
		tenant, authority := tenantOf(o)
		return &idTokenSpec{
			keys:   authority + "/" + tenant + "/discovery/v2.0/keys",
			issuer: func(claims profile) bool { return microsoftIssuer(o, claims) },
		}
	},
}

var microsoftScopes = []string{"openid", "profile", "email", "User.Read", "offline_access"}

func tenantOf(o *oauth2.Options) (tenant, authority string) {
	tenant, authority = o.TenantID, o.Authority
	if tenant == "" {
		tenant = "common"
	}
	if authority == "" {
		authority = "https://login.microsoftonline.com"
	}
	return tenant, authority
}

func microsoftEndpoints(o *oauth2.Options) endpoints {
	tenant, authority := tenantOf(o)
	base := authority + "/" + tenant + "/oauth2/v2.0/"
	return endpoints{authorize: base + "authorize", token: base + "token"}
}

// microsoftIssuer reports whether a token's issuer is a directory that the tenant setting allows (UP-055).
func microsoftIssuer(o *oauth2.Options, claims profile) bool {
	tenant, authority := tenantOf(o)
	switch tenant {
	case "common", "organizations", "consumers":
		tid := claims.text("tid")
		return tid != "" && claims.text("iss") == authority+"/"+tid+"/v2.0"
	default:
		return claims.text("iss") == authority+"/"+tenant+"/v2.0"
	}
}

// inTenant refuses accounts of the wrong kind: the setting in the request's address is not enough (UP-055).
func inTenant(o *oauth2.Options, p profile) bool {
	tid := p.get("tid")
	if tid == undefined {
		return true
	}
	text, ok := tid.(string)
	tenant, _ := tenantOf(o)
	switch {
	case !ok:
		return false
	case tenant == "organizations":
		return text != consumerTenant
	case tenant == "consumers":
		return text == consumerTenant
	default:
		return true
	}
}

// microsoftVerified believes the claim, else looks for the address among the verified ones.
func microsoftVerified(p profile) any {
	if v := p.get("email_verified"); v != undefined {
		return v
	}
	email := p.text("email")
	for _, name := range []string{"verified_primary_email", "verified_secondary_email"} {
		list, _ := p.get(name).([]any)
		if email != "" && slices.Contains(list, any(email)) {
			return true
		}
	}
	return false
}

// microsoftPhoto puts the user's photo into the profile, as a data URL, when there is one.
func microsoftPhoto(ctx context.Context, b *built, p profile, t *oauth2.Tokens) error {
	size := b.o.ProfilePhotoSize
	if size == 0 {
		size = 48
	}
	photo, err := b.client.Do(ctx, oauth2.Request{
		URL: fmt.Sprintf("https://graph.microsoft.com/v1.0/me/photos/%dx%d/%%24value", size, size), Bearer: t.AccessToken,
	})
	if err == nil && !b.o.DisableProfilePhoto {
		p.Set("picture", "data:image/jpeg;base64, "+base64.StdEncoding.EncodeToString(photo))
	}
	return nil
}
