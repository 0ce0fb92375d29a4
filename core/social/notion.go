package social

import (
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

var notion = spec{
	name:      "Notion",
	endpoints: endpoints{"https://api.notion.com/v1/oauth/authorize", "https://api.notion.com/v1/oauth/token", "https://api.notion.com/v1/users/me"},
	loginHint: true, basic: true,
	refine: func(_ *oauth2.Options, _ oauth2.Authorization, out *oauth2.AuthorizationURL) {
		out.Extra = origin.Params{{Name: "owner", Value: "user"}}
	},
	userInfoRequest: func(_ *built, r *oauth2.Request, _ *oauth2.Tokens) {
		r.Header = map[string]string{"Notion-Version": "2022-06-28"}
	},
	profileOf: func(answer profile) profile { return answer.object("bot", "owner", "user") },
	user: func(p profile) user {
		return user{
			id: p.get("id"), name: or(p.get("name"), ""), email: or(p.get("person", "email"), nil), image: p.get("avatar_url"),
			verified: false,
		}
	},
}
