package main

func passwordlessScenarios() []Scenario {
	on, both := []string{"passwordless"}, []string{"passwordless", "two-factor"}
	named := obj{"name": "Ada", "email": "ada@example.com", "password": password, "username": "Ada.L"}
	phone := obj{"phoneNumber": "+251911121314"}
	return []Scenario{
		{Name: "username/sign-up and sign-in", On: both, Steps: steps(
			post("/sign-up/email", named).as("ada"),
			post("/sign-in/username", obj{"username": "ADA.l", "password": password}).as("b"),
			whoami("b"),
			post("/sign-in/username", obj{"username": "ada.l", "password": "wrong password"}).as("x"),
			post("/sign-in/username", obj{"username": "nobody", "password": password}).as("x"),
			post("/sign-in/username", obj{"username": "", "password": password}).as("x"),
			post("/sign-in/username", obj{"username": "ab", "password": password}).as("x"),
			post("/sign-in/username", obj{"username": "{{repeat:a*31}}", "password": password}).as("x"),
			post("/sign-in/username", obj{"username": "a b c", "password": password}).as("x"),
			post("/sign-in/username", obj{"password": password}).as("x"),
			post("/sign-up/email", plus(named, "email", "bob@example.com")).as("x"),
			post("/is-username-available", obj{"username": "ada.l"}).as("x"),
			post("/is-username-available", obj{"username": "other"}).as("x"),
			post("/is-username-available", obj{"username": ""}).as("x"),
			post("/update-user", obj{"username": "Countess"}).as("ada"),
			post("/update-user", obj{"username": "a b"}).as("ada"),
		)},
		{Name: "magic-link/sign-up", On: on, Steps: steps(
			post("/sign-in/magic-link", obj{"email": "ada@example.com", "name": "Ada", "callbackURL": "/home", "metadata": obj{"a": 1}}).save("link", "outbox.url"),
			get("{{link}}").as("a"),
			whoami("a"),
			post("/sign-in/magic-link", obj{"email": "no address"}),
			get("/magic-link/verify?token=unknown&callbackURL=/home"),
			get("/magic-link/verify?token=unknown&callbackURL=https://evil.example"),
			get("/magic-link/verify"),
		)},
		{Name: "phone-number/sign-up", On: on, Steps: steps(
			post("/phone-number/send-otp", phone).save("code", "outbox.otp"),
			post("/phone-number/verify", plus(phone, "code", "wrong")),
			post("/phone-number/verify", plus(phone, "code", "{{code}}")).as("a"),
			whoami("a"),
			post("/phone-number/verify", plus(phone, "code", "{{code}}")),
			post("/phone-number/send-otp", obj{"phoneNumber": "123"}),
			post("/phone-number/request-password-reset", phone).save("code", "outbox.otp"),
			post("/phone-number/reset-password", obj{"phoneNumber": "+251911121314", "otp": "{{code}}", "newPassword": "another password"}),
			post("/sign-in/phone-number", plus(phone, "password", "another password")).as("b"),
			post("/sign-in/phone-number", plus(phone, "password", "wrong password")),
			post("/update-user", obj{"phoneNumber": "+1"}).as("b"),
		)},
		{Name: "anonymous/visitor", On: on, Steps: steps(
			post("/sign-in/anonymous", nil).as("a"),
			whoami("a"),
			post("/sign-in/anonymous", nil).as("a"),
			post("/delete-anonymous-user", nil).as("a"),
			post("/sign-in/anonymous", nil).as("b"),
			post("/sign-up/email", without(named, "username")).as("b"),
			whoami("b"),
			post("/delete-anonymous-user", nil).as("b"),
		)},
		{Name: "two-factor/by a delivered code", On: []string{"two-factor"}, Steps: steps(
			member("ada"),
			post("/two-factor/enable", obj{"password": "wrong password"}).as("ada"),
			post("/two-factor/send-otp", obj{}).as("ada").save("code", "outbox.otp"),
			post("/two-factor/verify-otp", obj{"code": "{{code}}"}).as("ada"),
			whoami("ada"),
			signIn("ada").as("b"),
			whoami("b"),
			post("/two-factor/verify-totp", obj{"code": "123456"}).as("b"),
			post("/two-factor/verify-backup-code", obj{"code": "nonsense"}).as("b"),
			post("/two-factor/send-otp", nil).as("b").save("code", "outbox.otp"),
			post("/two-factor/verify-otp", obj{"code": "{{code}}", "trustDevice": true}).as("b"),
			whoami("b"),
			signIn("ada").as("b"),
			post("/two-factor/disable", obj{"password": password}).as("b"),
			post("/two-factor/verify-totp", obj{"code": "123456"}).as("x"),
		)},
	}
}

func emailOTPScenarios() []Scenario {
	on := []string{"passwordless"}
	otp := obj{"email": "ada@example.com", "otp": "{{code}}"}
	return []Scenario{
		{Name: "email-otp/sign-in", On: on, Steps: steps(
			post("/email-otp/send-verification-otp", obj{"email": "ada@example.com", "type": "sign-in"}).save("code", "outbox.otp"),
			post("/sign-in/email-otp", obj{"email": "ada@example.com", "otp": "wrong"}),
			post("/sign-in/email-otp", plus(otp, "name", "Ada")).as("a"),
			post("/sign-in/email-otp", otp),
			whoami("a"),
			post("/email-otp/send-verification-otp", obj{"email": "no address", "type": "sign-in"}),
			post("/email-otp/send-verification-otp", obj{"email": "ada@example.com", "type": "change-email"}),
			post("/email-otp/send-verification-otp", obj{"email": "ada@example.com", "type": "other"}),
			post("/email-otp/send-verification-otp", obj{"email": "x@example.com", "type": "forget-password"}),
		)},
		{Name: "email-otp/attempts and expiry", On: on, Steps: steps(
			post("/email-otp/send-verification-otp", obj{"email": "ada@example.com", "type": "sign-in"}).save("code", "outbox.otp"),
			each([]string{"1", "2", "3", "4", "5"}, func(code string) Step {
				return post("/sign-in/email-otp", obj{"email": "ada@example.com", "otp": code}).named("try " + code)
			}),
			post("/email-otp/send-verification-otp", obj{"email": "ada@example.com", "type": "sign-in"}).save("code", "outbox.otp"),
			rows("UPDATE verification SET expiresAt = '{{iso:-1h}}'"),
			post("/sign-in/email-otp", otp),
		)},
		{Name: "email-otp/verify and reset", On: on, Steps: steps(
			member("ada"),
			post("/email-otp/send-verification-otp", obj{"email": "ada@example.com", "type": "email-verification"}).save("code", "outbox.otp"),
			post("/email-otp/check-verification-otp", plus(otp, "type", "email-verification")),
			post("/email-otp/verify-email", otp).as("ada"),
			whoami("ada"),
			post("/email-otp/request-password-reset", obj{"email": "ada@example.com"}).save("code", "outbox.otp"),
			post("/email-otp/reset-password", plus(otp, "password", "another password")),
			post("/sign-in/email", obj{"email": "ada@example.com", "password": "another password"}).as("c"),
			post("/email-otp/request-email-change", obj{"newEmail": "new@example.com"}).as("c").save("code", "outbox.otp"),
			post("/email-otp/change-email", obj{"newEmail": "new@example.com", "otp": "{{code}}"}).as("c"),
			whoami("c"),
		)},
	}
}
