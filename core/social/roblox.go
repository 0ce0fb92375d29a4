package social

import (
	"strings"

	"github.com/goauth-dev/goauth/core/oauth2"
)

// roblox gives no address; the user's name stands for one.
var roblox = spec{
	name:      "Roblox",
	endpoints: endpoints{"https://apis.roblox.com/oauth/v1/authorize", "https://apis.roblox.com/oauth/v1/token", "https://apis.roblox.com/oauth/v1/userinfo"},
	scopes:    []string{"openid", "profile"},
	authorizationURL: func(b *built, in oauth2.Authorization, scopes []string) (string, error) {
		prompt := b.o.Prompt
		if prompt == "" {
			prompt = "select_account consent"
		}
		return b.rawURL("https://apis.roblox.com/oauth/v1/authorize", strings.Join(scopes, "+"), "client_id", b.o.PrimaryClientID(), in,
			"&prompt="+prompt)
	},
	user: func(p profile) user {
		return user{
			id: p.get("sub"), name: or(p.get("nickname"), p.get("preferred_username"), ""), image: p.get("picture"),
			email: or(p.get("preferred_username"), nil), verified: false,
		}
	},
}
