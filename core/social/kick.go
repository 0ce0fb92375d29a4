package social

var kick = spec{
	name:      "Kick",
	endpoints: endpoints{"https://id.kick.com/oauth/authorize", "https://id.kick.com/oauth/token", "https://api.kick.com/public/v1/users"},
	scopes:    []string{"user:read"}, challenge: true, verifier: true,
	profileOf: func(answer profile) profile { return profileOf(answer.get("data", 0)) },
	user: func(p profile) user {
		return user{id: p.get("user_id"), name: p.get("name"), email: p.get("email"), image: p.get("profile_picture"), verified: false}
	},
}
