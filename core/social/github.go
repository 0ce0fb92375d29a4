package social

import (
	"context"
	"errors"

	"github.com/goauth-dev/goauth/core/oauth2"
)

// githubAgent is sent because GitHub refuses requests without one.
var githubAgent = map[string]string{"User-Agent": "better-auth"}

var github = spec{
	name:      "GitHub",
	endpoints: endpoints{"https://github.com/login/oauth/authorize", "https://github.com/login/oauth/access_token", "https://api.github.com/user"},
	scopes:    []string{"read:user", "user:email"}, challenge: true, verifier: true, prompt: true, loginHint: true,
	exchange: func(ctx context.Context, b *built, code oauth2.Code) (*oauth2.Tokens, error) {
		t, err := b.client.Exchange(ctx, b.codeGrant(code))
		if err == nil && oauth2.Text(t.Raw, "error") != "" { // a failure with status 200
			return nil, errors.New("github: " + oauth2.Text(t.Raw, "error"))
		}
		return t, err
	},
	userInfoRequest: func(_ *built, r *oauth2.Request, _ *oauth2.Tokens) { r.Header = githubAgent },
	enrich:          githubEmail,
	user: func(p profile) user {
		return user{
			id: p.get("id"), name: or(p.get("name"), p.get("login"), ""), email: p.get("email"), image: p.get("avatar_url"),
			verified: p.get(githubVerified) == true,
		}
	},
}

// githubVerified is where [githubEmail] leaves whether the address is verified.
const githubVerified = mark + "verified"

// githubEmail completes a profile without a public address by the primary one of the user's list, and looks up there
// whether the address is verified.
func githubEmail(ctx context.Context, b *built, p profile, t *oauth2.Tokens) error {
	answer, err := b.client.JSON(ctx, oauth2.Request{
		URL: "https://api.github.com/user/emails", Bearer: t.AccessToken, Header: githubAgent,
	})
	if err != nil { // an application without the scope has no list
		return nil //nolint:nilerr // then the profile stays without an address
	}
	list, _ := answer.([]any)
	if email := p.get("email"); !truthy(email) && len(list) > 0 {
		chosen := profileOf(list[0])
		for _, item := range list {
			if e := profileOf(item); truthy(e.get("primary")) {
				chosen = e
				break
			}
		}
		p.Set("email", chosen.text("email"))
	}
	for _, item := range list {
		if e := profileOf(item); e.text("email") == p.text("email") {
			p.Set(githubVerified, truthy(e.get("verified")))
			break
		}
	}
	return nil
}

func profileOf(v any) profile {
	o, _ := v.(*oauth2.Object)
	return profile{o}
}
