package core_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
)

func TestUP029_ADeletionLinkDeletesOnce(t *testing.T) {
	s := newServer(t, func(o *auth.Options) {
		o.User.DeleteUser.SendDeleteAccountVerification = o.EmailAndPassword.SendResetPassword // any sender fills the outbox
	})
	c := s.client()
	c.signUp(flowEmail)
	c.post("/delete-user", map[string]any{}).want(t, http.StatusOK)
	link := request{Path: "/delete-user/callback?token=" + s.waitMail(1).Token, Header: c.cookies()}
	statuses := make([]int, 2)
	var both sync.WaitGroup
	for i := range statuses {
		both.Go(func() { statuses[i] = s.direct(link).Status })
	}
	both.Wait()
	slices.Sort(statuses)
	if statuses[0] != http.StatusOK || statuses[1] != http.StatusNotFound {
		t.Errorf("answered %v", statuses)
	}
}

func TestUP130_OperationsForTheServerHaveNoPath(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp(flowEmail)
	pathless := 0
	for _, route := range s.Routes() {
		if route.Path != "" {
			continue
		}
		pathless++
		for _, path := range []string{"", "/", "/" + route.Key, "/set-password"} {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				r := request{Method: method, Path: path, Header: c.cookies()}
				if method == http.MethodPost {
					r.Body = map[string]any{"newPassword": newPassword}
				}
				if res := s.direct(r); res.Status != http.StatusNotFound {
					t.Errorf("%s %q for %s answered %d %s", method, path, route.Key, res.Status, res.Body)
				}
			}
		}
	}
	if pathless == 0 {
		t.Error("no operation is without a path; the test tests nothing")
	}
}

func TestOLD030_WhatGuessesOrSendsMailIsLimitedToThree(t *testing.T) {
	s := newServer(t, limited)
	for i, path := range []string{
		"/sign-in/email", "/sign-up/email", "/change-password", "/change-email", "/request-password-reset", "/send-verification-email",
	} {
		for n := range 10 {
			r := post(path, map[string]any{})
			r.Header = http.Header{"X-Forwarded-For": {fmt.Sprintf("198.51.100.%d", i+1)}}
			res := s.direct(r)
			if refused := res.Status == http.StatusTooManyRequests; refused != (n >= 3) || refused && res.Header.Get("X-Retry-After") == "" {
				t.Errorf("%s, request %d: %d %v", path, n+1, res.Status, res.Header)
			}
		}
	}
}

func TestPEER038_ChangingThePasswordEndsOtherSessionsWhenAskedTo(t *testing.T) {
	for name, change := range storages {
		t.Run(name, func(t *testing.T) {
			s, _ := newCached(t, change)
			c, other := s.client(), s.client()
			c.signUp(flowEmail)
			other.signIn(flowEmail)
			old := c.cookies()
			c.post("/change-password", map[string]any{"currentPassword": testPassword, "newPassword": newPassword, "revokeOtherSessions": true}).want(t, http.StatusOK)
			if other.session() != nil || s.direct(request{Path: "/get-session", Header: old}).session(t) != nil {
				t.Error("a session from before lives on")
			}
			if c.session() == nil {
				t.Error("the caller is signed out")
			}
		})
	}
}

func TestGAP022_AResetEndsEverySessionWhenTheOptionSaysSo(t *testing.T) {
	for _, revoke := range []bool{false, true} {
		s := newServer(t, func(o *auth.Options) { o.EmailAndPassword.RevokeSessionsOnPasswordReset = revoke })
		c := s.client()
		c.signUp(flowEmail)
		s.direct(post("/request-password-reset", map[string]any{"email": flowEmail})).want(t, http.StatusOK)
		s.direct(post("/reset-password", map[string]any{"token": s.waitMail(1).Token, "newPassword": newPassword})).want(t, http.StatusOK)
		if alive := c.session() != nil; alive == revoke {
			t.Errorf("revokeSessionsOnPasswordReset %t: the session is alive: %t", revoke, alive)
		}
	}
}

func TestPEER046_RedirectTargetsAreTrustedByTheirWholeOrigin(t *testing.T) {
	s := newServer(t, func(o *auth.Options) { o.TrustedOrigins = []string{"https://corp.com"} })
	ask := func(target string) int {
		return s.direct(post("/request-password-reset", map[string]any{"email": flowEmail, "redirectTo": target})).Status
	}
	if got := ask("https://corp.com/reset"); got != http.StatusOK {
		t.Fatalf("the trusted origin itself: %d", got)
	}
	for _, target := range []string{
		"https://evilcorp.com", "https://corp.com.evil", "https://corp.com.", "http://corp.com", "https://corp.com:8443", "https://a.corp.com",
	} {
		if got := ask(target + "/reset"); got != http.StatusForbidden {
			t.Errorf("%s: %d", target, got)
		}
	}
}

func TestPEER055_FiftySignUpsWithOneAddressAreOneUser(t *testing.T) {
	s := newServer(t, nil)
	statuses := map[int]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 50 {
		email := []string{"ada@example.com", "Ada@Example.com", "ADA@EXAMPLE.COM"}[i%3]
		all.Go(func() {
			res := s.direct(post("/sign-up/email", map[string]any{"name": "Ada", "email": email, "password": testPassword}))
			mu.Lock()
			defer mu.Unlock()
			statuses[res.Status]++
		})
	}
	all.Wait()
	if statuses[http.StatusOK] != 1 || statuses[http.StatusUnprocessableEntity] != 49 {
		t.Errorf("answered %v", statuses)
	}
	if users, accounts := s.count(schema.UserModel), s.count(schema.AccountModel); users != 1 || accounts != 1 {
		t.Errorf("%d users, %d accounts", users, accounts)
	}
}

// TestPEER058_LineBreaksReachNoHeader: where one is stored it stays a text.
func TestPEER058_LineBreaksReachNoHeader(t *testing.T) {
	s := newServer(t, nil)
	const breaks = "x\r\nSet-Cookie: stolen=1"
	for _, r := range []request{
		post("/sign-up/email", map[string]any{"name": breaks, "email": "a@example.com", "password": testPassword}),
		post("/sign-up/email", map[string]any{"name": "A", "email": "b@example.com" + breaks, "password": testPassword}),
		post("/request-password-reset", map[string]any{"email": flowEmail, "redirectTo": "/" + breaks}),
		{Path: "/reset-password/token?callbackURL=/%0d%0aSet-Cookie:stolen=1"},
		{Path: "/verify-email?token=x&callbackURL=/%0d%0aSet-Cookie:stolen=1"},
		{Path: "/error?error=%0d%0aSet-Cookie:stolen=1"},
	} {
		res := s.direct(r)
		for name, values := range res.Header {
			for _, v := range values {
				if strings.ContainsAny(v, "\r\n") || strings.HasPrefix(v, "stolen") {
					t.Errorf("%s answered %d with %s %q", r.Path, res.Status, name, v)
				}
			}
		}
		if res.Status >= 500 {
			t.Errorf("%s answered %d", r.Path, res.Status)
		}
	}
}

func TestPEER031_HeadersOfARequestChangeNoLink(t *testing.T) {
	s := newServer(t, nil)
	s.client().signUp(flowEmail)
	for i, h := range []http.Header{
		{}, {"X-Forwarded-Host": {"evil.com"}}, {"X-Forwarded-Proto": {"ftp"}}, {"X-Forwarded-Port": {"1"}}, {"X-Forwarded-Prefix": {"/evil"}},
		{"Forwarded": {"host=evil.com;proto=ftp"}}, {"X-Original-Url": {"/evil"}}, {"X-Host": {"evil.com"}},
	} {
		r := post("/request-password-reset", map[string]any{"email": flowEmail})
		r.Header = h
		s.direct(r).want(t, http.StatusOK)
		if m := s.waitMail(i + 1); !strings.HasPrefix(m.URL, s.URL+apiBase+"/reset-password/") || strings.Contains(m.URL, "evil") {
			t.Errorf("%v made the link %s", h, m.URL)
		}
	}
}
