package main

import (
	"net/url"
	"strings"
)

func cookieScenarios() []Scenario {
	type variant struct{ name, header string }
	const value = "{{adaCookie}}"
	variants := []variant{
		{"as it is", sessionCookie + "=" + value},
		{"quoted", sessionCookie + `="` + value + `"`},
		{"with space around", " " + sessionCookie + " = " + value + " "},
		{"after others", "a=b; c=d;" + sessionCookie + "=" + value},
		{"before others", sessionCookie + "=" + value + "; a=b"},
		{"comma-separated", "a=b, " + sessionCookie + "=" + value},
		{"first of two", sessionCookie + "=" + value + "; " + sessionCookie + "=garbage"},
		{"second of two", sessionCookie + "=garbage; " + sessionCookie + "=" + value},
		{"wrong case", strings.ToUpper(sessionCookie) + "=" + value},
		{"secure name", "__Secure-" + sessionCookie + "=" + value},
		{"host name", "__Host-" + sessionCookie + "=" + value},
		{"other prefix", "auth.session_token=" + value},
		{"dash name", "better-auth-session_token=" + value},
		{"empty", sessionCookie + "="},
		{"no equals", sessionCookie},
		{"equals only", "="},
		{"token alone", sessionCookie + "={{adaToken}}"},
		{"token and dot", sessionCookie + "={{adaToken}}."},
		{"wrong signature", sessionCookie + "={{adaToken}}.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D"},
		{"short signature", sessionCookie + "={{adaToken}}.AAAA"},
		{"signature of another", sessionCookie + "=x" + value},
		{"truncated", sessionCookie + "={{adaToken}}.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
		{"bad percent", sessionCookie + "=%E0%A4%A"},
		{"lone percent", sessionCookie + "=%"},
		{"null byte", sessionCookie + "=%00"},
		{"signed unknown token", sessionCookie + "={{sign:unknownToken}}"},
		{"signed empty token", sessionCookie + "={{sign:emptyToken}}"},
		{"twice encoded", sessionCookie + "={{url:adaCookie}}"},
		{"very long", sessionCookie + "={{repeat:a*6000}}"},
		{"many", strings.Repeat("a=b; ", 200) + sessionCookie + "=" + value},
		{"semicolons", ";;;" + sessionCookie + "=" + value + ";;;"},
		{"no space", "a=b;" + sessionCookie + "=" + value + ";c=d"},
		{"plus as space", sessionCookie + "=" + value + "+"},
		{"with attributes", sessionCookie + "=" + value + "; Path=/; HttpOnly"},
		{"dont_remember unsigned", sessionCookie + "=" + value + "; " + rememberOff + "=true"},
		{"dont_remember signed", sessionCookie + "=" + value + "; " + rememberOff + "={{sign:yes}}"},
		{"dont_remember signed false", sessionCookie + "=" + value + "; " + rememberOff + "={{sign:no}}"},
		{"prototype", "__proto__=x; constructor=y; " + sessionCookie + "=" + value},
	}
	prepare := edit("values", func(s *Side) error {
		s.vars["unknownToken"], s.vars["emptyToken"], s.vars["yes"], s.vars["no"] = "unknownunknownunknownunknown1234", "", "true", "false"
		decoded, err := url.PathUnescape(s.vars["adaCookie"])
		s.vars["adaDecoded"] = decoded
		return err
	})
	asked := each(variants, func(v variant) Step { return get("/get-session").with("cookie", v.header).named("cookie " + v.name) })
	decoded := get("/get-session").with("cookie", sessionCookie+"={{adaDecoded}}").named("cookie not encoded")
	return []Scenario{
		{Name: "cookies/session token", On: sessionProfiles, Steps: steps(member("ada"), prepare, asked, decoded)},
		{Name: "cookies/session token, listing", On: []string{"core", "cookie-cache-compact"}, Steps: steps(member("ada"), prepare,
			each(variants, func(v variant) Step {
				return get("/list-sessions").with("cookie", v.header).named("list, cookie " + v.name)
			}))},
		{Name: "cookies/session token, sign-out", On: []string{"core", "minimal"}, Steps: steps(member("ada"), prepare,
			each(variants[7:], func(v variant) Step {
				return post("/sign-out", obj{}).with("cookie", v.header).named("sign out, cookie " + v.name)
			}))},
		{Name: "cookies/renewal when not remembered", On: []string{"core", "minimal"}, Steps: steps(member("ada"), prepare,
			rows("UPDATE session SET expiresAt = '{{iso:120h}}'"),
			get("/get-session").with("cookie", sessionCookie+"="+value+"; "+rememberOff+"={{sign:yes}}").named("signed true"),
			get("/get-session").with("cookie", sessionCookie+"="+value+"; "+rememberOff+"=true").named("unsigned"),
			rows("UPDATE session SET expiresAt = '{{iso:120h}}'"),
			get("/get-session").with("cookie", sessionCookie+"="+value+"; "+rememberOff+"={{sign:no}}").named("signed false"),
		)},
		{Name: "cookies/several header lines", On: []string{"core"}, Steps: steps(member("ada"),
			get("/get-session").with("cookie", "a=b").with("cookie", sessionCookie+"="+value),
			get("/get-session").with("authorization", "Bearer {{adaToken}}"),
		)},
	}
}
