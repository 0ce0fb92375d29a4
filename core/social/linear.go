package social

import "github.com/goauth-dev/goauth/core/oauth2"

var linear = spec{
	name:      "Linear",
	endpoints: endpoints{"https://linear.app/oauth/authorize", "https://api.linear.app/oauth/token", "https://api.linear.app/graphql"},
	scopes:    []string{"read"}, loginHint: true,
	userInfoRequest: func(_ *built, r *oauth2.Request, _ *oauth2.Tokens) {
		r.JSON = []byte(`{"query":"query { viewer { id name email avatarUrl active createdAt updatedAt } }"}`)
	},
	profileOf: func(answer profile) profile { return answer.object("data", "viewer") },
	user: func(p profile) user {
		return user{id: p.get("id"), name: p.get("name"), email: p.get("email"), image: p.get("avatarUrl"), verified: false}
	},
}
