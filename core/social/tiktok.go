package social

import (
	"context"
	"strings"

	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

// noClientID is what upstream sends for the client id that TikTok does not have.
const noClientID = "undefined"

// tiktok identifies applications by a key, and may give no address; the user's name then stands for one.
var tiktok = spec{
	name:      "TikTok",
	endpoints: endpoints{"https://www.tiktok.com/v2/auth/authorize", "https://open.tiktokapis.com/v2/oauth/token/", "https://open.tiktokapis.com/v2/user/info/?fields=open_id%2Cavatar_large_url%2Cdisplay_name%2Cusername"},
	scopes:    []string{"user.info.profile"},
	authorizationURL: func(b *built, in oauth2.Authorization, scopes []string) (string, error) {
		return b.rawURL("https://www.tiktok.com/v2/auth/authorize", strings.Join(scopes, ","), "client_key", b.o.ClientKey, in, "")
	},
	exchange: func(ctx context.Context, b *built, code oauth2.Code) (*oauth2.Tokens, error) {
		g := b.codeGrant(code)
		g.ClientID = noClientID
		return b.client.Exchange(ctx, g)
	},
	refresh: func(ctx context.Context, b *built, token string) (*oauth2.Tokens, error) {
		g := b.grant()
		g.ClientID, g.RefreshToken = noClientID, token
		g.Extra = origin.Params{{Name: "client_key", Value: b.o.ClientKey}}
		return b.client.Refresh(ctx, g)
	},
	noMapping: true,
	user: func(p profile) user {
		u := p.object("data", "user")
		return user{
			id: u.get("open_id"), name: or(u.get("display_name"), u.get("username"), ""), email: or(u.get("email"), u.get("username")),
			image: u.get("avatar_large_url"), verified: false,
		}
	},
}
