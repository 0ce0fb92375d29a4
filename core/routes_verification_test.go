package core_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

func hashedIdentifier(identifier string) string {
	sum := sha256.Sum256([]byte(identifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestHowIdentifiersAreStored(t *testing.T) {
	plain := func(s string) string { return s }
	custom := func(s string) string { return "custom:" + strings.ToUpper(s) }
	overrides := auth.IdentifierOverrides{{Prefix: "reset-password:", Storage: "plain"}, {Prefix: "reset", Storage: "hashed"}}
	for name, test := range map[string]struct {
		options auth.VerificationOptions
		stored  func(string) string
	}{
		"default":          {auth.VerificationOptions{}, plain},
		"plain":            {auth.VerificationOptions{StoreIdentifier: "plain"}, plain},
		"hashed":           {auth.VerificationOptions{StoreIdentifier: "hashed"}, hashedIdentifier},
		"hashed by prefix": {auth.VerificationOptions{Identifiers: &auth.IdentifierStorage{Default: "hashed"}}, hashedIdentifier},
		"overridden":       {auth.VerificationOptions{Identifiers: &auth.IdentifierStorage{Default: "hashed", Overrides: overrides}}, plain},
		"overridden to hashed": {auth.VerificationOptions{Identifiers: &auth.IdentifierStorage{Default: "plain",
			Overrides: auth.IdentifierOverrides{{Prefix: "delete", Storage: "plain"}, {Prefix: "reset-", Storage: "hashed"}}}}, hashedIdentifier},
		"custom": {auth.VerificationOptions{Identifiers: &auth.IdentifierStorage{Default: "hashed", Hash: custom}}, custom},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, func(o *auth.Options) { o.Verification = test.options })
			s.client().signUp(flowEmail)
			s.direct(post("/request-password-reset", map[string]any{"email": flowEmail})).want(t, http.StatusOK)
			token := s.waitMail(1).Token
			if got, want := s.rows(schema.VerificationModel)[0]["identifier"], test.stored("reset-password:"+token); got != want {
				t.Errorf("stored as %v, want %s", got, want)
			}
			s.direct(post("/reset-password", map[string]any{"token": token, "newPassword": newPassword})).want(t, http.StatusOK)
			if n := s.count(schema.VerificationModel); n != 0 {
				t.Errorf("%d rows are left", n)
			}
		})
	}
}

func TestPlainIdentifiersOfBeforeHashingAreStillFound(t *testing.T) {
	first := newServer(t, nil)
	first.client().signUp(flowEmail)
	first.direct(post("/request-password-reset", map[string]any{"email": flowEmail})).want(t, http.StatusOK)
	row := first.rows(schema.VerificationModel)[0]
	s := newServer(t, func(o *auth.Options) { o.Verification.StoreIdentifier = "hashed" })
	c := s.client()
	c.signUp(flowEmail)
	row["value"] = s.user(flowEmail)["id"]
	if _, err := s.Context().Store.Insert(t.Context(), schema.VerificationModel, row); err != nil {
		t.Fatal(err)
	}
	token := first.waitMail(1).Token
	if res := c.get("/reset-password/" + token + "?callbackURL=/reset"); !strings.Contains(res.Header.Get("Location"), "token="+token) {
		t.Errorf("the link leads to %s", res.Header.Get("Location"))
	}
	c.post("/reset-password", map[string]any{"token": token, "newPassword": newPassword}).want(t, http.StatusOK)
}

func TestExpiredValuesAreCleanedUpUnlessThatIsOff(t *testing.T) {
	for off, want := range map[bool]int{false: 1, true: 2} {
		s := newServer(t, func(o *auth.Options) { o.Verification.DisableCleanup = off })
		s.client().signUp(flowEmail)
		ask := func() {
			s.direct(post("/request-password-reset", map[string]any{"email": flowEmail})).want(t, http.StatusOK)
		}
		ask()
		s.Clock.Advance(2 * time.Hour)
		ask()
		s.direct(request{Path: "/reset-password/none?callbackURL=/x"})
		s.drain()
		if got := s.count(schema.VerificationModel); got != want {
			t.Errorf("disableCleanup %t: %d rows, want %d", off, got, want)
		}
	}
}

func TestFAULT009_CleaningUpGoesOnAfterAClockWasSetBack(t *testing.T) {
	var tasks []string
	s := newServer(t, func(o *auth.Options) {
		o.Verification.DisableCleanup = false
		o.Advanced.Background.Handler = func(name string, run func()) { tasks = append(tasks, name); run() }
	})
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {time.Second, 1}, {time.Minute, 2}, {-time.Hour, 3}, {time.Second, 3}} {
		s.Clock.Advance(step.after)
		s.direct(request{Path: "/reset-password/none?callbackURL=/x"})
		if len(tasks) != step.want {
			t.Errorf("after %s more: %v, want %d", step.after, tasks, step.want)
		}
	}
}

func TestANewerLinkDoesNotEndAnOlderOne(t *testing.T) {
	s := newServer(t, nil)
	c := s.client()
	c.signUp(flowEmail)
	c.post("/request-password-reset", map[string]any{"email": flowEmail}).want(t, http.StatusOK)
	older := s.waitMail(1).Token
	c.post("/request-password-reset", map[string]any{"email": flowEmail}).want(t, http.StatusOK)
	newer := s.waitMail(2).Token
	c.post("/reset-password", map[string]any{"token": older, "newPassword": newPassword}).want(t, http.StatusOK)
	c.post("/reset-password?token="+newer, map[string]any{"newPassword": testPassword}).want(t, http.StatusOK)
	if res := c.post("/reset-password", map[string]any{"token": newer, "newPassword": newPassword}); res.Status != http.StatusBadRequest {
		t.Errorf("a used token answered %d", res.Status)
	}
}

func TestUP028_TheValueOfAnotherUserIsNotTaken(t *testing.T) {
	s := newServer(t, func(o *auth.Options) { o.User.DeleteUser.Enabled = true })
	a, b := s.client(), s.client()
	a.signUp(flowEmail)
	b.signUp("bob@example.com")
	id := s.user(flowEmail)["id"]
	now := s.Clock.Now()
	row := store.Record{"id": "v", "identifier": "delete-account-secret", "value": id, "expiresAt": now.Add(time.Hour), "createdAt": now, "updatedAt": now}
	if _, err := s.Context().Store.Insert(t.Context(), schema.VerificationModel, row); err != nil {
		t.Fatal(err)
	}
	if res := b.post("/delete-user", map[string]any{"token": "secret"}); res.Status != http.StatusNotFound || s.count(schema.VerificationModel) != 1 {
		t.Errorf("another user's token answered %d, %d rows are left", res.Status, s.count(schema.VerificationModel))
	}
	a.post("/delete-user", map[string]any{"token": "secret"}).want(t, http.StatusOK)
	if s.count(schema.UserModel) != 1 {
		t.Error("the wrong users are left")
	}
}
