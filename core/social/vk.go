package social

import (
	"context"

	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

// vk sends a device id beside the code, which goes along with it.
var vk = spec{
	name:      "VK",
	endpoints: endpoints{"https://id.vk.com/authorize", "https://id.vk.com/oauth2/auth", "https://id.vk.com/oauth2/user_info"},
	reads:     []string{"scheme"},
	scopes:    []string{"email", "phone"}, challenge: true, verifier: true,
	exchange: func(ctx context.Context, b *built, code oauth2.Code) (*oauth2.Tokens, error) {
		g := b.codeGrant(code)
		g.DeviceID = code.DeviceID
		return b.client.Exchange(ctx, g)
	},
	userInfoRequest: func(b *built, r *oauth2.Request, t *oauth2.Tokens) {
		r.Bearer = ""
		r.Form = origin.Params{{Name: "access_token", Value: t.AccessToken}, {Name: "client_id", Value: b.o.PrimaryClientID()}}
	},
	user: func(p profile) user {
		u := p.object("user")
		return user{
			id: u.get("user_id"), name: textOf(u.get("first_name")) + " " + textOf(u.get("last_name")), email: u.get("email"),
			image: u.get("avatar"), verified: false,
			extra: []field{
				{"first_name", u.get("first_name")}, {"last_name", u.get("last_name")}, {"birthday", u.get("birthday")}, {"sex", u.get("sex")},
			},
		}
	},
	needsEmail: true,
}
