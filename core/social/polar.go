package social

var polar = spec{
	name:      "Polar",
	endpoints: endpoints{"https://polar.sh/oauth2/authorize", "https://api.polar.sh/v1/oauth2/token", "https://api.polar.sh/v1/oauth2/userinfo"},
	scopes:    []string{"openid", "profile", "email"}, challenge: true, verifier: true, prompt: true,
	user: func(p profile) user {
		return user{
			id: p.get("id"), name: or(p.get("public_name"), p.get("username"), ""), email: p.get("email"), image: p.get("avatar_url"),
			verified: orElse(p.get("email_verified"), false),
		}
	},
}
