package social

import (
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

var zoom = spec{
	name:      "Zoom",
	endpoints: endpoints{"https://zoom.us/oauth/authorize", "https://zoom.us/oauth/token", "https://api.zoom.us/v2/users/me"},
	reads:     []string{"pkce"}, verifier: true,
	authorizationURL: func(b *built, in oauth2.Authorization, _ []string) (string, error) {
		query := origin.Params{
			{Name: "response_type", Value: "code"}, {Name: "redirect_uri", Value: in.RedirectURI},
			{Name: "client_id", Value: b.o.PrimaryClientID()}, {Name: "state", Value: in.State},
		}
		if b.o.PKCE.Or(true) {
			query.Append("code_challenge_method", "S256")
			query.Append("code_challenge", oauth2.CodeChallenge(in.CodeVerifier))
		}
		return "https://zoom.us/oauth/authorize?" + query.Encode(), nil
	},
	user: func(p profile) user {
		return user{
			id: p.get("id"), name: p.get("display_name"), image: p.get("pic_url"), email: p.get("email"), verified: truthy(p.get("verified")),
		}
	},
}
