package twofactor_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
	"github.com/goauth-dev/goauth/plugins/onetime"
	"github.com/goauth-dev/goauth/plugins/phonenumber"
	"github.com/goauth-dev/goauth/plugins/twofactor"
	"github.com/goauth-dev/goauth/plugins/username"
)

type fields = map[string]any

const (
	ada     = "ada@example.com"
	session = "better-auth.session_token"
)

type bed struct {
	*authtest.Server
	codes chan twofactor.Message
}

func serve(t *testing.T, o twofactor.Options, more ...func(*auth.Options)) *bed {
	t.Helper()
	b := &bed{codes: make(chan twofactor.Message, 100)}
	if o.OTP.SendOTP == nil {
		o.OTP.SendOTP = func(_ context.Context, m twofactor.Message) error {
			b.codes <- m
			return nil
		}
	}
	b.Server = authtest.New(t, func(opts *auth.Options) {
		opts.Plugins = []auth.Plugin{username.New(username.Options{}), phonenumber.New(phonenumber.Options{}), twofactor.New(o)}
		for _, change := range more {
			change(opts)
		}
	})
	return b
}

// enrolled is a user with a second factor.
type enrolled struct {
	*authtest.Client
	secret string
	backup []string
}

func (b *bed) secretOf(t *testing.T) string {
	t.Helper()
	sealed, _ := b.Row("twoFactor")["secret"].(string)
	secret, err := b.Context().Keys.Decrypt(sealed)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// totp is the code of this moment.
func (b *bed) totp(t *testing.T, secret string) string {
	t.Helper()
	out, err := twofactor.GenerateTOTP.Call(t.Context(), b, twofactor.GenerateTOTPIn{Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	return out.Code
}

func (b *bed) enroll(t *testing.T) *enrolled {
	t.Helper()
	c := b.Client()
	c.Post("/sign-up/email", fields{"name": "Ada", "email": ada, "password": authtest.Password, "username": "ada", "phoneNumber": "+123456789"}).Want(t, http.StatusOK)
	res := c.Post("/two-factor/enable", fields{"password": authtest.Password}).Want(t, http.StatusOK).Object(t)
	e := &enrolled{Client: c, secret: b.secretOf(t)}
	for _, code := range res["backupCodes"].([]any) {
		e.backup = append(e.backup, code.(string))
	}
	if !strings.HasPrefix(res["totpURI"].(string), "otpauth://totp/Better%20Auth:ada%40example.com?secret=") {
		t.Errorf("address %v", res["totpURI"])
	}
	c.Post("/two-factor/verify-totp", fields{"code": b.totp(t, e.secret)}).Want(t, http.StatusOK)
	b.Clock.Advance(2 * time.Minute)
	return e
}

// challenged is a browser whose sign-in waits for a second factor.
func (b *bed) challenged(t *testing.T) *authtest.Client {
	t.Helper()
	c := b.Client()
	res := c.Post("/sign-in/email", fields{"email": ada, "password": authtest.Password}).Want(t, http.StatusOK).Object(t)
	if res["twoFactorRedirect"] != true {
		t.Fatalf("answered %v", res)
	}
	return c
}

func expect(t *testing.T, res authtest.Answer, status int, code string) {
	t.Helper()
	if res.Status != status || res.Code() != code {
		t.Errorf("%d %s, want %d %s", res.Status, res.Body, status, code)
	}
}

func giveTOTP(c *authtest.Client, code string) authtest.Answer {
	return c.Post("/two-factor/verify-totp", fields{"code": code})
}

func giveOTP(c *authtest.Client, code string) authtest.Answer {
	return c.Post("/two-factor/verify-otp", fields{"code": code})
}

func giveBackup(c *authtest.Client, code string) authtest.Answer {
	return c.Post("/two-factor/verify-backup-code", fields{"code": code})
}

func TestASignInWaitsForTheSecondFactor(t *testing.T) {
	b := serve(t, twofactor.Options{})
	e := b.enroll(t)
	for name, give := range map[string]func(c *authtest.Client) authtest.Answer{
		"authenticator": func(c *authtest.Client) authtest.Answer { return giveTOTP(c, b.totp(t, e.secret)) },
		"delivered code": func(c *authtest.Client) authtest.Answer {
			c.Post("/two-factor/send-otp", fields{}).Want(t, http.StatusOK)
			return giveOTP(c, (<-b.codes).OTP)
		},
		"backup code": func(c *authtest.Client) authtest.Answer { return giveBackup(c, e.backup[0]) },
	} {
		t.Run(name, func(t *testing.T) {
			c := b.challenged(t)
			if c.Session() != nil {
				t.Fatal("signed in without it")
			}
			res := give(c).Want(t, http.StatusOK).Object(t)
			got := c.Session()
			if got == nil || got.Session["token"] != res["token"] || c.Cookie("better-auth.two_factor") != "" {
				t.Errorf("session %v after %v", got, res)
			}
		})
	}
}

func TestUP021_AWaitingSignInGivesNothingAway(t *testing.T) {
	long := func(o *auth.Options) {
		o.User.AdditionalFields = schema.Fields{{Name: "bio", Type: schema.String, Default: strings.Repeat("long ", 2000)}}
	}
	for name, change := range map[string]func(*auth.Options){
		"plain":             func(*auth.Options) {},
		"compact copy":      func(o *auth.Options) { o.Session.CookieCache.Enabled = option.On },
		"jwt copy":          func(o *auth.Options) { o.Session.CookieCache = auth.CookieCache{Enabled: option.On, Strategy: "jwt"} },
		"jwe copy":          func(o *auth.Options) { o.Session.CookieCache = auth.CookieCache{Enabled: option.On, Strategy: "jwe"} },
		"copy in parts":     func(o *auth.Options) { long(o); o.Session.CookieCache.Enabled = option.On },
		"secondary storage": func(o *auth.Options) { o.SecondaryStorage = memory.NewSecondary(o.Clock) },
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, twofactor.Options{}, change)
			b.enroll(t)
			rows := func() int {
				if b.Context().Secondary != nil {
					return 0 // sessions have no rows then
				}
				return b.Count(schema.SessionModel)
			}
			before := rows()
			for path, body := range map[string]fields{
				"/sign-in/email":        {"email": ada, "password": authtest.Password},
				"/sign-in/username":     {"username": "ada", "password": authtest.Password},
				"/sign-in/phone-number": {"phoneNumber": "+123456789", "password": authtest.Password},
			} {
				res := b.Client().Post(path, body).Want(t, http.StatusOK)
				if got := res.Object(t); got["twoFactorRedirect"] != true || got["token"] != nil || got["user"] != nil {
					t.Errorf("%s answers %v", path, got)
				}
				for _, line := range res.Header["Set-Cookie"] {
					ck, err := http.ParseSetCookie(line)
					if err != nil {
						t.Fatal(err)
					}
					if ck.Name != "better-auth.two_factor" && ck.Value != "" {
						t.Errorf("%s sets %s", path, ck.Name)
					}
					thief := b.Client()
					thief.SetCookie(ck.Name, ck.Value)
					thief.SetCookie(session, ck.Value)
					if thief.Session() != nil {
						t.Errorf("%s: %s is a session", path, ck.Name)
					}
				}
			}
			if rows() != before {
				t.Error("a session's row stays")
			}
		})
	}
}

func TestUP022_AChallengeEndsAndGivesOneSession(t *testing.T) {
	b := serve(t, twofactor.Options{})
	e := b.enroll(t)
	late := b.challenged(t)
	b.Clock.Advance(11 * time.Minute)
	expect(t, giveTOTP(late, b.totp(t, e.secret)), 401, "INVALID_TWO_FACTOR_COOKIE")

	c, before := b.challenged(t), b.Count(schema.SessionModel)
	header := c.Header()
	codes := burst(10, func(i int) authtest.Answer {
		return b.Client().Do(authtest.Request{Path: "/two-factor/verify-backup-code", Body: fields{"code": e.backup[i]}, Header: header})
	})
	if codes["ok"] != 1 || codes["INVALID_TWO_FACTOR_COOKIE"] != 9 || b.Count(schema.SessionModel) != before+1 {
		t.Errorf("answers %v, %d new sessions", codes, b.Count(schema.SessionModel)-before)
	}
	if left, err := twofactor.ViewBackupCodes.Call(t.Context(), b, twofactor.ViewBackupCodesIn{UserID: userID(b)}); err != nil || len(left.BackupCodes) != 9 {
		t.Errorf("%d codes left, %v", len(left.BackupCodes), err)
	}
}

func userID(b *bed) string {
	id, _ := b.Row(schema.UserModel)["id"].(string)
	return id
}

// burst makes n requests at once and counts the answers.
func burst(n int, give func(i int) authtest.Answer) map[string]int {
	var mu sync.Mutex
	var group sync.WaitGroup
	codes := map[string]int{}
	for i := range n {
		group.Go(func() {
			res := give(i)
			mu.Lock()
			defer mu.Unlock()
			if res.Status == http.StatusOK {
				codes["ok"]++
			} else {
				codes[res.Code()]++
			}
		})
	}
	group.Wait()
	return codes
}

func TestUP023_RACE003_NoMoreDeliveredCodesAreJudgedThanAllowed(t *testing.T) {
	for name, change := range map[string]func(*auth.Options){
		"database": func(*auth.Options) {}, "secondary storage": func(o *auth.Options) { o.SecondaryStorage = memory.NewSecondary(o.Clock) },
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, twofactor.Options{}, change)
			b.enroll(t)
			c := b.challenged(t)
			header := c.Header()
			c.Post("/two-factor/send-otp", nil).Want(t, http.StatusOK)
			right := (<-b.codes).OTP
			give := func(code string) func(int) authtest.Answer {
				return func(int) authtest.Answer {
					return b.Client().Do(authtest.Request{Path: "/two-factor/verify-otp", Body: fields{"code": code}, Header: header})
				}
			}
			if codes := burst(50, give("000000")); codes["INVALID_CODE"] != 5 || codes["TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE"] != 1 || codes["OTP_HAS_EXPIRED"] != 44 {
				t.Errorf("answers %v", codes)
			}
			expect(t, give(right)(0), 400, "OTP_HAS_EXPIRED")
			c.Post("/two-factor/send-otp", nil).Want(t, http.StatusOK)
			if codes := burst(10, give((<-b.codes).OTP)); codes["ok"] != 1 {
				t.Errorf("the right one: %v", codes)
			}
		})
	}
}

func TestUP024_AChallengeStandsFiveWrongCodes(t *testing.T) {
	for name, give := range map[string]func(c *authtest.Client, code string) authtest.Answer{"totp": giveTOTP, "backup": giveBackup} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, twofactor.Options{AccountLockout: twofactor.Lockout{MaxFailures: 100}})
			e := b.enroll(t)
			wrong, right := "INVALID_CODE", func() string { return b.totp(t, e.secret) }
			if name == "backup" {
				wrong, right = "INVALID_BACKUP_CODE", func() string { return e.backup[0] }
			}
			c := b.challenged(t)
			for range 5 {
				expect(t, give(c, "000000"), 401, wrong)
			}
			expect(t, give(c, right()), 400, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE")
			expect(t, give(c, right()), 401, "INVALID_TWO_FACTOR_COOKIE")
			header := b.challenged(t).Header()
			path := map[string]string{"totp": "/two-factor/verify-totp", "backup": "/two-factor/verify-backup-code"}[name]
			codes := burst(50, func(int) authtest.Answer {
				return b.Client().Do(authtest.Request{Path: path, Body: fields{"code": "000000"}, Header: header})
			})
			if codes[wrong] != 5 || codes["ok"] != 0 {
				t.Errorf("answers %v", codes)
			}
		})
	}
}

func TestUP025_PEER030_TenFailuresInARowLockTheSecondFactor(t *testing.T) {
	b := serve(t, twofactor.Options{})
	e := b.enroll(t)
	fail := func(n int) {
		for i := range n {
			c := b.challenged(t)
			switch i % 3 {
			case 0:
				expect(t, giveTOTP(c, "000000"), 401, "INVALID_CODE")
			case 1:
				expect(t, giveBackup(c, "nonsense"), 401, "INVALID_BACKUP_CODE")
			default:
				c.Post("/two-factor/send-otp", nil).Want(t, http.StatusOK)
				<-b.codes
				expect(t, giveOTP(c, "wrong"), 401, "INVALID_CODE")
			}
		}
	}
	fail(9)
	giveTOTP(b.challenged(t), b.totp(t, e.secret)).Want(t, http.StatusOK) // a success resets
	fail(10)
	c := b.challenged(t)
	res := giveBackup(c, e.backup[0])
	expect(t, res, 429, "ACCOUNT_TEMPORARILY_LOCKED")
	if res.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	expect(t, c.Post("/two-factor/send-otp", nil), 429, "ACCOUNT_TEMPORARILY_LOCKED")
	b.Clock.Advance(16 * time.Minute)
	giveBackup(b.challenged(t), e.backup[0]).Want(t, http.StatusOK)
}

func TestGAP001_RACE005_ATOTPStepIsUsedOnce(t *testing.T) {
	for name, change := range map[string]func(*auth.Options){
		"database": func(*auth.Options) {}, "secondary storage": func(o *auth.Options) { o.SecondaryStorage = memory.NewSecondary(o.Clock) },
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, twofactor.Options{AccountLockout: twofactor.Lockout{Enabled: option.Off}}, change)
			e := b.enroll(t)
			code := b.totp(t, e.secret)
			headers := make([]http.Header, 10)
			for i := range headers {
				headers[i] = b.challenged(t).Header()
			}
			codes := burst(10, func(i int) authtest.Answer {
				return b.Client().Do(authtest.Request{Path: "/two-factor/verify-totp", Body: fields{"code": code}, Header: headers[i]})
			})
			if codes["ok"] != 1 || codes["INVALID_CODE"] != 9 {
				t.Errorf("answers %v", codes)
			}
			b.Clock.Advance(30 * time.Second)
			expect(t, giveTOTP(b.challenged(t), code), 401, "INVALID_CODE") // still within the window
			giveTOTP(b.challenged(t), b.totp(t, e.secret)).Want(t, http.StatusOK)
		})
	}
}

func TestGAP021_RACE004_ABackupCodeIsUsedOnce(t *testing.T) {
	for name, storage := range map[string]onetime.Storage{"encrypted": {}, "plain": {Kind: onetime.Plain}, "hashed": {Kind: onetime.Hashed}} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, twofactor.Options{
				AccountLockout: twofactor.Lockout{Enabled: option.Off},
				BackupCodes:    twofactor.BackupCodeOptions{StoreBackupCodes: storage},
			})
			e := b.enroll(t)
			kept, _ := b.Row("twoFactor")["backupCodes"].(string)
			if readable := strings.Contains(kept, e.backup[0]); readable != (name == "plain") {
				t.Errorf("kept %s", kept)
			}
			headers := make([]http.Header, 20)
			for i := range headers {
				headers[i] = b.challenged(t).Header()
			}
			codes := burst(20, func(i int) authtest.Answer { // two different codes, ten times each
				return b.Client().Do(authtest.Request{Path: "/two-factor/verify-backup-code", Body: fields{"code": e.backup[i%2]}, Header: headers[i]})
			})
			if codes["ok"] != 2 || codes["INVALID_BACKUP_CODE"] != 18 {
				t.Errorf("answers %v", codes)
			}
			left, err := twofactor.ViewBackupCodes.Call(t.Context(), b, twofactor.ViewBackupCodesIn{UserID: userID(b)})
			if name == "hashed" {
				if err == nil {
					t.Error("hashed codes can be read")
				}
				return
			}
			if err != nil || len(left.BackupCodes) != 8 || slices.Contains(left.BackupCodes, e.backup[1]) {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
}

func TestATrustedDeviceIsNotAsked(t *testing.T) {
	b := serve(t, twofactor.Options{})
	e := b.enroll(t)
	c := b.challenged(t)
	c.Post("/two-factor/verify-totp", fields{"code": b.totp(t, e.secret), "trustDevice": true}).Want(t, http.StatusOK)
	first := c.Cookie("better-auth.trust_device")
	for range 2 {
		c.SetCookie(session, "")
		if c.SignIn(ada); c.Session() == nil {
			t.Fatal("the trusted device was asked")
		}
	}
	rotated := c.Cookie("better-auth.trust_device")
	if rotated == first {
		t.Error("the cookie stays the same")
	}
	old := b.Client()
	old.SetCookie("better-auth.trust_device", first)
	if old.SignIn(ada); old.Session() != nil {
		t.Error("a cookie from before is good")
	}
	b.Clock.Advance(31 * 24 * time.Hour)
	c.SetCookie(session, "")
	if c.SignIn(ada); c.Session() != nil {
		t.Error("trust does not end")
	}
}

func TestPEER027_TrustIsTheUsersOwnAndEndsWithTheSecondFactor(t *testing.T) {
	for name, change := range map[string]func(*auth.Options){
		"database":          func(*auth.Options) {},
		"secondary storage": func(o *auth.Options) { o.SecondaryStorage = memory.NewSecondary(o.Clock) },
		"both": func(o *auth.Options) {
			o.SecondaryStorage, o.Verification.StoreInDatabase = memory.NewSecondary(o.Clock), true
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, twofactor.Options{}, change)
			e := b.enroll(t)
			trusted := b.challenged(t)
			trusted.Post("/two-factor/verify-totp", fields{"code": b.totp(t, e.secret), "trustDevice": true}).Want(t, http.StatusOK)
			cookie := trusted.Cookie("better-auth.trust_device")
			bob := b.SignedIn("bob@example.com")
			b.Change(schema.UserModel, store.Record{"twoFactorEnabled": true}, store.Is("email", "bob@example.com"))
			bob.SetCookie("better-auth.trust_device", cookie)
			bob.SetCookie(session, "")
			if bob.SignIn("bob@example.com"); bob.Session() != nil {
				t.Error("another's device is trusted")
			}
			e.Post("/two-factor/disable", fields{"password": authtest.Password}).Want(t, http.StatusOK)
			e.Post("/two-factor/enable", fields{"password": authtest.Password}).Want(t, http.StatusOK)
			giveTOTP(e.Client, b.totp(t, b.secretOf(t))).Want(t, http.StatusOK)
			again := b.Client()
			again.SetCookie("better-auth.trust_device", cookie)
			if again.SignIn(ada); again.Session() != nil {
				t.Error("trust outlives the second factor")
			}
			b.Clock.Advance(time.Minute)
			again = b.challenged(t)
			again.Post("/two-factor/verify-totp", fields{"code": b.totp(t, b.secretOf(t)), "trustDevice": true}).Want(t, http.StatusOK)
			again.SetCookie(session, "")
			if again.SignIn(ada); again.Session() == nil {
				t.Error("the trust of the new second factor is none")
			}
		})
	}
}

func TestRememberMeIsCarriedThrough(t *testing.T) {
	b := serve(t, twofactor.Options{})
	e := b.enroll(t)
	c := b.Client()
	c.Post("/sign-in/email", fields{"email": ada, "password": authtest.Password, "rememberMe": false}).Want(t, http.StatusOK)
	res := giveTOTP(c, b.totp(t, e.secret)).Want(t, http.StatusOK)
	if line := res.SetsCookie(session); strings.Contains(line, "Max-Age") {
		t.Errorf("the session is remembered: %s", line)
	}
	expires, _ := time.Parse(time.RFC3339, c.Session().Session["expiresAt"].(string))
	if life := expires.Sub(b.Clock.Now()); life > 24*time.Hour {
		t.Errorf("it lives %v", life)
	}
}

func TestManagingTheSecondFactor(t *testing.T) {
	b := serve(t, twofactor.Options{Issuer: "Acme"})
	e := b.enrollNamed(t)
	wrong := fields{"password": "wrong password"}
	for _, path := range []string{"/two-factor/enable", "/two-factor/disable", "/two-factor/get-totp-uri", "/two-factor/generate-backup-codes"} {
		expect(t, e.Post(path, wrong), 400, "INVALID_PASSWORD")
		expect(t, e.Post(path, fields{}), 400, "VALIDATION_ERROR")
		expect(t, b.Client().Post(path, fields{"password": authtest.Password}), 401, "UNAUTHORIZED")
	}
	uri := e.Post("/two-factor/get-totp-uri", fields{"password": authtest.Password}).Want(t, http.StatusOK).Object(t)
	if !strings.HasPrefix(uri["totpURI"].(string), "otpauth://totp/Better%20Auth:") {
		t.Errorf("address %v", uri)
	}
	fresh := e.Post("/two-factor/generate-backup-codes", fields{"password": authtest.Password}).Want(t, http.StatusOK).Object(t)
	if len(fresh["backupCodes"].([]any)) != 10 {
		t.Errorf("codes %v", fresh)
	}
	expect(t, giveBackup(b.challenged(t), e.backup[0]), 401, "INVALID_BACKUP_CODE")
	e.Post("/two-factor/disable", fields{"password": authtest.Password}).Want(t, http.StatusOK)
	if b.Count("twoFactor") != 0 || e.Session().User["twoFactorEnabled"] != false {
		t.Error("it is on still")
	}
	if c := b.Client(); true {
		if c.SignIn(ada); c.Session() == nil {
			t.Error("the sign-in waits")
		}
	}
	expect(t, e.Post("/two-factor/generate-backup-codes", fields{"password": authtest.Password}), 400, "TWO_FACTOR_NOT_ENABLED")
	expect(t, e.Post("/update-user", fields{"twoFactorEnabled": true}), 400, "FIELD_NOT_ALLOWED") // GAP-013
	for _, path := range []string{"/two-factor/view-backup-codes", "/totp/generate", "/two-factor/generate-totp"} {
		e.Post(path, fields{"userId": userID(b), "secret": "x"}).Want(t, http.StatusNotFound) // UP-130
	}
}

func (b *bed) enrollNamed(t *testing.T) *enrolled {
	t.Helper()
	c := b.Client()
	c.SignUp(ada)
	res := c.Post("/two-factor/enable", fields{"password": authtest.Password}).Want(t, http.StatusOK).Object(t)
	if uri := res["totpURI"].(string); !strings.HasPrefix(uri, "otpauth://totp/Acme:ada%40example.com?") || !strings.HasSuffix(uri, "&issuer=Acme&digits=6&period=30") {
		t.Errorf("address %s", uri)
	}
	e := &enrolled{Client: c, secret: b.secretOf(t)}
	for _, code := range res["backupCodes"].([]any) {
		e.backup = append(e.backup, code.(string))
	}
	giveTOTP(c, b.totp(t, e.secret)).Want(t, http.StatusOK)
	b.Clock.Advance(2 * time.Minute)
	return e
}

func TestASecretThatWasNeverVerifiedEndsNoSignIn(t *testing.T) {
	b := serve(t, twofactor.Options{})
	e := b.enroll(t)
	b.Change("twoFactor", store.Record{"verified": false}, store.Is("userId", userID(b)))
	c := b.Client()
	res := c.Post("/sign-in/email", fields{"email": ada, "password": authtest.Password}).Object(t)
	if methods := res["twoFactorMethods"].([]any); len(methods) != 1 || methods[0] != "otp" {
		t.Errorf("methods %v", methods)
	}
	expect(t, giveTOTP(c, b.totp(t, e.secret)), 400, "TOTP_NOT_ENABLED")
}

func TestUsersWithoutAPassword(t *testing.T) {
	b := serve(t, twofactor.Options{AllowPasswordless: true})
	c := b.SignedIn(ada)
	expect(t, c.Post("/two-factor/enable", fields{}), 400, "INVALID_PASSWORD")
	b.Change(schema.AccountModel, store.Record{"password": nil}, store.Is("userId", userID(b)))
	c.Post("/two-factor/enable", fields{}).Want(t, http.StatusOK)
	c.Post("/two-factor/get-totp-uri", fields{}).Want(t, http.StatusOK)
}

func TestGAP009_MoreSignInsCanAsk(t *testing.T) {
	b := serve(t, twofactor.Options{EnforceOn: []string{"/phone-number/verify"}}, func(o *auth.Options) {
		o.Plugins[1] = phonenumber.New(phonenumber.Options{VerifyOTP: func(*auth.Call, phonenumber.Message) (bool, error) { return true, nil }})
	})
	b.enroll(t)
	c := b.Client()
	res := c.Post("/phone-number/verify", fields{"phoneNumber": "+123456789", "code": "1"}).Want(t, http.StatusOK).Object(t)
	if res["twoFactorRedirect"] != true || c.Session() != nil {
		t.Errorf("answer %v", res)
	}
}

func TestTheFirstProofOfAnAddressTakesTheSecondFactorAway(t *testing.T) {
	b := serve(t, twofactor.Options{})
	b.enroll(t)
	call := b.Context().NewCall(t.Context())
	if err := b.Context().Plugin("two-factor").RevokeAccess(call, userID(b)); err != nil {
		t.Fatal(err)
	}
	if b.Count("twoFactor") != 0 || b.Row(schema.UserModel)["twoFactorEnabled"] != false {
		t.Error("it is on still (UP-068)")
	}
}
