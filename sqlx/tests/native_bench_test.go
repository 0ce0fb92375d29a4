package tests

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/store"
)

// BenchmarkPostgreSQL does the same work through database/sql and on a native pool. CPU is this process's own.
func BenchmarkPostgreSQL(b *testing.B) {
	for _, s := range []server{postgresServer, nativeServer} {
		db := s.fresh(b)
		a := migrated(b, db, schemaOf(b, "core"))
		const users = 1000
		for i := range users {
			id := fmt.Sprint("u", i)
			if err := insertBoth(b.Context(), a, id); err != nil {
				b.Fatal(err)
			}
		}
		made := 0
		for _, work := range []struct {
			name string
			do   func(ctx context.Context, i int) error
		}{
			{"read a session with its user", func(ctx context.Context, i int) error {
				rec, err := a.FindOne(ctx, store.Query{Model: "session", Where: store.Where{store.Is("token", fmt.Sprint("token-u", i%users))}, Join: "user"})
				if err == nil && rec["user"] == nil {
					err = fmt.Errorf("no user for %d", i)
				}
				return err
			}},
			{"update a session", func(ctx context.Context, i int) error {
				_, err := a.UpdateOne(ctx, "session", store.Where{store.Is("token", fmt.Sprint("token-u", i%users))}, store.Record{"expiresAt": now, "updatedAt": now})
				return err
			}},
			{"insert a user and a session in a transaction", func(ctx context.Context, _ int) error {
				made++
				return a.Tx(ctx, func(ctx context.Context) error { return insertBoth(ctx, a, fmt.Sprint("new", made)) })
			}},
		} {
			b.Run(work.name+"/"+s.name, func(b *testing.B) { measure(b, func(i int) error { return work.do(context.Background(), i) }) })
		}
		b.Run("get-session/"+s.name, func(b *testing.B) { measure(b, getSession(b, s)) })
	}
}

func insertBoth(ctx context.Context, a store.Adapter, id string) error {
	if _, err := a.Insert(ctx, "user", user(id)); err != nil {
		return err
	}
	_, err := a.Insert(ctx, "session", session(id, id))
	return err
}

// getSession starts a server and returns a look at a session, without HTTP around it.
func getSession(b *testing.B, s server) func(int) error {
	db := s.fresh(b)
	a := startCore(b, coreOptions(db), db)
	r := httptest.NewRequest(http.MethodGet, coreOrigin+"/api/auth/get-session", nil)
	r.Header.Set("Cookie", signedUpCookies(b, a))
	answer := &discard{header: http.Header{}}
	return func(int) error {
		clear(answer.header)
		a.ServeHTTP(answer, r)
		if answer.status != http.StatusOK {
			return fmt.Errorf("answered %d", answer.status)
		}
		return nil
	}
}

func signedUpCookies(b *testing.B, a *core.Auth) string {
	b.Helper()
	res := httptest.NewRecorder()
	a.ServeHTTP(res, corePost("/sign-up/email", benchPerson(0)))
	if res.Code != http.StatusOK {
		b.Fatalf("signing up answered %d %s", res.Code, res.Body)
	}
	var pairs []string
	for _, ck := range res.Result().Cookies() {
		pairs = append(pairs, ck.Name+"="+ck.Value)
	}
	return strings.Join(pairs, "; ")
}

// measure reports what a step costs in processor time too, which a busy machine disturbs least.
func measure(b *testing.B, step func(i int) error) {
	if err := step(0); err != nil { // prepares
		b.Fatal(err)
	}
	b.ReportAllocs()
	i, before := 0, processorTime(b)
	for b.Loop() {
		i++
		if err := step(i); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(processorTime(b)-before)/float64(i), "cpu-ns/op")
}

// processorTime is what this process has used, in nanoseconds.
func processorTime(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
