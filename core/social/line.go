package social

import (
	"context"

	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

// line verifies ID tokens itself: they are signed with the application's secret or with a key of LINE's.
var line = spec{
	name:      "LINE",
	endpoints: endpoints{"https://access.line.me/oauth2/v2.1/authorize", "https://api.line.me/oauth2/v2.1/token", "https://api.line.me/oauth2/v2.1/userinfo"},
	scopes:    []string{"openid", "profile", "email"}, challenge: true, verifier: true, loginHint: true,
	fetch: func(ctx context.Context, b *built, t *oauth2.Tokens) (profile, error) {
		if claims, err := oauth2.Claims(t.IDToken); err == nil {
			return profile{claims}, nil
		}
		return b.userInfoProfile(ctx, t)
	},
	user: func(p profile) user {
		return user{
			id: or(p.get("sub"), p.get("userId")), name: or(p.get("name"), p.get("displayName"), ""), email: p.get("email"),
			image: or(p.get("picture"), p.get("pictureUrl"), undefined), verified: false,
		}
	},
	verifyIDToken: func(ctx context.Context, b *built, token, nonce string) (bool, error) {
		form := origin.Params{{Name: "id_token", Value: token}, {Name: "client_id", Value: b.o.PrimaryClientID()}}
		if nonce != "" {
			form.Append("nonce", nonce)
		}
		claims, err := b.client.Object(ctx, oauth2.Request{URL: "https://api.line.me/oauth2/v2.1/verify", Form: form})
		if err != nil {
			b.client.Logger.Warn("ID token refused", "provider", b.id, "error", err)
			return false, nil
		}
		said := profile{claims}
		return said.text("aud") == b.o.PrimaryClientID() && said.text("sub") != "" && said.text("nonce") == nonce, nil
	},
}
