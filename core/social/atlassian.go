package social

import (
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

var atlassian = spec{
	name:      "Atlassian",
	endpoints: endpoints{"https://auth.atlassian.com/authorize", "https://auth.atlassian.com/oauth/token", "https://api.atlassian.com/me"},
	needs:     clientIDAndSecret,
	scopes:    []string{"read:jira-user", "offline_access"}, challenge: true, verifier: true, prompt: true,
	refine: func(_ *oauth2.Options, _ oauth2.Authorization, out *oauth2.AuthorizationURL) {
		out.Extra = origin.Params{{Name: "audience", Value: "api.atlassian.com"}}
	},
	user: func(p profile) user {
		return user{id: p.get("account_id"), name: p.get("name"), email: p.get("email"), image: p.get("picture"), verified: false}
	},
}
