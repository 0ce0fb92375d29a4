package main

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 §1.2: what every authenticator app computes
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"

	"github.com/goauth-dev/goauth/reference/internal/harness"
)

var secondFactor = []string{"two-factor"}

var twoFactorChecks = []check{
	{"a TOTP secret made here gives codes that are good there", secondFactor, told(totpCheck)},
	{"backup codes made here are good once there", secondFactor, told(backupCheck)},
	{"a device trusted here is trusted there", secondFactor, told(trustCheck)},
	{"a sign-in begun here is finished there by a delivered code", secondFactor, told(deliveredCheck)},
	{"a second factor ended there is over here", secondFactor, told(disabledCheck)},
}

// authenticator is the app on the phone: it reads the URI of a QR code.
type authenticator struct {
	secret []byte
	// next is the step, counted from now, of the next code. A code is good one step before and one after its own, and here
	// only once, so that the codes of one check go upwards from -1 to 1.
	next int64
}

func (t *talk) scan(uri string) *authenticator {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "otpauth" {
		t.err = fmt.Errorf("%q is no URI of an authenticator: %w", uri, err)
		return &authenticator{}
	}
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(u.Query().Get("secret"))
	if err != nil {
		t.err = fmt.Errorf("the secret of %q: %w", uri, err)
	}
	return &authenticator{secret: secret, next: -1}
}

// code is the next one (RFC 4226 §5.3, RFC 6238 §4.2). One of the step before is made in the first half of a step only: it
// has to be good still when it arrives.
func (a *authenticator) code() string {
	const period, digits = 30, 1_000_000
	now := time.Now()
	if gone := now.Unix() % period; a.next < 0 && gone > period/2 {
		time.Sleep(time.Duration(period-gone) * time.Second)
		now = time.Now()
	}
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(now.Unix()/period+a.next))
	a.next++
	mac := hmac.New(sha1.New, a.secret)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:])&0x7fffffff%digits)
}

// enroll turns ada's second factor on: asked for at one server, confirmed at the other.
func (t *talk) enroll(here, there *harness.Server) (b *browser, app *authenticator, backup []string) {
	b, _ = t.member(here, "ada")
	a := t.post(b, here, "/two-factor/enable", obj{"password": password})
	list, _ := a.value("backupCodes").([]any)
	for _, code := range list {
		backup = append(backup, fmt.Sprint(code))
	}
	if t.same("number of backup codes", len(backup), 10); t.err != nil {
		return b, &authenticator{}, make([]string, 10)
	}
	app = t.scan(a.text("totpURI"))
	t.post(b, there, "/two-factor/verify-totp", obj{"code": app.code()})
	t.same("the second factor at "+string(here.Kind), t.signedIn(b, here).value("user.twoFactorEnabled"), true)
	return b, app, backup
}

// challenge signs ada in as far as the second factor.
func (t *talk) challenge(s *harness.Server) *browser {
	b := newBrowser()
	t.same("the challenge of "+string(s.Kind), t.enter(b, s, "ada").value("twoFactorRedirect"), true)
	t.signedOut(b, s)
	return b
}

func totpCheck(t *talk, here, there *harness.Server) {
	b, app, _ := t.enroll(here, there)
	uri := t.post(b, here, "/two-factor/get-totp-uri", obj{"password": password}).text("totpURI")
	t.same("the URI of "+string(there.Kind), t.post(b, there, "/two-factor/get-totp-uri", obj{"password": password}).text("totpURI"), uri)
	for _, s := range []*harness.Server{here, there} {
		waiting := t.challenge(s)
		other := there
		if s == there {
			other = here
		}
		t.refused(waiting, other, "/two-factor/verify-totp", obj{"code": "000000"})
		t.post(waiting, other, "/two-factor/verify-totp", obj{"code": app.code()})
		t.signedIn(waiting, s)
	}
}

func backupCheck(t *talk, here, there *harness.Server) {
	b, _, codes := t.enroll(here, there)
	use := func(s *harness.Server, code string) {
		waiting := t.challenge(here)
		t.post(waiting, s, "/two-factor/verify-backup-code", obj{"code": code})
		t.signedIn(waiting, here)
	}
	use(there, codes[0])
	use(here, codes[1])
	for _, s := range []*harness.Server{here, there} {
		for _, code := range []string{codes[0], codes[1], "nonsense"} {
			t.refused(t.challenge(here), s, "/two-factor/verify-backup-code", obj{"code": code})
		}
	}
	t.same("the codes that are left", t.call(there, "viewBackupCodes", obj{"userId": t.signedIn(b, here).text("user.id")}).size("backupCodes"), len(codes)-2)
	fresh := t.post(b, there, "/two-factor/generate-backup-codes", obj{"password": password}).value("backupCodes")
	t.refused(t.challenge(here), here, "/two-factor/verify-backup-code", obj{"code": codes[2]})
	if list, ok := fresh.([]any); ok && len(list) > 0 {
		use(here, fmt.Sprint(list[0]))
	}
}

func trustCheck(t *talk, here, there *harness.Server) {
	_, app, _ := t.enroll(here, there)
	b := t.challenge(here)
	t.post(b, here, "/two-factor/verify-totp", obj{"code": app.code(), "trustDevice": true})
	for _, s := range []*harness.Server{there, here, there} {
		t.post(b, here, "/sign-out", obj{})
		t.same("the challenge of "+string(s.Kind), t.enter(b, s, "ada").value("twoFactorRedirect"), nil)
		t.signedIn(b, here)
	}
	t.challenge(there)
}

func deliveredCheck(t *talk, here, there *harness.Server) {
	t.enroll(here, there)
	b := t.challenge(here)
	t.post(b, there, "/two-factor/send-otp", obj{})
	code := t.mailed(there, "two-factor-otp", "otp")
	t.refused(b, here, "/two-factor/verify-otp", obj{"code": "wrong!"})
	t.post(b, here, "/two-factor/verify-otp", obj{"code": code})
	t.signedIn(b, there)
	t.refused(t.challenge(here), there, "/two-factor/verify-otp", obj{"code": code})
}

func disabledCheck(t *talk, here, there *harness.Server) {
	b, _, _ := t.enroll(here, there)
	t.post(b, there, "/two-factor/disable", obj{"password": password})
	t.count(here, 0, `SELECT count(*) FROM "twoFactor"`)
	again := newBrowser()
	t.same("the challenge of "+string(here.Kind), t.enter(again, here, "ada").value("twoFactorRedirect"), nil)
	t.signedIn(again, there)
}
