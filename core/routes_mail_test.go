package core_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// kinds returns what was mailed to whom, once the background has done its work.
func (s *server) kinds(t *testing.T) []string {
	t.Helper()
	s.drain()
	var kinds []string
	for _, m := range s.Outbox.All() {
		kinds = append(kinds, strings.TrimSpace(m.Kind+" "+m.To+" "+m.NewEmail))
	}
	return kinds
}

// follow follows a mail's link without a redirect.
func (c *client) follow(m mail) answer {
	c.t.Helper()
	return c.get(strings.TrimPrefix(m.URL, c.URL+apiBase))
}

func TestWhenVerificationMailsAreSent(t *testing.T) {
	type step func(c *client) answer
	up := func(c *client) answer { return c.post("/sign-up/email", signUpBody) }
	in := func(c *client) answer {
		return c.post("/sign-in/email", map[string]any{"email": flowEmail, "password": testPassword})
	}
	mailedTo := []string{"verify " + flowEmail}
	for _, test := range []struct {
		name   string
		change func(o *auth.Options)
		steps  []step
		status int
		want   []string
	}{
		{"a sign-up sends none", func(*auth.Options) {}, []step{up}, 200, nil},
		{"sendOnSignUp", func(o *auth.Options) { o.EmailVerification.SendOnSignUp = option.On }, []step{up}, 200, mailedTo},
		{"requireEmailVerification", func(o *auth.Options) { o.EmailAndPassword.RequireEmailVerification = true }, []step{up}, 200, mailedTo},
		{"sendOnSignUp off wins", func(o *auth.Options) {
			o.EmailAndPassword.RequireEmailVerification, o.EmailVerification.SendOnSignUp = true, option.Off
		}, []step{up}, 200, nil},
		{"an unverified sign-in sends none", func(o *auth.Options) {
			o.EmailAndPassword.RequireEmailVerification, o.EmailVerification.SendOnSignUp = true, option.Off
		}, []step{up, in}, 403, nil},
		{"sendOnSignIn", func(o *auth.Options) {
			o.EmailAndPassword.RequireEmailVerification, o.EmailVerification.SendOnSignUp = true, option.Off
			o.EmailVerification.SendOnSignIn = true
		}, []step{up, in}, 403, mailedTo},
		{"sendOnSignIn without the requirement", func(o *auth.Options) { o.EmailVerification.SendOnSignIn = true }, []step{up, in}, 200, nil},
		{"without a sender", func(o *auth.Options) {
			o.EmailAndPassword.RequireEmailVerification, o.EmailVerification.SendVerificationEmail = true, nil
		}, []step{up, in}, 403, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t, test.change)
			c := s.client()
			var res answer
			for _, do := range test.steps {
				res = do(c)
			}
			if res.Status != test.status || res.Status == http.StatusForbidden && res.code() != "EMAIL_NOT_VERIFIED" {
				t.Errorf("answered %d %s", res.Status, res.Body)
			}
			if diff := cmp.Diff(test.want, s.kinds(t)); diff != "" {
				t.Errorf("mails (-want +got):\n%s", diff)
			}
		})
	}
}

func TestVerifyingAnAddress(t *testing.T) {
	for _, test := range []struct {
		name              string
		auto              bool
		before            error
		signedIn, verifes bool
		status            int
	}{
		{"plain", false, nil, false, true, 302},
		{"with a session after it", true, nil, true, true, 302},
		{"a hook stops it", true, errHook, false, false, 500},
		{"a hook's own answer", true, auth.Fail(http.StatusTeapot, auth.Code{ID: "MINE", Message: "m"}), false, false, 418},
	} {
		t.Run(test.name, func(t *testing.T) {
			var seen record
			s := newServer(t, func(o *auth.Options) {
				o.EmailVerification.AutoSignInAfterVerification = test.auto
				o.EmailVerification.BeforeEmailVerification = func(_ context.Context, u *auth.User, r *http.Request) error {
					seen.add("before %t %t", u.EmailVerified, r != nil)
					return test.before
				}
				o.EmailVerification.AfterEmailVerification = func(_ context.Context, u *auth.User, r *http.Request) error {
					seen.add("after %t %t", u.EmailVerified, r != nil)
					return nil
				}
			})
			s.client().signUp(flowEmail)
			c := s.client()
			c.post("/send-verification-email", map[string]any{"email": flowEmail, "callbackURL": "/welcome?a=1&b=2"}).want(t, http.StatusOK)
			link := s.waitMail(1)
			res := c.follow(link)
			if res.Status != test.status || test.status == http.StatusFound && res.Header.Get("Location") != "/welcome?a=1&b=2" {
				t.Errorf("answered %d %s %s", res.Status, res.Header.Get("Location"), res.Body)
			}
			if verified := s.user(flowEmail)["emailVerified"]; verified != test.verifes {
				t.Errorf("verified: %v", verified)
			}
			found := c.session()
			if (found != nil) != test.signedIn || found != nil && found.User["emailVerified"] != true {
				t.Errorf("the session is %+v", found)
			}
			want := []string{"before false true"}
			if test.verifes {
				want = append(want, "after true true")
			}
			if diff := cmp.Diff(want, seen.take()); diff != "" {
				t.Errorf("hooks (-want +got):\n%s", diff)
			}
			if !test.verifes {
				return
			}
			if again := c.follow(link); again.Status != http.StatusFound || len(seen.take()) > 0 {
				t.Errorf("the second time: %d %s", again.Status, again.Body)
			}
		})
	}
}

func TestBadVerificationLinks(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp(flowEmail)
	c.post("/send-verification-email", map[string]any{"email": flowEmail}).want(t, http.StatusOK)
	good := s.waitMail(1).Token
	gone, err := s.Context().Keys.SignJWT([]byte(`{"email":"gone@example.com"}`), s.Clock.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	other := newServer(t, func(o *auth.Options) { o.Secret = newSecret })
	forged, _ := other.Context().Keys.SignJWT([]byte(`{"email":"`+flowEmail+`"}`), s.Clock.Now(), time.Hour)
	strange, _ := s.Context().Keys.SignJWT([]byte(`{"email":"no address"}`), s.Clock.Now(), time.Hour)
	unsigned := strings.Join(append([]string{"eyJhbGciOiJub25lIn0"}, strings.Split(good, ".")[1], ""), ".")
	try := func(name, token, code string) {
		t.Helper()
		if res := s.direct(request{Path: "/verify-email?token=" + url.QueryEscape(token)}); res.Status != http.StatusUnauthorized || res.code() != code {
			t.Errorf("%s: %d %s, want %s", name, res.Status, res.Body, code)
		}
		res := s.direct(request{Path: "/verify-email?callbackURL=%2Fx%3Fy%3D1&token=" + url.QueryEscape(token)})
		if want := "/x?y=1&error=" + code; res.Status != http.StatusFound || res.Header.Get("Location") != want {
			t.Errorf("%s: %d to %s, want %s", name, res.Status, res.Header.Get("Location"), want)
		}
	}
	for name, token := range map[string]string{"empty": "", "text": "x", "cut": good[:len(good)-2], "forged": forged, "unsigned": unsigned, "no address": strange} {
		try(name, token, "INVALID_TOKEN")
	}
	try("of a user who is gone", gone, "USER_NOT_FOUND")
	s.Clock.Advance(time.Hour + time.Second)
	try("expired", good, "TOKEN_EXPIRED")
	if s.user(flowEmail)["emailVerified"] != false {
		t.Error("a bad link verified the address")
	}
}

func TestAskingForAVerificationMail(t *testing.T) {
	s := newServer(t, nil)
	stranger, c := s.client(), s.client()
	c.signUp(flowEmail)
	ask := func(c *client, email string) answer {
		return c.post("/send-verification-email", map[string]any{"email": email})
	}
	for _, email := range []string{flowEmail, "nobody@example.com"} {
		if res := ask(stranger, email); res.Status != http.StatusOK || res.Body != `{"status":true}` {
			t.Errorf("%s: %d %s", email, res.Status, res.Body)
		}
	}
	if res := ask(c, "other@example.com"); res.code() != "EMAIL_MISMATCH" {
		t.Errorf("another address: %d %s", res.Status, res.Body)
	}
	s.change(schema.UserModel, store.Record{"emailVerified": true}, store.Is("email", flowEmail))
	if res := ask(c, flowEmail); res.code() != "EMAIL_ALREADY_VERIFIED" {
		t.Errorf("verified: %d %s", res.Status, res.Body)
	}
	ask(stranger, flowEmail).want(t, http.StatusOK)
	if diff := cmp.Diff([]string{"verify " + flowEmail}, s.kinds(t)); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
	off := newServer(t, func(o *auth.Options) { o.EmailVerification.SendVerificationEmail = nil })
	if res := ask(off.client(), flowEmail); res.Status != http.StatusBadRequest || res.code() != "VERIFICATION_EMAIL_NOT_ENABLED" {
		t.Errorf("without a sender: %d %s", res.Status, res.Body)
	}
}

// changeCase is a state in which a user asks for another address.
type changeCase struct {
	name                  string
	verified, atOnce, ask bool // ask: sendChangeEmailConfirmation is set
	sender                bool
	newEmail              string
	status                int
	mails                 []string
	email                 string // afterwards, before any link is followed
}

func TestAskingForAnotherAddress(t *testing.T) {
	const fresh = "new@example.com"
	for _, test := range []changeCase{
		{"unverified", false, false, false, true, fresh, 200, []string{"verify " + fresh}, flowEmail},
		{"unverified, at once", false, true, false, true, fresh, 200, []string{"verify " + fresh}, fresh},
		{"unverified, at once, no sender", false, true, false, false, fresh, 200, nil, fresh},
		{"unverified, with a confirmation", false, false, true, true, fresh, 200, []string{"verify " + fresh}, flowEmail},
		{"verified", true, false, false, true, fresh, 200, []string{"verify " + fresh}, flowEmail},
		{"verified, at once is not for it", true, true, false, true, fresh, 200, []string{"verify " + fresh}, flowEmail},
		{"verified, with a confirmation", true, false, true, true, fresh, 200, []string{"confirm " + flowEmail + " " + fresh}, flowEmail},
		{"verified, confirmation without a sender", true, false, true, false, fresh, 200, []string{"confirm " + flowEmail + " " + fresh}, flowEmail},
		{"no sender", true, false, false, false, fresh, 400, nil, flowEmail},
		{"the same", false, false, false, true, "ADA@example.com", 400, nil, flowEmail},
		{"taken", false, true, true, true, "bob@example.com", 200, nil, flowEmail},
		{"in capitals", false, true, false, false, "NEW@Example.com", 200, nil, fresh},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, c := test.serve(t)
			s.client().signUp("bob@example.com")
			if res := c.post("/change-email", map[string]any{"newEmail": test.newEmail}); res.Status != test.status {
				t.Errorf("answered %d %s", res.Status, res.Body)
			}
			s.user(test.email)
			if found := c.session(); found == nil || found.User["email"] != test.email {
				t.Errorf("the session is %+v", found)
			}
			if diff := cmp.Diff(test.mails, s.kinds(t)); diff != "" {
				t.Errorf("mails (-want +got):\n%s", diff)
			}
		})
	}
}

func (test *changeCase) serve(t *testing.T) (*server, *client) {
	t.Helper()
	var box *authtest.Outbox
	s := newServer(t, func(o *auth.Options) {
		o.User.ChangeEmail.UpdateEmailWithoutVerification = test.atOnce
		if !test.sender {
			o.EmailVerification.SendVerificationEmail = nil
		}
		if test.ask {
			o.User.ChangeEmail.SendChangeEmailConfirmation = func(ctx context.Context, m auth.Mail) error { return box.Sender("confirm")(ctx, m) }
		}
	})
	box = s.Outbox
	c := s.client()
	c.signUp(flowEmail)
	s.change(schema.UserModel, store.Record{"emailVerified": test.verified}, store.Is("email", flowEmail))
	return s, c
}

func TestAnotherAddressByTwoLinks(t *testing.T) {
	test := changeCase{verified: true, ask: true, sender: true}
	s, c := test.serve(t)
	bob := s.client()
	bob.signUp("bob@example.com")
	c.post("/change-email", map[string]any{"newEmail": "new@example.com"}).want(t, http.StatusOK)
	confirm := s.waitMail(1)
	if res := bob.follow(confirm); !strings.Contains(res.Header.Get("Location"), "error=INVALID_USER") {
		t.Errorf("another user follows the first link: %d %s", res.Status, res.Header.Get("Location"))
	}
	c.follow(confirm).want(t, http.StatusFound)
	s.user(flowEmail) // still
	verify := s.waitMail(2)
	if verify.Kind != "verify" || verify.To != "new@example.com" {
		t.Fatalf("the second mail is %+v", verify)
	}
	c.follow(verify).want(t, http.StatusFound)
	if user := s.user("new@example.com"); user["emailVerified"] != true {
		t.Errorf("the user is %v", user)
	}
	if found := c.session(); found == nil || found.User["email"] != "new@example.com" || s.count(schema.SessionModel) != 2 {
		t.Errorf("the session is %+v of %d", found, s.count(schema.SessionModel))
	}
	if res := c.follow(verify); !strings.Contains(res.Header.Get("Location"), "error=") {
		t.Errorf("the used link leads to %s", res.Header.Get("Location"))
	}
	c.signIn("new@example.com")
}

func TestANewAddressThatIsTakenMeanwhile(t *testing.T) {
	test := changeCase{sender: true}
	s, c := test.serve(t)
	c.post("/change-email", map[string]any{"newEmail": "new@example.com"}).want(t, http.StatusOK)
	s.client().signUp("new@example.com")
	before := s.dump()
	res := c.follow(s.waitMail(1))
	if !strings.Contains(res.Header.Get("Location"), "error=INVALID_TOKEN") || s.dump() != before {
		t.Errorf("the link leads to %d %s", res.Status, res.Header.Get("Location"))
	}
	off := newServer(t, func(o *auth.Options) { o.User.ChangeEmail.Enabled = false })
	d := off.client()
	d.signUp(flowEmail)
	if res := d.post("/change-email", map[string]any{"newEmail": "new@example.com"}); res.Status != http.StatusBadRequest {
		t.Errorf("disabled: %d %s", res.Status, res.Body)
	}
}

func TestDeletingAUser(t *testing.T) {
	ask := func(o *auth.Options) { mailsDeletion(o) }
	for _, test := range []struct {
		name    string
		change  func(o *auth.Options)
		after   time.Duration
		body    map[string]any
		status  int
		code    string
		deleted bool
	}{
		{"fresh", nil, 0, map[string]any{}, 200, "", true},
		{"old", nil, day, map[string]any{}, 400, "SESSION_EXPIRED", false},
		{"old, with the password", nil, day, map[string]any{"password": testPassword}, 200, "", true},
		{"wrong password", nil, 0, map[string]any{"password": "wrong"}, 400, "INVALID_PASSWORD", false},
		{"wrong token", nil, 0, map[string]any{"token": "x"}, 404, "INVALID_TOKEN", false},
		{"by mail", ask, 0, map[string]any{}, 200, "", false},
		{"by mail, though old", ask, 2 * day, map[string]any{}, 200, "", false},
		{"by mail, wrong password", ask, 0, map[string]any{"password": "wrong"}, 400, "INVALID_PASSWORD", false},
		{"disabled", func(o *auth.Options) { o.User.DeleteUser.Enabled = false }, 0, map[string]any{"password": testPassword}, 404, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var seen record
			s := newServer(t, func(o *auth.Options) {
				o.User.DeleteUser.BeforeDelete = func(_ context.Context, u *auth.User, _ *http.Request) error {
					seen.add("before %s", u.Email)
					return nil
				}
				o.User.DeleteUser.AfterDelete = func(_ context.Context, u *auth.User, _ *http.Request) error {
					seen.add("after %s", u.Email)
					return nil
				}
				if test.change != nil {
					test.change(o)
				}
			})
			c := s.client()
			c.signUp(flowEmail)
			s.Clock.Advance(test.after)
			res := c.post("/delete-user", test.body)
			if res.Status != test.status || res.code() != test.code {
				t.Errorf("answered %d %s", res.Status, res.Body)
			}
			var want []string
			if test.deleted {
				want = []string{"before " + flowEmail, "after " + flowEmail}
			}
			if diff := cmp.Diff(want, seen.take()); diff != "" {
				t.Errorf("hooks (-want +got):\n%s", diff)
			}
			if deleted := s.count(schema.UserModel) == 0; deleted != test.deleted || deleted && s.dump() != "" {
				t.Errorf("deleted %t: %s", deleted, s.dump())
			}
			if test.deleted && len(c.names()) > 0 {
				t.Errorf("the client still has %v", c.names())
			}
		})
	}
}

func TestBeforeDeleteStopsADeletion(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.User.DeleteUser.BeforeDelete = func(context.Context, *auth.User, *http.Request) error {
			return auth.Fail(http.StatusConflict, auth.Code{ID: "OWNS_THINGS", Message: "first give them away"})
		}
	})
	c := s.client()
	c.signUp(flowEmail)
	before := s.dump()
	if res := c.post("/delete-user", map[string]any{}); res.Status != http.StatusConflict || s.dump() != before || c.session() == nil {
		t.Errorf("answered %d %s", res.Status, res.Body)
	}
}

func TestResettingAPassword(t *testing.T) {
	for _, revoke := range []bool{false, true} {
		var seen record
		s := newServer(t, func(o *auth.Options) {
			o.EmailAndPassword.RevokeSessionsOnPasswordReset = revoke
			o.EmailAndPassword.OnPasswordReset = func(_ context.Context, u *auth.User, r *http.Request) error {
				seen.add("reset %s %t", u.Email, r != nil)
				return nil
			}
		})
		c, other := s.client(), s.client()
		c.signUp(flowEmail)
		other.signUp("bob@example.com")
		c.post("/request-password-reset", map[string]any{"email": flowEmail, "redirectTo": "/reset?a=1"}).want(t, http.StatusOK)
		link := s.waitMail(1)
		if res := c.follow(link); res.Status != http.StatusFound || res.Header.Get("Location") != s.URL+"/reset?a=1&token="+link.Token {
			t.Errorf("the link leads to %d %s", res.Status, res.Header.Get("Location"))
		}
		if res := c.get("/reset-password/none?callbackURL=/reset"); res.Header.Get("Location") != s.URL+"/reset?error=INVALID_TOKEN" {
			t.Errorf("a bad link leads to %s", res.Header.Get("Location"))
		}
		if res := c.post("/reset-password", map[string]any{"token": link.Token, "newPassword": "short"}); res.code() != "PASSWORD_TOO_SHORT" {
			t.Errorf("a short password: %d %s", res.Status, res.Body)
		}
		res := s.direct(post("/reset-password", map[string]any{"token": link.Token, "newPassword": newPassword})).want(t, http.StatusOK)
		if len(res.Header["Set-Cookie"]) > 0 { // AUTHN-08: a reset is no sign-in
			t.Errorf("the reset gave %q", res.Header["Set-Cookie"])
		}
		if (c.session() == nil) != revoke || other.session() == nil {
			t.Errorf("revoke %t: sessions %+v, %+v", revoke, c.session(), other.session())
		}
		if diff := cmp.Diff([]string{"reset " + flowEmail + " true"}, seen.take()); diff != "" {
			t.Errorf("hooks (-want +got):\n%s", diff)
		}
		for password, want := range map[string]int{testPassword: 401, newPassword: 200} {
			if res := s.direct(post("/sign-in/email", map[string]any{"email": flowEmail, "password": password})); res.Status != want {
				t.Errorf("%s signs in with %d", password, res.Status)
			}
		}
	}
}

func TestAResetGivesAPasswordToAUserWithoutOne(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp(flowEmail)
	s.remove(schema.AccountModel, store.Is("providerId", "credential"))
	if res := c.post("/change-password", map[string]any{"currentPassword": "", "newPassword": newPassword}); res.code() != "CREDENTIAL_ACCOUNT_NOT_FOUND" {
		t.Errorf("change-password: %d %s", res.Status, res.Body)
	}
	c.post("/request-password-reset", map[string]any{"email": flowEmail}).want(t, http.StatusOK)
	c.post("/reset-password", map[string]any{"token": s.waitMail(1).Token, "newPassword": newPassword}).want(t, http.StatusOK)
	s.direct(post("/sign-in/email", map[string]any{"email": flowEmail, "password": newPassword})).want(t, http.StatusOK)
}

// TestAUTHN06_OwnersHearAboutChanges is also AUTHN-07.
func TestAUTHN06_OwnersHearAboutChanges(t *testing.T) {
	for _, test := range []struct {
		name string
		flow string
		want []string
	}{
		{"password changed", "change the password", []string{"password-changed " + flowEmail}},
		{"password reset", "reset the password", []string{"password-reset " + flowEmail}},
		{"address changed at once", "change the address at once", []string{"email-changed " + flowEmail}},
		{"address changed by a link", "follow the link to a new address", []string{"email-changed " + flowEmail}},
		{"account deleted", "delete the user", []string{"account-deleted " + flowEmail}},
		{"account deleted by a link", "delete the user by a link", []string{"account-deleted " + flowEmail}},
		{"nothing", "update the user", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			for i := range flows {
				if flows[i].name != test.flow {
					continue
				}
				for _, fails := range []bool{false, true} {
					var seen record
					s := newServer(t, func(o *auth.Options) {
						o.OnEvent = func(_ context.Context, e auth.Event) error {
							seen.add("%s %s", e.Kind, e.User.Email)
							return errors.New("the observer's own trouble")
						}
						if flows[i].options != nil {
							flows[i].options(o)
						}
						if fails {
							o.DatabaseHooks.Account.BeforeUpdate = beforeHook(faults["error"])
							o.DatabaseHooks.User.BeforeUpdate = beforeHook(faults["error"])
							o.DatabaseHooks.User.BeforeDelete = func(context.Context, *auth.Call, store.Record) error { return errHook }
						}
					})
					c := s.client()
					r := flows[i].prepare(c)
					r.Header = c.cookies()
					res := s.direct(r)
					s.drain()
					want := test.want
					if fails {
						want = nil
					}
					if diff := cmp.Diff(want, seen.take()); diff != "" || (res.Status >= 400) != fails {
						t.Errorf("failing %t, answered %d: events (-want +got):\n%s", fails, res.Status, diff)
					}
				}
				return
			}
			t.Fatalf("no flow %q", test.flow)
		})
	}
}
