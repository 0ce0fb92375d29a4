package social

import (
	"net/http"

	"github.com/goauth-dev/goauth/core/oauth2"
	"github.com/goauth-dev/goauth/core/origin"
)

var dropbox = spec{
	name:      "Dropbox",
	endpoints: endpoints{"https://www.dropbox.com/oauth2/authorize", "https://api.dropboxapi.com/oauth2/token", "https://api.dropboxapi.com/2/users/get_current_account"},
	reads:     []string{"accessType"},
	scopes:    []string{"account_info.read"}, challenge: true, verifier: true,
	refine: func(o *oauth2.Options, _ oauth2.Authorization, out *oauth2.AuthorizationURL) {
		if o.AccessType != "" {
			out.Extra = origin.Params{{Name: "token_access_type", Value: o.AccessType}}
		}
	},
	userInfoRequest: func(_ *built, r *oauth2.Request, _ *oauth2.Tokens) { r.Method = http.MethodPost },
	user: func(p profile) user {
		return user{
			id: p.get("account_id"), name: p.get("name", "display_name"), email: p.get("email"), image: p.get("profile_photo_url"),
			verified: or(p.get("email_verified"), false),
		}
	},
}
