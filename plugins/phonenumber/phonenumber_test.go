package phonenumber_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
	"github.com/goauth-dev/goauth/plugins/phonenumber"
)

type fields = map[string]any

const number = "+251911121314"

type bed struct {
	*authtest.Server
	codes chan string
}

func serve(t *testing.T, o phonenumber.Options, more ...func(*auth.Options)) *bed {
	t.Helper()
	b := &bed{codes: make(chan string, 50)}
	o.SendOTP = func(_ context.Context, m phonenumber.Message) error { b.codes <- m.Code; return nil }
	o.SendPasswordResetOTP = o.SendOTP
	b.Server = authtest.New(t, func(opts *auth.Options) {
		opts.Advanced.Background.Await = true
		opts.Plugins = []auth.Plugin{phonenumber.New(o)}
		for _, change := range more {
			change(opts)
		}
	})
	return b
}

var signsUp = &phonenumber.SignUp{GetTempEmail: func(number string) string { return number + "@phone.test" }}

func (b *bed) code(t *testing.T) string {
	t.Helper()
	b.Client().Post("/phone-number/send-otp", fields{"phoneNumber": number}).Want(t, http.StatusOK)
	return <-b.codes
}

func give(c *authtest.Client, code string) authtest.Answer {
	return c.Post("/phone-number/verify", fields{"phoneNumber": number, "code": code})
}

func expect(t *testing.T, res authtest.Answer, status int, code string) {
	t.Helper()
	if res.Status != status || res.Code() != code {
		t.Errorf("%d %s, want %d %s", res.Status, res.Body, status, code)
	}
}

// member signs somebody up with an address, a password and the number, which is not verified.
func (b *bed) member(t *testing.T, email string) *authtest.Client {
	t.Helper()
	c := b.Client()
	c.Post("/sign-up/email", fields{"name": "Ada", "email": email, "password": authtest.Password, "phoneNumber": number}).Want(t, http.StatusOK)
	return c
}

func TestANumberSignsUpAndIn(t *testing.T) {
	b := serve(t, phonenumber.Options{SignUpOnVerification: signsUp})
	c := b.Client()
	give(c, b.code(t)).Want(t, http.StatusOK)
	user := c.Session().User
	if user["phoneNumber"] != number || user["phoneNumberVerified"] != true || user["email"] != number+"@phone.test" || user["name"] != number {
		t.Errorf("user %v", user)
	}
	again := b.Client()
	if give(again, b.code(t)).Want(t, http.StatusOK); again.Session().User["id"] != user["id"] {
		t.Error("another user")
	}
	res := b.Client().Post("/phone-number/verify", fields{"phoneNumber": number, "code": b.code(t), "disableSession": true}).Want(t, http.StatusOK)
	if got := res.Object(t); got["token"] != nil || res.SetsCookie("better-auth.session_token") != "" {
		t.Errorf("a session was started: %v", got)
	}
	expect(t, give(serve(t, phonenumber.Options{}).Client(), "1"), 400, "OTP_NOT_FOUND")
}

func TestUP032_RACE003_TheAttemptsOfACode(t *testing.T) {
	for name, change := range map[string]func(*auth.Options){
		"database": func(*auth.Options) {}, "secondary storage": func(o *auth.Options) { o.SecondaryStorage = memory.NewSecondary(o.Clock) },
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, phonenumber.Options{SignUpOnVerification: signsUp}, change)
			code := b.code(t)
			if codes := burst(b, 30, "wrong"); codes["INVALID_OTP"] != 3 || codes["TOO_MANY_ATTEMPTS"] != 1 || codes["ok"] != 0 {
				t.Errorf("answers %v", codes)
			}
			expect(t, give(b.Client(), code), 400, "OTP_NOT_FOUND")
			if codes := burst(b, 10, b.code(t)); codes["ok"] != 1 || b.Count(schema.UserModel) != 1 {
				t.Errorf("the right one: %v, %d users", codes, b.Count(schema.UserModel))
			}
		})
	}
}

func burst(b *bed, n int, code string) map[string]int {
	var mu sync.Mutex
	var group sync.WaitGroup
	codes := map[string]int{}
	for range n {
		group.Go(func() {
			res := give(b.Client(), code)
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

func TestUP068_WhoeverTypedTheNumberBeforeIsOut(t *testing.T) {
	b := serve(t, phonenumber.Options{})
	attacker := b.member(t, "attacker@example.com")
	owner := b.Client()
	give(owner, b.code(t)).Want(t, http.StatusOK)
	if attacker.Session() != nil || owner.Session() == nil {
		t.Error("the session from before lives on")
	}
	expect(t, b.Client().Post("/sign-in/phone-number", fields{"phoneNumber": number, "password": authtest.Password}), 401, "INVALID_PHONE_NUMBER_OR_PASSWORD")
}

func TestWhoProvesItsOwnNumberKeepsThePassword(t *testing.T) {
	for name, verify := range map[string]func(b *bed, t *testing.T, member *authtest.Client){
		"by the session": func(b *bed, t *testing.T, member *authtest.Client) { give(member, b.code(t)).Want(t, http.StatusOK) },
		"by the password": func(b *bed, t *testing.T, _ *authtest.Client) {
			c := b.Client()
			expect(t, c.Post("/sign-in/phone-number", fields{"phoneNumber": number, "password": authtest.Password}), 401, "PHONE_NUMBER_NOT_VERIFIED")
			give(c, <-b.codes).Want(t, http.StatusOK)
		},
		"by the verified address": func(b *bed, t *testing.T, _ *authtest.Client) {
			b.Change(schema.UserModel, store.Record{"emailVerified": true}, store.Is("phoneNumber", number))
			give(b.Client(), b.code(t)).Want(t, http.StatusOK)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, phonenumber.Options{RequireVerification: true})
			verify(b, t, b.member(t, "ada@example.com"))
			c := b.Client()
			c.Post("/sign-in/phone-number", fields{"phoneNumber": number, "password": authtest.Password, "rememberMe": false}).Want(t, http.StatusOK)
			if c.Session() == nil {
				t.Error("no session")
			}
		})
	}
}

func TestAWrongPasswordDoesNotKeepOne(t *testing.T) {
	b := serve(t, phonenumber.Options{RequireVerification: true})
	b.member(t, "attacker@example.com")
	c := b.Client()
	expect(t, c.Post("/sign-in/phone-number", fields{"phoneNumber": number, "password": "wrong password"}), 401, "PHONE_NUMBER_NOT_VERIFIED")
	give(c, <-b.codes).Want(t, http.StatusOK)
	expect(t, b.Client().Post("/sign-in/phone-number", fields{"phoneNumber": number, "password": authtest.Password}), 401, "INVALID_PHONE_NUMBER_OR_PASSWORD")
}

func TestPEER034_ANumberChangesByProofOnly(t *testing.T) {
	b := serve(t, phonenumber.Options{})
	c := b.SignedIn("ada@example.com")
	expect(t, c.Post("/update-user", fields{"phoneNumber": number}), 400, "PHONE_NUMBER_CANNOT_BE_UPDATED")
	expect(t, c.Post("/update-user", fields{"phoneNumberVerified": true}), 400, "FIELD_NOT_ALLOWED")
	update := fields{"phoneNumber": number, "code": b.code(t), "updatePhoneNumber": true}
	c.Post("/phone-number/verify", update).Want(t, http.StatusOK)
	if got := c.Session().User; got["phoneNumber"] != number || got["phoneNumberVerified"] != true {
		t.Errorf("user %v", got)
	}
	bob := b.SignedIn("bob@example.com")
	update["code"] = b.code(t)
	expect(t, bob.Post("/phone-number/verify", update), 400, "PHONE_NUMBER_EXIST")
	c.Post("/update-user", fields{"phoneNumber": nil}).Want(t, http.StatusOK)
	if got := b.Row(schema.UserModel, store.Is("email", "ada@example.com")); got["phoneNumber"] != nil || got["phoneNumberVerified"] != false {
		t.Errorf("released: %v", got)
	}
	update["code"] = b.code(t)
	bob.Post("/phone-number/verify", update).Want(t, http.StatusOK)
	update["code"] = b.code(t)
	expect(t, b.Client().Post("/phone-number/verify", update), 401, "USER_NOT_FOUND")
}

func TestAPasswordIsResetByACode(t *testing.T) {
	b := serve(t, phonenumber.Options{})
	attacker := b.member(t, "ada@example.com")
	b.Client().Post("/phone-number/request-password-reset", fields{"phoneNumber": "+000"}).Want(t, http.StatusOK)
	b.Client().Post("/phone-number/request-password-reset", fields{"phoneNumber": number}).Want(t, http.StatusOK)
	code := <-b.codes
	reset := func(code, password string) authtest.Answer {
		return b.Client().Post("/phone-number/reset-password", fields{"phoneNumber": number, "otp": code, "newPassword": password})
	}
	expect(t, reset("wrong", "another password"), 400, "INVALID_OTP")
	expect(t, reset(code, "short"), 400, "PASSWORD_TOO_SHORT")
	expect(t, reset(code, strings.Repeat("x", 129)), 400, "PASSWORD_TOO_LONG")
	expect(t, reset(code, "another password"), 200, "")
	expect(t, reset(code, "another password"), 400, "OTP_NOT_FOUND")
	if attacker.Session() != nil {
		t.Error("the session from before the first proof lives on (UP-068)")
	}
	b.Client().Post("/sign-in/phone-number", fields{"phoneNumber": number, "password": "another password"}).Want(t, http.StatusOK)
}

func TestACodeExpires(t *testing.T) {
	b := serve(t, phonenumber.Options{ExpiresIn: time.Minute, SignUpOnVerification: signsUp})
	code := b.code(t)
	b.Clock.Advance(61 * time.Second)
	expect(t, give(b.Client(), code), 400, "OTP_EXPIRED")
}

func TestWhatIsNoNumber(t *testing.T) {
	b := serve(t, phonenumber.Options{PhoneNumberValidator: func(_ context.Context, n string) (bool, error) { return strings.HasPrefix(n, "+"), nil }})
	expect(t, b.Client().Post("/phone-number/send-otp", fields{"phoneNumber": "123"}), 400, "INVALID_PHONE_NUMBER")
	expect(t, b.Client().Post("/sign-in/phone-number", fields{"phoneNumber": "123", "password": "x"}), 400, "INVALID_PHONE_NUMBER")
	none := authtest.New(t, func(o *auth.Options) { o.Plugins = []auth.Plugin{phonenumber.New(phonenumber.Options{})} })
	expect(t, none.Client().Post("/phone-number/send-otp", fields{"phoneNumber": "123"}), 501, "SEND_OTP_NOT_IMPLEMENTED")
}

func TestAnotherServiceCanCheckCodes(t *testing.T) {
	var called []string
	b := serve(t, phonenumber.Options{
		SignUpOnVerification: signsUp,
		VerifyOTP:            func(_ *auth.Call, m phonenumber.Message) (bool, error) { return m.Code == "good", nil },
		CallbackOnVerification: func(_ *auth.Call, n string, u *auth.User) error {
			called = append(called, n+" "+u.Email)
			return nil
		},
	})
	expect(t, give(b.Client(), b.code(t)), 400, "INVALID_OTP")
	give(b.Client(), "good").Want(t, http.StatusOK)
	if len(called) != 1 || called[0] != number+" "+number+"@phone.test" || b.Count(schema.VerificationModel) != 0 {
		t.Errorf("called %v, %d codes kept", called, b.Count(schema.VerificationModel))
	}
}

func TestUP133_NumbersAndCodesAreNotLogged(t *testing.T) {
	b := serve(t, phonenumber.Options{SignUpOnVerification: signsUp})
	code := b.code(t)
	give(b.Client(), "wrong")
	give(b.Client(), code)
	if log := b.Log.String(); strings.Contains(log, number) || strings.Contains(log, code) {
		t.Errorf("log %s", log)
	}
}

func TestRACE019_APasswordThatChangesWhileItIsCheckedSignsNobodyIn(t *testing.T) {
	var change func()
	b := serve(t, phonenumber.Options{}, func(o *auth.Options) {
		verify := o.EmailAndPassword.Password.Verify
		o.EmailAndPassword.Password.Verify = func(ctx context.Context, hash, password string) (bool, error) {
			defer func() {
				if change != nil {
					change()
				}
			}()
			return verify(ctx, hash, password)
		}
	})
	b.member(t, "ada@example.com")
	attempt := fields{"phoneNumber": number, "password": authtest.Password}
	b.Client().Post("/sign-in/phone-number", attempt).Want(t, http.StatusOK)
	sessions := b.Count(schema.SessionModel)
	change = func() {
		b.Change(schema.AccountModel, store.Record{"password": "fast:another"}, store.Is("providerId", "credential"))
	}
	expect(t, b.Client().Post("/sign-in/phone-number", attempt), 401, "INVALID_PHONE_NUMBER_OR_PASSWORD")
	if n := b.Count(schema.SessionModel); n != sessions {
		t.Errorf("%d sessions, want %d", n, sessions)
	}
}
