package social

import "github.com/goauth-dev/goauth/core/oauth2"

var salesforce = spec{
	name: "Salesforce", endpointsOf: salesforceEndpoints,
	needs: clientIDAndSecret, reads: []string{"environment", "loginUrl"},
	scopes: []string{"openid", "email", "profile"}, challenge: true, verifier: true,
	user: func(p profile) user {
		return user{
			id: p.get("user_id"), name: p.get("name"), email: p.get("email"),
			image:    or(p.get("photos", "picture"), p.get("photos", "thumbnail")),
			verified: orElse(p.get("email_verified"), false),
		}
	},
}

func salesforceEndpoints(o *oauth2.Options) endpoints {
	host := "login.salesforce.com"
	switch {
	case o.LoginURL != "":
		host = o.LoginURL
	case o.Environment == "sandbox":
		host = "test.salesforce.com"
	}
	base := "https://" + host + "/services/oauth2/"
	return endpoints{base + "authorize", base + "token", base + "userinfo"}
}
