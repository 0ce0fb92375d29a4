package main

import "fmt"

func signInScenarios() []Scenario {
	in := obj{"email": "ada@example.com", "password": password}
	return []Scenario{
		{Name: "sign-in/happy path", Steps: steps(
			verified("ada"),
			post("/sign-in/email", in).as("second"),
			whoami("second"),
			post("/sign-in/email", plus(in, "callbackURL", "/dashboard")).as("third"),
			whoami("third"),
			get("/list-sessions").as("third"),
			post("/sign-out", obj{}).as("third"),
			whoami("third"),
		)},
		{Name: "sign-in/refused", Steps: steps(
			member("ada"),
			post("/sign-in/email", plus(in, "password", "wrong password")).as("x"),
			post("/sign-in/email", plus(in, "password", "")).as("x"),
			post("/sign-in/email", plus(in, "password", "PASSWORD1234")).as("x"),
			post("/sign-in/email", plus(in, "password", password+" ")).as("x"),
			post("/sign-in/email", plus(in, "password", "{{repeat:x*5000}}")).as("x"),
			post("/sign-in/email", plus(in, "email", "nobody@example.com")).as("x"),
			post("/sign-in/email", plus(in, "email", "not an address")).as("x"),
			post("/sign-in/email", plus(in, "email", " ada@example.com")).as("x"),
			post("/sign-in/email", plus(in, "email", "ADA@EXAMPLE.COM")).as("x"),
			whoami("x"),
		)},
		{Name: "sign-in/not remembered", Steps: steps(
			verified("ada"),
			post("/sign-in/email", plus(in, "rememberMe", false)).as("b"),
			whoami("b"),
			rows("UPDATE session SET expiresAt = '{{iso:10h}}', updatedAt = '{{iso:-14h}}'"),
			whoami("b"),
			post("/update-user", obj{"name": "Renamed"}).as("b"),
			post("/sign-in/email", plus(in, "rememberMe", true)).as("b"),
			whoami("b"),
			post("/sign-in/email", plus(in, "rememberMe", false)).as("b"),
			post("/sign-out", nil).as("b"),
			whoami("b"),
		), On: withRows},
		{Name: "sign-in/account without password", On: []string{"core", "minimal"}, Steps: steps(
			member("ada"),
			rows("UPDATE account SET password = NULL"),
			signIn("ada"),
			rows("DELETE FROM account"),
			signIn("ada"),
			rows("UPDATE user SET email = 'ADA@example.com'"),
			signIn("ada"),
		)},
		{Name: "sign-in/broken hash", On: []string{"core"}, Steps: steps(
			member("ada"),
			each([]string{"nonsense", "", ":", "salt:", ":key", "00:11", "a:b:c"}, func(hash string) Step {
				s := signIn("ada").named("hash " + hash)
				s.Edit = func(s *Side) error { return s.exec("UPDATE account SET password = '" + hash + "'") }
				return s
			}),
		)},
		{Name: "sign-in/passwords round trip", On: []string{"core"}, Steps: steps(func() []Step {
			var out []Step
			for i, p := range []string{"        ", "😀😀😀😀", "pässwörd", "пароль12", "{{repeat:z*128}}", "ﬁﬁﬁﬁﬁﬁﬁﬁ", "quote\"'\\<>&"} {
				email := fmt.Sprintf("p%d@example.com", i)
				out = append(out, post("/sign-up/email", obj{"name": "P", "email": email, "password": p}),
					post("/sign-in/email", obj{"email": email, "password": p}).named("again "+p))
			}
			return append(out,
				post("/sign-in/email", obj{"email": "p2@example.com", "password": "pa\u0308sswo\u0308rd"}).named("decomposed"),
				post("/sign-in/email", obj{"email": "p5@example.com", "password": "fififififififififififi"[:16]}).named("compatibility form"))
		}())},
		{Name: "sign-out/without a session", Steps: steps(
			post("/sign-out", nil).as("x"),
			post("/sign-out", obj{}).as("x"),
			post("/sign-out", obj{"any": "thing"}).as("x"),
			post("/sign-out", raw("{not json")).as("x"),
			post("/sign-out", nil).media("text/plain").as("x"),
			setCookie("x", sessionCookie, "garbage"),
			post("/sign-out", nil).as("x"),
			request("GET", "/sign-out").as("x"),
		)},
		{Name: "sign-out/twice", Steps: steps(
			verified("ada"),
			edit("copy cookies", func(s *Side) error {
				for k, v := range s.jar("ada") {
					s.jar("copy")[k] = v
				}
				return nil
			}),
			post("/sign-out", obj{}).as("ada"),
			post("/sign-out", obj{}).as("copy"),
			whoami("copy"),
		)},
	}
}

// withRows are the profiles whose sessions are rows of the database.
var withRows = []string{"minimal", "core", "verification", "cookie-cache-compact", "cookie-cache-jwt", "cookie-cache-jwe", "rate-limited"}
