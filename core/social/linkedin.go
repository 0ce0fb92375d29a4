package social

var linkedin = spec{
	name:      "Linkedin",
	endpoints: endpoints{"https://www.linkedin.com/oauth/v2/authorization", "https://www.linkedin.com/oauth/v2/accessToken", "https://api.linkedin.com/v2/userinfo"},
	scopes:    []string{"profile", "email", "openid"}, loginHint: true,
	user: func(p profile) user {
		return user{
			id: p.get("sub"), name: p.get("name"), email: p.get("email"), image: p.get("picture"),
			verified: orElse(p.get("email_verified"), false),
		}
	},
}
