package social

import (
	"context"
	"strings"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

// facebook takes two kinds of token from clients: the ID token of its limited login, and an access token.
var facebook = spec{
	name:      "Facebook",
	endpoints: endpoints{"https://www.facebook.com/v24.0/dialog/oauth", "https://graph.facebook.com/v24.0/oauth/access_token", "https://graph.facebook.com/me"},
	needs:     clientIDAndSecret, reads: []string{"fields", "configId"},
	scopes: []string{"email", "public_profile"}, loginHint: true,
	refine: func(o *oauth2.Options, _ oauth2.Authorization, out *oauth2.AuthorizationURL) {
		if o.ConfigID != "" {
			out.Extra = origin.Params{{Name: "config_id", Value: o.ConfigID}}
		}
	},
	fetch: facebookProfile,
	user: func(p profile) user {
		u := user{
			id: p.get("id"), name: p.get("name"), email: p.get("email"), image: p.get("picture", "data", "url"),
			verified: orElse(p.get("email_verified"), false),
		}
		if p.get(facebookLimited) != undefined {
			u.image, u.extra = undefined, []field{{"picture", p.get("picture")}}
		}
		return u
	},
	data: func(p profile) any {
		if claims := p.object(facebookLimited); claims.Object != nil {
			return claims.Object
		}
		return p.public()
	},
	verifyIDToken: verifyFacebook,
}

// facebookLimited is where the claims of a limited login stay.
const facebookLimited = mark + "claims"

func isJWT(token string) bool { return strings.Count(token, ".") == 2 }

func facebookProfile(ctx context.Context, b *built, t *oauth2.Tokens) (profile, error) {
	if isJWT(t.IDToken) {
		claims, err := oauth2.Claims(t.IDToken)
		if err != nil {
			return profile{}, err
		}
		return limitedProfile(profile{claims}), nil
	}
	bearer := t.AccessToken
	if t.IDToken != "" { // the token that was verified, and no other that came with it (UP-053)
		bearer = t.IDToken
	}
	fields := append([]string{"id", "name", "email", "picture"}, b.o.Fields...)
	answer, err := b.client.Object(ctx, oauth2.Request{URL: b.at.userInfo + "?fields=" + strings.Join(fields, "%2C"), Bearer: bearer})
	return profile{answer}, err
}

// limitedProfile gives the claims of a limited login the form of a profile. Facebook does not say whether their address is
// verified.
func limitedProfile(claims profile) profile {
	picture, data := js.NewObject(), js.NewObject()
	if url := claims.get("picture"); url != undefined {
		data.Set("url", url)
	}
	data.Set("height", 100)
	data.Set("width", 100)
	data.Set("is_silhouette", false)
	picture.Set("data", data)
	p := profile{js.NewObject()}
	for _, f := range []field{{"id", claims.get("sub")}, {"name", claims.get("name")}, {"email", claims.get("email")}} {
		if f.value != undefined {
			p.Set(f.name, f.value)
		}
	}
	p.Set("picture", picture)
	p.Set("email_verified", false)
	p.Set(facebookLimited, claims.Object)
	return p
}

func verifyFacebook(ctx context.Context, b *built, token, nonce string) (bool, error) {
	if isJWT(token) {
		return b.verifySigned(ctx, &idTokenSpec{
			keys:    "https://limited.facebook.com/.well-known/oauth/openid/jwks/",
			issuers: []string{"https://www.facebook.com"}, ageless: true,
		}, token, nonce)
	}
	return facebookOwns(ctx, b, token)
}

// facebookOwns asks Facebook whether an access token was made for this application (UP-053).
func facebookOwns(ctx context.Context, b *built, token string) (bool, error) {
	query := origin.Params{{Name: "input_token", Value: token}, {Name: "access_token", Value: b.o.PrimaryClientID() + "|" + b.o.ClientSecret}}
	answer, err := b.client.Object(ctx, oauth2.Request{URL: "https://graph.facebook.com/debug_token?" + query.Encode()})
	if err != nil {
		b.client.Logger.Warn("access token refused", "provider", b.id, "error", err)
		return false, nil
	}
	said := profile{answer}
	return said.get("data", "is_valid") == true && contains(b.o.ClientIDList(), said.text("data", "app_id")), nil
}
