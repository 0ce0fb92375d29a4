package social

import (
	"strings"

	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

var slack = spec{
	name:      "Slack",
	endpoints: endpoints{"https://slack.com/openid/connect/authorize", "https://slack.com/api/openid.connect.token", "https://slack.com/api/openid.connect.userInfo"},
	scopes:    []string{"openid", "profile", "email"}, requestScopesFirst: true,
	authorizationURL: func(b *built, in oauth2.Authorization, scopes []string) (string, error) {
		query := origin.Params{
			{Name: "scope", Value: strings.Join(scopes, " ")}, {Name: "response_type", Value: "code"},
			{Name: "client_id", Value: b.o.PrimaryClientID()}, {Name: "redirect_uri", Value: in.RedirectURI}, {Name: "state", Value: in.State},
		}
		return "https://slack.com/openid/connect/authorize?" + query.Encode(), nil
	},
	user: func(p profile) user {
		return user{
			id: p.get("https://slack.com/user_id"), name: or(p.get("name"), ""), email: p.get("email"),
			image: or(p.get("picture"), p.get("https://slack.com/user_image_512")), verified: p.get("email_verified"),
		}
	},
}
