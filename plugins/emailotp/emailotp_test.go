package emailotp_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
	"github.com/goauth-dev/goauth/plugins/emailotp"
	"github.com/goauth-dev/goauth/plugins/onetime"
)

type fields = map[string]any

const ada = "ada@example.com"

type bed struct {
	*authtest.Server
	mails chan emailotp.Mail
}

func serve(t *testing.T, o emailotp.Options, more ...func(*auth.Options)) *bed {
	t.Helper()
	b := &bed{mails: make(chan emailotp.Mail, 50)}
	o.SendVerificationOTP = func(_ context.Context, m emailotp.Mail) error {
		b.mails <- m
		return nil
	}
	b.Server = authtest.New(t, func(opts *auth.Options) {
		opts.Advanced.Background.Await = true
		opts.Plugins = []auth.Plugin{emailotp.New(o)}
		for _, change := range more {
			change(opts)
		}
	})
	return b
}

// code asks for a code and returns it.
func (b *bed) code(t *testing.T, email, kind string) string {
	t.Helper()
	b.Client().Post("/email-otp/send-verification-otp", fields{"email": email, "type": kind}).Want(t, http.StatusOK)
	m := <-b.mails
	if string(m.Purpose) != kind {
		t.Fatalf("mail %+v", m)
	}
	return m.OTP
}

func expect(t *testing.T, res authtest.Answer, status int, code string) {
	t.Helper()
	if res.Status != status || res.Code() != code {
		t.Errorf("%d %s, want %d %s", res.Status, res.Body, status, code)
	}
}

func TestACodeSignsInAndUp(t *testing.T) {
	b := serve(t, emailotp.Options{}, func(o *auth.Options) {
		o.User.AdditionalFields = schema.Fields{{Name: "plan", Type: schema.String, Required: option.Off}}
	})
	c := b.Client()
	c.Post("/sign-in/email-otp", fields{"email": "ADA@example.com", "otp": b.code(t, ada, "sign-in"), "name": "Ada", "plan": "gold"}).Want(t, http.StatusOK)
	user := c.Session().User
	if user["email"] != ada || user["emailVerified"] != true || user["name"] != "Ada" || user["plan"] != "gold" {
		t.Errorf("user %v", user)
	}
	again := b.Client()
	again.Post("/sign-in/email-otp", fields{"email": ada, "otp": b.code(t, "Ada@Example.com", "sign-in")}).Want(t, http.StatusOK)
	if again.Session().User["id"] != user["id"] {
		t.Error("another user (UP-125)")
	}
}

func TestWhoGetsACode(t *testing.T) {
	b := serve(t, emailotp.Options{DisableSignUp: true})
	send := func(body fields) authtest.Answer {
		return b.Client().Post("/email-otp/send-verification-otp", body)
	}
	expect(t, send(fields{"email": "nobody", "type": "sign-in"}), 400, "INVALID_EMAIL")
	expect(t, send(fields{"email": "\u212Aelvin@example.com", "type": "sign-in"}), 400, "INVALID_EMAIL") // GO-004
	expect(t, send(fields{"email": ada, "type": "other"}), 400, "VALIDATION_ERROR")
	expect(t, send(fields{"email": ada, "type": "change-email"}), 400, "")
	for _, kind := range []string{"sign-in", "email-verification", "forget-password"} {
		expect(t, send(fields{"email": ada, "type": kind}), 200, "")
	}
	if len(b.mails) != 0 || b.Count(schema.VerificationModel) != 0 {
		t.Errorf("nobody got %d mails, %d codes are kept", len(b.mails), b.Count(schema.VerificationModel))
	}
	res := b.Client().Do(authtest.Request{
		Path: "/email-otp/send-verification-otp", Body: fields{"email": ada, "type": "sign-in"}, Header: http.Header{"Origin": {"https://evil.example"}},
	})
	expect(t, res, 403, "INVALID_ORIGIN") // UP-070
}

// doors are the operations that take a code: how to get one, and how to give it.
var doors = map[string]struct {
	kind string
	give func(c *authtest.Client, otp string) authtest.Answer
}{
	"sign-in": {"sign-in", func(c *authtest.Client, otp string) authtest.Answer {
		return c.Post("/sign-in/email-otp", fields{"email": ada, "otp": otp})
	}},
	"verify-email": {"email-verification", func(c *authtest.Client, otp string) authtest.Answer {
		return c.Post("/email-otp/verify-email", fields{"email": ada, "otp": otp})
	}},
	"reset-password": {"forget-password", func(c *authtest.Client, otp string) authtest.Answer {
		return c.Post("/email-otp/reset-password", fields{"email": ada, "otp": otp, "password": "another password"})
	}},
	"request-email-change": {"email-verification", func(c *authtest.Client, otp string) authtest.Answer {
		return c.Post("/email-otp/request-email-change", fields{"newEmail": "new@example.com", "otp": otp})
	}},
}

var stores = map[string]func(*auth.Options){
	"database":          func(*auth.Options) {},
	"secondary storage": func(o *auth.Options) { o.SecondaryStorage = memory.NewSecondary(o.Clock) },
}

func eachDoor(t *testing.T, run func(t *testing.T, b *bed, c *authtest.Client, kind string, give func(otp string) authtest.Answer)) {
	for name, door := range doors {
		for where, change := range stores {
			t.Run(name+" in "+where, func(t *testing.T) {
				b := serve(t, emailotp.Options{ChangeEmail: emailotp.ChangeEmail{Enabled: true, VerifyCurrentEmail: true}}, change)
				c := b.SignedIn(ada)
				b.Change(schema.UserModel, store.Record{"emailVerified": true}, store.Is("email", ada))
				run(t, b, c, door.kind, func(otp string) authtest.Answer { return door.give(c, otp) })
			})
		}
	}
}

// burst gives one code many times at once and counts the answers.
func burst(n int, give func(otp string) authtest.Answer, otp string) map[string]int {
	var mu sync.Mutex
	var group sync.WaitGroup
	codes := map[string]int{}
	for range n {
		group.Go(func() {
			res := give(otp)
			mu.Lock()
			defer mu.Unlock()
			if res.Status == http.StatusOK {
				codes["ok"]++
				return
			}
			codes[res.Code()]++
		})
	}
	group.Wait()
	return codes
}

func TestUP031_RACE003_NoMoreThanThreeGuessesCount(t *testing.T) {
	eachDoor(t, func(t *testing.T, b *bed, _ *authtest.Client, kind string, give func(string) authtest.Answer) {
		otp := b.code(t, ada, kind)
		codes := burst(30, give, "wrong")
		if codes["TOO_MANY_ATTEMPTS"] != 1 || codes["ok"] != 0 || codes["INVALID_OTP"] != 29 { // 3 wrong, then none is left
			t.Errorf("answers %v", codes)
		}
		expect(t, give(otp), 400, "INVALID_OTP")
	})
}

func TestUP031_OLD017_ARightCodeCountsOnce(t *testing.T) {
	eachDoor(t, func(t *testing.T, b *bed, c *authtest.Client, kind string, give func(string) authtest.Answer) {
		otp := b.code(t, ada, kind)
		if codes := burst(10, give, otp); codes["ok"] != 1 || codes["INVALID_OTP"] != 9 {
			t.Errorf("answers %v", codes)
		}
		expect(t, give(otp), 400, "INVALID_OTP")
	})
}

func TestTheAttemptsOfACode(t *testing.T) {
	eachDoor(t, func(t *testing.T, b *bed, _ *authtest.Client, kind string, give func(string) authtest.Answer) {
		otp := b.code(t, ada, kind)
		for range 3 {
			expect(t, give("wrong"), 400, "INVALID_OTP")
		}
		expect(t, give(otp), 403, "TOO_MANY_ATTEMPTS")
		expect(t, give(otp), 400, "INVALID_OTP")
	})
}

func TestACodeExpires(t *testing.T) {
	b := serve(t, emailotp.Options{ExpiresIn: time.Minute})
	otp := b.code(t, ada, "sign-in")
	b.Clock.Advance(61 * time.Second)
	expect(t, b.Client().Post("/sign-in/email-otp", fields{"email": ada, "otp": otp}), 400, "OTP_EXPIRED")
	expect(t, b.Client().Post("/sign-in/email-otp", fields{"email": ada, "otp": otp}), 400, "INVALID_OTP")
}

func TestUP068_WhoeverSignedUpBeforeIsOut(t *testing.T) {
	for name, door := range map[string]string{"sign-in": "sign-in", "reset": "forget-password"} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, emailotp.Options{})
			attacker := b.SignedIn(ada)
			otp, owner := b.code(t, ada, door), b.Client()
			if door == "sign-in" {
				owner.Post("/sign-in/email-otp", fields{"email": ada, "otp": otp}).Want(t, http.StatusOK)
			} else {
				owner.Post("/email-otp/reset-password", fields{"email": ada, "otp": otp, "password": "another password"}).Want(t, http.StatusOK)
				owner.Post("/sign-in/email", fields{"email": ada, "password": "another password"}).Want(t, http.StatusOK)
			}
			if attacker.Session() != nil || owner.Session().User["emailVerified"] != true {
				t.Error("the session from before lives on")
			}
			expect(t, b.Client().Post("/sign-in/email", fields{"email": ada, "password": authtest.Password}), 401, "INVALID_EMAIL_OR_PASSWORD")
		})
	}
}

func TestConfirmingASignUpKeepsItsPassword(t *testing.T) {
	b := serve(t, emailotp.Options{SendVerificationOnSignUp: true})
	c := b.SignedIn(ada)
	m := <-b.mails
	c.Post("/email-otp/verify-email", fields{"email": ada, "otp": m.OTP}).Want(t, http.StatusOK)
	if got := c.Session(); got == nil || got.User["emailVerified"] != true || m.Purpose != "email-verification" {
		t.Errorf("session %v", got)
	}
	b.Client().SignIn(ada)
}

func TestUP067_VerifyingAnothersAddressDoesNotChangeTheCallersCopy(t *testing.T) {
	b := serve(t, emailotp.Options{}, func(o *auth.Options) { o.Session.CookieCache.Enabled = option.On })
	b.SignedIn(ada)
	bob := b.SignedIn("bob@example.com")
	bob.Post("/email-otp/verify-email", fields{"email": ada, "otp": b.code(t, ada, "email-verification")}).Want(t, http.StatusOK)
	if got := bob.Session().User; got["emailVerified"] != false || got["email"] != "bob@example.com" {
		t.Errorf("the copy says %v", got)
	}
	bob.Post("/email-otp/verify-email", fields{"email": "bob@example.com", "otp": b.code(t, "bob@example.com", "email-verification")}).Want(t, http.StatusOK)
	if got := bob.Session().User; got["emailVerified"] != true {
		t.Errorf("his own is not in his copy: %v", got)
	}
}

func TestUP119_CheckingACodeTellsNothingAboutWhoIsKnown(t *testing.T) {
	b := serve(t, emailotp.Options{})
	b.SignedIn(ada)
	known := b.Client().Post("/email-otp/check-verification-otp", fields{"email": ada, "type": "sign-in", "otp": "000000"})
	unknown := b.Client().Post("/email-otp/check-verification-otp", fields{"email": "x@example.com", "type": "sign-in", "otp": "000000"})
	if known.Status != unknown.Status || known.Body != unknown.Body {
		t.Errorf("%d %s and %d %s", known.Status, known.Body, unknown.Status, unknown.Body)
	}
	otp := b.code(t, ada, "sign-in")
	for range 2 {
		b.Client().Post("/email-otp/check-verification-otp", fields{"email": ada, "type": "sign-in", "otp": otp}).Want(t, http.StatusOK)
	}
	b.Client().Post("/sign-in/email-otp", fields{"email": ada, "otp": otp}).Want(t, http.StatusOK)
}

func TestHowCodesAreKept(t *testing.T) {
	mirror := func(_ context.Context, s string) (string, error) { return "k:" + s, nil }
	back := func(_ context.Context, s string) (string, error) { return s[2:], nil }
	for name, tt := range map[string]struct {
		storage  onetime.Storage
		readable bool
	}{
		"plain":             {onetime.Storage{}, true},
		"hashed":            {onetime.Storage{Kind: onetime.Hashed}, false},
		"encrypted":         {onetime.Storage{Kind: onetime.Encrypted}, true},
		"a hash of its own": {onetime.Storage{Hash: mirror}, false},
		"a cipher":          {onetime.Storage{Encrypt: mirror, Decrypt: back}, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, emailotp.Options{StoreOTP: tt.storage})
			otp := b.code(t, ada, "sign-in")
			if kept := b.Row(schema.VerificationModel)["value"]; (kept == otp+":0") != (name == "plain") {
				t.Errorf("kept %v", kept)
			}
			out, err := emailotp.Get.Call(t.Context(), b, emailotp.GetIn{Email: ada, Type: "sign-in"})
			if tt.readable != (err == nil) || err == nil && *out.OTP != otp {
				t.Errorf("read %v, %v", out, err)
			}
			expect(t, b.Client().Post("/sign-in/email-otp", fields{"email": ada, "otp": "x" + otp}), 400, "INVALID_OTP")
			b.Client().Post("/sign-in/email-otp", fields{"email": ada, "otp": otp}).Want(t, http.StatusOK)
		})
	}
}

func TestACodeCanBeSentAgain(t *testing.T) {
	b := serve(t, emailotp.Options{ResendStrategy: "reuse", StoreOTP: onetime.Storage{Kind: onetime.Encrypted}})
	first := b.code(t, ada, "sign-in")
	b.Clock.Advance(4 * time.Minute)
	if again := b.code(t, ada, "sign-in"); again != first {
		t.Error("another code was sent")
	}
	b.Clock.Advance(4 * time.Minute)
	b.Client().Post("/sign-in/email-otp", fields{"email": ada, "otp": first}).Want(t, http.StatusOK)
	if b.code(t, ada, "sign-in") == first {
		t.Error("a used code was sent again")
	}
}

func TestAnAddressIsChangedByCodes(t *testing.T) {
	b := serve(t, emailotp.Options{ChangeEmail: emailotp.ChangeEmail{Enabled: true}})
	c := b.SignedIn(ada)
	b.SignedIn("taken@example.com")
	c.Post("/email-otp/request-email-change", fields{"newEmail": "taken@example.com"}).Want(t, http.StatusOK)
	expect(t, c.Post("/email-otp/request-email-change", fields{"newEmail": "ADA@example.com"}), 400, "")
	c.Post("/email-otp/request-email-change", fields{"newEmail": "New@example.com"}).Want(t, http.StatusOK)
	m := <-b.mails
	if m.Email != "new@example.com" {
		t.Fatalf("mail to %s", m.Email)
	}
	if codes := burst(10, func(otp string) authtest.Answer {
		return c.Post("/email-otp/change-email", fields{"newEmail": "new@example.com", "otp": otp})
	}, m.OTP); codes["ok"] != 1 {
		t.Errorf("answers %v", codes)
	}
	if got := c.Session().User; got["email"] != "new@example.com" || got["emailVerified"] != true {
		t.Errorf("user %v", got)
	}
	off := serve(t, emailotp.Options{})
	expect(t, off.SignedIn(ada).Post("/email-otp/change-email", fields{"newEmail": "x@example.com", "otp": "1"}), 400, "")
}

func TestCodesInsteadOfLinks(t *testing.T) {
	b := serve(t, emailotp.Options{OverrideDefaultEmailVerification: true}, func(o *auth.Options) { o.EmailVerification.SendOnSignUp = option.On })
	b.SignedIn(ada)
	if m := <-b.mails; m.Email != ada || m.Purpose != "email-verification" {
		t.Errorf("mail %+v", m)
	}
}
