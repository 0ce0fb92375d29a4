package tests

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/sqlx"
)

const coreOrigin = "http://localhost:3000"

// coreOptions is a server in production with a password hash that costs nothing.
func coreOptions(db *sqlx.Database) auth.Options {
	return auth.Options{
		BaseURL: coreOrigin, Secret: "Zk3vW8qLr1TnYb6XsHd9Gp2MfJc5Ea7U", Mode: auth.Production,
		Database: db, Log: auth.LogOptions{Disabled: os.Getenv("GOAUTH_TEST_LOG") == ""},
		EmailAndPassword: auth.EmailAndPassword{Enabled: true, Password: auth.PasswordHash{
			Hash:   func(_ context.Context, password string) (string, error) { return password, nil },
			Verify: func(_ context.Context, hash, password string) (bool, error) { return hash == password, nil },
		}},
		User: auth.UserOptions{Model: auth.Model{AdditionalFields: schema.Fields{
			{Name: "nickname", Type: schema.String, Required: option.Off},
			{Name: "plan", Type: schema.String, Required: option.Off, Default: "free", Input: option.Off},
			{Name: "secretNote", Type: schema.String, Required: option.Off, Returned: option.Off},
			{Name: "newsletter", Type: schema.Boolean, Required: option.Off, Default: false},
		}}},
		RateLimit: auth.RateLimitOptions{Enabled: option.Off},
	}
}

// startCore builds the server and creates its tables.
func startCore(t testing.TB, o auth.Options, db *sqlx.Database) *core.Auth {
	t.Helper()
	a, err := core.New(o)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := db.Plan(t.Context(), a.Context().Schema)
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

// corePost is a request from the server's own origin.
func corePost(path, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, coreOrigin+"/api/auth"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", coreOrigin)
	return r
}

// benchCore is a server on SQLite that counts its queries.
type benchCore struct {
	*core.Auth
	queries *atomic.Int64
	cookies string
}

func startBenchCore(b *testing.B, cache auth.CookieCache) *benchCore {
	b.Helper()
	db := openFile(b, filepath.Join(b.TempDir(), "auth.db"))
	s := &benchCore{queries: &atomic.Int64{}}
	db.Observe = func(context.Context, string) { s.queries.Add(1) }
	o := coreOptions(db)
	o.Session.CookieCache = cache
	s.Auth = startCore(b, o, db)
	s.cookies = signedUpCookies(b, s.Auth)
	return s
}

func benchPerson(n int) string {
	return `{"name":"Ada Lovelace","email":"ada` + strconv.Itoa(n) + `@example.com","password":"correct horse battery"}`
}

// run measures the request that next makes and reports the queries of each; there must be want of them.
func (s *benchCore) run(b *testing.B, want int64, next func(n int) *http.Request) {
	s.queries.Store(0)
	n, answer := 0, &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		n++
		clear(answer.header)
		s.ServeHTTP(answer, next(n))
		if answer.status != http.StatusOK {
			b.Fatalf("request %d answered %d", n, answer.status)
		}
	}
	b.ReportMetric(float64(s.queries.Load())/float64(n), "queries/op")
	if got := s.queries.Load(); got != want*int64(n) {
		b.Errorf("%d requests made %d queries, want %d each", n, got, want)
	}
}

// discard is a ResponseWriter that keeps the status only.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }

func BenchmarkGetSessionSQLite(b *testing.B) {
	for _, bench := range []struct {
		name  string
		cache auth.CookieCache
		want  int64
	}{
		{name: "database", want: 1},
		{name: "compact", cache: auth.CookieCache{Enabled: option.On, MaxAge: time.Hour}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s := startBenchCore(b, bench.cache)
			r := httptest.NewRequest(http.MethodGet, coreOrigin+"/api/auth/get-session", nil)
			r.Header.Set("Cookie", s.cookies)
			s.run(b, bench.want, func(int) *http.Request { return r })
		})
	}
}

func BenchmarkSignInSQLite(b *testing.B) {
	s := startBenchCore(b, auth.CookieCache{})
	r, body := corePost("/sign-in/email", ""), strings.NewReader("")
	r.Body, r.ContentLength = io.NopCloser(body), int64(len(benchPerson(0)))
	s.run(b, 3, func(int) *http.Request {
		body.Reset(benchPerson(0))
		return r
	})
}

func BenchmarkSignUpSQLite(b *testing.B) {
	s := startBenchCore(b, auth.CookieCache{})
	s.run(b, 4, func(n int) *http.Request { return corePost("/sign-up/email", benchPerson(n)) })
}
