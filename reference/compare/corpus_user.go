package main

func userScenarios() []Scenario {
	return []Scenario{
		{Name: "update-user/name and image", Steps: steps(
			verified("ada"),
			post("/update-user", obj{"name": "Countess"}).as("ada"),
			whoami("ada"),
			post("/update-user", obj{"image": "https://cdn.example.com/a.png"}).as("ada"),
			post("/update-user", obj{"image": nil}).as("ada"),
			post("/update-user", obj{"name": ""}).as("ada"),
			post("/update-user", obj{"name": "Ada", "image": ""}).as("ada"),
			whoami("ada"),
			get("/get-session?disableCookieCache=true").as("ada"),
			get("/list-sessions").as("ada"),
		)},
		{Name: "update-user/refused", Steps: steps(
			verified("ada"),
			post("/update-user", obj{}).as("ada"),
			post("/update-user", obj{"email": "new@example.com"}).as("ada"),
			post("/update-user", obj{"email": ""}).as("ada"),
			post("/update-user", obj{"email": nil}).as("ada"),
			post("/update-user", obj{"id": "x"}).as("ada"),
			post("/update-user", obj{"emailVerified": true}).as("ada"),
			post("/update-user", obj{"createdAt": "2020-01-01T00:00:00.000Z"}).as("ada"),
			post("/update-user", obj{"unknown": true}).as("ada"),
			post("/update-user", obj{"name": "Ada", "unknown": true, "id": "x", "role": "admin"}).as("ada"),
			post("/update-user", raw("[]")).as("ada"),
			post("/update-user", raw("null")).as("ada"),
			post("/update-user", raw(`"text"`)).as("ada"),
			post("/update-user", raw("")).as("ada"),
			request("POST", "/update-user").as("ada"),
			whoami("ada"),
		)},
		{Name: "update-user/additional fields", On: []string{"core"}, Steps: steps(
			member("ada"),
			func() []Step {
				var out []Step
				for _, s := range additionalFieldCases() {
					body := without(without(without(s.Body.(obj), "name"), "email"), "password")
					out = append(out, post("/update-user", body).as("ada").named("update "+s.Name))
				}
				return out
			}(),
			whoami("ada"),
			post("/update-user", obj{"nickname": "n", "age": 5, "newsletter": true, "birthday": "1999-01-01T00:00:00.000Z", "secretNote": "s"}).as("ada"),
			whoami("ada"),
			post("/update-user", obj{"nickname": "n", "plan": "pro"}).as("ada"),
			whoami("ada"),
		)},
		{Name: "update-user/other sessions see it", Steps: steps(
			verified("ada"), signInAs("two", "ada"),
			post("/update-user", obj{"name": "Changed"}).as("ada"),
			whoami("two"),
			get("/get-session?disableCookieCache=true").as("two"),
		)},
		{Name: "update-user/not remembered", Steps: steps(
			verified("ada"),
			post("/sign-in/email", obj{"email": "ada@example.com", "password": password, "rememberMe": false}).as("b"),
			post("/update-user", obj{"name": "Changed"}).as("b"),
			whoami("b"),
		)},
	}
}

func changeEmailScenarios() []Scenario {
	enabled := []string{"core", "verification"}
	return []Scenario{
		{Name: "change-email/off", On: []string{"minimal", "rate-limited", "secondary-storage", "cookie-cache-jwt"}, Steps: steps(
			member("ada"),
			post("/change-email", obj{"newEmail": "new@example.com"}).as("ada"),
			post("/change-email", obj{"newEmail": "bad"}).as("ada"),
		)},
		{Name: "change-email/of an unverified address", On: []string{"core"}, Steps: steps(
			member("ada"),
			post("/change-email", obj{"newEmail": "New@Example.com"}).as("ada").save("link", "outbox.url"),
			whoami("ada"),
			get("{{link}}").as("ada"),
			whoami("ada"),
			get("{{link}}").as("ada"),
		)},
		{Name: "change-email/of a verified address", On: enabled, Steps: steps(
			verified("ada"),
			post("/change-email", obj{"newEmail": "new@example.com", "callbackURL": "/done"}).as("ada").save("first", "outbox.url"),
			get("{{first}}").as("ada").save("second", "outbox.url"),
			whoami("ada"),
			get("{{second}}").as("ada"),
			whoami("ada"),
			get("{{first}}").as("ada"),
			get("{{second}}").as("ada"),
			post("/sign-in/email", obj{"email": "new@example.com", "password": password}).as("b"),
		)},
		{Name: "change-email/confirmed elsewhere", On: enabled, Steps: steps(
			verified("ada"),
			post("/change-email", obj{"newEmail": "new@example.com"}).as("ada").save("first", "outbox.url"),
			get("{{first}}").save("second", "outbox.url"),
			get("{{second}}").as("phone"),
			whoami("phone"),
		)},
		{Name: "change-email/by another user's browser", On: enabled, Steps: steps(
			verified("ada"),
			post("/change-email", obj{"newEmail": "new@example.com", "callbackURL": "/done"}).as("ada").save("first", "outbox.url"),
			verified("eve"),
			get("{{first}}").as("eve"),
			get("{{first}}").as("ada").save("second", "outbox.url"),
			get("{{second}}").as("eve"),
		)},
		{Name: "change-email/refused", On: enabled, Steps: steps(
			verified("ada"), verified("bob"),
			post("/change-email", obj{"newEmail": "ada@example.com"}).as("ada"),
			post("/change-email", obj{"newEmail": "ADA@example.com"}).as("ada"),
			post("/change-email", obj{"newEmail": "bob@example.com"}).as("ada"),
			post("/change-email", obj{"newEmail": "new@example.com", "callbackURL": "https://evil.example"}).as("ada"),
			post("/change-email", obj{"newEmail": "new@example.com"}).as("ada").from("https://evil.example"),
			each(emails[:24], func(e string) Step {
				return post("/change-email", obj{"newEmail": e}).as("ada").named("to " + short(e))
			}),
		)},
		{Name: "change-email/taken meanwhile", On: enabled, Steps: steps(
			verified("ada"),
			post("/change-email", obj{"newEmail": "bob@example.com"}).as("ada").save("first", "outbox.url"),
			get("{{first}}").as("ada").save("second", "outbox.url"),
			member("bob"),
			get("{{second}}").as("ada"),
			whoami("ada"),
		)},
	}
}

func deleteUserScenarios() []Scenario {
	enabled := []string{"core", "verification"}
	return []Scenario{
		{Name: "delete-user/off", On: []string{"minimal", "rate-limited", "secondary-storage", "cookie-cache-jwe"}, Steps: steps(
			member("ada"),
			post("/delete-user", obj{}).as("ada"),
			post("/delete-user", obj{"password": password}).as("ada"),
			get("/delete-user/callback?token=x").as("ada"),
			whoami("ada"),
		)},
		{Name: "delete-user/by link", On: enabled, Steps: steps(
			verified("ada"), signInAs("two", "ada"),
			post("/delete-user", obj{"callbackURL": "/bye"}).as("ada").save("link", "outbox.url"),
			get("{{link}}"),
			get("{{link}}").as("ada"),
			whoami("ada"),
			whoami("two"),
			get("{{link}}").as("ada"),
			signIn("ada"),
		)},
		{Name: "delete-user/by token", On: enabled, Steps: steps(
			verified("ada"),
			post("/delete-user", obj{}).as("ada").save("token", "outbox.token"),
			post("/delete-user", obj{"token": "wrong"}).as("ada"),
			post("/delete-user", obj{"token": "{{token}}"}).as("ada"),
			whoami("ada"),
		)},
		{Name: "delete-user/callback without url", On: enabled, Steps: steps(
			verified("ada"),
			post("/delete-user", obj{}).as("ada").save("token", "outbox.token"),
			get("/delete-user/callback?token={{token}}&callbackURL=https://evil.example").as("ada"),
			get("/delete-user/callback?token={{token}}&callbackURL=https%3A%2F%2Fevil.example").as("ada"),
			get("/delete-user/callback?token=wrong&callbackURL=/x").as("ada"),
			get("/delete-user/callback?token={{token}}").as("ada"),
		)},
		{Name: "delete-user/password", On: enabled, Steps: steps(
			verified("ada"),
			post("/delete-user", obj{"password": "wrong password"}).as("ada"),
			post("/delete-user", obj{"password": ""}).as("ada"),
			post("/delete-user", obj{"password": password}).as("ada"),
			post("/delete-user", obj{"password": password, "token": "wrong"}).as("ada"),
			post("/delete-user", obj{"callbackURL": "https://evil.example"}).as("ada"),
			rows("UPDATE account SET password = NULL"),
			post("/delete-user", obj{"password": password}).as("ada"),
			whoami("ada"),
		)},
		{Name: "delete-user/expired and foreign tokens", On: enabled, Steps: steps(
			verified("ada"), verified("eve"),
			post("/delete-user", obj{}).as("ada").save("token", "outbox.token"),
			get("/delete-user/callback?token={{token}}&callbackURL=/x").as("eve"),
			rows("UPDATE verification SET expiresAt = '{{iso:-1h}}'"),
			get("/delete-user/callback?token={{token}}&callbackURL=/x").as("ada"),
			whoami("ada"),
		)},
	}
}
