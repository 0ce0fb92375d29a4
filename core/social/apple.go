package social

import (
	"context"
	"strings"

	"github.com/goauth-dev/goauth/core/oauth2"
)

// apple answers with a form, so its callback is a POST, and sends the user's name once, beside the code.
var apple = spec{
	name:      "Apple",
	endpoints: endpoints{"https://appleid.apple.com/auth/authorize", "https://appleid.apple.com/auth/token", ""},
	needs:     clientIDAndSecret, reads: []string{"appBundleIdentifier", "audience"},
	scopes: []string{"email", "name"}, verifier: true,
	refine: func(_ *oauth2.Options, _ oauth2.Authorization, out *oauth2.AuthorizationURL) {
		out.ResponseMode, out.ResponseType = "form_post", "code id_token"
	},
	fromIDToken: true,
	enrich: func(_ context.Context, _ *built, p profile, t *oauth2.Tokens) error {
		sent := profile{t.User}
		if name := sent.object("name"); name.Object != nil {
			p.Set("name", strings.TrimSpace(name.text("firstName")+" "+name.text("lastName")))
		} else {
			p.Set("name", or(p.get("name"), ""))
		}
		return nil
	},
	user: func(p profile) user {
		verified := p.get("email_verified")
		return user{
			id: p.get("sub"), name: p.get("name"), email: p.get("email"), image: undefined,
			verified: verified == true || verified == "true",
		}
	},
	idToken: func(o *oauth2.Options) *idTokenSpec {
		return &idTokenSpec{
			keys: "https://appleid.apple.com/auth/keys", issuers: []string{"https://appleid.apple.com"}, audience: appleAudience(o),
		}
	},
}

func appleAudience(o *oauth2.Options) []string {
	switch {
	case len(o.Audiences) > 0:
		return o.Audiences
	case o.Audience != "":
		return []string{o.Audience}
	case o.AppBundleIdentifier != "":
		return []string{o.AppBundleIdentifier}
	default:
		return nil
	}
}
