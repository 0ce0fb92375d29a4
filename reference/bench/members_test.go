package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/pgx"
	"github.com/goauth-dev/goauth/plugins/organization"
	"github.com/goauth-dev/goauth/reference/internal/harness"
	"github.com/goauth-dev/goauth/sqlx"
)

const membersOrigin = "http://localhost:3000"

// memberCounts are the sizes of an organization; every operation makes the same number of queries for each.
var memberCounts = []int{10, 1_000, 100_000}

// memberOperations are what is asked of an organization.
var memberOperations = []struct{ name, method, path, body string }{
	{"list", http.MethodGet, "/organization/list", ""},
	{"list-members", http.MethodGet, "/organization/list-members?limit=50", ""},
	{"has-permission", http.MethodPost, "/organization/has-permission", `{"permissions":{"member":["create"]}}`},
}

// BenchmarkMembers measures lists and checks of an organization of 10, 1,000 and 100,000 members on SQLite, and on
// PostgreSQL where GOAUTH_TEST_POSTGRES names one. It fails when the number of queries depends on the members.
func BenchmarkMembers(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			seen := map[string]int64{}
			for _, n := range memberCounts {
				t := newTenant(b, engine, n)
				for _, o := range memberOperations {
					b.Run(fmt.Sprintf("%s/%d", o.name, n), func(b *testing.B) {
						queries := t.measure(b, o.method, o.path, o.body)
						if before, known := seen[o.name]; known && before != queries {
							b.Errorf("%d queries for %d members, %d for fewer", queries, n, before)
						}
						seen[o.name] = queries
					})
				}
			}
		})
	}
}

// tenant is a server with one organization and a member who asks.
type tenant struct {
	*core.Auth
	queries atomic.Int64
	cookie  string
}

func newTenant(b *testing.B, engine string, members int) *tenant {
	b.Helper()
	place, driver, source := tenantPlace(b, engine)
	db, err := config.OpenDatabase(place)
	if err != nil {
		b.Fatal(err)
	}
	t := &tenant{}
	count := func(context.Context, string) { t.queries.Add(1) }
	switch db := db.(type) {
	case *sqlx.Database:
		db.Observe = count
	case *pgx.Database:
		db.Observe = count
	}
	o := auth.Options{
		Secret: "bench-secret-0123456789-abcdefghijklmnop", BaseURL: membersOrigin, Database: db, Getenv: func(string) string { return "" },
		EmailAndPassword: auth.EmailAndPassword{Enabled: true, Password: auth.PasswordHash{
			Hash:   func(_ context.Context, p string) (string, error) { return p, nil },
			Verify: func(_ context.Context, hash, p string) (bool, error) { return hash == p, nil },
		}},
		Plugins: []auth.Plugin{organization.New(organization.Options{MembershipLimit: 1_000_000})},
	}
	o.RateLimit.Enabled = option.Off
	if t.Auth, err = core.New(o); err != nil {
		b.Fatal(err)
	}
	if _, _, err := config.Migrate(b.Context(), db, t.Context().Schema); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = t.Close(context.Background())
		_ = db.Close()
	})
	t.found(b)
	crowd(b, driver, source, members)
	return t
}

// tenantPlace is an empty database: its URL, and how database/sql opens it.
func tenantPlace(b *testing.B, engine string) (place, driver, source string) {
	b.Helper()
	if engine == "sqlite" {
		file := filepath.Join(b.TempDir(), "auth.db")
		return "sqlite:" + file, "sqlite", file
	}
	for _, there := range harness.Engines() {
		if there != engine {
			continue
		}
		address, drop, err := harness.NewDatabase(b.Context(), engine)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() {
			if err := drop(); err != nil {
				b.Error(err)
			}
		})
		return address, "pgx", address
	}
	b.Skip("SKIPPED: no PostgreSQL; set GOAUTH_TEST_POSTGRES=postgres://user@host:port/db")
	return "", "", ""
}

// found signs the member up and makes the organization.
func (t *tenant) found(b *testing.B) {
	b.Helper()
	res := t.send(http.MethodPost, "/sign-up/email", `{"name":"Ada","email":"ada@example.com","password":"correct horse"}`)
	if res.Code != http.StatusOK {
		b.Fatalf("sign-up answered %d %s", res.Code, res.Body)
	}
	t.cookie, _, _ = strings.Cut(res.Header().Get("Set-Cookie"), ";")
	res = t.send(http.MethodPost, "/organization/create", `{"name":"Acme","slug":"acme"}`)
	var made struct{ ID string }
	if err := json.Unmarshal(res.Body.Bytes(), &made); err != nil || made.ID == "" {
		b.Fatalf("create answered %d %s", res.Code, res.Body)
	}
}

// crowd fills the organization up with users of their own in one statement each.
func crowd(b *testing.B, driver, source string, members int) {
	b.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	numbers := fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ", members-1)
	for _, statement := range []string{
		`INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt") ` + numbers +
			`SELECT 'user-' || i, 'User ' || i, 'user' || i || '@example.com', u."emailVerified", u."createdAt", u."updatedAt" FROM n, "user" u WHERE u.email = 'ada@example.com'`,
		`INSERT INTO member (id, "organizationId", "userId", role, "createdAt") ` + numbers +
			`SELECT 'member-' || i, m."organizationId", 'user-' || i, 'member', m."createdAt" FROM n, member m WHERE m.role = 'owner'`,
	} {
		if _, err := db.ExecContext(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
	if driver == "pgx" { // what autovacuum does in time; SQLite is better off without (docs/performance.md)
		if _, err := db.ExecContext(b.Context(), "ANALYZE"); err != nil {
			b.Fatal(err)
		}
	}
}

func (t *tenant) request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, membersOrigin+"/api/auth"+path, strings.NewReader(body))
	r.Header.Set("Origin", membersOrigin)
	r.Header.Set("Cookie", t.cookie)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

func (t *tenant) send(method, path, body string) *httptest.ResponseRecorder {
	res := httptest.NewRecorder()
	t.ServeHTTP(res, t.request(method, path, body))
	return res
}

// measure runs an operation and returns the queries of one.
func (t *tenant) measure(b *testing.B, method, path, body string) int64 {
	r, text := t.request(method, path, body), strings.NewReader(body)
	if body != "" {
		r.Body = io.NopCloser(text)
	}
	t.queries.Store(0)
	n := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		n++
		text.Reset(body)
		res := httptest.NewRecorder()
		t.ServeHTTP(res, r)
		if res.Code != http.StatusOK {
			b.Fatalf("%s answered %d %s", path, res.Code, res.Body)
		}
	}
	if t.queries.Load()%n != 0 {
		b.Errorf("%d requests made %d queries: not the same each", n, t.queries.Load())
	}
	b.ReportMetric(float64(t.queries.Load())/float64(n), "queries/op")
	return t.queries.Load() / n
}
