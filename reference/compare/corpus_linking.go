package main

// goesToLink sends a signed-in browser to a provider for another account.
func goesToLink(jar, provider string, more obj) []Step {
	body := obj{"provider": provider, "callbackURL": "/linked", "errorCallbackURL": "/oops"}
	for name, v := range more {
		body[name] = v
	}
	return steps(post("/link-social", body).as(jar).named(jar+" links "+provider).save("page", "body.url"), takeParams("page", "state"))
}

// links is the whole way.
func links(jar, provider string) []Step {
	return steps(goesToLink(jar, provider, nil), returns(jar, provider, withCode))
}

func accountsOf(jar string) Step { return get("/list-accounts").as(jar).named("accounts of " + jar) }

func linkingScenarios() []Scenario {
	var out []Scenario
	for _, family := range [][]Scenario{linkScenarios(), unlinkScenarios(), providerTokenScenarios()} {
		out = append(out, family...)
	}
	for i := range out {
		if out[i].On == nil {
			out[i].On = socialProfiles
		}
	}
	return out
}

func linkScenarios() []Scenario {
	return []Scenario{
		{Name: "linking/of the same address", Steps: steps(
			member("ada"), googleSays("g-1", "ada@example.com", true), links("ada", "google"), accountsOf("ada"), whoami("ada"), links("ada", "google"), accountsOf("ada"),
		)},
		{Name: "linking/of another address", Steps: steps(
			member("ada"), googleSays("g-1", "other@example.com", true), links("ada", "google"), accountsOf("ada"), whoami("ada"),
			githubSays(5, "octo@example.com", primary("octo@example.com", false)), links("ada", "github"), accountsOf("ada"),
			gitlabSays("gl@example.com"), links("ada", "gitlab"), accountsOf("ada"),
		)},
		{Name: "linking/of an address that the provider did not verify", Steps: steps(
			member("ada"), googleSays("g-1", "ada@example.com", false), links("ada", "google"), gitlabSays("ada@example.com"), links("ada", "gitlab"), accountsOf("ada"),
		)},
		{Name: "linking/of somebody else's account", Steps: steps(
			googleSays("g-1", "eve@example.com", true), enters("eve", "google"), member("ada"), links("ada", "google"), accountsOf("ada"),
			rows("UPDATE user SET email = 'ada2@example.com' WHERE email = 'ada@example.com'"), googleSays("g-1", "ada2@example.com", true), links("ada", "google"), accountsOf("ada"), accountsOf("eve"),
		)},
		{Name: "linking/what a client asks for", Steps: steps(member("ada"), each([]obj{
			{"provider": "google"}, {"provider": "google", "callbackURL": "/x", "scopes": []any{"calendar"}}, {"provider": "google", "disableRedirect": true},
			{"provider": "google", "requestSignUp": true}, {"provider": "google", "callbackURL": "https://evil.example"}, {"provider": "nobody"}, {}, {"provider": 7},
			{"provider": "google", "additionalData": obj{"a": 1}}, {"provider": "google", "scopes": "x"}, {"provider": "google", "idToken": "x"},
		}, func(body obj) Step { return post("/link-social", body).as("ada").named(show(body)) }),
			post("/link-social", obj{"provider": "google"}).named("without a session"), post("/link-social", obj{}).named("nothing, without a session"),
		)},
		{Name: "linking/with an ID token", Steps: steps(
			member("ada"), setIDToken("good", googleClaims("g-1", "ada@example.com", nil)), setIDToken("other", googleClaims("g-2", "other@example.com", nil)),
			setIDToken("unverified", googleClaims("g-3", "ada@example.com", claims{"email_verified": false})),
			linkByToken("ada", "unverified"), linkByToken("ada", "other"), linkByToken("ada", "good"), linkByToken("ada", "good").named("again"), accountsOf("ada"),
			post("/link-social", obj{"provider": "google", "idToken": obj{"token": "no token"}}).as("ada"),
			post("/link-social", obj{"provider": "github", "idToken": obj{"token": "{{good}}"}}).as("ada"),
		)},
	}
}

func linkByToken(jar, token string) Step {
	return post("/link-social", obj{"provider": "google", "idToken": obj{"token": "{{" + token + "}}", "accessToken": "from-the-client", "refreshToken": "r", "scopes": []any{"a", "b"}}}).as(jar).named(jar + " links by the token " + token)
}

func unlinkScenarios() []Scenario {
	unlink := func(body obj) Step { return post("/unlink-account", body).as("ada").named("unlink " + show(body)) }
	return []Scenario{
		{Name: "unlinking/accounts", Steps: steps(
			verified("ada"), googleSays("g-1", "ada@example.com", true), links("ada", "google"), accountsOf("ada"),
			unlink(obj{"providerId": "nobody"}), unlink(obj{"providerId": "google", "accountId": "nothing"}), unlink(obj{}), unlink(obj{"providerId": 7}),
			unlink(obj{"providerId": "google", "accountId": "g-1"}), accountsOf("ada"), unlink(obj{"providerId": "credential"}), accountsOf("ada"),
			unlink(obj{"providerId": "google"}), post("/unlink-account", obj{"providerId": "google"}).named("without a session"),
		)},
		{Name: "unlinking/the last of a social user", Steps: steps(
			googleSays("g-1", "ada@example.com", true), enters("ada", "google"), unlink(obj{"providerId": "google"}), accountsOf("ada"),
		)},
	}
}

func providerTokenScenarios() []Scenario {
	fresh := answers(googleToken, obj{"access_token": "fresh", "expires_in": 60, "refresh_token": "refresh-2", "scope": "openid", "id_token": claims{"sub": "g-1", "aud": "google-client"}})
	in := func(more ...any) []Step {
		return steps(googleSays("g-1", "ada@example.com", true), enters("ada", "google"), steps(more...))
	}
	bodies := func(path string) []Step {
		return each([]obj{
			{"providerId": "google"}, {"providerId": "google", "accountId": "g-1"}, {"providerId": "google", "accountId": "nothing"}, {"providerId": "github"}, {"providerId": "nobody"},
			{"providerId": "google", "userId": "somebody"}, {}, {"providerId": 7}, {"providerId": nil},
		}, func(body obj) Step { return post(path, body).as("ada").named(path + " " + show(body)) })
	}
	return []Scenario{
		{Name: "tokens of providers/kept", Steps: in(bodies("/get-access-token"), post("/get-access-token", obj{"providerId": "google"}).named("without a session"))},
		{Name: "tokens of providers/refreshed when they run out", Steps: in(
			rows("UPDATE account SET accessTokenExpiresAt = '{{iso:-1h}}'"), dropCookie("ada", "better-auth.account_data"), fresh, post("/get-access-token", obj{"providerId": "google"}).as("ada"),
			rows("UPDATE account SET accessTokenExpiresAt = '{{iso:3s}}'"), dropCookie("ada", "better-auth.account_data"), post("/get-access-token", obj{"providerId": "google"}).as("ada"),
			rows("UPDATE account SET accessTokenExpiresAt = '{{iso:-1h}}'"), dropCookie("ada", "better-auth.account_data"), says(googleToken, 400, obj{"error": "invalid_grant"}), post("/get-access-token", obj{"providerId": "google"}).as("ada"),
			get("/account-info?accountId=g-1").as("ada"),
			rows("UPDATE account SET accessTokenExpiresAt = '{{iso:-1h}}', refreshToken = NULL"), post("/get-access-token", obj{"providerId": "google"}).as("ada"),
		)},
		{Name: "tokens of providers/refreshed on demand", Steps: in(
			fresh, bodies("/refresh-token"), post("/refresh-token", obj{"providerId": "google"}).named("without a session"),
			answers(googleToken, obj{"access_token": "newer"}), post("/refresh-token", obj{"providerId": "google"}).as("ada").named("only an access token"),
			says(googleToken, 401, obj{"error": "invalid_grant"}), post("/refresh-token", obj{"providerId": "google"}).as("ada").named("refused"),
			rows("UPDATE account SET refreshToken = NULL"), dropCookie("ada", "better-auth.account_data"), post("/refresh-token", obj{"providerId": "google"}).as("ada").named("none there"),
		)},
		{Name: "tokens of providers/of one that has none to refresh", Steps: steps(
			githubSays(5, "octo@example.com", primary("octo@example.com", true)), enters("ada", "github"), post("/refresh-token", obj{"providerId": "github"}).as("ada"),
			post("/get-access-token", obj{"providerId": "github"}).as("ada"), get("/account-info?accountId=5").as("ada"), says(githubUser, 401, obj{}), get("/account-info?accountId=5").as("ada"),
		)},
		{Name: "tokens of providers/of a password", Steps: steps(
			member("ada"), post("/get-access-token", obj{"providerId": "credential"}).as("ada"), post("/refresh-token", obj{"providerId": "credential"}).as("ada"),
			get("/account-info").as("ada"), get("/account-info?accountId={{adaId}}").as("ada"), get("/account-info?accountId=nothing").as("ada"), get("/account-info").named("without a session"), accountsOf("ada"), accountsOf("nobody"),
		)},
	}
}
