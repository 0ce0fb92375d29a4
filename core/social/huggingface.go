package social

var huggingface = spec{
	name:      "Hugging Face",
	endpoints: endpoints{"https://huggingface.co/oauth/authorize", "https://huggingface.co/oauth/token", "https://huggingface.co/oauth/userinfo"},
	scopes:    []string{"openid", "profile", "email"}, challenge: true, verifier: true,
	user: func(p profile) user {
		return user{
			id: p.get("sub"), name: or(p.get("name"), p.get("preferred_username"), ""), email: p.get("email"), image: p.get("picture"),
			verified: orElse(p.get("email_verified"), false),
		}
	},
}
