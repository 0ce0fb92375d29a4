package main

import (
	"fmt"
	"strings"

	"github.com/goauth-dev/goauth/reference/internal/format"
)

// oddTargets are where a browser might be sent by mistake.
var oddTargets = []string{
	"", " ", "/", "/x#y", "/x?y=1", "//evil.example", "/\\evil.example", "\\\\evil.example", "/%2f%2fevil.example", "/%5cevil.example", "https:evil.example", "https:/evil.example", "http://app.example.com@evil.example/",
	"https://app.example.com.evil.example/", "https://app.example.com:443/x", "https://APP.example.com/x", "https://app.example.com/x\r\ny", "https://app.example.com/../x", "javascript:alert(1)", "data:text/html,x",
	"\t//evil.example", "/x?y=<script>", "/é", "/x y", "/.//evil.example", "?x", "#x", "x", "http://localhost/x", "/a/../b", "/" + strings.Repeat("a", 3000), "/x\u0000y", "https://[::1]/", "https://app.example.com?x",
}

func socialInputScenarios() []Scenario {
	out := []Scenario{
		{Name: "social input/targets", Steps: steps(
			each(oddTargets, func(u string) Step {
				return post("/sign-in/social", obj{"provider": "google", "callbackURL": u}).as("ada").named("callbackURL " + show(u))
			}),
			each(oddTargets[1:], func(u string) Step { // the empty one: see "social/an empty page for errors"
				return post("/sign-in/social", obj{"provider": "google", "callbackURL": "/", "errorCallbackURL": u}).as("ada").named("errorCallbackURL " + show(u))
			}),
		)},
		{Name: "social input/bodies", Steps: steps(
			each([]string{"", "null", "[]", "7", `"x"`, "{", `{"provider":"google\n"}`, `{"provider":"GOOGLE"}`, `{"Provider":"google"}`,
				`{"provider":"google","additionalData":{"__proto__":{"a":1},"constructor":1,"toString":2}}`,
				`{"provider":"google","additionalData":{"link":{"userId":"x","email":"y"},"expiresAt":1,"oauthState":"z","requestSignUp":true}}`, `{"provider":"google","additionalData":{"":1}}`,
				`{"provider":"google","scopes":["a b","","é","a&b=c"]}`, `{"provider":"google","loginHint":"a&b=c\nd"}`, `{"provider":"google","idToken":{"token":"a.b.c","nonce":["n"]}}`,
				`{"provider":"google","idToken":{"token":["a"]}}`, `{"provider":"google","idToken":{"token":"a","expiresAt":"x"}}`, `{"provider":"google","idToken":{"token":"a","user":{"name":"x"}}}`, `{"provider":"google","requestSignUp":null}`,
				`{"provider":["google"],"callbackURL":["/x"]}`, `{"provider":{"toString":"google"}}`}, func(body string) Step {
				return post("/sign-in/social", raw(body)).as("ada").named("body " + show(body))
			}),
			post("/sign-in/social", obj{"provider": strings.Repeat("g", 100000)}).named("a huge provider"), post("/sign-in/social", obj{"provider": "google", "idToken": obj{"token": strings.Repeat("a", 200000)}}).named("a huge token"),
			post("/sign-in/social", raw("provider=google")).media("application/x-www-form-urlencoded"), post("/sign-in/social", raw(`{"provider":"google"}`)).media("text/plain"), post("/sign-in/social", raw(`{"provider":"google"}`)).media(""),
			post("/sign-in/social", raw(`{"provider":"google"}`)).media("application/json; charset=utf-16"), post("/sign-in/social?provider=google", raw(`{}`)),
		)},
		{Name: "social input/bodies that parsers read differently", Steps: each([]string{
			`{"provider":"google","provider":"github"}`, `{"provider":"google"}{}`, `{"provider":"goo\u0000gle"}`, `{"provider":"google","scopes":["a\u0000b"]}`, `{"provider":"google","additionalData":` + strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40) + "}",
		}, func(body string) Step {
			return post("/sign-in/social", raw(body)).as("ada").named("body " + show(body))
		})},
		{Name: "social input/what comes back", Steps: steps(
			each([]string{
				"code=c&state=" + strings.Repeat("s", 8000), "code=c&state=%00", "code=c&state=a%00b", "code=c&state=%ff%fe", "code=c&state=a%0d%0ab", "code=c&state=..%2f..", "code=c&state='%20OR%201=1", "state[]=a&code=c", "state=a&state[]=b&code=c", "state[a]=b",
				"code=c&state=%F0%9F%92%A9", "error=" + strings.Repeat("e", 3000) + "&state=x", "error=%0d%0aSet-Cookie:x=y&state=x", "error=<script>&error_description=<b>&state=x", "error[]=a&state=x", "code=c&state=x&user=%7B", "code=c&state=x&iss=%00", "&&&", "=", "%", "state=%zz", "code=c;state=x",
				"code=c&state=__proto__", "code=c&state=constructor",
			}, func(q string) Step { return returns("ada", "google", q) }),
			each([]string{"/callback/", "/callback", "/callback/google/", "/callback/GOOGLE", "/callback/%67oogle", "/callback/google%00", "/callback/..%2fgoogle", "/callback/google/x", "/callback/" + strings.Repeat("g", 5000), "/callback/__proto__", "/callback/constructor", "/callback/a%0d%0ab"}, func(path string) Step {
				return get(path + "?code=c&state=x").named("GET " + show(path))
			}),
			request("HEAD", "/callback/google?code=c&state=x"), request("DELETE", "/callback/google"), request("OPTIONS", "/callback/google"),
		)},
		{Name: "social input/within a flow", Steps: steps(all([]string{
			"code=a&code=b&state={{state}}", "code[]=a&state={{state}}", "error=%0d%0aX&state={{state}}", "error=<script>alert(1)</script>&state={{state}}",
			"error=a&error_description=<b>&state={{state}}", "error[]=a&state={{state}}", "code=" + "{{repeat:c*5000}}" + "&state={{state}}", "error=%F0%9F%92%A9&state={{state}}", "error=a%26b=c&state={{state}}", "code=c&state={{state}}&state=x", "code=c&user=[1]&state={{state}}",
		}, func(q string) []Step {
			return steps(begins("ada", "google", obj{"errorCallbackURL": "/oops?a=1"}), returns("ada", "google", q))
		}))},
		{Name: "social input/NUL within a flow", Steps: steps(all([]string{
			"code=a%00b&state={{state}}", "error=a&error_description=b%00c&state={{state}}",
		}, func(q string) []Step { return steps(begins("ada", "google", nil), returns("ada", "google", q)) }))},
		{Name: "social input/forms that come back", Steps: steps(each([]struct{ body, media string }{
			{"code=c&state=x", "text/plain"}, {"code=c&state=x", ""}, {"code=c&state=x", "multipart/form-data; boundary=x"}, {`["code"]`, jsonType}, {`{"code":["a"],"state":7}`, jsonType}, {`{"code":null}`, jsonType}, {"null", jsonType}, {"{", jsonType}, {"", jsonType},
			{"code=c&code=d&state=x", "application/x-www-form-urlencoded"}, {"code=%00&state=%00", "application/x-www-form-urlencoded"}, {"code[]=c&state[]=x", "application/x-www-form-urlencoded"}, {"%", "application/x-www-form-urlencoded"}, {"&&&", "application/x-www-form-urlencoded"},
			{"code=c&state=a%0d%0ab", "application/x-www-form-urlencoded"}, {"user=" + strings.Repeat("u", 3000), "application/x-www-form-urlencoded; charset=utf-8"}, {"code=a+b&state=%C3%A9", "APPLICATION/X-WWW-FORM-URLENCODED"}, {"other=1", "application/x-www-form-urlencoded"},
		}, func(f struct{ body, media string }) Step {
			return post("/callback/apple", raw(f.body)).media(f.media).named(fmt.Sprintf("%s as %q", show(f.body), f.media))
		}), post("/callback/nobody", raw("code=c")).media("application/x-www-form-urlencoded"), post("/callback/a%2fb?x=1", raw("code=c")).media("application/x-www-form-urlencoded"))},
		{Name: "social input/cookies of the state", On: []string{"social"}, Steps: steps(all([]string{"x", "", "{{state}}", "{{state}}.", "{{state}}.AAAA", format.Sign("another secret", "x"), "{{sign:other}}"}, func(value string) []Step {
			return steps(begins("ada", "google", nil), edit("another", func(s *Side) error { s.vars["other"] = "other-state"; return nil }), setCookie("ada", "better-auth.state", value), returns("ada", "google", withCode).named("cookie "+show(value)))
		}))},
		{Name: "social input/cookies of the state, encrypted", On: []string{"social-cookie"}, Steps: steps(all([]string{"x", "", "{}", "00", strings.Repeat("ab", 100)}, func(value string) []Step {
			return steps(begins("ada", "google", nil), setCookie("ada", "better-auth.oauth_state", value), returns("ada", "google", withCode).named("cookie "+show(value)))
		}))},
		{Name: "social input/accounts", Steps: steps(member("ada"), each([]string{
			"/account-info?accountId=%00", "/account-info?accountId[]=x", "/account-info?accountId=a&accountId=b", "/account-info?accountId=", "/list-accounts?x[]=1",
		}, func(path string) Step { return get(path).as("ada") }), each([]string{"/unlink-account", "/refresh-token", "/get-access-token", "/link-social"}, func(path string) Step {
			return post(path, raw(`{"providerId":"a\u0000b","provider":"a\u0000b"}`)).as("ada").named(path + " with NUL")
		}), each([]string{"/unlink-account", "/refresh-token", "/get-access-token", "/link-social"}, func(path string) Step {
			return post(path, raw(`{"providerId":"__proto__","provider":"__proto__","accountId":"x"}`)).as("ada").named(path + " with __proto__")
		}), each([]string{"/unlink-account", "/refresh-token", "/get-access-token", "/link-social"}, func(path string) Step {
			return post(path, raw(`[]`)).as("ada").named(path + " with a list")
		}))},
	}
	for i := range out {
		if out[i].On == nil {
			out[i].On = []string{"social", "social-cookie"}
		}
	}
	return out
}
