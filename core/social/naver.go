package social

import "github.com/goauth-dev/goauth/core/oauth2"

var naver = spec{
	name:      "Naver",
	endpoints: endpoints{"https://nid.naver.com/oauth2.0/authorize", "https://nid.naver.com/oauth2.0/token", "https://openapi.naver.com/v1/nid/me"},
	scopes:    []string{"profile", "email"},
	accept:    func(_ *oauth2.Options, p profile) bool { return p.text("resultcode") == "00" },
	user: func(p profile) user {
		r := p.object("response")
		return user{
			id: r.get("id"), name: or(r.get("name"), r.get("nickname"), ""), email: r.get("email"), image: r.get("profile_image"),
			verified: false,
		}
	},
}
