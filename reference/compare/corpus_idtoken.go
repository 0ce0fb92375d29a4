package main

import "maps"

// googleClaims are those of a good ID token, with some replaced.
func googleClaims(id, email string, more claims) claims {
	c := claims{
		"iss": "https://accounts.google.com", "aud": "google-client", "sub": id, "email": email, "email_verified": true, "name": "Ada of Google", "nonce": "n-1",
		"picture": "https://pictures.example/ada.png",
	}
	maps.Copy(c, more)
	return c
}

// byToken signs in with an ID token that the client brings.
func byToken(jar, provider, token string, more obj) Step {
	in := obj{"token": "{{" + token + "}}"}
	body := obj{"provider": provider, "idToken": in}
	for name, v := range more {
		if name == "requestSignUp" || name == "callbackURL" {
			body[name] = v
			continue
		}
		in[name] = v
	}
	return post("/sign-in/social", body).as(jar).named(jar + " brings " + provider + "'s " + token + " " + show(more))
}

func idTokenScenarios() []Scenario {
	wrong := map[string]claims{
		"of another issuer": {"iss": "https://evil.example"}, "for another": {"aud": "other-client"}, "for none": {"aud": absent}, "expired": {"exp": 1000},
		"without an address": {"email": absent}, "for several": {"aud": []any{"google-client", "other"}, "azp": "google-client"}, "without a subject": {"sub": absent},
		"without an issuer": {"iss": absent}, "without an end": {"exp": absent}, "old": {"iat": 1000}, "of the future": {"iat": 1 << 33},
	}
	out := []Scenario{
		{Name: "id-token/sign-in", Steps: steps(
			setIDToken("good", googleClaims("g-1", "Ada@example.com", nil)),
			byToken("ada", "google", "good", obj{"nonce": "n-1", "accessToken": "a", "refreshToken": "r", "expiresAt": 5}), whoami("ada"), accountsOf("ada"),
			byToken("second", "google", "good", nil), whoami("second"), byToken("third", "google", "good", obj{"nonce": "n-2"}), byToken("third", "google", "good", obj{"nonce": ""}),
			byToken("third", "google", "good", obj{"callbackURL": "/x"}), byToken("third", "github", "good", nil), byToken("third", "twitch", "good", nil), byToken("third", "nobody", "good", nil),
			byToken("third", "google", "good", obj{"user": obj{"name": obj{"firstName": "A"}, "email": "x@example.com"}}),
			post("/sign-in/social", obj{"provider": "google", "idToken": obj{"token": "no token"}}), post("/sign-in/social", obj{"provider": "google", "idToken": obj{"token": ""}}),
		)},
		{Name: "id-token/of an address that somebody has", Steps: steps(
			verified("ada"), setIDToken("good", googleClaims("g-1", "ada@example.com", nil)), byToken("second", "google", "good", nil), accountsOf("ada"),
		)},
		{Name: "id-token/of an address that is not verified", Steps: steps(
			verified("ada"), setIDToken("good", googleClaims("g-1", "ada@example.com", claims{"email_verified": false})), byToken("second", "google", "good", nil), accountsOf("ada"),
		)},
		{Name: "id-token/of Apple", Steps: steps(
			setIDToken("good", claims{"iss": "https://appleid.apple.com", "aud": "apple-client", "sub": "a-1", "email": "ada@example.com", "email_verified": "true"}),
			byToken("ada", "apple", "good", obj{"user": obj{"name": obj{"firstName": "Ada", "lastName": "L"}}}), whoami("ada"), accountsOf("ada"),
		)},
		{Name: "id-token/of Microsoft", Steps: steps(
			setIDToken("good", claims{
				"iss": "https://login.microsoftonline.com/9f0f3a3e-0000-4000-8000-000000000000/v2.0", "tid": "9f0f3a3e-0000-4000-8000-000000000000", "aud": "ms-client", "sub": "m-1",
				"email": "ada@example.com", "name": "Ada", "email_verified": true,
			}),
			byToken("ada", "microsoft", "good", obj{"accessToken": "ms-access"}), whoami("ada"),
		)},
	}
	for name, c := range wrong {
		out = append(out, Scenario{Name: "id-token/" + name, Steps: steps(
			setIDToken("bad", googleClaims("g-1", "ada@example.com", c)), byToken("ada", "google", "bad", nil), whoami("ada"),
		)})
	}
	for i := range out {
		out[i].On = socialProfiles
	}
	return out
}
