package main

import (
	"maps"
	"net/url"
)

// origins are put in Origin, in Referer and in callback fields.
var origins = []string{
	"{{origin}}", "https://app.example.com", "http://app.example.com", "https://app.example.com:443", "https://app.example.com:8443", "https://APP.example.com", "https://app.example.com/",
	"https://app.example.com.evil.example", "https://evil.example", "https://evil.example/https://app.example.com", "https://a.trusted.example", "https://a.b.trusted.example", "https://trusted.example",
	"https://a.trusted.example:8443", "http://a.trusted.example", "https://atrusted.example", "https://a.trusted.example.evil.example", "https://a.trusted.example/path", "myapp://", "myapp://open/here",
	"myapp:open", "MYAPP://", "myapps://x", "null", "file://", "javascript:alert(1)", "data:text/html,x", "https://", "https:evil.example", "//evil.example", "nonsense", "http://localhost", "http://localhost:1",
	"https://app.example.com@evil.example", "https://user:pw@app.example.com", "{{origin}}.evil.example", "{{origin}}@evil.example", "https://app.example.com\\@evil.example", "http://127.0.0.1", "ftp://app.example.com",
	"https://xn--app.example.com", "https://äpp.trusted.example", "https://app.example.com https://evil.example", "https://app.example.com, https://evil.example", " https://app.example.com",
}

func originScenarios() []Scenario {
	visit := post("/update-user", obj{"name": "x"}).as("ada")
	bare := post("/sign-in/email", obj{"email": "nobody", "password": "x"})
	return []Scenario{
		{Name: "origin/with cookies", On: []string{"core", "minimal"}, Steps: steps(
			member("ada"),
			each(origins, func(o string) Step { return visit.from(o).named("origin " + o) }),
			each(origins, func(o string) Step { return visit.from(noOrigin).with("referer", o).named("referer " + o) }),
			visit.from(noOrigin).named("neither"),
			visit.from("").named("empty origin"),
			visit.from("null").with("referer", "{{origin}}/x").named("null with a good referer"),
			visit.from("https://evil.example").with("referer", "{{origin}}/x").named("bad with a good referer"),
			visit.from("{{origin}}").with("referer", "https://evil.example").named("good with a bad referer"),
			visit.from(noOrigin).with("referer", "{{origin}}/page?x=1#y").named("referer with a path"),
			get("/get-session").as("ada").from("https://evil.example"),
			request("HEAD", "/get-session").as("ada").from("https://evil.example"),
			request("OPTIONS", "/update-user").as("ada").from("https://evil.example"),
			post("/unknown", obj{}).as("ada").from("https://evil.example"),
			post("/sign-out", obj{}).as("ada").from("https://evil.example"),
			whoami("ada"),
		)},
		{Name: "origin/any cookie counts", On: []string{"core", "minimal"}, Steps: steps(
			bare.with("cookie", "other=1").from("https://evil.example"),
			bare.with("cookie", "other=1").from(noOrigin),
			bare.with("cookie", "").from("https://evil.example"),
			bare.with("cookie", "=").from("https://evil.example"),
			bare.from("https://evil.example").named("no cookie, foreign origin"),
			bare.from(noOrigin).named("no cookie, no origin"),
			post("/sign-out", nil).with("cookie", "other=1").from("https://evil.example"),
			post("/request-password-reset", obj{"email": "nobody@example.com"}).with("cookie", "a=b").from("https://evil.example"),
		)},
		{Name: "origin/fetch metadata", On: []string{"core", "minimal"}, Steps: metadataCases()},
		{Name: "origin/proxy headers", On: []string{"core"}, Steps: steps(
			member("ada"),
			visit.from("https://proxy.example").with("x-forwarded-host", "proxy.example").with("x-forwarded-proto", "https"),
			visit.with("host", "evil.example").from("http://evil.example"),
			visit.with("host", "evil.example"),
			get("/verify-email?token=x&callbackURL=https://proxy.example/x").with("x-forwarded-host", "proxy.example").with("x-forwarded-proto", "https"),
		)},
	}
}

// metadataCases sends every combination of site, mode and origin that decides.
func metadataCases() []Step {
	var out []Step
	for _, path := range []string{"/sign-in/email", "/sign-up/email"} {
		body := obj{"email": "nobody", "password": "x", "name": "n"}
		for _, site := range []string{"", "same-origin", "same-site", "cross-site", "none", "odd"} {
			for _, mode := range []string{"", "navigate", "cors", "no-cors"} {
				for _, origin := range []string{noOrigin, "{{origin}}", "https://evil.example", "null"} {
					s := post(path, body).from(origin).named(path + " " + site + " " + mode + " " + origin)
					if site != "" {
						s = s.with("sec-fetch-site", site)
					}
					if mode != "" {
						s = s.with("sec-fetch-mode", mode)
					}
					out = append(out, s)
				}
			}
		}
		out = append(out, post(path, body).from(noOrigin).with("sec-fetch-dest", "document").named(path+" dest alone"),
			post(path, body).from(noOrigin).with("sec-fetch-user", "?1").named(path+" user alone"),
			post(path, body).from("https://evil.example").with("sec-fetch-site", "cross-site").with("sec-fetch-mode", "navigate").with("cookie", "a=b").named(path+" with a cookie"))
	}
	return append(out, post("/sign-out", nil).from(noOrigin).with("sec-fetch-site", "cross-site").with("sec-fetch-mode", "navigate"),
		post("/request-password-reset", obj{"email": "nobody@example.com"}).from(noOrigin).with("sec-fetch-site", "cross-site").with("sec-fetch-mode", "navigate"))
}

// relatives are callback values without an origin.
var relatives = []string{
	"/", "/x", "/x/y", "//evil.example", "/\\evil.example", "/%2fevil.example", "/%2F%2Fevil.example", "/%5cevil.example", "\\\\evil.example", "/x?y=z", "/x?y=z&a=b", "/x?u=https://evil.example", "/x?u=%2Fy",
	"/x#frag", "/x:y", "/x[1]", "/x y", "/x%20y", "/x+y", "/x@y", "/x.y", "/-", "/_", "/é", "/😀", "/x;y", "/x,y", "/x'y", "/x\"y", "/x<y>", "x", "x/y", "./x", "../x", "?x=y", "#x", "", " ", " /x", "/x ", "/x\n", "/x\ty",
	"/x?y=a b", "/x??", "/x?y=(z)", "/~user", "/a=b", "/a&b", "/a%", "/x?y=%", "/x/../y", "/x//y", "/*", "/x?y=z#w", "/@evil.example", "/.evil.example",
}

func callbackScenarios() []Scenario {
	all := append(append([]string{}, origins...), relatives...)
	all = append(all, "{{origin}}/x", "{{origin}}/x?y=z#w", "{{origin}}//evil.example", "https://app.example.com/x?y=z", "https://a.trusted.example/x?y", "https://evil.example/x")
	const only = "core"
	field := func(path, name string, base obj) []Step {
		return each(all, func(u string) Step { return post(path, plus(base, name, u)).named(name + " " + u) })
	}
	query := func(path string) []Step {
		return each(all, func(u string) Step {
			s := get(path).named(path + " " + u)
			s.Edit = func(side *Side) error {
				side.vars["callback"] = side.fill(u)
				return nil
			}
			s.Path += "callbackURL={{url:callback}}"
			return s
		})
	}
	login := obj{"email": "nobody", "password": "x"}
	out := []Scenario{
		{Name: "callback/callbackURL", On: []string{only, "minimal"}, Steps: field("/sign-in/email", "callbackURL", login)},
		{Name: "callback/redirectTo", On: []string{only}, Steps: field("/request-password-reset", "redirectTo", obj{"email": "nobody@example.com"})},
		{Name: "callback/errorCallbackURL", On: []string{only}, Steps: field("/sign-in/email", "errorCallbackURL", login)[:60]},
		{Name: "callback/newUserCallbackURL", On: []string{only}, Steps: field("/sign-in/email", "newUserCallbackURL", login)[:60]},
		{Name: "callback/verify-email", On: []string{only, "minimal"}, Steps: query("/verify-email?token=x&")},
		{Name: "callback/reset-password", On: []string{only}, Steps: query("/reset-password/token?")},
		{Name: "callback/delete-user", On: []string{only}, Steps: query("/delete-user/callback?token=x&")[:40]},
		{Name: "callback/types", On: []string{only}, Steps: steps(
			func() []Step {
				var out []Step
				for _, name := range []string{"callbackURL", "redirectTo", "errorCallbackURL", "newUserCallbackURL"} {
					for _, v := range wrongTypes {
						out = append(out, post("/sign-in/email", plus(maps.Clone(login), name, v)).named(name+" is "+show(v)))
					}
				}
				return out
			}(),
			post("/sign-out", obj{"callbackURL": "https://evil.example"}),
			post("/unknown", obj{"callbackURL": "https://evil.example"}),
			post("/sign-in/email?callbackURL="+url.QueryEscape("https://evil.example"), login),
			post("/sign-in/email?callbackURL=/good", plus(login, "callbackURL", "https://evil.example")),
			post("/sign-in/email?callbackURL="+url.QueryEscape("https://evil.example"), plus(login, "callbackURL", "/good")),
		)},
	}
	return out
}
