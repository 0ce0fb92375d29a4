package social

import "github.com/goauth-dev/goauth/core/oauth2"

var twitch = spec{
	name:      "Twitch",
	endpoints: endpoints{"https://id.twitch.tv/oauth2/authorize", "https://id.twitch.tv/oauth2/token", ""},
	reads:     []string{"claims"},
	scopes:    []string{"user:read:email", "openid"},
	refine: func(o *oauth2.Options, _ oauth2.Authorization, out *oauth2.AuthorizationURL) {
		out.Claims = o.Claims
		if out.Claims == nil {
			out.Claims = []string{"email", "email_verified", "preferred_username", "picture"}
		}
	},
	fromIDToken: true,
	user: func(p profile) user {
		return user{
			id: p.get("sub"), name: p.get("preferred_username"), email: p.get("email"), image: p.get("picture"),
			verified: p.get("email_verified"),
		}
	},
}
