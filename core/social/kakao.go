package social

var kakao = spec{
	name:      "Kakao",
	endpoints: endpoints{"https://kauth.kakao.com/oauth/authorize", "https://kauth.kakao.com/oauth/token", "https://kapi.kakao.com/v2/user/me"},
	scopes:    []string{"account_email", "profile_image", "profile_nickname"},
	user: func(p profile) user {
		account := p.object("kakao_account")
		shown := account.object("profile")
		return user{
			id: textOf(p.get("id")), name: or(shown.get("nickname"), account.get("name"), ""), email: account.get("email"),
			image:    or(shown.get("profile_image_url"), shown.get("thumbnail_image_url")),
			verified: truthy(account.get("is_email_valid")) && truthy(account.get("is_email_verified")),
		}
	},
}
