package main

import "github.com/goauth-dev/goauth/reference/internal/wire"

const lastMethod = "better-auth.last_used_login_method"

// lastLoginScenarios sign one person in by each door, and look at the cookie and the column that remember the last.
func lastLoginScenarios() []Scenario {
	on := []string{"passwordless"}
	email, phone := obj{"email": "ada@example.com"}, obj{"phoneNumber": "+251911121314"}
	return []Scenario{
		{Name: "last-login-method/every door", On: on, Steps: steps(
			member("ada"), whoami("ada"), signIn("ada"), post("/update-user", obj{"username": "countess"}).as("ada"),
			post("/sign-in/username", obj{"username": "countess", "password": password}).as("ada"), whoami("ada"),
			post("/sign-in/magic-link", email).save("link", "outbox.url"), get("{{link}}").as("ada"), whoami("ada"),
			post("/email-otp/send-verification-otp", plus(email, "type", "sign-in")).save("code", "outbox.otp"),
			post("/sign-in/email-otp", plus(email, "otp", "{{code}}")).as("ada"), whoami("ada"),
			post("/phone-number/send-otp", phone).save("code", "outbox.otp"), post("/phone-number/verify", plus(phone, "code", "{{code}}")).as("phone"), whoami("phone"),
			post("/sign-in/anonymous", nil).as("visitor"), whoami("visitor"),
			askNonce(wallet), siwe("wallet", siweMessage, nil), whoami("wallet"),
		)},
		{Name: "last-login-method/failures", On: on, Steps: steps(
			member("ada"), post("/sign-in/email", plus(email, "password", "wrong password")).as("ada"),
			post("/sign-in/username", obj{"username": "nobody", "password": password}).as("ada"), whoami("ada"), post("/sign-out", obj{}).as("ada"),
			post("/update-user", obj{"lastLoginMethod": "siwe"}).as("ada"),
		)},
		{Name: "last-login-method/not for requests", On: on, Steps: steps(
			post("/sign-up/email", obj{"name": "Ada", "email": "ada@example.com", "password": password, "lastLoginMethod": "siwe"}).as("ada"), whoami("ada"),
			post("/update-user", obj{"lastLoginMethod": "siwe"}).as("ada"), whoami("ada"),
			edit("another cookie", func(s *Side) error {
				s.jar("ada")[lastMethod] = wire.Jar{lastMethod: "forged"}[lastMethod]
				return nil
			}), whoami("ada"), signIn("ada"),
		)},
	}
}
