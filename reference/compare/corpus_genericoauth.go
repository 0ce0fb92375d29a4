package main

import "github.com/goauth-dev/goauth/reference/internal/identity"

// genericBegins sends a browser to a configured provider and keeps the state, and the nonce where there is one.
func genericBegins(jar, provider string, more obj) []Step {
	body := obj{"providerId": provider, "callbackURL": "/welcome", "errorCallbackURL": "/oops"}
	for name, v := range more {
		body[name] = v
	}
	return steps(post("/sign-in/oauth2", body).as(jar).named(jar+" goes to "+provider).save("page", "body.url"), takeParams("page", "state", "nonce"))
}

func genericReturns(jar, provider, query string) Step {
	return get("/oauth2/callback/" + provider + "?" + query).as(jar).named(jar + " returns from " + provider + " with " + query)
}

func genericEnters(jar, provider string) []Step {
	return steps(genericBegins(jar, provider, nil), genericReturns(jar, provider, withCode))
}

// fakeSays is a token answer of the OpenID provider with an ID token, which must be made when the nonce is known.
func fakeSays(more claims) Step {
	c := claims{"iss": identity.Issuer, "aud": "fake-client", "sub": "f-1", "email": "ada@example.com", "email_verified": true, "name": "Ada of Fake", "picture": "https://pictures.example/f.png", "nonce": "{{nonce}}"}
	for name, v := range more {
		c[name] = v
	}
	return answers(identity.Issuer+"/token", obj{
		"access_token": "fake-access", "refresh_token": "fake-refresh", "expires_in": 3600, "token_type": "Bearer", "scope": "openid email", "id_token": c,
	})
}

// fakeEnters is a whole sign-in at the OpenID provider.
func fakeEnters(jar string, more claims) []Step {
	return steps(genericBegins(jar, "fake", nil), fakeSays(more), genericReturns(jar, "fake", withCode))
}

// plainSays is what the provider without ID tokens says of somebody.
func plainSays(profile any) []Step {
	return steps(answers(identity.Issuer+"/token", obj{"access_token": "plain-access", "token_type": "Bearer"}), answers(identity.Issuer+"/userinfo", profile))
}

func genericScenarios() []Scenario {
	on := []string{"generic-oauth"}
	out := []Scenario{
		{Name: "generic-oauth/pages", Steps: steps(each([]string{"fake", "plain", "closed", "asked", "gone", "nobody", ""}, func(p string) Step {
			return post("/sign-in/oauth2", obj{"providerId": p, "callbackURL": "/welcome"}).as(p).named("page of " + p)
		}), each([]obj{
			{}, {"providerId": 7}, {"providerId": "plain", "scopes": []any{"more"}}, {"providerId": "plain", "scopes": "more"}, {"providerId": "plain", "disableRedirect": true},
			{"providerId": "plain"}, {"providerId": "plain", "callbackURL": "https://evil.example"}, {"providerId": "plain", "requestSignUp": true},
			{"providerId": "plain", "additionalData": obj{"a": 1}}, {"providerId": "plain", "newUserCallbackURL": "/new"},
		}, func(body obj) Step { return post("/sign-in/oauth2", body).as("ada").named(show(body)) }),
			each([]string{"fake", "plain", "asked"}, func(p string) Step {
				return post("/sign-in/social", obj{"provider": p, "callbackURL": "/welcome"}).as(p).named("social page of " + p)
			}))},
		{Name: "generic-oauth/an OpenID provider", Steps: steps(
			fakeEnters("ada", nil), whoami("ada"), accountsOf("ada"), fakeEnters("second", claims{"name": "Other"}), whoami("second"), get("/account-info?accountId=f-1").as("ada"),
			post("/get-access-token", obj{"providerId": "fake"}).as("ada"), answers(identity.Issuer+"/token", obj{"access_token": "newer", "expires_in": 60}),
			post("/refresh-token", obj{"providerId": "fake"}).as("ada"),
		)},
		{Name: "generic-oauth/addresses without discovery", Steps: steps(
			plainSays(obj{"id": 5, "email": "Ada@Example.com", "name": "Ada", "picture": "https://pictures.example/p.png", "email_verified": true}), genericEnters("ada", "plain"), whoami("ada"), accountsOf("ada"),
			get("/account-info?accountId=5").as("ada"), post("/refresh-token", obj{"providerId": "plain"}).as("ada"), post("/get-access-token", obj{"providerId": "plain"}).as("ada"),
			plainSays(obj{"sub": "s-2", "email": "eve@example.com", "name": "Eve", "emailVerified": true, "image": "https://pictures.example/e.png"}), genericEnters("eve", "plain"), whoami("eve"),
		)},
		{Name: "generic-oauth/who is missing", Steps: all([]any{
			obj{}, obj{"sub": "s", "name": "N"}, obj{"sub": "s", "email": "a@example.com"}, obj{"email": "a@example.com", "name": "N"}, "text", nil, obj{"sub": "s", "email": 7, "name": "N"},
		}, func(profile any) []Step {
			return steps(plainSays(profile), genericBegins("ada", "plain", nil), genericReturns("ada", "plain", withCode).named("plain says "+show(profile)))
		})},
		{Name: "generic-oauth/no user information", Steps: steps(
			answers(identity.Issuer+"/token", obj{"access_token": "t"}), says(identity.Issuer+"/userinfo", 401, obj{}), genericEnters("ada", "plain"),
		)},
		{Name: "generic-oauth/what a provider answers to a code", Steps: all([]told{{400, obj{"error": "invalid_grant"}}, {500, "x"}, {200, obj{}}, {200, obj{"error": "x"}}}, func(a told) []Step {
			return steps(says(identity.Issuer+"/token", a.status, a.body), genericBegins("ada", "plain", nil), genericReturns("ada", "plain", withCode).named("plain answers "+show(a.body)))
		})},
		{Name: "generic-oauth/sign-up", Steps: steps(
			genericBegins("ada", "closed", nil), fakeSays(claims{"aud": "closed-client"}), genericReturns("ada", "closed", withCode), whoami("ada"),
			answers(identity.Issuer+"/asked/token", obj{"access_token": "t", "scope": "a"}), answers(identity.Issuer+"/asked/userinfo", obj{"sub": "k-1", "email": "ask@example.com", "name": "Ask", "email_verified": true}),
			genericEnters("ask", "asked"), genericBegins("ask", "asked", obj{"requestSignUp": true, "newUserCallbackURL": "/new"}), genericReturns("ask", "asked", withCode), whoami("ask"),
			answers(identity.Issuer+"/asked/userinfo", obj{"sub": "k-1", "email": "ask@example.com", "name": "Renamed", "email_verified": true, "picture": "https://pictures.example/k.png"}),
			genericEnters("ask", "asked"), whoami("ask"),
		)},
		{Name: "generic-oauth/what comes back", Steps: steps(all([]string{
			"error=access_denied&state={{state}}", "error=access_denied&error_description=The+person+said+no&state={{state}}", "state={{state}}", "code=&state={{state}}", "error=a%20b&state={{state}}", "code=c",
			"code=c&state=nothing", "", "code=c&state={{state}}&iss=https%3A%2F%2Fevil.example",
		}, func(q string) []Step {
			return steps(genericBegins("ada", "plain", nil), genericReturns("ada", "plain", q))
		}),
			genericReturns("ada", "nobody", "code=c&state=x"), genericBegins("ada", "fake", nil), genericReturns("ada", "fake", "code=c&state={{state}}&iss=https%3A%2F%2Fevil.example"),
			genericBegins("ada", "fake", nil), fakeSays(nil), genericReturns("ada", "fake", "code=c&state={{state}}&iss=https%3A%2F%2Fidentity.example"),
			post("/oauth2/callback/plain", raw("code=c&state=x")).media("application/x-www-form-urlencoded"),
		)},
		{Name: "generic-oauth/a state of another provider or browser", Steps: steps(
			genericBegins("ada", "plain", nil), genericReturns("ada", "fake", withCode), genericBegins("ada", "plain", nil), genericReturns("eve", "plain", withCode),
		)},
		{Name: "generic-oauth/linking", Steps: steps(
			member("ada"), each([]obj{{"providerId": "fake", "callbackURL": "/linked"}, {"providerId": "nobody", "callbackURL": "/linked"}, {"providerId": "fake"}, {}, {"providerId": "plain", "callbackURL": "/linked", "scopes": []any{"more"}}, {"providerId": "gone", "callbackURL": "/linked"}, {"providerId": "asked", "callbackURL": "/linked"}}, func(body obj) Step {
				return post("/oauth2/link", body).as("ada").named("link " + show(body))
			}),
			post("/oauth2/link", obj{"providerId": "fake", "callbackURL": "/linked"}).named("without a session"),
			genericLinks("ada", "fake", nil), accountsOf("ada"), genericLinks("ada", "fake", claims{"sub": "f-2", "email": "other@example.com"}), genericLinks("ada", "fake", claims{"email_verified": false, "sub": "f-3"}), accountsOf("ada"),
			member("eve"), genericLinks("eve", "fake", claims{"email": "eve@example.com"}), accountsOf("eve"), accountsOf("ada"),
		)},
		{Name: "generic-oauth/an address that somebody has", Steps: steps(
			verified("ada"), fakeEnters("second", nil), accountsOf("ada"), verified("eve"), fakeEnters("third", claims{"sub": "f-9", "email": "eve@example.com", "email_verified": false}),
		)},
		{Name: "generic-oauth/an address that the user did not verify", Steps: steps(member("ada"), fakeEnters("second", nil))},
		{Name: "generic-oauth/an ID token that is wrong", Steps: steps(
			fakeEnters("ada", claims{"iss": "https://evil.example"}), fakeEnters("ada", claims{"aud": "other"}), fakeEnters("ada", claims{"exp": 1000}), fakeEnters("ada", claims{"nonce": "other"}),
		)},
	}
	for i := range out {
		out[i].On = on
	}
	return out
}

func genericLinks(jar, provider string, more claims) []Step {
	return steps(
		post("/oauth2/link", obj{"providerId": provider, "callbackURL": "/linked", "errorCallbackURL": "/oops"}).as(jar).named(jar+" links "+provider).save("page", "body.url"),
		takeParams("page", "state", "nonce"), fakeSays(more), genericReturns(jar, provider, withCode),
	)
}
