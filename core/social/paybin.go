package social

import "github.com/goauth-dev/goauth/core/oauth2"

var paybin = spec{
	name: "Paybin",
	endpointsOf: func(o *oauth2.Options) endpoints {
		issuer := o.Issuer
		if issuer == "" {
			issuer = "https://idp.paybin.io"
		}
		return endpoints{authorize: issuer + "/oauth2/authorize", token: issuer + "/oauth2/token"}
	},
	needs: clientIDAndSecret, reads: []string{"issuer"},
	scopes: []string{"openid", "email", "profile"}, challenge: true, verifier: true, prompt: true, loginHint: true,
	fromIDToken: true,
	user: func(p profile) user {
		return user{
			id: p.get("sub"), name: or(p.get("name"), p.get("preferred_username"), ""), email: p.get("email"), image: p.get("picture"),
			verified: or(p.get("email_verified"), false),
		}
	},
}
