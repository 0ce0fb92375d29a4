package main

import "fmt"

func routingScenarios() []Scenario {
	return []Scenario{
		{Name: "routing/ok and error", Steps: steps(
			get("/ok"), request("HEAD", "/ok"), post("/ok", obj{}), request("OPTIONS", "/ok"), get("/ok?x=1"),
			each([]string{
				"", "?error=", "?error=access_denied", "?error=it's", "?error=<script>", "?error=a%20b", "?error=x&error_description=Some%20text", "?error=x&error_description=<b>&x=1",
				"?error=%E2%9C%93", "?error_description=only", "?error=a&error=b", "?error=A-Z_0-9", "?error=a.b", "?error=x&error_description=a%2Bb+c%26d", "?error=%",
			}, func(q string) Step { return get("/error" + q) }),
			post("/error", obj{}), request("HEAD", "/error?error=x"),
		)},
		{Name: "routing/unknown routes", On: []string{"core", "minimal", "rate-limited"}, Steps: steps(
			each([]string{
				"", "/", "/unknown", "/sign-in", "/sign-in/", "/sign-in/email/", "/sign-in/email/extra", "//sign-in/email", "/sign-in//email", "/Sign-In/Email", "/%73ign-in/email",
				"/sign-in/./email", "/x/../ok", "/ok/", "//ok", "/ok//", "/ok%2F", "/ok%00", "/ok;a=b", "/ok.json", "/ok?/", "/ok#x", "/get-session/", "/get_session", "/reset-password", "/callback",
				"/callback/", "/delete-user/", "/delete-user/callback/", "/openapi.json", "/reference", "/sign-up", "/error/", "/set-password", "/%", "/%zz", "/\\ok", "/ok%20",
			}, func(p string) Step { return get(p) }),
			each([]string{"/", "/api", "/api/", "/api/auth", "/api/authx/ok", "/API/AUTH/ok", "/api//auth/ok", "//api/auth/ok", "/ok", "/sign-in/email", "/favicon.ico", "/api/auth/../auth/ok", "/api/auth?x=1"},
				func(p string) Step { return get(p).absolute().named("GET " + p + " outside") }),
			each([]string{"/api/auth", "/", "/ok"}, func(p string) Step { return post(p, obj{}).absolute().named("POST " + p + " outside") }),
		)},
		{Name: "routing/wrong methods", On: []string{"core", "minimal"}, Steps: steps(func() []Step {
			var out []Step
			for _, path := range []string{
				"/ok", "/error", "/get-session", "/sign-in/email", "/sign-up/email", "/sign-out", "/list-sessions", "/revoke-session", "/update-user", "/verify-email", "/reset-password",
				"/reset-password/token", "/delete-user", "/delete-user/callback", "/list-accounts", "/change-email", "/request-password-reset", "/unknown",
			} {
				for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"} {
					out = append(out, request(method, path))
				}
			}
			return out
		}())},
		{Name: "routing/preflight", On: []string{"core"}, Steps: steps(
			request("OPTIONS", "/sign-in/email").from("https://app.example.com").with("access-control-request-method", "POST"),
			request("OPTIONS", "/sign-in/email").from("https://evil.example").with("access-control-request-method", "POST"),
			get("/get-session").from("https://app.example.com"),
		)},
	}
}

func bodyScenarios() []Scenario {
	paths := []string{
		"/sign-up/email", "/sign-in/email", "/sign-out", "/request-password-reset", "/reset-password", "/send-verification-email", "/update-user", "/change-password", "/revoke-session",
		"/revoke-sessions", "/delete-user", "/update-session", "/change-email", "/unlink-account",
	}
	bodies := []raw{"", "{}", "[]", "null", "true", "5", `"text"`, "{", "{\"a\":}", "{'a':1}", "{\"a\":1,}", "[1,2", "\xff\xfe", "  {}  ", "\ufeff{}", "{}{}", "// {}", "undefined", "NaN"}
	types := []string{
		"", "application/json", "application/json; charset=utf-8", "application/json;charset=utf-16", "APPLICATION/JSON", "application/vnd.api+json", "application/problem+json", "text/json",
		"text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "application/octet-stream", "application/xml",
		"garbage", "application/json, text/plain", "application/jsonx", "json", ";", "application/*", "text/html",
	}
	valid := raw(`{"email":"nobody@example.com","password":""}`)
	return []Scenario{
		{Name: "body/shapes", On: []string{"core"}, Steps: steps(func() []Step {
			var out []Step
			for _, path := range paths {
				out = append(out, request("POST", path).named(path+" without a body or type"),
					Step{Method: "POST", Path: path, Type: jsonType, Name: path + " with a type alone"})
				for _, b := range bodies {
					out = append(out, post(path, b).named(fmt.Sprintf("%s with %q", path, b)))
				}
			}
			return out
		}())},
		{Name: "body/shapes with a session", On: []string{"core", "minimal"}, Steps: steps(member("ada"), func() []Step {
			var out []Step
			for _, path := range []string{"/update-user", "/update-session", "/revoke-other-sessions", "/change-password"} {
				for _, b := range bodies {
					out = append(out, post(path, b).as("ada").named(fmt.Sprintf("%s with %q", path, b)))
				}
			}
			return out
		}())},
		{Name: "body/media types", On: []string{"core", "minimal"}, Steps: steps(
			each(types, func(t string) Step { return post("/sign-in/email", valid).media(t).named("sign-in as " + t) }),
			each(types, func(t string) Step { return post("/sign-out", raw("{}")).media(t).named("sign-out as " + t) }),
			each(types, func(t string) Step { return post("/sign-in/email", raw("")).media(t).named("empty sign-in as " + t) }),
			post("/sign-in/email", raw("email=nobody%40example.com&password=")).media("application/x-www-form-urlencoded").named("form"),
			post("/sign-in/email", raw("email=a&email=b&password=x")).media("application/x-www-form-urlencoded").named("form with a field twice"),
			post("/sign-up/email", raw("name=A&email=form%40example.com&password=short")).media("application/x-www-form-urlencoded").named("sign-up form"),
			post("/update-user", raw("name=A")).media("application/x-www-form-urlencoded").named("update form"),
			post("/sign-in/email", raw("--x\r\ncontent-disposition: form-data; name=\"email\"\r\n\r\nnobody@example.com\r\n--x--\r\n")).media("multipart/form-data; boundary=x").named("multipart"),
		)},
		{Name: "body/odd JSON", On: []string{"core"}, Steps: steps(
			post("/sign-in/email", raw(`{"email":"a@example.com","email":"nobody","password":"x"}`)),
			post("/sign-in/email", raw(`{"Email":"nobody","PASSWORD":"x"}`)),
			post("/sign-in/email", raw(`{"email":"nobody","password":"x","extra":{"deep":[1,2,{"a":null}]}}`)),
			post("/sign-in/email", raw(`{"email":"nobody","password":"\ud800"}`)),
			post("/sign-in/email", raw(`{"email":"\u006eobody","password":"x"}`)),
			post("/sign-in/email", raw(`{"__proto__":{"email":"nobody"},"password":"x"}`)),
			post("/sign-in/email", raw(`{"constructor":{"prototype":{"a":1}},"email":"nobody","password":"x"}`)),
			post("/sign-in/email", raw(`{"email":1e400,"password":"x"}`)),
			post("/sign-in/email", raw(`{"email":-0,"password":9007199254740993}`)),
			post("/sign-in/email", raw("{\"email\":\"no\tbody\",\"password\":\"x\"}")),
			post("/sign-in/email", raw(`{"email":"nobody","password":"{{repeat:x*100000}}"}`)),
			post("/sign-in/email", raw(`{{repeat:[*2000}}`)),
			post("/update-user", raw(`{"name":"x","__proto__":{"role":"admin"}}`)),
			get("/get-session").with("content-type", "application/json"),
			Step{Method: "GET", Path: "/get-session", Body: raw(`{"a":1}`), Type: jsonType, Name: "GET with a body"},
			Step{Method: "GET", Path: "/get-session", Body: raw(`{`), Type: jsonType, Name: "GET with a broken body"},
		)},
	}
}
