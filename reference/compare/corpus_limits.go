package main

func rateLimitScenarios() []Scenario {
	on := []string{"rate-limited"}
	from := func(ip string, s Step) Step { return s.with("x-forwarded-for", ip) }
	times := func(n int, s Step) []Step {
		var out []Step
		for range n {
			out = append(out, s)
		}
		return out
	}
	bad := post("/sign-in/email", obj{"email": "nobody", "password": "x"})
	later := rows("UPDATE rateLimit SET lastRequest = {{ms:-11s}}")
	return []Scenario{
		{Name: "limit/default window", On: on, Steps: steps(
			times(8, from("203.0.113.1", get("/get-session"))),
			from("203.0.113.2", get("/get-session")),
			from("203.0.113.1", get("/list-accounts")),
			later,
			from("203.0.113.1", get("/get-session")),
			times(7, from("203.0.113.1", get("/get-session"))),
		)},
		{Name: "limit/sign-in", On: on, Steps: steps(times(5, from("203.0.113.1", bad)), from("203.0.113.1", post("/sign-in/email", obj{"email": "other", "password": "x"})), from("203.0.113.9", bad))},
		{Name: "limit/sign-up", On: on, Steps: steps(times(5, from("203.0.113.1", post("/sign-up/email", obj{"email": "bad", "password": "x", "name": "n"}))))},
		{Name: "limit/password reset", On: on, Steps: steps(
			times(5, from("203.0.113.1", post("/request-password-reset", obj{"email": "nobody@example.com"}))),
			times(8, from("203.0.113.1", post("/reset-password", obj{"newPassword": "new password", "token": "x"}))),
			times(5, from("203.0.113.1", post("/send-verification-email", obj{"email": "nobody@example.com"}))),
		)},
		{Name: "limit/change password and e-mail", On: on, Steps: steps(
			member("ada"),
			times(5, from("203.0.113.1", post("/change-password", obj{"newPassword": "short", "currentPassword": "x"}).as("ada"))),
			times(5, from("203.0.113.1", post("/change-email", obj{"newEmail": "n@example.com"}).as("ada"))),
			times(8, from("203.0.113.1", post("/update-user", obj{}).as("ada"))),
		)},
		{Name: "limit/custom rules", On: on, Steps: steps(
			times(10, from("203.0.113.1", get("/ok"))),
			times(4, from("203.0.113.1", get("/list-sessions"))),
			later,
			times(2, from("203.0.113.1", get("/list-sessions"))),
			rows("UPDATE rateLimit SET lastRequest = {{ms:-21s}}"),
			times(3, from("203.0.113.1", get("/list-sessions"))),
		)},
		{Name: "limit/no address, no limit", On: on, Steps: steps(times(8, get("/get-session")), times(8, from("not an address", get("/get-session"))))},
		{Name: "limit/addresses", On: on, Steps: steps(
			each(clientAddresses, func(ip string) Step { return from(ip, get("/get-session")).named("from " + ip) }),
			times(7, from("2001:db8:1:2::1", get("/get-session"))),
			from("2001:db8:1:2:ffff::9", get("/get-session")),
			from("2001:db8:1:3::1", get("/get-session")),
		)},
		{Name: "limit/paths", On: on, Steps: steps(
			times(7, from("203.0.113.1", get("/unknown"))),
			times(3, from("203.0.113.1", get("/get-session/"))),
			times(3, from("203.0.113.1", get("/get-session?x=1"))),
			times(3, from("203.0.113.1", request("HEAD", "/get-session"))),
			times(3, from("203.0.113.1", request("OPTIONS", "/get-session"))),
			times(4, from("203.0.113.1", get("/reset-password/a?callbackURL=/x"))),
			times(4, from("203.0.113.1", get("/reset-password/b?callbackURL=/x"))),
			times(2, from("203.0.113.1", post("/sign-out", raw("{")))),
			times(2, from("203.0.113.1", post("/sign-out", obj{}).media("text/plain"))),
			times(2, from("203.0.113.1", post("/sign-out", obj{}).with("cookie", "a=b").from("https://evil.example"))),
		)},
		{Name: "limit/blocked requests do nothing", On: on, Steps: steps(
			times(4, from("203.0.113.1", post("/sign-up/email", obj{"email": "ada@example.com", "password": password, "name": "A"}).as("ada"))),
			whoami("ada"),
			rows("UPDATE rateLimit SET lastRequest = {{ms:-9s}}"),
			from("203.0.113.1", post("/sign-up/email", obj{"email": "bob@example.com", "password": password, "name": "B"})),
			later,
			from("203.0.113.1", post("/sign-up/email", obj{"email": "bob@example.com", "password": password, "name": "B"})),
		)},
		{Name: "limit/in secondary storage", On: []string{"secondary-storage"}, Steps: steps(
			times(5, from("203.0.113.1", bad)),
			times(3, from("203.0.113.1", get("/get-session"))),
			from("2001:db8::1", get("/get-session")),
			get("/get-session"),
			from("203.0.113.1", get("/unknown")),
		)},
	}
}

func secondaryScenarios() []Scenario {
	on := []string{"secondary-storage"}
	return []Scenario{
		{Name: "secondary/sessions", On: on, Steps: steps(
			member("ada"), signInAs("two", "ada"),
			get("/list-sessions").as("ada"),
			post("/update-user", obj{"name": "Changed"}).as("two"),
			whoami("ada"),
			post("/sign-out", obj{}).as("ada"),
			get("/list-sessions").as("two"),
		)},
		{Name: "secondary/entry gone", On: on, Steps: steps(
			member("ada"),
			edit("forget the session", func(s *Side) error {
				s.server.Redis.Edit("better-auth:"+s.vars["adaToken"], func(string) string { return "" })
				return nil
			}),
			whoami("ada"),
			get("/list-sessions").as("ada"),
		)},
		{Name: "secondary/list gone", On: on, Steps: steps(
			member("ada"),
			edit("forget the list", func(s *Side) error {
				s.server.Redis.Edit("better-auth:active-sessions-*", func(string) string { return "" })
				return nil
			}),
			whoami("ada"),
			get("/list-sessions").as("ada"),
			post("/update-user", obj{"name": "x"}).as("ada"),
			signInAs("two", "ada"),
			post("/revoke-sessions", obj{}).as("ada"),
			whoami("ada"),
		)},
		{Name: "secondary/broken entries", On: on, Steps: steps(
			member("ada"), keepJar("ada"),
			each([]string{"garbage", "{}", "null", "[]", `{"session":{}}`, `{"session":null,"user":null}`}, func(v string) Step {
				s := whoami("ada").named("entry " + v)
				s.Edit = func(side *Side) error {
					side.again("ada")
					side.server.Redis.Put("better-auth:"+side.vars["adaToken"], v)
					return nil
				}
				return s
			}),
		)},
		{Name: "secondary/reset and verification", On: on, Steps: steps(
			member("ada"),
			post("/request-password-reset", obj{"email": "ada@example.com", "redirectTo": "/r"}).save("link", "outbox.url"),
			get("{{link}}"),
			resetWith("once", obj{"newPassword": "brand new password"}),
			resetWith("twice", obj{"newPassword": "brand new password"}),
		)},
	}
}
