package social

import (
	"context"
	"strings"

	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

// reddit gives no address. Upstream takes the application's id for one, so that all its users are one (UP-054); here each
// has an address of its own that reaches nobody.
var reddit = spec{
	name:      "Reddit",
	endpoints: endpoints{"https://www.reddit.com/api/v1/authorize", "https://www.reddit.com/api/v1/access_token", "https://oauth.reddit.com/api/v1/me"},
	reads:     []string{"duration"}, scopes: []string{"identity"}, basicRefresh: true,
	refine: func(o *oauth2.Options, _ oauth2.Authorization, out *oauth2.AuthorizationURL) {
		out.Duration = o.Duration
	},
	exchange: func(ctx context.Context, b *built, code oauth2.Code) (*oauth2.Tokens, error) {
		answer, err := b.client.Object(ctx, oauth2.Request{
			URL: b.at.token,
			Form: origin.Params{
				{Name: "grant_type", Value: "authorization_code"}, {Name: "code", Value: code.Code}, {Name: "redirect_uri", Value: b.redirectURI(code)},
			},
			Header: map[string]string{
				"Accept": "text/plain", "User-Agent": "better-auth", "Authorization": oauth2.BasicAuth(b.o.PrimaryClientID(), b.o.ClientSecret),
			},
		})
		if err != nil {
			return nil, err
		}
		return b.client.NewTokens(answer), nil
	},
	userInfoRequest: func(_ *built, r *oauth2.Request, _ *oauth2.Tokens) {
		r.Header = map[string]string{"User-Agent": "better-auth"}
	},
	user: func(p profile) user {
		image, _, _ := strings.Cut(p.text("icon_img"), "?")
		u := user{id: p.get("id"), name: p.get("name"), email: undefined, image: image, verified: false}
		if id := p.text("id"); id != "" {
			u.email = id + "@reddit.invalid"
		}
		if _, given := p.get("icon_img").(string); !given {
			u.image = undefined
		}
		return u
	},
}
