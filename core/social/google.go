package social

import (
	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

var google = spec{
	name:      "Google",
	endpoints: endpoints{"https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token", ""},
	needs:     clientIDAndSecret, reads: []string{"accessType", "display", "hd"},
	scopes: []string{"email", "profile", "openid"}, challenge: true, verifier: true, prompt: true, loginHint: true,
	refine: func(o *oauth2.Options, in oauth2.Authorization, out *oauth2.AuthorizationURL) {
		out.AccessType, out.HD, out.Display = o.AccessType, o.HD, o.Display
		if in.Display != "" {
			out.Display = in.Display
		}
		out.Extra = origin.Params{{Name: "include_granted_scopes", Value: "true"}}
	},
	fromIDToken: true, accept: inWorkspace,
	user: func(p profile) user {
		return user{id: p.get("sub"), name: p.get("name"), email: p.get("email"), image: p.get("picture"), verified: p.get("email_verified")}
	},
	idToken: func(*oauth2.Options) *idTokenSpec {
		return &idTokenSpec{
			keys:    "https://www.googleapis.com/oauth2/v3/certs",
			issuers: []string{"https://accounts.google.com", "accounts.google.com"},
		}
	},
}

// inWorkspace holds sign-ins to the configured Workspace domain: the parameter of the request is only a hint (UP-050).
func inWorkspace(o *oauth2.Options, p profile) bool {
	hd := p.text("hd")
	return o.HD == "" || hd != "" && (o.HD == "*" || hd == o.HD)
}
