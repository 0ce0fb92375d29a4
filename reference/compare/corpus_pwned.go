package main

import (
	"crypto/sha1" //nolint:gosec // the service's format
	"encoding/hex"
	"strings"
)

// breached is a password that the service knows.
const breached = "breached password"

// rangeOf is where the service is asked about a password, and the rest of its hash.
func rangeOf(password string) (address, rest string) {
	sum := sha1.Sum([]byte(password)) //nolint:gosec // the service's format
	digest := strings.ToUpper(hex.EncodeToString(sum[:]))
	return "https://api.pwnedpasswords.com/range/" + digest[:5], digest[5:]
}

func pwnedScenarios() []Scenario {
	on := []string{"pwned"}
	others := "0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n011053FD0102E94D6AE2F8B83D76FAF94F6:3"
	at, rest := rangeOf(breached)
	good, _ := rangeOf(password)
	other, _ := rangeOf("another password")
	clean := steps(says(good, 200, others), says(other, 200, others), says(at, 200, others+"\r\n"+rest+":42"))
	up := obj{"name": "Ada", "email": "ada@example.com", "password": breached}
	change := obj{"currentPassword": password, "newPassword": breached}
	return []Scenario{
		{Name: "have-i-been-pwned/sign-up", On: on, Steps: steps(clean, post("/sign-up/email", up), post("/sign-up/email", plus(up, "password", "short")), member("ada"), whoami("ada"))},
		{Name: "have-i-been-pwned/change", On: on, Steps: steps(
			clean, member("ada"), post("/change-password", change).as("ada"), post("/change-password", change),
			post("/change-password", plus(change, "currentPassword", "wrong password")).as("ada"),
			post("/change-password", plus(change, "newPassword", "another password")).as("ada"), signIn("ada").as("b"),
		)},
		{Name: "have-i-been-pwned/reset", On: on, Steps: steps(
			clean, member("ada"), post("/request-password-reset", obj{"email": "ada@example.com"}).save("token", "outbox.token"),
			post("/reset-password", obj{"newPassword": breached, "token": "{{token}}"}), post("/reset-password", obj{"newPassword": breached, "token": "unknown"}),
			post("/reset-password", obj{"newPassword": "another password", "token": "{{token}}"}),
		)},
		{Name: "have-i-been-pwned/sign-in is not asked about", On: on, Steps: steps(clean, member("ada"), signIn("ada").as("b"), post("/sign-in/email", obj{"email": "ada@example.com", "password": breached}))},
		{Name: "have-i-been-pwned/answers of the service", On: on, Steps: steps(
			post("/sign-up/email", up).named("not found"),
			says(at, 503, "later"), post("/sign-up/email", up).named("503"),
			says(at, 429, ""), post("/sign-up/email", up).named("429"),
			says(at, 200, strings.ToLower(rest)+":7"), post("/sign-up/email", up).named("lower case"),
			says(at, 200, rest), post("/sign-up/email", up).named("without a count"),
		)},
		{Name: "have-i-been-pwned/no such line", On: on, Steps: steps(says(at, 200, "nonsense"), post("/sign-up/email", up))},
		{Name: "have-i-been-pwned/an empty answer", On: on, Steps: steps(says(at, 200, ""), post("/sign-up/email", up))},
		{Name: "have-i-been-pwned/JSON", On: on, Steps: steps(says(at, 200, obj{"a": 1}), post("/sign-up/email", up))},
	}
}
