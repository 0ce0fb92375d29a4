package social

import (
	"regexp"
	"strings"

	"github.com/goauth-dev/goauth/core/oauth2"
)

var gitlab = spec{
	name: "Gitlab", endpointsOf: gitlabEndpoints, reads: []string{"issuer"},
	scopes: []string{"read_user"}, challenge: true, verifier: true, loginHint: true,
	accept: func(_ *oauth2.Options, p profile) bool {
		return p.text("state") == "active" && !truthy(p.get("locked"))
	},
	user: func(p profile) user {
		return user{
			id: p.get("id"), name: orElse(p.get("name"), p.get("username"), ""), email: p.get("email"), image: p.get("avatar_url"),
			verified: orElse(p.get("email_verified"), false),
		}
	},
}

var slashes = regexp.MustCompile(`/{2,}`)

func gitlabEndpoints(o *oauth2.Options) endpoints {
	base := o.Issuer
	if base == "" {
		base = "https://gitlab.com"
	}
	at := func(path string) string {
		parts := strings.Split(base+path, "://")
		for i := range parts {
			parts[i] = slashes.ReplaceAllString(parts[i], "/")
		}
		return strings.Join(parts, "://")
	}
	return endpoints{at("/oauth/authorize"), at("/oauth/token"), at("/api/v4/user")}
}
