package core_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store/memory"
)

const (
	flowEmail   = "ada@example.com"
	newPassword = "another password"
)

// flow is one operation that writes.
type flow struct {
	name    string
	options func(o *auth.Options)
	// prepare makes what the operation needs, and returns its request.
	prepare func(c *client) request
}

func post(path string, body map[string]any) request {
	return request{Method: http.MethodPost, Path: path, Body: body}
}

// signedUp prepares a user with a session.
func signedUp(r request) func(c *client) request {
	return func(c *client) request {
		c.signUp(flowEmail)
		return r
	}
}

// mailed prepares a user who asks for a mail, and returns the request of its link.
func mailed(path string, body map[string]any) func(c *client) request {
	return func(c *client) request {
		c.signUp(flowEmail)
		c.post(path, body).want(c.t, http.StatusOK)
		return request{Path: strings.TrimPrefix(c.waitMail(1).URL, c.URL+apiBase)}
	}
}

// withoutCookies makes the link's follower a stranger.
func withoutCookies(prepare func(c *client) request) func(c *client) request {
	return func(c *client) request {
		r := prepare(c)
		c.setCookie(sessionToken, "")
		return r
	}
}

// older moves the clock after the sign-up.
func older(d time.Duration, r request) func(c *client) request {
	return func(c *client) request {
		c.signUp(flowEmail)
		c.Clock.Advance(d)
		return r
	}
}

// manySessions prepares a user with three sessions.
func manySessions(r request) func(c *client) request {
	return func(c *client) request {
		c.signUp(flowEmail)
		c.server.client().signIn(flowEmail)
		c.server.client().signIn(flowEmail)
		return r
	}
}

func resetLink(c *client) request {
	c.signUp(flowEmail)
	c.post("/request-password-reset", map[string]any{"email": flowEmail}).want(c.t, http.StatusOK)
	return post("/reset-password", map[string]any{"token": c.waitMail(1).Token, "newPassword": newPassword})
}

// deletionToken asks for the mail that deletes, and returns its token.
func deletionToken(c *client) string {
	c.signUp(flowEmail)
	c.post("/delete-user", map[string]any{"password": testPassword}).want(c.t, http.StatusOK)
	return strings.TrimPrefix(c.rows(schema.VerificationModel)[0]["identifier"].(string), "delete-account-")
}

func mailsDeletion(o *auth.Options) {
	o.User.DeleteUser.SendDeleteAccountVerification = o.EmailAndPassword.SendResetPassword
}

func themed(o *auth.Options) {
	o.Session.AdditionalFields = schema.Fields{{Name: "theme", Type: schema.String, Required: option.Off}}
}

func revokesOnReset(o *auth.Options) { o.EmailAndPassword.RevokeSessionsOnPasswordReset = true }

func keepsNoAccount(o *auth.Options) { o.Account.AccountLinking.AllowUnlinkingAll = true }

var signUpBody = map[string]any{"name": "Ada", "email": flowEmail, "password": testPassword}

// flows are the core's operations that write, in every state that writes other rows.
var flows = []flow{
	{name: "sign-up", prepare: func(*client) request { return post("/sign-up/email", signUpBody) }},
	{name: "sign-up with verification", options: func(o *auth.Options) { o.EmailAndPassword.RequireEmailVerification = true },
		prepare: func(*client) request { return post("/sign-up/email", signUpBody) }},
	{name: "sign-in", prepare: signedUp(post("/sign-in/email", map[string]any{"email": flowEmail, "password": testPassword}))},
	{name: "sign-out", prepare: signedUp(post("/sign-out", map[string]any{}))},
	{name: "request a reset", prepare: signedUp(post("/request-password-reset", map[string]any{"email": flowEmail}))},
	{name: "reset the password", prepare: resetLink},
	{name: "reset the password and end sessions", options: revokesOnReset, prepare: resetLink},
	{name: "change the password", prepare: signedUp(post("/change-password", map[string]any{"currentPassword": testPassword, "newPassword": newPassword}))},
	{name: "change the password and end sessions", prepare: manySessions(post("/change-password",
		map[string]any{"currentPassword": testPassword, "newPassword": newPassword, "revokeOtherSessions": true}))},
	{name: "update the user", prepare: signedUp(post("/update-user", map[string]any{"name": "Other"}))},
	{name: "update the session", options: themed, prepare: signedUp(post("/update-session", map[string]any{"theme": "dark"}))},
	{name: "change the address at once", options: func(o *auth.Options) { o.User.ChangeEmail.UpdateEmailWithoutVerification = true },
		prepare: signedUp(post("/change-email", map[string]any{"newEmail": "new@example.com"}))},
	{name: "verify the address", prepare: mailed("/send-verification-email", map[string]any{"email": flowEmail})},
	{name: "verify the address and sign in", options: func(o *auth.Options) { o.EmailVerification.AutoSignInAfterVerification = true },
		prepare: withoutCookies(mailed("/send-verification-email", map[string]any{"email": flowEmail}))},
	{name: "follow the link to a new address", prepare: mailed("/change-email", map[string]any{"newEmail": "new@example.com"})},
	{name: "follow the link to a new address, signed out", prepare: withoutCookies(mailed("/change-email", map[string]any{"newEmail": "new@example.com"}))},
	{name: "delete the user", prepare: manySessions(post("/delete-user", map[string]any{"password": testPassword}))},
	{name: "ask for a deletion mail", options: mailsDeletion, prepare: signedUp(post("/delete-user", map[string]any{"password": testPassword}))},
	{name: "delete the user by a token", options: mailsDeletion, prepare: func(c *client) request {
		return post("/delete-user", map[string]any{"token": deletionToken(c)})
	}},
	{name: "delete the user by a link", options: mailsDeletion, prepare: func(c *client) request {
		return request{Path: "/delete-user/callback?token=" + deletionToken(c)}
	}},
	{name: "revoke a session", prepare: func(c *client) request {
		other := c.server.client()
		other.signUp(flowEmail)
		c.signIn(flowEmail)
		return post("/revoke-session", map[string]any{"token": other.token()})
	}},
	{name: "revoke sessions", prepare: manySessions(post("/revoke-sessions", map[string]any{}))},
	{name: "revoke other sessions", prepare: manySessions(post("/revoke-other-sessions", map[string]any{}))},
	{name: "extend the session", prepare: older(25*time.Hour, request{Path: "/get-session"})},
	{name: "end an expired session", prepare: older(8*24*time.Hour, request{Path: "/get-session"})},
	{name: "unlink the account", options: keepsNoAccount, prepare: signedUp(post("/unlink-account", map[string]any{"providerId": "credential"}))},
}

// staged is a flow that is ready to run on a server of its own. Every stage of a flow has the same secrets and times.
type staged struct {
	*server
	db      *probe
	request request
	before  string
}

func (f *flow) stage(t *testing.T) *staged {
	t.Helper()
	db := &probe{Database: memory.New()}
	s := newServer(t, func(o *auth.Options) {
		o.Database, o.Random = db, authtest.NewRandom(7)
		if f.options != nil {
			f.options(o)
		}
	})
	c := s.client()
	r := f.prepare(c)
	r.Header = c.cookies()
	return &staged{s, db, r, s.dump()}
}

// good is what a flow does when nothing fails.
type good struct {
	answer
	after      string
	statements []string
}

func (f *flow) succeed(t *testing.T) good {
	t.Helper()
	s := f.stage(t)
	s.db.watch(nil)
	res := s.direct(s.request)
	statements := s.db.statements()
	if res.Status != http.StatusOK && res.Status != http.StatusFound || strings.Contains(res.Header.Get("Location"), "error") {
		t.Fatalf("%s answered %d %s %s", f.name, res.Status, res.Header.Get("Location"), res.Body)
	}
	return good{res, s.dump(), statements}
}
