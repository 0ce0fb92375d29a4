package social

var figma = spec{
	name:      "Figma",
	endpoints: endpoints{"https://www.figma.com/oauth", "https://api.figma.com/v1/oauth/token", "https://api.figma.com/v1/me"},
	needs:     clientIDAndSecret,
	scopes:    []string{"current_user:read"}, challenge: true, verifier: true, basic: true, basicRefresh: true,
	user: func(p profile) user {
		return user{id: p.get("id"), name: p.get("handle"), email: p.get("email"), image: p.get("img_url"), verified: false}
	},
}
