package main

import "net/url"

func validationScenarios() []Scenario {
	signUp := obj{"name": "Ada", "email": "ada@example.com", "password": "short"}
	return []Scenario{
		{Name: "validation/sign-up", On: []string{"core", "minimal"}, Steps: steps(
			fieldCases("/sign-up/email", "", signUp, "name", "email", "password", "image", "callbackURL", "rememberMe"),
			post("/sign-up/email", obj{"name": 1, "email": 2, "password": 3, "image": 4, "callbackURL": 5, "rememberMe": 6}).named("all wrong"),
		)},
		{Name: "validation/sign-in", On: []string{"core", "minimal"}, Steps: steps(
			fieldCases("/sign-in/email", "", obj{"email": "nobody", "password": "x"}, "email", "password", "callbackURL", "rememberMe"),
			post("/sign-in/email", obj{"email": 2, "password": nil, "callbackURL": 5, "rememberMe": "yes"}).named("all wrong"),
		)},
		{Name: "validation/without a session", On: []string{"core"}, Steps: steps(
			fieldCases("/change-password", "", obj{"newPassword": "new password", "currentPassword": password}, "newPassword", "currentPassword", "revokeOtherSessions"),
			fieldCases("/change-email", "", obj{"newEmail": "n@example.com"}, "newEmail", "callbackURL"),
			fieldCases("/delete-user", "", obj{}, "callbackURL", "password", "token"),
			fieldCases("/revoke-session", "", obj{"token": "t"}, "token"),
			fieldCases("/unlink-account", "", obj{"providerId": "p"}, "providerId", "accountId"),
			fieldCases("/verify-password", "", obj{"password": "p"}, "password"),
			fieldCases("/update-user", "", obj{}, "name", "image"),
			fieldCases("/update-session", "", obj{}, "device"),
		)},
		{Name: "validation/with a session", On: []string{"core"}, Steps: steps(
			member("ada"),
			fieldCases("/change-password", "ada", obj{"newPassword": "short", "currentPassword": password}, "newPassword", "currentPassword", "revokeOtherSessions"),
			fieldCases("/change-email", "ada", obj{"newEmail": "ada@example.com"}, "newEmail", "callbackURL"),
			fieldCases("/revoke-session", "ada", obj{"token": "t"}, "token"),
			fieldCases("/unlink-account", "ada", obj{"providerId": "p"}, "providerId", "accountId"),
			fieldCases("/verify-password", "ada", obj{"password": "p"}, "password"),
			fieldCases("/update-user", "ada", obj{}, "name", "image", "email", "emailVerified", "id", "nickname", "age", "newsletter", "birthday", "plan", "secretNote"),
			fieldCases("/update-session", "ada", obj{}, "device", "token", "expiresAt", "userId", "unknown"),
			whoami("ada"),
		)},
		{Name: "validation/reset and verification", On: []string{"core", "verification"}, Steps: steps(
			fieldCases("/request-password-reset", "", obj{"email": "nobody@example.com"}, "email", "redirectTo"),
			fieldCases("/reset-password", "", obj{"newPassword": "short", "token": "t"}, "newPassword", "token"),
			fieldCases("/send-verification-email", "", obj{"email": "nobody@example.com"}, "email", "callbackURL"),
		)},
		{Name: "validation/e-mail fields", On: []string{"core"}, Steps: steps(
			each(emails, func(e string) Step {
				return post("/request-password-reset", obj{"email": e}).named("reset " + short(e))
			}),
			each(emails, func(e string) Step {
				return post("/send-verification-email", obj{"email": e}).named("verify " + short(e))
			}),
			each(emails, func(e string) Step {
				return post("/sign-in/email", obj{"email": e, "password": ""}).named("sign in " + short(e))
			})[:20],
		)},
		{Name: "validation/queries", On: []string{"core", "minimal"}, Steps: steps(
			each([]string{
				"", "?token", "?token=", "?token=a", "?token=a&token=b", "?token[]=a", "?token=a&callbackURL", "?token=a&callbackURL=", "?token=a&callbackURL=/x&callbackURL=/y",
				"?callbackURL=/x", "?token=%", "?token=%E0%A4%A", "?token=a+b", "?TOKEN=a", "?&&token=a", "?token=a#x", "?token=" + url.QueryEscape("a.b.c"),
			}, func(q string) Step { return get("/verify-email" + q) }),
			each([]string{"", "?callbackURL", "?callbackURL=", "?callbackURL=/x", "?callbackURL=/x&callbackURL=/y", "?callbackURL[]=/x", "?other=1"}, func(q string) Step {
				return get("/reset-password/sometoken" + q)
			}),
			each([]string{"", "?token", "?token=", "?token=a", "?token=a&token=b", "?token=a&callbackURL=/x"}, func(q string) Step {
				return get("/delete-user/callback" + q)
			}),
			each([]string{
				"?disableCookieCache", "?disableCookieCache=", "?disableCookieCache=true", "?disableCookieCache=false", "?disableCookieCache=1", "?disableCookieCache=x",
				"?disableCookieCache=true&disableCookieCache=true", "?disableRefresh=true", "?disableRefresh=false", "?disableRefresh=0", "?disableRefresh=true&disableRefresh=false", "?unknown=1",
			}, func(q string) Step { return get("/get-session" + q) }),
			each([]string{"?token=q", "?token=", "?token=a&token=b", "?token"}, func(q string) Step {
				return post("/reset-password"+q, obj{"newPassword": "new password"})
			}),
			each([]string{"?callbackURL=/x", "?callbackURL=https://evil.example", "?redirectTo=https://evil.example"}, func(q string) Step {
				return post("/sign-in/email"+q, obj{"email": "nobody", "password": "x"})
			}),
		)},
	}
}
