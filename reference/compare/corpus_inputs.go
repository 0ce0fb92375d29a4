package main

import "strings"

// An operation is an endpoint with a body that it understands, for scenarios about what is no input.
type operation struct {
	path string
	// jar asks; its session is one that the operation wants, if any.
	jar    string
	body   obj
	fields []string
}

// noBodies are what is sent where an object belongs.
var noBodies = []string{"", "null", "[]", `"text"`, "5", "true", "{", `{"a":1}`, "{}"}

// longText is longer than any field may be.
const longText = "{{repeat:a*5000}}"

// broken sends an operation what is no input: bodies that are none, each field missing, wrong and too long, unknown fields,
// another media type, another method, and once all of it without a session.
func (o operation) broken() []Step {
	out := steps(
		post(o.path, plus(o.body, "unknown", obj{"a": 1})).as("nobody").named(o.path+" as nobody"),
		request("GET", o.path).as(o.jar).named("GET "+o.path), request("PUT", o.path).as(o.jar).named("PUT "+o.path),
		post(o.path, raw("a=b")).media("application/x-www-form-urlencoded").as(o.jar).named(o.path+" as a form"),
		post(o.path, raw("{}")).media("text/plain").as(o.jar).named(o.path+" as a text"),
		post(o.path, nil).as(o.jar).named(o.path+" without a body"),
		each(noBodies, func(text string) Step { return post(o.path, raw(text)).as(o.jar).named(o.path + " with " + text) }),
		fieldCases(o.path, o.jar, o.body, o.fields...),
	)
	for _, f := range o.fields {
		if _, text := o.body[f].(string); text {
			out = append(out, post(o.path, plus(o.body, f, longText)).as(o.jar).named(o.path+" with a long "+f))
		}
	}
	return out
}

// inputsOf is one scenario for each operation, on the profile of the plugin and after the steps that it needs.
func inputsOf(plugin, profile string, before []Step, operations ...operation) []Scenario {
	var out []Scenario
	for _, o := range operations {
		out = append(out, Scenario{
			Name: plugin + "/no input for " + strings.TrimPrefix(o.path, "/"), On: []string{profile}, Steps: steps(before, o.broken()),
		})
	}
	return out
}

func inputScenarios() []Scenario {
	ada := steps(member("ada"))
	var out []Scenario
	for _, list := range [][]Scenario{
		inputsOf("username", "passwordless", ada,
			operation{"/sign-in/username", "x", obj{"username": "nobody", "password": password, "rememberMe": true, "callbackURL": "/home"}, []string{"username", "password", "rememberMe", "callbackURL"}},
			operation{"/is-username-available", "x", obj{"username": "somebody"}, []string{"username"}}),
		inputsOf("magic-link", "passwordless", nil, operation{"/sign-in/magic-link", "x", obj{
			"email": "nobody", "name": "N", "callbackURL": "/a", "newUserCallbackURL": "/b", "errorCallbackURL": "/c", "metadata": obj{"a": 1},
		}, []string{"email", "name", "callbackURL", "newUserCallbackURL", "errorCallbackURL", "metadata"}}),
		inputsOf("email-otp", "passwordless", ada,
			operation{"/email-otp/send-verification-otp", "x", obj{"email": "nobody", "type": "sign-in"}, []string{"email", "type"}},
			operation{"/email-otp/check-verification-otp", "x", obj{"email": "ada@example.com", "type": "sign-in", "otp": "123456"}, []string{"email", "type", "otp"}},
			operation{"/email-otp/verify-email", "x", obj{"email": "ada@example.com", "otp": "123456"}, []string{"email", "otp"}},
			operation{"/sign-in/email-otp", "x", obj{"email": "ada@example.com", "otp": "123456", "name": "N", "image": "i"}, []string{"email", "otp", "name", "image"}},
			operation{"/email-otp/request-password-reset", "x", obj{"email": "nobody@example.com"}, []string{"email"}},
			operation{"/forget-password/email-otp", "x", obj{"email": "nobody@example.com"}, []string{"email"}},
			operation{"/email-otp/reset-password", "x", obj{"email": "nobody@example.com", "otp": "123456", "password": "another password"}, []string{"email", "otp", "password"}},
			operation{"/email-otp/request-email-change", "ada", obj{"newEmail": "nobody", "otp": "123456"}, []string{"newEmail", "otp"}},
			operation{"/email-otp/change-email", "ada", obj{"newEmail": "nobody@example.com", "otp": "123456"}, []string{"newEmail", "otp"}}),
		inputsOf("phone-number", "passwordless", ada,
			operation{"/sign-in/phone-number", "x", obj{"phoneNumber": "+251911121314", "password": "wrong password", "rememberMe": true}, []string{"phoneNumber", "password", "rememberMe"}},
			operation{"/phone-number/send-otp", "x", obj{"phoneNumber": "251"}, []string{"phoneNumber"}},
			operation{"/phone-number/verify", "ada", obj{"phoneNumber": "+251911121314", "code": "123456", "disableSession": true, "updatePhoneNumber": true}, []string{"phoneNumber", "code", "disableSession", "updatePhoneNumber"}},
			operation{"/phone-number/request-password-reset", "x", obj{"phoneNumber": "+251911121314"}, []string{"phoneNumber"}},
			operation{"/phone-number/reset-password", "x", obj{"phoneNumber": "+251911121314", "otp": "123456", "newPassword": "another password"}, []string{"phoneNumber", "otp", "newPassword"}}),
		inputsOf("anonymous", "passwordless", ada,
			operation{"/sign-in/anonymous", "ada", obj{}, nil}, operation{"/delete-anonymous-user", "ada", obj{}, nil}),
		inputsOf("siwe", "passwordless", nil,
			operation{"/siwe/nonce", "x", obj{"walletAddress": wallet, "chainId": 1}, []string{"walletAddress", "chainId"}},
			operation{"/siwe/verify", "x", obj{"message": "m", "signature": "0x00", "walletAddress": wallet, "chainId": 1, "email": "w@example.com"}, []string{"message", "signature", "walletAddress", "chainId", "email"}}),
		inputsOf("two-factor", "two-factor", ada,
			operation{"/two-factor/enable", "ada", obj{"password": "wrong", "issuer": "I"}, []string{"password", "issuer"}},
			operation{"/two-factor/disable", "ada", obj{"password": "wrong"}, []string{"password"}},
			operation{"/two-factor/get-totp-uri", "ada", obj{"password": "wrong"}, []string{"password"}},
			operation{"/two-factor/generate-backup-codes", "ada", obj{"password": "wrong"}, []string{"password"}},
			operation{"/two-factor/verify-totp", "ada", obj{"code": "123456", "trustDevice": true}, []string{"code", "trustDevice"}},
			operation{"/two-factor/verify-otp", "ada", obj{"code": "123456", "trustDevice": true}, []string{"code", "trustDevice"}},
			operation{"/two-factor/verify-backup-code", "ada", obj{"code": "a-b", "disableSession": true, "trustDevice": true}, []string{"code", "disableSession", "trustDevice"}}),
		inputsOf("multi-session", "tokens", ada,
			operation{"/multi-session/set-active", "ada", obj{"sessionToken": "x"}, []string{"sessionToken"}},
			operation{"/multi-session/revoke", "ada", obj{"sessionToken": "x"}, []string{"sessionToken"}}),
		inputsOf("one-time-token", "tokens", ada, operation{"/one-time-token/verify", "x", obj{"token": "x"}, []string{"token"}}),
	} {
		out = append(out, list...)
	}
	return out
}
