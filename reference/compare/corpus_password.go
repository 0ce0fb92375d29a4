package main

import "strings"

func passwordScenarios() []Scenario {
	change := obj{"newPassword": "another password", "currentPassword": password}
	return []Scenario{
		{Name: "change-password/happy path", Steps: steps(
			verified("ada"), signInAs("two", "ada"),
			post("/change-password", change).as("ada"),
			whoami("ada"),
			whoami("two"),
			signIn("ada"),
			post("/sign-in/email", obj{"email": "ada@example.com", "password": "another password"}).as("three"),
		)},
		{Name: "change-password/revoking others", Steps: steps(
			verified("ada"), signInAs("two", "ada"),
			post("/change-password", plus(change, "revokeOtherSessions", true)).as("ada"),
			whoami("ada"),
			whoami("two"),
			get("/get-session?disableCookieCache=true").as("two"),
			get("/list-sessions").as("ada"),
			post("/change-password", obj{"newPassword": password, "currentPassword": "another password", "revokeOtherSessions": false}).as("ada"),
			get("/list-sessions").as("ada"),
		)},
		{Name: "change-password/not remembered", On: []string{"core", "cookie-cache-compact"}, Steps: steps(
			verified("ada"),
			post("/sign-in/email", obj{"email": "ada@example.com", "password": password, "rememberMe": false}).as("b"),
			post("/change-password", plus(change, "revokeOtherSessions", true)).as("b"),
			whoami("b"),
		)},
		{Name: "change-password/refused", Steps: steps(
			verified("ada"),
			post("/change-password", plus(change, "currentPassword", "wrong password")).as("ada"),
			post("/change-password", plus(change, "currentPassword", "")).as("ada"),
			post("/change-password", plus(change, "newPassword", "1234567")).as("ada"),
			post("/change-password", plus(change, "newPassword", "")).as("ada"),
			post("/change-password", plus(change, "newPassword", "{{repeat:x*129}}")).as("ada"),
			post("/change-password", plus(change, "newPassword", "{{repeat:x*128}}")).as("ada"),
			post("/change-password", change).as("ada").from("https://evil.example"),
			rows("UPDATE account SET password = NULL"),
			post("/change-password", change).as("ada"),
			rows("DELETE FROM account"),
			post("/change-password", change).as("ada"),
		)},
		{Name: "verify-password", On: []string{"core", "minimal", "secondary-storage"}, Steps: steps(
			member("ada"),
			post("/verify-password", obj{"password": password}).as("ada"),
			post("/verify-password", obj{"password": "wrong password"}).as("ada"),
			post("/verify-password", obj{"password": ""}).as("ada"),
			rows("DELETE FROM account"),
			post("/verify-password", obj{"password": password}).as("ada"),
		)},
		{Name: "set-password/by server call", Steps: steps(
			verified("ada"),
			post("/set-password", obj{"newPassword": "first password"}).as("ada"),
			call("setPassword", obj{"body": obj{"newPassword": "first password"}}),
			call("setPassword", obj{"body": obj{"newPassword": "first password"}, "headers": obj{"cookie": "{{cookies:ada}}"}}),
			rows("DELETE FROM account"),
			call("setPassword", obj{"body": obj{"newPassword": "short"}, "headers": obj{"cookie": "{{cookies:ada}}"}}),
			call("setPassword", obj{"body": obj{"newPassword": "{{repeat:x*129}}"}, "headers": obj{"cookie": "{{cookies:ada}}"}}),
			call("setPassword", obj{"body": obj{"newPassword": 5}, "headers": obj{"cookie": "{{cookies:ada}}"}}),
			call("setPassword", obj{"body": obj{}, "headers": obj{"cookie": "{{cookies:ada}}"}}),
			call("setPassword", obj{"body": obj{"newPassword": "first password"}, "headers": obj{"cookie": "{{cookies:ada}}"}}),
			get("/list-accounts").as("ada"),
			post("/sign-in/email", obj{"email": "ada@example.com", "password": "first password"}),
		)},
	}
}

func resetScenarios() []Scenario {
	ask := obj{"email": "ada@example.com", "redirectTo": "/reset"}
	return []Scenario{
		{Name: "reset/whole flow", Steps: steps(
			verified("ada"),
			post("/request-password-reset", ask).save("link", "outbox.url"),
			get("{{link}}").save("where", "header.location"),
			get("{{link}}"),
			request("HEAD", "{{link}}"),
			whoami("ada"),
			resetWith("newest", obj{"newPassword": "brand new password"}),
			whoami("ada"),
			get("/get-session?disableCookieCache=true").as("ada"),
			resetWith("again", obj{"newPassword": "brand new password"}),
			get("{{link}}"),
			signIn("ada"),
			post("/sign-in/email", obj{"email": "ada@example.com", "password": "brand new password"}).as("b"),
		)},
		{Name: "reset/token in the query", Steps: steps(
			verified("ada"),
			post("/request-password-reset", without(ask, "redirectTo")).save("token", "outbox.token"),
			post("/reset-password?token={{token}}", obj{"newPassword": "1234567"}),
			post("/reset-password?token={{token}}", obj{"newPassword": "{{repeat:x*129}}"}),
			post("/reset-password?token={{token}}", obj{"newPassword": "brand new password", "token": "wrong"}),
			post("/reset-password?token={{token}}", obj{"newPassword": "brand new password", "token": ""}),
		)},
		{Name: "reset/unknown address", Steps: steps(
			post("/request-password-reset", obj{"email": "nobody@example.com"}),
			post("/request-password-reset", obj{"email": "nobody@example.com", "redirectTo": "/x"}),
			post("/request-password-reset", obj{"email": "NOBODY@example.com", "redirectTo": "https://evil.example/x"}),
		)},
		{Name: "reset/case of the address", Steps: steps(
			member("ada"),
			post("/request-password-reset", obj{"email": "ADA@Example.com"}).save("token", "outbox.token"),
			post("/reset-password", obj{"newPassword": "brand new password", "token": "{{token}}"}),
		)},
		{Name: "reset/wrong and old tokens", On: withRows, Steps: steps(
			member("ada"),
			post("/reset-password", obj{"newPassword": "brand new password"}),
			post("/reset-password", obj{"newPassword": "brand new password", "token": ""}),
			post("/reset-password", obj{"newPassword": "brand new password", "token": "wrong"}),
			post("/reset-password", obj{"newPassword": "brand new password", "token": "%"}),
			get("/reset-password/wrong?callbackURL=/reset"),
			get("/reset-password/wrong?callbackURL=%2Freset%3Fa%3Db"),
			get("/reset-password/wrong?callbackURL=https%3A%2F%2Fevil.example%2F"),
			get("/reset-password/wrong?callbackURL={{origin}}/x"),
			get("/reset-password/%20?callbackURL=/reset"),
			get("/reset-password/a%2Fb?callbackURL=/reset"),
			get("/reset-password/a/b?callbackURL=/reset"),
			get("/reset-password/?callbackURL=/reset"),
			post("/request-password-reset", ask).save("token", "outbox.token"),
			rows("UPDATE verification SET expiresAt = '{{iso:-1h}}'"),
			get("/reset-password/{{token}}?callbackURL=/reset"),
			post("/reset-password", obj{"newPassword": "brand new password", "token": "{{token}}"}),
		)},
		{Name: "reset/callback with a query", Steps: steps(
			member("ada"),
			post("/request-password-reset", obj{"email": "ada@example.com", "redirectTo": "/reset?step=2&x=a%20b"}).save("link", "outbox.url"),
			get("{{link}}"),
			post("/request-password-reset", obj{"email": "ada@example.com", "redirectTo": "{{origin}}/reset?token=old"}).save("link", "outbox.url"),
			get("{{link}}"),
			post("/request-password-reset", obj{"email": "ada@example.com", "redirectTo": "{{origin}}/reset#part"}).save("link", "outbox.url"),
			get("{{link}}"),
		)},
		{Name: "reset/two links", Steps: steps(
			member("ada"),
			post("/request-password-reset", ask).save("one", "outbox.token"),
			post("/request-password-reset", ask).save("two", "outbox.token"),
			post("/reset-password", obj{"newPassword": "password one", "token": "{{one}}"}),
			post("/reset-password", obj{"newPassword": "password two", "token": "{{two}}"}),
			post("/sign-in/email", obj{"email": "ada@example.com", "password": "password two"}),
		)},
		{Name: "reset/account without password", On: []string{"core", "minimal", "verification"}, Steps: steps(
			member("ada"),
			rows("DELETE FROM account"),
			post("/request-password-reset", ask).save("token", "outbox.token"),
			post("/reset-password", obj{"newPassword": "brand new password", "token": "{{token}}"}),
			post("/sign-in/email", obj{"email": "ada@example.com", "password": "brand new password"}),
		)},
		{Name: "reset/user gone", On: []string{"core", "verification"}, Steps: steps(
			member("ada"),
			post("/request-password-reset", ask).save("token", "outbox.token"),
			rows("PRAGMA foreign_keys = off"),
			rows("DELETE FROM account"),
			rows("DELETE FROM user"),
			get("/reset-password/{{token}}?callbackURL=/reset"),
			post("/reset-password", obj{"newPassword": "brand new password", "token": "{{token}}"}),
		)},
		{Name: "reset/old name of the route", Steps: steps(
			post("/forget-password", obj{"email": "ada@example.com"}),
			post("/forget-password/email", obj{"email": "ada@example.com"}),
		)},
	}
}

// resetWith redeems the token of the newest reset link, which the step named link saved.
func resetWith(name string, body obj) Step {
	s := post("/reset-password", plus(body, "token", "{{resetToken}}")).named("reset " + name)
	s.Edit = func(side *Side) error {
		side.vars["resetToken"] = lastSegment(side.vars["link"])
		return nil
	}
	return s
}

// lastSegment is the path's last part, without a query.
func lastSegment(link string) string {
	link, _, _ = strings.Cut(link, "?")
	return link[strings.LastIndexByte(link, '/')+1:]
}
