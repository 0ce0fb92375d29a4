package authtest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

func TestASignedInBrowserHasASession(t *testing.T) {
	s := authtest.New(t, nil)
	ada := s.SignedIn("ada@example.com")
	if found := ada.Session(); found == nil || found.User["email"] != "ada@example.com" {
		t.Errorf("session %v", found)
	}
	if found := s.Client().Session(); found != nil {
		t.Errorf("a new browser has the session %v", found)
	}
}

func TestTheClockDecidesWhenASessionEnds(t *testing.T) {
	s := authtest.New(t, nil)
	ada := s.SignedIn("ada@example.com")
	s.Clock.Advance(8 * 24 * time.Hour)
	if found := ada.Session(); found != nil {
		t.Errorf("after eight days: %v", found)
	}
}

func TestIdsAndTokensAreTheSameInEveryRun(t *testing.T) {
	ids := func() (string, string) {
		s := authtest.New(t, nil)
		s.SignedIn("ada@example.com")
		row := s.Row(schema.SessionModel)
		return row["userId"].(string), row["token"].(string)
	}
	user1, token1 := ids()
	user2, token2 := ids()
	if user1 != user2 || token1 != token2 {
		t.Errorf("%s %s and %s %s", user1, token1, user2, token2)
	}
}

func TestTheOutboxHoldsWhatWasSent(t *testing.T) {
	s := authtest.New(t, nil)
	ada := s.SignedIn("ada@example.com")
	ada.Post("/request-password-reset", map[string]string{"email": "ada@example.com"}).Want(t, http.StatusOK)
	if m := s.Outbox.Wait(1); m.Kind != "reset" || m.To != "ada@example.com" || m.Token == "" {
		t.Errorf("mail %+v", m)
	}
}

func TestQueriesAreCounted(t *testing.T) {
	s := authtest.New(t, nil)
	ada := s.SignedIn("ada@example.com")
	s.ExpectQueries(1, func() { ada.Session() })
	inner := &recorder{TB: t}
	s.With(inner).ExpectQueries(7, func() { ada.Session() })
	if !inner.failed {
		t.Error("a wrong count passed")
	}
}

// recorder is a test that notes that it failed.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Helper()               {}

func TestRowsCanBeReadAndChanged(t *testing.T) {
	s := authtest.New(t, nil)
	s.SignedIn("ada@example.com")
	s.Change(schema.UserModel, store.Record{"name": "Countess"}, store.Is("email", "ada@example.com"))
	if row := s.Row(schema.UserModel, store.Is("name", "Countess")); row["email"] != "ada@example.com" {
		t.Errorf("row %v", row)
	}
	if n := s.Count(schema.UserModel); n != 1 {
		t.Errorf("%d users", n)
	}
}
