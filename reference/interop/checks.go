package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

// check is one thing that an issuer makes and the other server has to accept.
type check struct {
	name string
	// profiles are where it runs.
	profiles []string
	run      func(ctx context.Context, d direction) error
}

func (c check) on(profile string) bool { return slices.Contains(c.profiles, profile) }

var (
	cached = []string{"cookie-cache-compact", "cookie-cache-jwt", "cookie-cache-jwe"}
	open   = append([]string{"core", redisProfile}, cached...)
	owned  = append([]string{"verification"}, open...)
)

// redisProfile keeps sessions, verification values and rate limits in a Redis that both servers share.
const redisProfile = "secondary-storage"

// awkward are names that encoders treat in different ways.
var awkward = []string{
	`quo"te and 'apostrophe'`, `back\slash`, "emoji 😀 👩‍👩‍👧", "line\u2028para\u2029", "<script>&amp;</script>", "עברית", "汉字", "tab\tnewline\n", "\u007f\u0080", strings.Repeat("long ", 900),
}

// checks are all checks, by subject.
var checks = slices.Concat(coreChecks, twoFactorChecks, passwordlessChecks, organizationChecks, keyChecks, tokenChecks, adminChecks, deviceChecks, socialChecks)

var coreChecks = []check{
	{"a password set here opens there", open, passwordCheck},
	{"a session made here is one there", open, sessionCheck},
	{"a cache cookie made here is read there", cached, cacheCheck},
	{"a session ended there is over here", open, endedCheck},
	{"a session renewed there is renewed here", []string{"core"}, renewedCheck},
	{"a session that is not remembered stays so there", []string{"core"}, notRememberedCheck},
	{"a reset token is redeemed there", owned, resetCheck},
	{"a verification token is accepted there", owned, verificationCheck},
	{"a user renamed there is renamed here", open, renamedCheck},
	{"signing out there ends the session here", open, signOutCheck},
	{"revoking all there ends what both issued", open, revokeAllCheck},
	{"requests here count there", []string{redisProfile}, limitCheck},
	{"a change of address is confirmed there", []string{"core", "verification"}, changeEmailCheck},
	{"an account deletion is confirmed there", []string{"core"}, deletionCheck},
	{"fields written here are read there", []string{"core"}, fieldsCheck},
}

func passwordCheck(ctx context.Context, d direction) error {
	b := newBrowser()
	if err := b.signUp(ctx, d.issuer, "Ada"); err != nil {
		return err
	}
	if err := newBrowser().signIn(ctx, d.other, password); err != nil {
		return err
	}
	_, err := newBrowser().must(ctx, d.other, 401, "POST", "/sign-in/email", obj{"email": "ada@example.com", "password": newPassword})
	return err
}

func sessionCheck(ctx context.Context, d direction) error {
	for i, name := range awkward {
		if len(name) > 255 && d.issuer.Engine() == "mysql" {
			continue // upstream's column is varchar(255) there: 422 on both
		}
		b := newBrowser()
		email := fmt.Sprintf("u%d@example.com", i)
		if _, err := b.must(ctx, d.issuer, 200, "POST", "/sign-up/email", obj{"name": name, "email": email, "password": password}); err != nil {
			return err
		}
		for _, query := range []string{"", "?disableCookieCache=true"} {
			got, err := b.user(ctx, d.other, query)
			if err != nil {
				return fmt.Errorf("name %q: %w", name, err)
			}
			if got != name {
				return fmt.Errorf("name %q became %q", name, got)
			}
		}
		if _, err := b.must(ctx, d.other, 200, "GET", "/list-sessions", nil); err != nil {
			return err
		}
	}
	return nil
}

// cacheCheck changes the row by hand: whoever still answers with the old name has
// read the cookie.
func cacheCheck(ctx context.Context, d direction) error {
	for i, name := range awkward {
		if len(name) > 255 && d.issuer.Engine() == "mysql" {
			continue // upstream's column is varchar(255) there: 422 on both
		}
		b := newBrowser()
		email := fmt.Sprintf("u%d@example.com", i)
		if _, err := b.must(ctx, d.issuer, 200, "POST", "/sign-up/email", obj{"name": name, "email": email, "password": password, "nickname": name}); err != nil {
			return err
		}
		if err := d.issuer.Exec(ctx, `UPDATE "user" SET name = 'from the row' WHERE email = ?`, email); err != nil {
			return err
		}
		got, err := b.user(ctx, d.other, "")
		if err != nil {
			return fmt.Errorf("name %q: %w", name, err)
		}
		if got != name {
			return fmt.Errorf("%s read %q, so it did not take the cache cookie of %q", d.other.Kind, got, name)
		}
		if got, err = b.user(ctx, d.issuer, "?disableCookieCache=true"); err != nil || got != "from the row" {
			return fmt.Errorf("the row is read as %q: %w", got, err)
		}
	}
	return nil
}

func endedCheck(ctx context.Context, d direction) error {
	b := newBrowser()
	if err := b.signUp(ctx, d.issuer, "Ada"); err != nil {
		return err
	}
	second := newBrowser()
	if err := second.signIn(ctx, d.issuer, password); err != nil {
		return err
	}
	if _, err := b.must(ctx, d.other, 200, "POST", "/revoke-other-sessions", obj{}); err != nil {
		return err
	}
	if _, err := second.user(ctx, d.issuer, "?disableCookieCache=true"); err == nil {
		return fmt.Errorf("a session revoked on %s lives on %s", d.other.Kind, d.issuer.Kind)
	}
	_, err := b.user(ctx, d.issuer, "?disableCookieCache=true")
	return err
}

func renamedCheck(ctx context.Context, d direction) error {
	b, second := newBrowser(), newBrowser()
	if err := errors.Join(b.signUp(ctx, d.issuer, "Ada"), second.signIn(ctx, d.issuer, password)); err != nil {
		return err
	}
	for _, name := range []string{"Countess", awkward[0], awkward[2]} {
		if _, err := b.must(ctx, d.other, 200, "POST", "/update-user", obj{"name": name}); err != nil {
			return err
		}
		got, err := second.user(ctx, d.issuer, "?disableCookieCache=true")
		if err != nil {
			return err
		}
		if got != name {
			return fmt.Errorf("%q is still %q", name, got)
		}
	}
	return nil
}

func signOutCheck(ctx context.Context, d direction) error {
	b, second := newBrowser(), newBrowser()
	if err := errors.Join(b.signUp(ctx, d.issuer, "Ada"), second.signIn(ctx, d.other, password)); err != nil {
		return err
	}
	ended := b.copy()
	if _, err := b.must(ctx, d.other, 200, "POST", "/sign-out", obj{}); err != nil {
		return err
	}
	if _, err := ended.user(ctx, d.issuer, "?disableCookieCache=true"); err == nil {
		return fmt.Errorf("the session lives on at %s", d.issuer.Kind)
	}
	a, err := second.must(ctx, d.issuer, 200, "GET", "/list-sessions", nil)
	if list, _ := a.body.([]any); err == nil && len(list) != 1 {
		return fmt.Errorf("%s lists %d sessions, want the other one", d.issuer.Kind, len(list))
	}
	return err
}

func revokeAllCheck(ctx context.Context, d direction) error {
	all := []*browser{newBrowser(), newBrowser(), newBrowser(), newBrowser()}
	if err := all[0].signUp(ctx, d.issuer, "Ada"); err != nil {
		return err
	}
	for i, b := range all[1:] {
		if err := b.signIn(ctx, []*harness.Server{d.other, d.issuer}[i%2], password); err != nil {
			return err
		}
	}
	if _, err := all[1].must(ctx, d.other, 200, "POST", "/revoke-sessions", obj{}); err != nil {
		return err
	}
	for i, b := range all {
		for _, s := range []*harness.Server{d.issuer, d.other} {
			copied := b.copy()
			if _, err := copied.user(ctx, s, "?disableCookieCache=true"); err == nil {
				return fmt.Errorf("session %d lives on at %s", i, s.Kind)
			}
		}
	}
	return nil
}

// limitCheck spends half of a limit on one server and the rest on the other: three sign-ins in ten seconds.
func limitCheck(ctx context.Context, d direction) error {
	b := newBrowser()
	wrong := obj{"email": "nobody@example.com", "password": password}
	for i, s := range []*harness.Server{d.issuer, d.other, d.issuer} {
		if _, err := b.must(ctx, s, 401, "POST", "/sign-in/email", wrong); err != nil {
			return fmt.Errorf("request %d: %w", i+1, err)
		}
	}
	for _, s := range []*harness.Server{d.other, d.issuer} {
		if _, err := b.must(ctx, s, 429, "POST", "/sign-in/email", wrong); err != nil {
			return fmt.Errorf("request over the limit: %w", err)
		}
	}
	return nil
}

func renewedCheck(ctx context.Context, d direction) error {
	b := newBrowser()
	if err := b.signUp(ctx, d.issuer, "Ada"); err != nil {
		return err
	}
	soon := time.Now().Add(48 * time.Hour).UTC().Format("2006-01-02T15:04:05.000Z")
	if err := d.issuer.Exec(ctx, `UPDATE session SET "expiresAt" = ?`, d.issuer.Time(soon)); err != nil {
		return err
	}
	if _, err := b.user(ctx, d.other, ""); err != nil {
		return err
	}
	a, err := b.must(ctx, d.issuer, 200, "GET", "/get-session", nil)
	if err != nil {
		return err
	}
	if got := a.text("session.expiresAt"); got <= soon {
		return fmt.Errorf("expiry is still %q", got)
	}
	return nil
}

func notRememberedCheck(ctx context.Context, d direction) error {
	b := newBrowser()
	if err := b.signUp(ctx, d.issuer, "Ada"); err != nil {
		return err
	}
	if _, err := b.must(ctx, d.issuer, 200, "POST", "/sign-in/email", obj{"email": "ada@example.com", "password": password, "rememberMe": false}); err != nil {
		return err
	}
	before, err := b.must(ctx, d.issuer, 200, "GET", "/get-session", nil)
	if err != nil {
		return err
	}
	after, err := b.must(ctx, d.other, 200, "GET", "/get-session", nil)
	if err != nil {
		return err
	}
	if l, r := before.text("session.expiresAt"), after.text("session.expiresAt"); l != r {
		return fmt.Errorf("expiry moved from %s to %s", l, r)
	}
	return nil
}

func resetCheck(ctx context.Context, d direction) error {
	b := newBrowser()
	if err := b.signUp(ctx, d.issuer, "Ada"); err != nil {
		return err
	}
	if _, err := b.must(ctx, d.issuer, 200, "POST", "/request-password-reset", obj{"email": "ada@example.com", "redirectTo": "/reset"}); err != nil {
		return err
	}
	token, err := mail(d.issuer, "reset-password", "token")
	if err != nil {
		return err
	}
	a, err := b.must(ctx, d.other, 302, "GET", "/reset-password/"+token+"?callbackURL=%2Freset", nil)
	if err != nil {
		return err
	}
	if !strings.HasSuffix(a.location, "/reset?token="+token) {
		return fmt.Errorf("%s sent the link to %q", d.other.Kind, a.location)
	}
	redeem := obj{"newPassword": newPassword, "token": token}
	if _, err := b.must(ctx, d.other, 200, "POST", "/reset-password", redeem); err != nil {
		return err
	}
	if _, err := b.must(ctx, d.issuer, 400, "POST", "/reset-password", redeem); err != nil {
		return fmt.Errorf("redeemed twice: %w", err)
	}
	if err := d.issuer.Exec(ctx, `UPDATE "user" SET "emailVerified" = true`); err != nil {
		return err
	}
	return newBrowser().signIn(ctx, d.issuer, newPassword)
}

func verificationCheck(ctx context.Context, d direction) error {
	b := newBrowser()
	if err := b.signUp(ctx, d.issuer, "Ada"); err != nil {
		return err
	}
	if _, err := newBrowser().must(ctx, d.issuer, 200, "POST", "/send-verification-email", obj{"email": "ada@example.com"}); err != nil {
		return err
	}
	token, err := mail(d.issuer, "verification-email", "token")
	if err != nil {
		return err
	}
	if _, err := b.must(ctx, d.other, 200, "GET", "/verify-email?token="+url.QueryEscape(token), nil); err != nil {
		return err
	}
	verified, err := d.issuer.Count(ctx, `SELECT count(*) FROM "user" WHERE "emailVerified" = true`)
	if err != nil {
		return err
	}
	if verified != 1 {
		return fmt.Errorf("%d users are verified", verified)
	}
	return nil
}

// changeEmailCheck lets each step happen on the other server than the one before.
func changeEmailCheck(ctx context.Context, d direction) error {
	b := newBrowser()
	if err := b.signUp(ctx, d.issuer, "Ada"); err != nil {
		return err
	}
	if err := d.issuer.Exec(ctx, `UPDATE "user" SET "emailVerified" = true`); err != nil {
		return err
	}
	if err := b.signIn(ctx, d.issuer, password); err != nil {
		return err
	}
	if _, err := b.must(ctx, d.issuer, 200, "POST", "/change-email", obj{"newEmail": "new@example.com"}); err != nil {
		return err
	}
	confirm, err := mail(d.issuer, "change-email-confirmation", "token")
	if err != nil {
		return err
	}
	if _, err := b.must(ctx, d.other, 200, "GET", "/verify-email?token="+url.QueryEscape(confirm), nil); err != nil {
		return err
	}
	verify, err := mail(d.other, "verification-email", "token")
	if err != nil {
		return err
	}
	if _, err := b.must(ctx, d.issuer, 200, "GET", "/verify-email?token="+url.QueryEscape(verify), nil); err != nil {
		return err
	}
	a, err := b.must(ctx, d.other, 200, "GET", "/get-session", nil)
	if err != nil {
		return err
	}
	if got := a.text("user.email"); got != "new@example.com" {
		return fmt.Errorf("the address is %q", got)
	}
	return nil
}

func deletionCheck(ctx context.Context, d direction) error {
	b := newBrowser()
	if err := b.signUp(ctx, d.issuer, "Ada"); err != nil {
		return err
	}
	if _, err := b.must(ctx, d.issuer, 200, "POST", "/delete-user", obj{}); err != nil {
		return err
	}
	token, err := mail(d.issuer, "delete-account", "token")
	if err != nil {
		return err
	}
	if _, err := b.must(ctx, d.other, 200, "GET", "/delete-user/callback?token="+token, nil); err != nil {
		return err
	}
	users, err := d.issuer.Count(ctx, `SELECT count(*) FROM "user"`)
	if err != nil {
		return err
	}
	if users != 0 {
		return fmt.Errorf("%d users are left", users)
	}
	return nil
}

func fieldsCheck(ctx context.Context, d direction) error {
	b := newBrowser()
	fields := obj{"name": "Ada", "email": "ada@example.com", "password": password, "nickname": "ad", "age": 36, "newsletter": true, "birthday": "1985-12-10T00:00:00.000Z", "secretNote": "hush"}
	if _, err := b.must(ctx, d.issuer, 200, "POST", "/sign-up/email", fields); err != nil {
		return err
	}
	here, err := b.must(ctx, d.issuer, 200, "GET", "/get-session", nil)
	if err != nil {
		return err
	}
	there, err := b.must(ctx, d.other, 200, "GET", "/get-session", nil)
	if err != nil {
		return err
	}
	if l, r := fmt.Sprint(here.body), fmt.Sprint(there.body); l != r {
		return fmt.Errorf("%s reads %s, %s reads %s", d.issuer.Kind, l, d.other.Kind, r)
	}
	return nil
}
