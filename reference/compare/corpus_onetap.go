package main

// taps signs in with what Google's One Tap gave the page.
func taps(jar, token string) Step {
	return post("/one-tap/callback", obj{"idToken": "{{" + token + "}}"}).as(jar).named(jar + " taps with " + token)
}

func oneTapScenarios() []Scenario {
	out := []Scenario{
		{Name: "one-tap/a new user and the second time", Steps: steps(
			setIDToken("good", googleClaims("g-1", "ada@example.com", nil)), taps("ada", "good"), whoami("ada"), accountsOf("ada"), taps("second", "good"), whoami("second"), accountsOf("ada"),
		)},
		{Name: "one-tap/a verified user", Steps: steps(verified("ada"), setIDToken("good", googleClaims("g-1", "ada@example.com", nil)), taps("second", "good"), whoami("second"), accountsOf("ada"))},
		{Name: "one-tap/a user who is not", Steps: steps(member("ada"), setIDToken("good", googleClaims("g-1", "ada@example.com", nil)), taps("second", "good"))},
		{Name: "one-tap/an address that Google did not verify", Steps: steps(
			verified("ada"), setIDToken("bad", googleClaims("g-1", "ada@example.com", claims{"email_verified": false})), taps("second", "bad"),
			setIDToken("new", googleClaims("g-2", "new@example.com", claims{"email_verified": false})), taps("third", "new"), whoami("third"),
		)},
		{Name: "one-tap/tokens that are wrong", Steps: steps(
			all([]claims{{"iss": "https://evil.example"}, {"aud": "other"}, {"exp": 1000}, {"email": absent}, {"iss": "accounts.google.com"}}, func(c claims) []Step {
				return steps(setIDToken("token", googleClaims("g-1", "ada@example.com", c)), taps("ada", "token").named("claims "+show(c)))
			}),
			each([]obj{{}, {"idToken": ""}, {"idToken": "no token"}, {"idToken": 7}, {"idToken": nil}, {"idToken": "a.b.c"}}, func(body obj) Step { return post("/one-tap/callback", body).named(show(body)) }),
		)},
	}
	for i := range out {
		out[i].On = []string{"one-tap"}
	}
	return out
}
