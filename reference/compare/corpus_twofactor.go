package main

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 has it so
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"
)

const totpPeriod = 30

// totp keeps the code of RFC 6238 of the secret in a saved otpauth URI, some periods from now.
func totp(uri string, periods int64) Step {
	return edit(fmt.Sprintf("code %+d", periods), func(s *Side) error {
		u, err := url.Parse(s.vars[uri])
		if err != nil {
			return err
		}
		secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(u.Query().Get("secret"))
		if err != nil {
			return fmt.Errorf("the secret in %s: %w", u, err)
		}
		mac := hmac.New(sha1.New, secret)
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(time.Now().Unix()/totpPeriod+periods)))
		sum := mac.Sum(nil)
		at := sum[len(sum)-1] & 15
		s.vars["code"] = fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:])&0x7fffffff%1_000_000)
		return nil
	})
}

// enrolled is a member with a second factor, whose next good code is that of now.
func enrolled(name string) []Step {
	return steps(
		member(name),
		post("/two-factor/enable", obj{"password": password}).as(name).named("enable").save("uri", "body.totpURI").
			save("backup", "body.backupCodes.0").save("backup2", "body.backupCodes.1"),
		totp("uri", -1), post("/two-factor/verify-totp", obj{"code": "{{code}}"}).as(name).named("confirm"),
	)
}

func twoFactorScenarios() []Scenario {
	on := []string{"two-factor"}
	code := obj{"code": "{{code}}"}
	return []Scenario{
		{Name: "two-factor/by an application", On: on, Steps: steps(
			enrolled("ada"), whoami("ada"), post("/two-factor/get-totp-uri", obj{"password": password}).as("ada"),
			signIn("ada").as("b"), whoami("b"), get("/list-sessions").as("b"), post("/two-factor/verify-totp", obj{"code": "000000"}).as("b"),
			totp("uri", 0), post("/two-factor/verify-totp", code).as("b"), whoami("b"),
			post("/two-factor/verify-totp", code).as("nobody"),
			post("/two-factor/enable", obj{"password": password}).as("b").named("enable again"),
		)},
		{Name: "two-factor/not confirmed", On: on, Steps: steps(
			member("ada"), post("/two-factor/enable", obj{"password": password}).as("ada"), signIn("ada").as("b"), whoami("b"),
			post("/two-factor/disable", obj{"password": password}).as("ada"),
		)},
		{Name: "two-factor/by a backup code", On: on, Steps: steps(
			enrolled("ada"), signIn("ada").as("b"), post("/two-factor/verify-backup-code", obj{"code": "{{backup}}"}).as("b"), whoami("b"),
			signIn("ada").as("c"), post("/two-factor/verify-backup-code", obj{"code": "{{backup}}"}).as("c").named("used"), whoami("c"),
			post("/two-factor/verify-backup-code", obj{"code": "{{backup2}}", "disableSession": true}).as("c").named("without a session"), whoami("c"),
		)},
		{Name: "two-factor/new backup codes", On: on, Steps: steps(
			enrolled("ada"), post("/two-factor/generate-backup-codes", obj{"password": "wrong password"}).as("ada"), post("/two-factor/generate-backup-codes", obj{"password": password}),
			post("/two-factor/generate-backup-codes", obj{"password": password}).as("ada").save("fresh", "body.backupCodes.3"),
			signIn("ada").as("b"), post("/two-factor/verify-backup-code", obj{"code": "{{backup}}"}).as("b").named("old"),
			post("/two-factor/verify-backup-code", obj{"code": "{{fresh}}"}).as("b").named("new"), whoami("b"),
		)},
		{Name: "two-factor/trusted device", On: on, Steps: steps(
			enrolled("ada"), signIn("ada").as("b"), totp("uri", 0), post("/two-factor/verify-totp", plus(code, "trustDevice", true)).as("b"),
			post("/sign-out", obj{}).as("b"), signIn("ada").as("b").named("trusted"), whoami("b"),
			signIn("ada").as("c").named("not trusted"),
			rows("UPDATE verification SET expiresAt = '{{iso:-1h}}' WHERE identifier LIKE 'trust-device%'"), signIn("ada").as("b").named("no longer trusted"),
		)},
		{Name: "two-factor/not remembered", On: on, Steps: steps(
			enrolled("ada"), post("/sign-in/email", obj{"email": "ada@example.com", "password": password, "rememberMe": false}).as("b"),
			totp("uri", 0), post("/two-factor/verify-totp", code).as("b"), whoami("b"),
		)},
		{Name: "two-factor/by user name", On: on, Steps: steps(
			enrolled("ada"), post("/update-user", obj{"username": "countess"}).as("ada"),
			post("/sign-in/username", obj{"username": "countess", "password": password}).as("b"), whoami("b"),
			totp("uri", 0), post("/two-factor/verify-totp", code).as("b"), whoami("b"),
		)},
		{Name: "two-factor/delivered codes", On: on, Steps: steps(
			enrolled("ada"), post("/two-factor/send-otp", nil), signIn("ada").as("b"), post("/two-factor/send-otp", obj{}).as("b").save("code", "outbox.otp"),
			post("/two-factor/verify-otp", obj{"code": "wrong"}).as("b"), rows("UPDATE verification SET expiresAt = '{{iso:-1m}}' WHERE identifier LIKE '2fa-otp%'"),
			post("/two-factor/verify-otp", code).as("b").named("expired"), whoami("b"),
			post("/two-factor/send-otp", obj{}).as("b").save("code", "outbox.otp"), post("/two-factor/verify-otp", code).as("b").named("in time"), whoami("b"),
			post("/two-factor/verify-otp", code).as("b").named("again"),
		)},
		{Name: "two-factor/disabled", On: on, Steps: steps(
			enrolled("ada"), post("/two-factor/disable", obj{"password": "wrong password"}).as("ada"), post("/two-factor/disable", obj{"password": password}),
			post("/two-factor/disable", obj{"password": password}).as("ada"), whoami("ada"), signIn("ada").as("b"), whoami("b"),
			post("/two-factor/get-totp-uri", obj{"password": password}).as("b"), post("/two-factor/generate-backup-codes", obj{"password": password}).as("b"),
		)},
		{Name: "two-factor/with another's challenge", On: on, Steps: steps(
			enrolled("ada"), signIn("ada").as("b"), member("eve"),
			edit("eve gets the challenge", func(s *Side) error {
				s.jar("eve")["better-auth.two_factor"] = s.jar("b")["better-auth.two_factor"]
				return nil
			}),
			totp("uri", 0), post("/two-factor/verify-totp", code).as("eve"), whoami("eve"),
		)},
		{Name: "two-factor/calls of the server", On: on, Steps: steps(
			enrolled("ada"), call("viewBackupCodes", obj{"body": obj{"userId": "{{adaId}}"}}), call("viewBackupCodes", obj{"body": obj{"userId": "nobody"}}),
		)},
	}
}
