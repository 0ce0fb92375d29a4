package social

import "github.com/goauth-dev/goauth/core/oauth2"

var vercel = spec{
	name:      "Vercel",
	endpoints: endpoints{"https://vercel.com/oauth/authorize", "https://api.vercel.com/login/oauth/token", "https://api.vercel.com/login/oauth/userinfo"},
	challenge: true, verifier: true, noRefresh: true,
	refine: func(o *oauth2.Options, in oauth2.Authorization, out *oauth2.AuthorizationURL) {
		if o.Scope == nil && in.Scopes == nil {
			out.Scopes = nil
		}
	},
	user: func(p profile) user {
		return user{
			id: p.get("sub"), name: orElse(p.get("name"), p.get("preferred_username"), ""), email: p.get("email"), image: p.get("picture"),
			verified: orElse(p.get("email_verified"), false),
		}
	},
}
