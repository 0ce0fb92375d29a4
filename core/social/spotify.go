package social

var spotify = spec{
	name:      "Spotify",
	endpoints: endpoints{"https://accounts.spotify.com/authorize", "https://accounts.spotify.com/api/token", "https://api.spotify.com/v1/me"},
	scopes:    []string{"user-read-email"}, challenge: true, verifier: true,
	user: func(p profile) user {
		return user{id: p.get("id"), name: p.get("display_name"), email: p.get("email"), image: p.get("images", 0, "url"), verified: false}
	},
}
