package races

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/crypto/sha3"

	"github.com/goauth-dev/goauth/plugins/siwe"
)

// codeRaces are about values that are good once, and about how often one may guess.
var codeRaces = []race{
	{"RACE-003", "wrong codes of a mail", func(r *round) {
		b := r.signUp("ada")
		right := b.mailedCode()
		guess := b.call("POST", "/sign-in/email-otp", obj{"email": b.email, "otp": other(right)})
		r.expect(r.fire(times(racers, guess)...), map[string]int{"ok": 0, "403 TOO_MANY_ATTEMPTS": 1}) // a code that is gone is invalid too
		r.refused(b.do("POST", "/sign-in/email-otp", obj{"email": b.email, "otp": right}), "after three wrong ones")
	}},
	{"RACE-003", "the right code of a mail", func(r *round) {
		b := r.signUp("ada")
		r.once(r.fire(times(racers, b.call("POST", "/sign-in/email-otp", obj{"email": b.email, "otp": b.mailedCode()}))...))
	}},
	{"RACE-003", "wrong codes of a text message", func(r *round) {
		b, number := r.browser(""), r.number(0)
		right := b.texted(number)
		guess := b.call("POST", "/phone-number/verify", obj{"phoneNumber": number, "code": other(right)})
		r.atMost(r.fire(times(racers, guess)...), "400 INVALID_OTP", 3)
		r.refused(b.do("POST", "/phone-number/verify", obj{"phoneNumber": number, "code": right}), "after three wrong ones")
	}},
	{"RACE-003", "the right code of a text message", func(r *round) {
		b, number := r.browser(""), r.number(0)
		r.once(r.fire(times(racers, b.call("POST", "/phone-number/verify", obj{"phoneNumber": number, "code": b.texted(number)}))...))
	}},
	{"RACE-003", "wrong delivered second factors", func(r *round) {
		e := r.enroll()
		c := e.challenged()
		c.do("POST", "/two-factor/send-otp", obj{})
		right := r.mail.take(r.t, "second "+e.email)
		r.atMost(r.fire(times(racers, c.call("POST", "/two-factor/verify-otp", obj{"code": other(right)}))...), "401 INVALID_CODE", 5)
		r.refused(c.do("POST", "/two-factor/verify-otp", obj{"code": right}), "after five wrong ones")
	}},
	{"RACE-003", "wrong second factors on one challenge", func(r *round) {
		c := r.enroll().challenged()
		r.atMost(r.fire(times(racers, c.call("POST", "/two-factor/verify-totp", obj{"code": "000000"}))...), "401 INVALID_CODE", 5)
	}},
	{"RACE-003", "wrong second factors on many challenges", func(r *round) {
		e := r.enroll()
		r.atMost(r.fire(each(racers, func(int) request {
			return e.challenged().call("POST", "/two-factor/verify-backup-code", obj{"code": "nonsense"})
		})...),
			"401 INVALID_BACKUP_CODE", 10)
		r.refused(e.challenged().do("POST", "/two-factor/verify-backup-code", obj{"code": e.backup[0]}), "after ten wrong ones")
	}},
	{"RACE-004", "one backup code", func(r *round) {
		e := r.enroll()
		r.once(r.fire(e.onChallenges("/two-factor/verify-backup-code", func(int) string { return e.backup[0] })...))
		r.refused(e.challenged().do("POST", "/two-factor/verify-backup-code", obj{"code": e.backup[0]}), "a used code")
	}},
	{"RACE-004", "two backup codes", func(r *round) {
		e := r.enroll()
		answers := r.fire(e.onChallenges("/two-factor/verify-backup-code", func(i int) string { return e.backup[i/2%2] })...)
		r.expect(answers, map[string]int{"ok": 2})
		for _, used := range e.backup[:2] {
			r.refused(e.challenged().do("POST", "/two-factor/verify-backup-code", obj{"code": used}), "a used code")
		}
	}},
	{"RACE-005", "one step of an authenticator", func(r *round) {
		e := r.enroll()
		code := e.totp()
		r.once(r.fire(e.onChallenges("/two-factor/verify-totp", func(int) string { return code })...))
	}},
	{"RACE-006", "a link", func(r *round) {
		b := r.signUp("ada").another()
		b.post("/sign-in/magic-link", obj{"email": b.email, "callbackURL": "/"})
		link := "/magic-link/verify?callbackURL=/&token=" + url.QueryEscape(r.mail.take(r.t, "link "+b.email))
		if answers := r.fire(times(racers, b.call("GET", link, nil))...); r.alive(answers) != 1 {
			r.failf("%d sessions of one link", r.alive(answers))
		}
	}},
	{"RACE-006", "a one-time token", func(r *round) {
		b := r.signUp("ada")
		token := b.get("/one-time-token/generate")["token"]
		r.once(r.fire(times(racers, b.another().call("POST", "/one-time-token/verify", obj{"token": token}))...))
	}},
	{"RACE-006", "a reset by code", func(r *round) {
		b := r.signUp("ada").another()
		b.post("/email-otp/request-password-reset", obj{"email": b.email})
		code := r.mail.take(r.t, "code "+b.email)
		r.once(r.fire(each(racers, func(i int) request {
			return b.call("POST", "/email-otp/reset-password", obj{"email": b.email, "otp": code, "password": fmt.Sprint("another password ", i)})
		})...))
	}},
	{"RACE-006", "a change of address", func(r *round) {
		b := r.signUp("ada")
		fresh := r.email("grace")
		b.post("/change-email", obj{"newEmail": fresh, "callbackURL": "/"})
		token := r.mail.take(r.t, "verify "+fresh)
		for _, a := range r.fire(times(racers, b.call("GET", "/verify-email?token="+token, nil))...) {
			if a.Status != http.StatusOK && a.Status != http.StatusUnauthorized {
				r.failf("answered %d %s", a.Status, a.Body)
			}
		}
		if got := b.get("/get-session?disableCookieCache=true")["user"].(obj)["email"]; got != fresh {
			r.failf("the address is %v", got)
		}
	}},
	{"RACE-008", "a nonce", func(r *round) {
		w := newWallet(r)
		r.once(r.fire(times(racers, w.signed(1)[0])...))
	}},
	{"RACE-010", "a device polls", func(r *round) {
		b, d := r.signUp("ada"), r.device()
		b.do("GET", "/device?user_code="+d.user, nil)
		b.post("/device/approve", obj{"userCode": d.user})
		r.once(r.fire(times(racers, d.poll())...))
	}},
	{"RACE-010", "two people decide", func(r *round) {
		ada, eve, d := r.signUp("ada"), r.signUp("eve"), r.device()
		r.fire(ada.call("GET", "/device?user_code="+d.user, nil), eve.call("GET", "/device?user_code="+d.user, nil))
		r.once(r.fire(each(racers, func(i int) request {
			return []*browser{ada, eve}[i/2%2].call("POST", []string{"/device/approve", "/device/deny"}[i/4%2], obj{"userCode": d.user})
		})...))
	}},
}

// other is a code that is not the given one.
func other(code string) string {
	if code == "000000" {
		return "111111"
	}
	return "000000"
}

// refused fails when an answer is a success.
func (r *round) refused(answer response, what string) {
	r.t.Helper()
	if answer.Status < http.StatusBadRequest {
		r.failf("%s was taken: %d %s", what, answer.Status, answer.Body)
	}
}

// atMost fails when more guesses were judged than a budget, fewer than one, or one succeeded.
func (r *round) atMost(answers []response, judged string, budget int) {
	r.t.Helper()
	n := 0
	for _, a := range answers {
		if a.outcome() == judged {
			n++
		}
		if a.Status == http.StatusOK {
			r.failf("a wrong guess was answered 200")
		}
	}
	if n < 1 || n > budget {
		r.failf("%d guesses were judged, at most %d may be", n, budget)
	}
}

// mailedCode asks for a code to sign in with and returns it.
func (b *browser) mailedCode() string {
	b.t.Helper()
	b.post("/email-otp/send-verification-otp", obj{"email": b.email, "type": "sign-in"})
	return b.mail.take(b.t, "code "+b.email)
}

// number is a phone number that no other round has.
func (r *round) number(i int) string {
	sum := 0
	for _, c := range r.race.slug() {
		sum = (sum*31 + int(c)) % 9000
	}
	return fmt.Sprintf("+1%04d%04d%02d", 1000+sum, r.n, i)
}

func (b *browser) texted(number string) string {
	b.t.Helper()
	b.post("/phone-number/send-otp", obj{"phoneNumber": number})
	return b.mail.take(b.t, "sms "+number)
}

// enrolled is somebody with a second factor.
type enrolled struct {
	*browser
	secret string
	backup []string
}

func (r *round) enroll() *enrolled {
	r.t.Helper()
	b := r.signUp("ada")
	got := b.post("/two-factor/enable", obj{"password": password})
	at, err := url.Parse(got["totpURI"].(string))
	if err != nil {
		r.t.Fatal(err)
	}
	e := &enrolled{browser: b, secret: at.Query().Get("secret")}
	for _, code := range got["backupCodes"].([]any) {
		e.backup = append(e.backup, code.(string))
	}
	return e
}

// challenged is a browser that has given the password and is asked for the second factor.
func (e *enrolled) challenged() *browser { return e.challenges(1)[0] }

// challenges are several such browsers.
func (e *enrolled) challenges(n int) []*browser {
	e.t.Helper()
	var out []*browser
	for _, a := range e.together(times(n, e.another().call("POST", "/sign-in/email", obj{"email": e.email, "password": password}))) {
		if !strings.Contains(a.Body, `"twoFactorRedirect":true`) {
			e.t.Fatalf("the password alone: %d %s", a.Status, a.Body)
		}
		b := e.another()
		b.cookies = a.Cookies
		out = append(out, b)
	}
	return out
}

// onChallenges gives codes on as many challenges as there are racers.
func (e *enrolled) onChallenges(path string, code func(i int) string) []request {
	all := e.challenges(racers)
	return each(racers, func(i int) request { return all[i].call("POST", path, obj{"code": code(i)}) })
}

// totp is the code of now (RFC 6238).
func (e *enrolled) totp() string {
	e.t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(e.secret)
	if err != nil {
		e.t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, time.Now().Unix()/30)
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%1_000_000)
}

// device is something without a keyboard that asked for codes.
type device struct {
	*browser
	code, user string
}

func (r *round) device() device {
	r.t.Helper()
	b := r.browser("")
	got := b.post("/device/code", obj{"client_id": "tv"})
	return device{b, got["device_code"].(string), got["user_code"].(string)}
}

func (d device) poll() request {
	return d.call("POST", "/device/token", obj{"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": d.code, "client_id": "tv"})
}

// wallet signs texts as Ethereum's wallets do.
type wallet struct {
	*browser
	key     *secp256k1.PrivateKey
	address string
}

func newWallet(r *round) wallet {
	r.t.Helper()
	key, err := secp256k1.GeneratePrivateKey()
	if err != nil {
		r.t.Fatal(err)
	}
	keccak := sha3.NewLegacyKeccak256()
	keccak.Write(key.PubKey().SerializeUncompressed()[1:])
	return wallet{r.browser(""), key, siwe.Checksum("0x" + hex.EncodeToString(keccak.Sum(nil)[12:]))}
}

// signed asks for nonces on chains 1 to n, and returns the requests that sign in with them.
func (w wallet) signed(n int) []request {
	w.t.Helper()
	nonces := w.together(each(n, func(i int) request {
		return w.call("POST", "/siwe/nonce", obj{"walletAddress": w.address, "chainId": i + 1})
	}))
	return each(n, func(i int) request { return w.sign(i+1, w.object(nonces[i], "/siwe/nonce")["nonce"].(string)) })
}

func (w wallet) sign(chain int, nonce string) request {
	text := "app.example wants you to sign in with your Ethereum account:\n" + w.address + "\n\nSign in, please.\n\nURI: https://app.example/login\n" +
		fmt.Sprintf("Version: 1\nChain ID: %d\nNonce: %s\nIssued At: %s", chain, nonce, time.Now().UTC().Format("2006-01-02T15:04:05.000Z"))
	hash := siwe.Hash(text)
	compact := ecdsa.SignCompact(w.key, hash[:], false)
	signature := "0x" + hex.EncodeToString(append(compact[1:], compact[0]))
	return w.call("POST", "/siwe/verify", obj{"message": text, "signature": signature, "walletAddress": w.address, "chainId": chain})
}
