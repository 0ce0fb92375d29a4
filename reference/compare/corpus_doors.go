package main

// codeProfiles store codes and links as they are, hashed and encrypted.
var codeProfiles = []string{"passwordless", "passwordless-hashed", "passwordless-encrypted"}

const callerNumber = "+251911121314"

func doorScenarios() []Scenario {
	var out []Scenario
	for _, family := range []func() []Scenario{userNameScenarios, magicLinkScenarios, codeScenarios, phoneScenarios, visitorScenarios} {
		out = append(out, family()...)
	}
	return out
}

func userNameScenarios() []Scenario {
	on := []string{"passwordless"}
	up := func(name string, more obj) obj {
		in := obj{"name": "Ada", "email": name + "@example.com", "password": password}
		for k, v := range more {
			in[k] = v
		}
		return in
	}
	return []Scenario{
		{Name: "username/names at sign-up", On: on, Steps: steps(
			post("/sign-up/email", up("a", obj{"username": "Ada_1", "displayUsername": "The Countess"})).as("a"), whoami("a"),
			post("/sign-up/email", up("b", obj{"username": "ada_1"})), post("/sign-up/email", up("c", obj{"username": "ab"})), post("/sign-up/email", up("d", obj{"username": "{{repeat:a*31}}"})),
			post("/sign-up/email", up("e", obj{"username": "with blank"})), post("/sign-up/email", up("f", obj{"username": ""})), post("/sign-up/email", up("g", obj{"username": nil})),
			post("/sign-up/email", up("h", obj{"username": 5})), post("/sign-up/email", up("i", obj{"displayUsername": "shown"})).as("i"), whoami("i"),
			post("/sign-in/username", obj{"username": "shown", "password": password}).as("j"), post("/sign-in/username", obj{"username": "ADA_1", "password": password, "rememberMe": false}).as("k"), whoami("k"),
			post("/sign-in/username", obj{"username": "ada_1", "password": password, "callbackURL": "/home"}), post("/sign-in/username", obj{"username": "ada_1", "password": password, "callbackURL": "https://evil.example"}),
		)},
		{Name: "username/changes", On: on, Steps: steps(
			post("/sign-up/email", up("a", obj{"username": "ada"})).as("a"), post("/sign-up/email", up("b", obj{"username": "bob"})).as("b"),
			each([]obj{{"username": "bob"}, {"username": "BOB"}, {"username": "ada"}, {"username": "ADA"}, {"username": ""}, {"username": nil}, {"username": 5}, {"username": "x y"}, {"username": "{{repeat:a*31}}"}, {"displayUsername": "Shown"}, {"username": "new", "displayUsername": "Newer"}},
				func(o obj) Step { return post("/update-user", o).as("a").named("change " + show(o)) }),
			whoami("a"), post("/is-username-available", obj{"username": "ADA"}), post("/is-username-available", obj{"username": "new"}), post("/is-username-available", obj{"username": "free"}),
			post("/is-username-available", obj{"username": "no name"}), post("/is-username-available", obj{"username": "ab"}), post("/is-username-available", obj{"username": "{{repeat:a*31}}"}),
		)},
	}
}

func magicLinkScenarios() []Scenario {
	ask := func(more obj) Step {
		in := obj{"email": "ada@example.com"}
		for k, v := range more {
			in[k] = v
		}
		return post("/sign-in/magic-link", in).named("ask "+show(more)).save("link", "outbox.url").save("token", "outbox.token")
	}
	follow := func(jar string) Step { return get("{{link}}").as(jar).named("follow as " + jar) }
	return []Scenario{
		{Name: "magic-link/new and known", On: codeProfiles, Steps: steps(
			ask(obj{"name": "Ada", "callbackURL": "/home", "newUserCallbackURL": "/welcome", "errorCallbackURL": "/failed"}), follow("a"), whoami("a"),
			ask(obj{"callbackURL": "/home", "newUserCallbackURL": "/welcome"}), follow("b"), whoami("b"), ask(obj{}), follow("c"), whoami("c"),
		)},
		{Name: "magic-link/used", On: codeProfiles, Steps: steps(
			ask(obj{"errorCallbackURL": "/failed"}), follow("a"), follow("b"), whoami("b"), get("/magic-link/verify?token={{token}}").as("c"), whoami("c"),
		)},
		{Name: "magic-link/expired", On: codeProfiles, Steps: steps(
			ask(obj{"errorCallbackURL": "/failed?x=1", "callbackURL": "/home"}), rows("UPDATE verification SET expiresAt = '{{iso:-1m}}'"), follow("a"), whoami("a"), follow("a"),
		)},
		{Name: "magic-link/redirects", On: []string{"passwordless"}, Steps: steps(
			each([]obj{{"callbackURL": "https://evil.example"}, {"newUserCallbackURL": "https://evil.example"}, {"errorCallbackURL": "//evil.example"}, {"callbackURL": "/a?b=c#d"}, {"callbackURL": "{{origin}}/x"}}, ask),
			each([]string{"callbackURL=https://evil.example", "errorCallbackURL=https://evil.example", "newUserCallbackURL=https://evil.example", "callbackURL=%2Fok&errorCallbackURL=%2Fbad", ""},
				func(q string) Step { return get("/magic-link/verify?token={{token}}x&" + q) }),
			get("/magic-link/verify?callbackURL=/a"), get("/magic-link/verify?token="), get("/magic-link/verify?token=a&token=b"), request("HEAD", "{{link}}"), follow("a"),
		)},
		{Name: "magic-link/unproven account", On: []string{"passwordless"}, Steps: steps(
			member("ada"), ask(obj{}), follow("b"), whoami("b"), whoami("ada"), signIn("ada").as("c"),
		)},
	}
}

func codeScenarios() []Scenario {
	send := func(kind string) Step {
		return post("/email-otp/send-verification-otp", obj{"email": "ada@example.com", "type": kind}).named("send "+kind).save("code", "outbox.otp")
	}
	with := obj{"email": "ada@example.com", "otp": "{{code}}"}
	return []Scenario{
		{Name: "email-otp/each purpose is its own", On: codeProfiles, Steps: steps(
			verified("ada"), send("email-verification"), post("/sign-in/email-otp", with).as("x"), post("/email-otp/reset-password", plus(with, "password", "another password")),
			post("/email-otp/check-verification-otp", plus(with, "type", "forget-password")), post("/email-otp/check-verification-otp", plus(with, "type", "email-verification")),
			post("/email-otp/verify-email", with).as("x"), post("/email-otp/verify-email", with).named("used"),
			send("forget-password"), post("/email-otp/check-verification-otp", plus(with, "type", "forget-password")), post("/email-otp/reset-password", plus(with, "password", "short")),
			post("/email-otp/reset-password", plus(with, "password", "another password")), post("/email-otp/reset-password", plus(with, "password", "another password")).named("used for a reset"),
			post("/sign-in/email", obj{"email": "ada@example.com", "password": "another password"}).as("y"),
		)},
		{Name: "email-otp/new code, old code", On: codeProfiles, Steps: steps(
			verified("ada"), send("sign-in"), edit("keep the code", func(s *Side) error { s.vars["old"] = s.vars["code"]; return nil }), send("sign-in"),
			post("/sign-in/email-otp", with).as("x"), whoami("x"), post("/sign-in/email-otp", with).as("y").named("used"),
		)},
		{Name: "email-otp/too many attempts", On: codeProfiles, Steps: steps(
			verified("ada"), send("email-verification"), each([]string{"1", "2", "3", "4"}, func(code string) Step {
				return post("/email-otp/verify-email", plus(with, "otp", code)).named("try " + code)
			}),
			post("/email-otp/verify-email", with).named("right, too late"), send("forget-password"),
			each([]string{"1", "2", "3", "4"}, func(code string) Step {
				return post("/email-otp/reset-password", plus(plus(with, "otp", code), "password", "another password")).named("reset with " + code)
			}),
		)},
		{Name: "email-otp/expired", On: codeProfiles, Steps: steps(
			verified("ada"), send("email-verification"), rows("UPDATE verification SET expiresAt = '{{iso:-1m}}'"), post("/email-otp/check-verification-otp", plus(with, "type", "email-verification")), post("/email-otp/verify-email", with),
			send("forget-password"), rows("UPDATE verification SET expiresAt = '{{iso:-1m}}'"), post("/email-otp/reset-password", plus(with, "password", "another password")),
		)},
		{Name: "email-otp/somebody unknown", On: []string{"passwordless"}, Steps: steps(
			send("email-verification"), send("forget-password"), post("/email-otp/verify-email", plus(with, "otp", "123456")), post("/email-otp/request-password-reset", obj{"email": "ada@example.com"}),
			post("/email-otp/reset-password", obj{"email": "ada@example.com", "otp": "123456", "password": "another password"}), post("/forget-password/email-otp", obj{"email": "ada@example.com"}),
		)},
		{Name: "email-otp/change of address", On: codeProfiles, Steps: steps(
			verified("ada"), verified("eve"), post("/email-otp/request-email-change", obj{"newEmail": "new@example.com"}), post("/email-otp/request-email-change", obj{"newEmail": "ADA@example.com"}).as("ada"),
			post("/email-otp/request-email-change", obj{"newEmail": "eve@example.com"}).as("ada"), post("/email-otp/change-email", obj{"newEmail": "eve@example.com", "otp": "123456"}).as("ada"),
			post("/email-otp/request-email-change", obj{"newEmail": "New@Example.com"}).as("ada").save("code", "outbox.otp"), post("/email-otp/change-email", obj{"newEmail": "other@example.com", "otp": "{{code}}"}).as("ada"),
			post("/email-otp/change-email", obj{"newEmail": "new@example.com", "otp": "{{code}}"}).as("eve"), post("/email-otp/change-email", obj{"newEmail": "new@example.com", "otp": "{{code}}"}),
			post("/email-otp/change-email", obj{"newEmail": "new@example.com", "otp": "{{code}}"}).as("ada"), whoami("ada"), post("/email-otp/change-email", obj{"newEmail": "new@example.com", "otp": "{{code}}"}).as("ada").named("again"),
		)},
	}
}

func phoneScenarios() []Scenario {
	on := []string{"passwordless"}
	to := obj{"phoneNumber": callerNumber}
	send := post("/phone-number/send-otp", to).named("send").save("code", "outbox.otp")
	verify := func(more obj) Step {
		in := obj{"phoneNumber": callerNumber, "code": "{{code}}"}
		for k, v := range more {
			in[k] = v
		}
		return post("/phone-number/verify", in).named("verify " + show(more))
	}
	return []Scenario{
		{Name: "phone-number/attempts", On: on, Steps: steps(
			send, each([]string{"1", "2", "3", "4"}, func(code string) Step { return verify(obj{"code": code}) }), verify(nil), send, verify(nil).as("a"), whoami("a"),
		)},
		{Name: "phone-number/expired", On: on, Steps: steps(send, rows("UPDATE verification SET expiresAt = '{{iso:-1m}}'"), verify(nil), verify(nil))},
		{Name: "phone-number/without a session", On: on, Steps: steps(send, verify(obj{"disableSession": true}).as("a"), whoami("a"), send, verify(nil).as("a"), whoami("a"))},
		{Name: "phone-number/of a member", On: on, Steps: steps(
			verified("ada"), verified("eve"), send, verify(obj{"updatePhoneNumber": true}), send, verify(obj{"updatePhoneNumber": true}).as("ada"), whoami("ada"),
			send, verify(obj{"updatePhoneNumber": true}).as("eve"), whoami("eve"),
		)},
		{Name: "phone-number/reset", On: on, Steps: steps(
			send, verify(nil).as("a"), post("/sign-in/phone-number", plus(to, "password", password)), post("/phone-number/request-password-reset", obj{"phoneNumber": "+251911999999"}),
			post("/phone-number/request-password-reset", to).save("code", "outbox.otp"),
			each([]string{"1", "2", "3", "4"}, func(code string) Step {
				return post("/phone-number/reset-password", obj{"phoneNumber": callerNumber, "otp": code, "newPassword": "another password"}).named("reset with " + code)
			}),
			post("/phone-number/request-password-reset", to).named("again").save("code", "outbox.otp"), post("/phone-number/reset-password", obj{"phoneNumber": callerNumber, "otp": "{{code}}", "newPassword": "short"}),
			post("/phone-number/reset-password", obj{"phoneNumber": callerNumber, "otp": "{{code}}", "newPassword": "another password"}), whoami("a"),
			post("/sign-in/phone-number", obj{"phoneNumber": callerNumber, "password": "another password", "rememberMe": false}).as("b"), whoami("b"),
		)},
		{Name: "phone-number/not verified", On: on, Steps: steps(
			verified("ada"), rows("UPDATE user SET phoneNumber = '"+callerNumber+"', phoneNumberVerified = 0"), post("/sign-in/phone-number", plus(to, "password", password)).as("b"), whoami("b"),
			post("/update-user", obj{"phoneNumber": "+251911999999"}).as("ada"), post("/update-user", obj{"phoneNumberVerified": true}).as("ada"), whoami("ada"),
		)},
	}
}

func visitorScenarios() []Scenario {
	on := []string{"passwordless"}
	visit := post("/sign-in/anonymous", nil)
	return []Scenario{
		{Name: "anonymous/becomes a member", On: on, Steps: steps(verified("ada"), visit.as("b"), whoami("b"), signIn("ada").as("b").named("ada in b"), whoami("b"), get("/list-sessions").as("b"))},
		{Name: "anonymous/becomes one by a code", On: on, Steps: steps(
			visit.as("b"), post("/email-otp/send-verification-otp", obj{"email": "ada@example.com", "type": "sign-in"}).save("code", "outbox.otp"),
			post("/sign-in/email-otp", obj{"email": "ada@example.com", "otp": "{{code}}"}).as("b"), whoami("b"),
		)},
		{Name: "anonymous/deleted", On: on, Steps: steps(
			visit.as("b"), keepJar("b"), post("/delete-anonymous-user", nil), post("/delete-anonymous-user", obj{}).as("b"), whoami("b"),
			edit("the cookies again", func(s *Side) error { s.again("b"); return nil }), whoami("b"), post("/delete-anonymous-user", nil).as("b"),
			member("ada"), post("/delete-anonymous-user", nil).as("ada"), whoami("ada"),
		)},
		{Name: "anonymous/session that has ended", On: on, Steps: steps(visit.as("b"), rows("UPDATE session SET expiresAt = '{{iso:-1h}}'"), visit.as("b"), whoami("b"), post("/update-user", obj{"isAnonymous": false}).as("b"))},
	}
}
