package tests

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/authtest"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/pgx"
)

const (
	origin   = "http://localhost:3000"
	password = "correct horse battery"
)

// instance is one server of a fleet, and a count of the statements that it runs on records.
type instance struct {
	*core.Auth
	db      *pgx.Database
	place   string
	queries atomic.Int64
}

// newInstance starts a server on a place, with the tables made and the cookie cache on.
func newInstance(t testing.TB, place string, change ...func(o *auth.Options)) *instance {
	t.Helper()
	s := &instance{db: openPlace(t, place), place: place}
	s.db.Observe = func(context.Context, string) { s.queries.Add(1) }
	o := auth.Options{
		Secret: authtest.Secret, Database: s.db, Revocations: pgx.NewRevocations(s.db), Mode: auth.Production, BaseURL: origin,
		Logger: slog.New(slog.DiscardHandler), Getenv: func(string) string { return "" },
		EmailAndPassword: auth.EmailAndPassword{Enabled: true, Password: authtest.FastHash()},
		RateLimit:        auth.RateLimitOptions{Enabled: option.Off},
	}
	o.Session.CookieCache = auth.CookieCache{Enabled: option.On, MaxAge: 5 * time.Minute}
	for _, c := range change {
		c(&o)
	}
	a, err := core.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close(context.Background()) })
	s.Auth = a
	migrated(t, s.db, a.Context().Schema)
	return s
}

// hears waits until an instance believes copies.
func (s *instance) hears(t *testing.T) *instance {
	t.Helper()
	eventually(t, "the log is heard", 5*time.Second, func() bool { return !s.Context().Revoked.Doubts("nobody", "nobody") })
	return s
}

func (s *instance) do(method, path, body, cookie string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, origin+"/api/auth"+path, strings.NewReader(body))
	r.Header.Set("Origin", origin)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	res := httptest.NewRecorder()
	s.ServeHTTP(res, r)
	return res
}

func (s *instance) ok(t *testing.T, method, path, body, cookie string) *httptest.ResponseRecorder {
	t.Helper()
	res := s.do(method, path, body, cookie)
	if res.Code != http.StatusOK {
		t.Fatalf("%s answered %d %s", path, res.Code, res.Body)
	}
	return res
}

func person(n int) string {
	return fmt.Sprintf(`{"name":"Ada","email":"ada%d@example.com","password":%q}`, n, password)
}

// enter signs in and returns the cookies, a copy of the session among them, and the token.
func (s *instance) enter(t *testing.T, path string, n int) (cookie, token string) {
	t.Helper()
	res := s.ok(t, "POST", path, person(n), "")
	var answer struct{ Token string }
	if err := json.Unmarshal(res.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	return cookiesOf(res), answer.Token
}

// cookiesOf are the cookies of an answer, as a browser sends them.
func cookiesOf(res *httptest.ResponseRecorder) string {
	var pairs []string
	for _, ck := range res.Result().Cookies() {
		pairs = append(pairs, ck.Name+"="+ck.Value)
	}
	return strings.Join(pairs, "; ")
}

func (s *instance) alive(t *testing.T, cookie string) bool {
	t.Helper()
	return s.ok(t, "GET", "/get-session", "", cookie).Body.String() != "null"
}

// endings are the ways in which one instance ends the session of a cookie.
var endings = []struct {
	name string
	end  func(t *testing.T, s *instance, other, cookie, token string)
}{
	{"signed out", func(t *testing.T, s *instance, _, cookie, _ string) { s.ok(t, "POST", "/sign-out", "{}", cookie) }},
	{"revoked", func(t *testing.T, s *instance, other, _, token string) {
		s.ok(t, "POST", "/revoke-session", fmt.Sprintf(`{"token":%q}`, token), other)
	}},
	{"revoked with all others", func(t *testing.T, s *instance, other, _, _ string) {
		s.ok(t, "POST", "/revoke-other-sessions", "{}", other)
	}},
	{"revoked in a transaction of the application's", func(t *testing.T, s *instance, other, cookie, token string) {
		err := s.Context().InTx(t.Context(), func(ctx context.Context) error {
			r := httptest.NewRequest("POST", origin+"/api/auth/revoke-session", strings.NewReader(fmt.Sprintf(`{"token":%q}`, token))).WithContext(ctx)
			r.Header = http.Header{"Origin": {origin}, "Content-Type": {"application/json"}, "Cookie": {other}}
			res := httptest.NewRecorder()
			s.ServeHTTP(res, r)
			if res.Code != http.StatusOK {
				return fmt.Errorf("answered %d %s", res.Code, res.Body)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}},
}

// TestARevokedSessionEndsOnEveryInstance looks at copies in cookies, which cost no statement, on an instance that does not end them.
func TestARevokedSessionEndsOnEveryInstance(t *testing.T) {
	place := newPlace(t)
	one, two := newInstance(t, place).hears(t), newInstance(t, place).hears(t)
	for n, how := range endings {
		cookie, token := one.enter(t, "/sign-up/email", n)
		other, _ := one.enter(t, "/sign-in/email", n)
		two.queries.Store(0)
		for range 20 {
			if !two.alive(t, cookie) {
				t.Fatal("there is no session")
			}
		}
		if got := two.queries.Load(); got != 0 {
			t.Fatalf("20 looks at a copy made %d queries", got)
		}
		how.end(t, one, other, cookie, token)
		took := eventually(t, how.name+": it has ended", 5*time.Second, func() bool { return !two.alive(t, cookie) })
		t.Logf("%s: ended after %v", how.name, took)
		if how.name == "signed out" && !two.alive(t, other) {
			t.Error("another session of the user has ended too")
		}
	}
}

// TestARevokedSessionEndsAlsoWhileListenersAreKilled kills them between publishing and hearing.
func TestARevokedSessionEndsAlsoWhileListenersAreKilled(t *testing.T) {
	place := newPlace(t)
	name := fmt.Sprintf("fleet_%s_%d", databaseName, places.Load())
	one, two := newInstance(t, place).hears(t), newInstance(t, with(place, "application_name="+name)).hears(t)
	admin := newPool(t, place)
	kill := "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = $1 and (query like 'listen %' or query like 'select s.started%')"
	killed := 0
	for n := range 8 {
		cookie, _ := one.enter(t, "/sign-up/email", n)
		two.hears(t)
		if !two.alive(t, cookie) {
			t.Fatal("there is no session")
		}
		var found int
		if err := admin.QueryRow(t.Context(), kill, name).Scan(&found); err != nil {
			t.Fatal(err)
		}
		killed += found
		one.ok(t, "POST", "/sign-out", "{}", cookie)
		eventually(t, "it has ended", 5*time.Second, func() bool { return !two.alive(t, cookie) })
	}
	if killed < 8 {
		t.Errorf("%d listeners were killed in 8 rounds", killed)
	}
}

// TestFAULT030_AnInstanceThatCannotHearAsksTheDatabase: copies are not believed then.
func TestFAULT030_AnInstanceThatCannotHearAsksTheDatabase(t *testing.T) {
	place := newPlace(t)
	s := newInstance(t, place).hears(t)
	cookie, _ := s.enter(t, "/sign-up/email", 0)
	run(t, place, "drop table "+pgx.RevocationsTable)
	eventually(t, "it asks", 5*time.Second, func() bool {
		before := s.queries.Load()
		return s.alive(t, cookie) && s.queries.Load() > before
	})
}
