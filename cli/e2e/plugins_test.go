package e2e_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestThePageOffersWhatThePluginsDo goes through the doors and the cards that plugins bring, as far as they need nothing
// from outside.
func TestThePageOffersWhatThePluginsDo(t *testing.T) {
	t.Parallel()
	url := startServer(t)
	b := newBrowser(t, url)
	const ada, bob, password = "ada@example.com", "bob@example.com", "correct horse"
	var secret, backup string
	for _, step := range []struct {
		name string
		run  func()
	}{
		{"a guest needs nothing", func() {
			b.open("/")
			b.click("#guest")
			b.sees("#h-account", "Anonymous")
			b.leave()
		}},
		{"a link signs in, and makes the user", func() {
			b.through("magic")
			b.sound(t, "magic")
			b.fill("#magic-email", bob)
			b.submit("#form-magic")
			b.sees("#sent-text", "It signs you in")
			b.openMail("Sign in to GoAuth", bob)
			b.sees("#account-email", bob)
			b.leave()
		}},
		{"a code signs in", func() {
			b.through("otp")
			b.fill("#otp-email", bob)
			b.submit("#form-otp")
			b.sees("#h-otp-code", "Enter the code")
			b.accessible(t, "otp-code")
			b.fill("#otp-code", "000000")
			b.submit("#form-otp-code")
			b.sees("#form-otp-code .msg", "That is not the code")
			b.fill("#otp-code", b.code(bob))
			b.submit("#form-otp-code")
			b.sees("#account-email", bob)
			b.leave()
		}},
		{"a number signs in", func() {
			b.through("phone")
			b.fill("#phone", "+491701234567")
			b.submit("#form-phone")
			b.sees("#h-phone-code", "Enter the code")
			b.fill("#phone-code", b.code("+491701234567"))
			b.submit("#form-phone-code")
			b.sees("#h-account", "+491701234567")
			b.leave()
		}},
		{"a user name signs in", func() {
			b.click("#view-sign-in [data-go=sign-up]")
			b.fill("#up-name", "Ada")
			b.fill("#up-email", ada)
			b.fill("#up-username", "countess")
			b.fill("#up-password", password)
			b.submit("#form-sign-up")
			b.sees("#h-sent", "Check your mail")
			b.openMail("Verify your e-mail address", ada)
			b.sees("#notice", "Your address is verified")
			b.signIn("countess", password)
			b.sees("#account-email", ada)
			b.sound(t, "account-plugins")
			b.pictures("account-plugins")
		}},
		{"a second factor is turned on", func() {
			b.fill("#factor-password", password)
			b.submit("#form-factor-on")
			b.sees("#factor-setup", "backup codes")
			secret, backup = b.eval(`document.querySelector("#factor-secret").textContent`), b.eval(`document.querySelector("#factor-backup li").textContent`)
			b.accessible(t, "factor")
			b.pictures("factor")
			b.fill("#factor-code", totp(secret, time.Now()))
			b.submit("#form-factor-code")
			b.sees("#factor-chip", "on")
			b.leave()
		}},
		{"a sign-in asks for it, and a backup code does", func() {
			b.signIn("countess", password)
			b.sees("#h-second", "One more step")
			b.accessible(t, "second")
			b.pictures("second")
			b.click("#form-second input[value=backup]")
			b.fill("#second-code", backup)
			b.submit("#form-second")
			b.sees("#account-email", ada)
			b.leave()
			b.signIn("countess", password)
			b.sees("#h-second", "One more step")
			b.click("#second-send")
			b.sees("#second-msg", "on its way")
			b.fill("#second-code", b.code(ada))
			b.submit("#form-second")
			b.sees("#account-email", ada)
		}},
		{"an organization invites, and the other accepts", func() {
			b.fill("#organization-name", "Analytical Engines")
			b.submit("#form-organization")
			b.sees("#organizations", "Analytical Engines active")
			b.fill("#invite-email", bob)
			b.submit("#form-invite")
			b.sees("#organizations-msg", bob+" is invited")
		}},
		{"a key is shown once", func() {
			b.fill("#key-name", "build server")
			b.submit("#form-key")
			b.sees("#form-key .msg", "not shown again")
			key := b.eval(`document.querySelector("#key").textContent`)
			b.sees("#keys", "build server")
			if shown := b.eval(`document.querySelector("#keys").textContent`); len(key) < 32 || strings.Contains(shown, key) {
				t.Errorf("the key is %q, the list %q", key, shown)
			}
			b.pictures("account-filled")
			b.click("#keys button")
			b.sees("#keys", "None yet")
		}},
		{"a device is approved", func() {
			code := deviceCode(t, url)
			b.open("/?user_code=" + code.User)
			b.until("the code to be filled in", func() (bool, string) {
				got := b.eval(`document.querySelector("#device-code").value`)
				return got == code.User, got
			})
			b.submit("#form-device")
			b.sees("#device-msg", "Then approve it")
			b.click("#device-approve")
			b.sees("#device-msg", "The device is signed in")
			if status, body := post(t, url+"/api/auth/device/token", map[string]string{
				"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": code.Device, "client_id": "tv",
			}); status != http.StatusOK || !strings.Contains(body, "access_token") {
				t.Errorf("the device gets %d %s", status, body)
			}
		}},
		{"two accounts share the browser", func() {
			b.click("#view-account [data-go=sign-in]")
			b.through("otp")
			b.fill("#otp-email", bob)
			b.submit("#form-otp")
			b.sees("#h-otp-code", "Enter the code")
			b.fill("#otp-code", b.code(bob))
			b.submit("#form-otp-code")
			b.sees("#account-email", bob)
			b.sees("#organizations", "Invitation to Analytical Engines")
			b.accessible(t, "invitation")
			b.click("#organizations button")
			b.sees("#organizations-msg", "You are a member")
			b.sees("#accounts", ada)
			b.click("#accounts button")
			b.sees("#account-email", ada)
		}},
	} {
		if t.Failed() {
			break
		}
		t.Logf("step: %s", step.name)
		step.run()
	}
	if c := b.complaints(); len(c) > 0 {
		t.Errorf("the console complains:\n%s", strings.Join(c, "\n"))
	}
}

// through opens one of the other doors.
func (b *browser) through(view string) {
	b.t.Helper()
	b.sees("#h-sign-in", "Welcome back")
	b.click("#view-sign-in [data-go=" + view + "]")
}

func (b *browser) leave() {
	b.t.Helper()
	b.click("#sign-out")
	b.sees("#notice", "You are signed out")
}

func (b *browser) signIn(name, password string) {
	b.t.Helper()
	b.fill("#in-email", name)
	b.fill("#in-password", password)
	b.submit("#form-sign-in")
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// code waits for a mail or message with a code that was not read before, and returns the code.
func (b *browser) code(to string) (code string) {
	b.t.Helper()
	if b.codes == nil {
		b.codes = map[string]bool{}
	}
	script := fmt.Sprintf(`(() => {
		const li = [...document.querySelectorAll("#mails li")].find((li) => li.querySelector("h3").textContent.startsWith("Your code") && li.textContent.includes("to " + %q));
		return li?.querySelector(".letter").textContent ?? "";
	})()`, to)
	b.until("a code for "+to, func() (bool, string) {
		text := b.eval(script)
		code = sixDigits.FindString(text)
		return code != "" && !b.codes[code], text
	})
	b.codes[code] = true
	return code
}

// totp is the code of a secret at a time (RFC 6238).
func totp(secret string, at time.Time) string {
	key, _ := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, at.Unix()/30)
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[offset:])&0x7fffffff%1_000_000)
}

type deviceCodes struct {
	Device string `json:"device_code"`
	User   string `json:"user_code"`
}

// deviceCode asks for a code as a device does.
func deviceCode(t *testing.T, url string) (code deviceCodes) {
	t.Helper()
	status, body := post(t, url+"/api/auth/device/code", map[string]string{"client_id": "tv"})
	if err := json.Unmarshal([]byte(body), &code); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	return code
}

func post(t *testing.T, url string, body any) (int, string) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Timeout: 10 * time.Second}).Post(url, "application/json", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, answer.String()
}
