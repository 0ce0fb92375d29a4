package main

import "time"

func verificationScenarios() []Scenario {
	return []Scenario{
		{Name: "verify-email/sign-up flow", On: []string{"verification"}, Steps: steps(
			post("/sign-up/email", obj{"name": "Ada", "email": "Ada@example.com", "password": password, "callbackURL": "/welcome?a=b"}).as("ada").save("link", "outbox.url"),
			whoami("ada"),
			signIn("ada").save("other", "outbox.url"),
			get("{{link}}").as("ada"),
			whoami("ada"),
			get("{{link}}").as("ada"),
			get("{{other}}").as("b"),
			signIn("ada"),
			get("/list-sessions").as("ada"),
		)},
		{Name: "verify-email/sign-in sends again", On: []string{"verification"}, Steps: steps(
			member("ada"),
			post("/sign-in/email", obj{"email": "ada@example.com", "password": "wrong password"}),
			post("/sign-in/email", obj{"email": "ada@example.com", "password": password, "callbackURL": "/after"}).as("x").save("link", "outbox.url"),
			get("{{link}}").as("x"),
			whoami("x"),
		)},
		{Name: "verify-email/address in use", On: []string{"verification"}, Steps: steps(
			member("ada"),
			member("ada"),
			markVerified("ada"),
			member("ada"),
			post("/sign-up/email", obj{"name": "Other", "email": "ADA@example.com", "password": "other password", "image": "https://x.example/i.png"}),
			post("/sign-up/email", obj{"name": "Other", "email": "ada@example.com", "password": "short"}),
		)},
		{Name: "verify-email/send", Steps: steps(
			member("ada"),
			post("/send-verification-email", obj{"email": "ada@example.com"}).save("link", "outbox.url"),
			post("/send-verification-email", obj{"email": "ADA@example.com"}),
			post("/send-verification-email", obj{"email": "nobody@example.com", "callbackURL": "/x"}),
			post("/send-verification-email", obj{"email": "ada@example.com", "callbackURL": "https://evil.example"}),
			post("/send-verification-email", obj{"email": "ada@example.com", "callbackURL": "/cb?x=1"}).as("ada").save("link", "outbox.url"),
			post("/send-verification-email", obj{"email": "other@example.com"}).as("ada"),
			post("/send-verification-email", obj{"email": "ADA@example.com"}).as("ada"),
			get("{{link}}").as("ada"),
			whoami("ada"),
			get("/get-session?disableCookieCache=true").as("ada"),
			post("/send-verification-email", obj{"email": "ada@example.com"}).as("ada"),
			post("/send-verification-email", obj{"email": "ada@example.com"}),
		)},
		{Name: "verify-email/without callback", Steps: steps(
			member("ada"),
			post("/send-verification-email", obj{"email": "ada@example.com"}).save("token", "outbox.token"),
			get("/verify-email?token={{token}}").as("ada"),
			get("/verify-email?token={{token}}").as("ada"),
			whoami("ada"),
			request("HEAD", "/verify-email?token={{token}}"),
			post("/verify-email?token={{token}}", obj{}),
		)},
		{Name: "verify-email/tokens refused", Steps: steps(
			member("ada"),
			tokenCases(),
		)},
		{Name: "verify-email/tokens of change", Steps: steps(
			verified("ada"),
			setToken("a", "ada@example.com", time.Hour, obj{"updateTo": "legacy@example.com"}),
			get("/verify-email?token={{a}}&callbackURL=/x").as("ada"),
			whoami("ada"),
			setToken("b", "legacy@example.com", time.Hour, obj{"updateTo": "second@example.com", "requestType": "change-email-verification"}),
			get("/verify-email?token={{b}}"),
			setToken("c", "second@example.com", time.Hour, obj{"updateTo": "third@example.com", "requestType": "change-email-confirmation"}),
			get("/verify-email?token={{c}}&callbackURL=/y").as("ada"),
			setToken("d", "second@example.com", time.Hour, obj{"updateTo": "fourth@example.com", "requestType": "unknown"}),
			get("/verify-email?token={{d}}").as("other"),
			whoami("other"),
			setToken("e", "gone@example.com", time.Hour, obj{"updateTo": "fifth@example.com", "requestType": "change-email-verification"}),
			get("/verify-email?token={{e}}"),
			get("/verify-email?token={{e}}&callbackURL=/z"),
		)},
		{Name: "verify-email/another user's session", Steps: steps(
			member("ada"), verified("eve"),
			setToken("a", "ada@example.com", time.Hour, obj{}),
			get("/verify-email?token={{a}}&callbackURL=/x").as("eve"),
			whoami("eve"),
		)},
	}
}

func tokenCases() []Step {
	type tokenCase struct {
		name     string
		lifetime time.Duration
		email    string
		extra    obj
	}
	cases := []tokenCase{
		{"expired", -time.Minute, "ada@example.com", nil},
		{"expired just now", 0, "ada@example.com", nil},
		{"of nobody", time.Hour, "nobody@example.com", nil},
		{"in upper case", time.Hour, "ADA@EXAMPLE.COM", nil},
		{"without e-mail", time.Hour, "", obj{"email": absent}},
		{"with a bad e-mail", time.Hour, "nonsense", nil},
		{"with a number as e-mail", time.Hour, "", obj{"email": 5}},
		{"without expiry", time.Hour, "nobody@example.com", obj{"exp": absent}},
		{"not yet valid", time.Hour, "ada@example.com", obj{"nbf": time.Now().Add(time.Hour).Unix()}},
		{"with a text as expiry", time.Hour, "ada@example.com", obj{"exp": "tomorrow"}},
		{"with a number as request type", time.Hour, "ada@example.com", obj{"requestType": 5}},
	}
	var out []Step
	for _, c := range cases {
		out = append(out, setToken("t", c.email, c.lifetime, c.extra),
			get("/verify-email?token={{t}}").named("token "+c.name),
			get("/verify-email?token={{t}}&callbackURL=/cb").named("token "+c.name+" with callback"),
			get("/verify-email?token={{t}}&callbackURL=%2Fcb%3Fa%3Db").named("token "+c.name+" with callback and query"))
	}
	garbage := []string{
		"", "x", "a.b.c", "..", "eyJhbGciOiJub25lIn0.eyJlbWFpbCI6ImFkYUBleGFtcGxlLmNvbSJ9.", "{{t}}x", "eyJhbGciOiJIUzUxMiJ9.eyJlbWFpbCI6ImFkYUBleGFtcGxlLmNvbSJ9.AAAA",
		"eyJhbGciOiJIUzI1NiJ9.eyJlbWFpbCI6ImFkYUBleGFtcGxlLmNvbSJ9.AAAA", "%00", "{{repeat:a*5000}}",
	}
	for _, g := range garbage {
		out = append(out, get("/verify-email?token="+g).named("token "+short(g)), get("/verify-email?token="+g+"&callbackURL=/cb").named("token "+short(g)+" with callback"))
	}
	return append(out, get("/verify-email?token=x&callbackURL=https%3A%2F%2Fevil.example").named("foreign callback"))
}
