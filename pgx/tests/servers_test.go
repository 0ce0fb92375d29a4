package tests

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	jackc "github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/pgx"
)

// serverURL is the server of scripts/services.sh.
func serverURL(t testing.TB) string {
	t.Helper()
	raw := os.Getenv("GOAUTH_TEST_POSTGRES")
	if raw == "" {
		t.Skip("SKIPPED: no PostgreSQL; set GOAUTH_TEST_POSTGRES=postgres://user@host:port/db")
	}
	return raw
}

var (
	databaseName = fmt.Sprintf("goauth_pgx_%d", os.Getpid())
	places       atomic.Int64
	made         = sync.OnceValue(func() error {
		return onServer("create database " + databaseName + " template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'")
	})
	wasMade atomic.Bool
)

// onServer runs a statement on the server's own database.
func onServer(statement string) error {
	conn, err := jackc.Connect(context.Background(), os.Getenv("GOAUTH_TEST_POSTGRES"))
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	_, err = conn.Exec(context.Background(), statement)
	return err
}

// TestMain drops this process's database, which a first test makes.
func TestMain(m *testing.M) {
	code := m.Run()
	if wasMade.Load() {
		_ = onServer("drop database if exists " + databaseName + " with (force)")
	}
	os.Exit(code)
}

// newPlace makes an empty schema and returns how to reach it.
func newPlace(t testing.TB) string {
	t.Helper()
	u, err := url.Parse(serverURL(t))
	if err != nil {
		t.Fatal(err)
	}
	wasMade.Store(true)
	if err := made(); err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + databaseName
	name := fmt.Sprintf("place_%d", places.Add(1))
	conn, err := jackc.Connect(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "create schema "+name); err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// schemaName is the schema of a place.
func schemaName(t testing.TB, place string) string {
	t.Helper()
	u, err := url.Parse(place)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("search_path")
}

// with adds a parameter to a place.
func with(place, parameter string) string { return place + "&" + parameter }

// newPool opens a pool on a place, after changes to its settings.
func newPool(t testing.TB, place string, change ...func(c *pgxpool.Config)) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(place)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 8
	for _, c := range change {
		c(config)
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// openPlace opens a place.
func openPlace(t testing.TB, place string, change ...func(c *pgxpool.Config)) *pgx.Database {
	t.Helper()
	db := pgx.New(newPool(t, place, change...))
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// migrated creates the tables of a schema and returns its adapter.
func migrated(t testing.TB, db *pgx.Database, s *schema.Schema) store.Adapter {
	t.Helper()
	plan, err := db.Plan(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := db.Bind(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// run executes statements on a connection of its own.
func run(t testing.TB, place string, statements ...string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // it also cleans up
	conn, err := jackc.Connect(ctx, place)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			t.Fatalf("%s: %v", strings.SplitN(s, "\n", 2)[0], err)
		}
	}
}
