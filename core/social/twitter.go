package social

import (
	"context"

	"github.com/goauth-dev/goauth/core/oauth2"
)

// twitter gives a confirmed address in a request of its own, and to some applications only; the user's name then stands for
// one.
var twitter = spec{
	name:      "Twitter",
	endpoints: endpoints{"https://x.com/i/oauth2/authorize", "https://api.x.com/2/oauth2/token", "https://api.x.com/2/users/me?user.fields=profile_image_url"},
	scopes:    []string{"users.read", "tweet.read", "offline.access", "users.email"}, challenge: true, verifier: true,
	basic: true, basicRefresh: true,
	enrich: func(ctx context.Context, b *built, p profile, t *oauth2.Tokens) error {
		answer, err := b.client.Object(ctx, oauth2.Request{
			URL: "https://api.x.com/2/users/me?user.fields=confirmed_email", Bearer: t.AccessToken,
		})
		if err != nil { // the application may not ask
			return nil
		}
		if email := (profile{answer}).text("data", "confirmed_email"); email != "" && p.object("data").Object != nil {
			p.object("data").Set("email", email)
			p.Set(twitterConfirmed, true)
		}
		return nil
	},
	user: func(p profile) user {
		return user{
			id: p.get("data", "id"), name: p.get("data", "name"), email: or(p.get("data", "email"), p.get("data", "username"), nil),
			image: p.get("data", "profile_image_url"), verified: p.get(twitterConfirmed) == true,
		}
	},
}

// twitterConfirmed is where a confirmed address leaves its mark.
const twitterConfirmed = mark + "confirmed"
