package social

var railway = spec{
	name:      "Railway",
	endpoints: endpoints{"https://backboard.railway.com/oauth/auth", "https://backboard.railway.com/oauth/token", "https://backboard.railway.com/oauth/me"},
	scopes:    []string{"openid", "email", "profile"}, challenge: true, verifier: true, basic: true, basicRefresh: true,
	user: func(p profile) user {
		return user{id: p.get("sub"), name: p.get("name"), email: p.get("email"), image: p.get("picture"), verified: false}
	},
}
