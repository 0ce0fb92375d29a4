package main

import (
	"fmt"

	"github.com/goauth-dev/goauth/reference/internal/identity"
)

// socialProfiles have the built-in providers: the usual settings; state and accounts in cookies, tokens encrypted; every
// freedom in linking; none.
var socialProfiles = []string{"social", "social-cookie", "social-linking", "social-closed"}

const (
	googleToken   = "https://oauth2.googleapis.com/token"
	githubToken   = "https://github.com/login/oauth/access_token"
	githubUser    = "https://api.github.com/user"
	githubEmails  = "https://api.github.com/user/emails"
	discordToken  = "https://discord.com/api/oauth2/token"
	discordUser   = "https://discord.com/api/users/@me"
	gitlabToken   = identity.Issuer + "/gitlab/oauth/token"
	gitlabUser    = identity.Issuer + "/gitlab/api/v4/user"
	linkedinToken = "https://www.linkedin.com/oauth/v2/accessToken"
	linkedinUser  = "https://api.linkedin.com/v2/userinfo"
)

// everyProvider are the built-in ones.
var everyProvider = []string{
	"apple", "atlassian", "cognito", "discord", "dropbox", "facebook", "figma", "github", "gitlab", "google", "huggingface", "kakao", "kick",
	"line", "linear", "linkedin", "microsoft", "naver", "notion", "paybin", "paypal", "polar", "railway", "reddit", "roblox", "salesforce",
	"slack", "spotify", "tiktok", "twitch", "twitter", "vercel", "vk", "wechat", "zoom",
}

// begins sends a browser to a provider and keeps the state.
func begins(jar, provider string, more obj) []Step {
	body := obj{"provider": provider, "callbackURL": "/welcome", "errorCallbackURL": "/oops"}
	for name, v := range more {
		body[name] = v
	}
	return steps(post("/sign-in/social", body).as(jar).named(jar+" goes to "+provider).save("page", "body.url"), takeParams("page", "state"))
}

// returns brings the browser back from a provider.
func returns(jar, provider, query string) Step {
	return get("/callback/" + provider + "?" + query).as(jar).named(jar + " returns from " + provider + " with " + query)
}

const withCode = "code=a-code&state={{state}}"

// told is what a provider answers.
type told struct {
	status int
	body   any
}

// all makes several steps of every item.
func all[T any](items []T, of func(T) []Step) []Step {
	var out []Step
	for _, item := range items {
		out = append(out, of(item)...)
	}
	return out
}

// enters is a whole sign-in.
func enters(jar, provider string) []Step {
	return steps(begins(jar, provider, nil), returns(jar, provider, withCode))
}

// googleSays is a token answer about somebody.
func googleSays(id, email string, verified bool) Step {
	return googleSaysMore(id, email, verified, nil)
}

func googleSaysMore(id, email string, verified bool, more claims) Step {
	c := claims{
		"iss": "https://accounts.google.com", "aud": "google-client", "sub": id, "email": email, "email_verified": verified,
		"name": "Ada of Google", "picture": "https://pictures.example/ada.png",
	}
	for name, v := range more {
		c[name] = v
	}
	return answers(googleToken, obj{
		"access_token": "access-" + id, "refresh_token": "refresh-" + id, "expires_in": 3600, "scope": "openid email profile",
		"token_type": "Bearer", "id_token": c,
	}).named(fmt.Sprintf("google says %s %s", id, email))
}

// githubSays is everything about somebody.
func githubSays(id int, email any, emails any) []Step {
	return steps(
		answers(githubToken, obj{"access_token": "gh-access", "token_type": "bearer", "scope": "read:user,user:email"}),
		answers(githubUser, obj{"id": id, "login": "octo", "name": nil, "email": email, "avatar_url": "https://pictures.example/octo.png"}),
		answers(githubEmails, emails),
	)
}

func primary(email string, verified bool) any {
	return []any{obj{"email": email, "primary": true, "verified": verified, "visibility": "public"}}
}

func discordSays(email string) []Step {
	return steps(
		answers(discordToken, obj{"access_token": "dc-access", "expires_in": 604800, "refresh_token": "dc-refresh", "scope": "identify email", "token_type": "Bearer"}),
		answers(discordUser, obj{"id": "80351110224678912", "username": "nelly", "discriminator": "1337", "avatar": nil, "verified": true, "email": email, "global_name": nil}),
	)
}

func gitlabSays(email string) []Step {
	return steps(
		answers(gitlabToken, obj{"access_token": "gl-access", "token_type": "bearer", "refresh_token": "gl-refresh", "scope": "read_user"}),
		answers(gitlabUser, obj{"id": 9, "username": "ada", "name": "Ada of Gitlab", "state": "active", "email": email, "avatar_url": "https://pictures.example/gl.png"}),
	)
}

func linkedinSays(name, email string) []Step {
	return steps(
		answers(linkedinToken, obj{"access_token": "li-access", "expires_in": 3600, "scope": "openid"}),
		answers(linkedinUser, obj{"sub": "li-1", "name": name, "email": email, "email_verified": true, "picture": "https://pictures.example/" + name + ".png"}),
	)
}

func socialScenarios() []Scenario {
	var out []Scenario
	for _, family := range [][]Scenario{socialBegin(), socialEnter(), socialRefused(), socialState()} {
		out = append(out, family...)
	}
	for i := range out {
		if out[i].On == nil {
			out[i].On = socialProfiles
		}
	}
	return out
}

func socialBegin() []Scenario {
	start := func(provider string) Step {
		return post("/sign-in/social", obj{"provider": provider, "callbackURL": "/welcome"}).as(provider).named(provider)
	}
	return []Scenario{
		{Name: "social/every provider's page", On: []string{"social-all"}, Steps: each(everyProvider, start)},
		{Name: "social/every provider's page, with scopes and hints", On: []string{"social-all"}, Steps: each(everyProvider, func(p string) Step {
			return post("/sign-in/social", obj{"provider": p, "scopes": []any{"one", "two three"}, "loginHint": "ada@example.com"}).as(p).named(p)
		})},
		{Name: "social/every provider refuses the code", On: []string{"social-all"}, Steps: all(everyProvider, func(p string) []Step { return enters(p, p) })},
		{Name: "social/pages", Steps: each([]string{"google", "github", "discord", "gitlab", "microsoft", "apple", "facebook", "linkedin", "twitch", "figma", "vercel"}, start)},
		{Name: "social/what a client asks for", Steps: steps(each([]obj{
			{"provider": "google"}, {"provider": "google", "disableRedirect": true}, {"provider": "google", "scopes": []any{}},
			{"provider": "google", "callbackURL": "https://app.example.com/x?y=1#z"}, {"provider": "google", "callbackURL": "https://evil.example/"},
			{"provider": "google", "callbackURL": "//evil.example"}, {"provider": "google", "errorCallbackURL": "https://evil.example/"},
			{"provider": "google", "newUserCallbackURL": "https://evil.example/"}, {"provider": "google", "newUserCallbackURL": "/new"},
			{"provider": "google", "requestSignUp": true}, {"provider": "google", "additionalData": obj{"plan": "pro", "n": 1, "deep": obj{"a": []any{1}}}},
			{"provider": "google", "additionalData": obj{"callbackURL": "https://evil.example/", "codeVerifier": "mine", "errorURL": "//evil.example"}},
			{"provider": "google", "additionalData": []any{1}}, {"provider": "google", "additionalData": "x"}, {"provider": "nobody"}, {"provider": ""},
			{"provider": "constructor"}, {"provider": "__proto__"}, {"provider": "zoom"}, {"provider": nil}, {"provider": 7}, {"provider": []any{"google"}}, {},
			{"provider": "google", "scopes": "email"}, {"provider": "google", "scopes": []any{1}}, {"provider": "google", "loginHint": 7},
			{"provider": "google", "requestSignUp": "yes"}, {"provider": "google", "disableRedirect": "yes"}, {"provider": "google", "idToken": "x"},
			{"provider": "google", "idToken": obj{}}, {"provider": "google", "unknown": true},
		}, func(body obj) Step { return post("/sign-in/social", body).as("ada").named(show(body)) }), get("/sign-in/social"))},
	}
}

func socialEnter() []Scenario {
	return []Scenario{
		{Name: "social/a new user and the second time", Steps: steps(
			googleSays("g-1", "Ada@Example.com", true), enters("ada", "google"), whoami("ada"), get("/list-accounts").as("ada"),
			get("/account-info?accountId=g-1").as("ada"), googleSays("g-1", "ada@example.com", true), enters("second", "google"), whoami("second"),
			googleSays("g-1", "other@example.com", false), enters("third", "google"), whoami("third"),
		)},
		{Name: "social/new users have a page of their own", Steps: steps(
			googleSays("g-1", "ada@example.com", true),
			begins("ada", "google", obj{"newUserCallbackURL": "/new"}), returns("ada", "google", withCode),
			begins("ada", "google", obj{"newUserCallbackURL": "/new"}), returns("ada", "google", withCode),
			begins("ada", "google", obj{"callbackURL": "https://app.example.com/x?y=1"}), returns("ada", "google", withCode),
		)},
		{Name: "social/from several requests", Steps: steps(
			githubSays(583231, "octo@example.com", primary("octo@example.com", true)), enters("ada", "github"), whoami("ada"), get("/list-accounts").as("ada"),
			get("/account-info?accountId=583231").as("ada"),
			githubSays(7, nil, []any{obj{"email": "second@example.com", "primary": false, "verified": true}, obj{"email": "First@example.com", "primary": true, "verified": false}}),
			enters("eve", "github"), whoami("eve"),
		)},
		{Name: "social/sign-up must be asked for", Steps: steps(
			discordSays("nelly@example.com"), enters("ada", "discord"),
			begins("ada", "discord", obj{"requestSignUp": false}), returns("ada", "discord", withCode),
			begins("ada", "discord", obj{"requestSignUp": true}), returns("ada", "discord", withCode), whoami("ada"), enters("second", "discord"), whoami("second"),
		)},
		{Name: "social/no sign-up", Steps: steps(
			gitlabSays("ada@example.com"), enters("ada", "gitlab"), begins("ada", "gitlab", obj{"requestSignUp": true}), returns("ada", "gitlab", withCode),
		)},
		{Name: "social/a trusted provider links", Steps: steps(verified("ada"), gitlabSays("ada@example.com"), enters("second", "gitlab"), whoami("second"), get("/list-accounts").as("ada"))},
		{Name: "social/the provider's word replaces the user's", Steps: steps(
			linkedinSays("Ada", "ada@example.com"), enters("ada", "linkedin"), whoami("ada"), linkedinSays("Countess", "countess@example.com"), enters("ada", "linkedin"), whoami("ada"),
		)},
		{Name: "social/a verified address links", Steps: steps(
			verified("ada"), googleSays("g-1", "ADA@example.com", true), enters("second", "google"), whoami("second"), get("/list-accounts").as("ada"),
		)},
		{Name: "social/an address that the user did not verify", Steps: steps(member("ada"), googleSays("g-1", "ada@example.com", true), enters("second", "google"))},
		{Name: "social/an address that the provider did not verify", Steps: steps(verified("ada"), googleSays("g-1", "ada@example.com", false), enters("second", "google"), get("/list-accounts").as("ada"))},
		{Name: "social/the user is gone", Steps: steps(
			googleSays("g-1", "ada@example.com", true), enters("ada", "google"), post("/delete-user", obj{}).as("ada"), whoami("ada"), enters("ada", "google"), whoami("ada"),
		)},
	}
}

func socialRefused() []Scenario {
	return []Scenario{
		{Name: "social/what a provider answers to a code", Steps: all([]told{
			{400, obj{"error": "invalid_grant"}}, {500, obj{}}, {200, "not JSON"}, {200, obj{}}, {200, obj{"error": "bad"}}, {200, nil}, {200, []any{}}, {404, "gone"},
			{200, obj{"access_token": "a"}}, {200, obj{"access_token": "a", "id_token": "no token"}}, {200, obj{"id_token": claims{"sub": "g-1"}}},
			{200, obj{"id_token": claims{"sub": "g-1", "email": "x@example.com"}, "expires_in": "3600", "scope": []any{"a", "b"}}},
		}, func(a told) []Step {
			return steps(says(googleToken, a.status, a.body), begins("ada", "google", nil), returns("ada", "google", withCode).named(fmt.Sprintf("google answers %d %s", a.status, show(a.body))))
		})},
		{Name: "social/nobody there", Steps: steps(
			answers(githubToken, obj{"access_token": "t"}), says(githubUser, 401, obj{}), enters("ada", "github"),
			answers(githubUser, obj{"id": 1, "login": "o"}), says(githubEmails, 403, obj{}), enters("ada", "github"),
			answers(githubUser, obj{"login": "o", "email": "a@example.com"}), enters("ada", "github"),
			answers(githubToken, obj{"error": "bad_verification_code"}), enters("ada", "github"),
		)},
		{Name: "social/no address", Steps: steps(googleSays("g-1", "", true), enters("ada", "google"), discordSays(""), begins("ada", "discord", obj{"requestSignUp": true}), returns("ada", "discord", withCode))},
		{Name: "social/what comes back", Steps: steps(
			all([]string{
				"error=access_denied&state={{state}}", "error=access_denied&error_description=The+person+said+no&state={{state}}", "state={{state}}",
				"code=&state={{state}}", "error=&code=&state={{state}}", "error=a%20b%26c&state={{state}}", "error=access_denied&code=c&state={{state}}",
			}, func(q string) []Step { return steps(begins("ada", "google", nil), returns("ada", "google", q)) }),
			begins("ada", "google", obj{"errorCallbackURL": "/oops?a=b"}), returns("ada", "google", "error=access_denied&state={{state}}"),
			post("/sign-in/social", obj{"provider": "google"}).as("ada").save("page", "body.url"), takeParams("page", "state"),
			returns("ada", "google", "error=access_denied&state={{state}}"),
			post("/sign-in/social", obj{"provider": "google"}).as("ada").save("page", "body.url"), takeParams("page", "state"),
			googleSays("g-1", "ada@example.com", true), returns("ada", "google", withCode), whoami("ada"),
		)},
		{Name: "social/an empty page for errors", On: []string{"social"}, Steps: steps(
			begins("ada", "google", obj{"errorCallbackURL": ""}), returns("ada", "google", "error=access_denied&state={{state}}"),
		)},
		{Name: "social/without a state", Steps: each([]string{
			"", "code=c", "state=", "state=nothing", "code=c&state=nothing", "error=access_denied", "error=access_denied&state=nothing", "state=a&state=b",
			"code[]=c&state[]=x", "code=c&code=d&state=nothing",
		}, func(q string) Step { return returns("ada", "google", q) })},
		{Name: "social/a form comes back", Steps: steps(
			begins("ada", "apple", nil),
			post("/callback/apple", raw("code=a-code&state={{state}}&user=%7B%22name%22%3A%7B%22firstName%22%3A%22A%22%7D%7D")).media("application/x-www-form-urlencoded").as("ada").from("https://appleid.apple.com"),
			post("/callback/apple", raw("code=a-code&state={{state}}")).media("application/x-www-form-urlencoded").named("without cookies"),
			post("/callback/apple?state=other", raw("code=a-code&state={{state}}")).media("application/x-www-form-urlencoded").named("the query wins"),
			post("/callback/apple", obj{"code": "a-code", "state": "{{state}}"}).named("JSON"),
			post("/callback/apple", raw("code=a-code")).media("text/plain").named("text"), post("/callback/apple", nil).named("nothing"),
			request("PUT", "/callback/apple"),
		)},
	}
}

func socialState() []Scenario {
	databases := []string{"social", "social-linking", "social-closed"}
	return []Scenario{
		{Name: "social/a state of another browser", Steps: steps(googleSays("g-1", "ada@example.com", true), begins("ada", "google", nil), returns("eve", "google", withCode), whoami("eve"))},
		{Name: "social/a state used twice", Steps: steps(googleSays("g-1", "ada@example.com", true), enters("ada", "google"), returns("ada", "google", withCode))},
		{Name: "social/a state that has expired", On: databases, Steps: steps(
			googleSays("g-1", "ada@example.com", true), begins("ada", "google", nil), edit("an old time in the state", func(s *Side) error {
				return s.exec(`UPDATE verification SET value = json_set(value, '$.expiresAt', 1000)`)
			}), returns("ada", "google", withCode),
		)},
		{Name: "social/a state of another provider", Steps: steps(githubSays(1, "a@example.com", primary("a@example.com", true)), begins("ada", "google", nil), returns("ada", "github", withCode))},
		{Name: "social/a provider that is not there", Steps: steps(begins("ada", "google", nil), returns("ada", "nobody", withCode), returns("ada", "nobody", "error=x&state={{state}}"))},
		{Name: "social/two at once in one browser", Steps: steps(
			googleSays("g-1", "ada@example.com", true), begins("ada", "google", nil), edit("keep the first", func(s *Side) error { s.vars["first"] = s.vars["state"]; return nil }),
			begins("ada", "google", nil), returns("ada", "google", "code=c&state={{first}}"), returns("ada", "google", withCode),
		)},
	}
}
