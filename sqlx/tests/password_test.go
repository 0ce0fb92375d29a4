package tests

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// keyed is a database whose password can be changed.
type keyed struct {
	server
	// pool opens a pool that asks for the password whenever it makes a connection.
	pool func(t *testing.T, password func() string) *sql.DB
	// change gives the user a password.
	change func(password string)
}

// keyeds are databases with a user of the test's own.
var keyeds = map[string]func(t *testing.T) keyed{
	"PostgreSQL":                  func(t *testing.T) keyed { return keyedPostgres(t, postgresServer, postgresAsking) },
	"PostgreSQL on a native pool": func(t *testing.T) keyed { return keyedPostgres(t, nativeServer, nativeAsking) },
	"MariaDB":                     keyedMySQL,
}

// keyedPostgres is a server of the test's own: those that tests share take everybody without a password.
func keyedPostgres(t *testing.T, s server, pool func(t *testing.T, place string, password func() string) *sql.DB) keyed {
	if os.Getenv(raceRoundsEnv) == "" {
		t.Skip("SKIPPED: it makes a database server of its own; set " + raceRoundsEnv)
	}
	dir, err := os.MkdirTemp("", "goauth-password-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	hba := filepath.Join(dir, "hba")
	if err := os.WriteFile(hba, []byte("host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("127.0.0.1:%d/postgres?sslmode=disable", privates[0].set("-c", "hba_file="+hba).supervise(t, dir).port)
	own := postgresPool(t, "postgres://postgres@"+at)
	within(t, func() error { return own.PingContext(t.Context()) })
	run(t, "pgx", "postgres://postgres@"+at, "create role goauth login; create schema goauth authorization goauth")
	return keyed{
		s, func(t *testing.T, password func() string) *sql.DB { return pool(t, "postgres://goauth@"+at, password) },
		func(password string) {
			run(t, "pgx", "postgres://postgres@"+at, "alter role goauth password '"+password+"'")
		},
	}
}

func postgresAsking(t *testing.T, place string, password func() string) *sql.DB {
	config, err := pgx.ParseConfig(place)
	if err != nil {
		t.Fatal(err)
	}
	pool := stdlib.OpenDB(*config, stdlib.OptionBeforeConnect(func(_ context.Context, c *pgx.ConnConfig) error {
		c.Password = password()
		return nil
	}))
	t.Cleanup(func() { pool.Close() })
	return pool
}

func nativeAsking(t *testing.T, place string, password func() string) *sql.DB {
	config, err := pgxpool.ParseConfig(place)
	if err != nil {
		t.Fatal(err)
	}
	config.BeforeConnect = func(_ context.Context, c *pgx.ConnConfig) error {
		c.Password = password()
		return nil
	}
	return nativePoolOf(t, config)
}

func keyedMySQL(t *testing.T) keyed {
	place, user := mysqlPlace(t), placeName()
	config, err := mysql.ParseDSN(place)
	if err != nil {
		t.Fatal(err)
	}
	run(t, "mysql", place, "create user "+user)
	t.Cleanup(func() { run(t, "mysql", place, "drop user "+user) })
	run(t, "mysql", place, "grant all on "+config.DBName+".* to "+user)
	config.User = user
	return keyed{
		mysqlServer, func(t *testing.T, password func() string) *sql.DB {
			c := config.Clone()
			if err := c.Apply(mysql.BeforeConnect(func(_ context.Context, c *mysql.Config) error {
				c.Passwd = password()
				return nil
			})); err != nil {
				t.Fatal(err)
			}
			pool := sql.OpenDB(connector(t, c))
			t.Cleanup(func() { pool.Close() })
			return pool
		},
		func(password string) { run(t, "mysql", place, "alter user "+user+" identified by '"+password+"'") },
	}
}

// TestFAULT024_ADatabasesPasswordIsRotatedInAFleet: an instance that knows the old password only serves as long as its
// connections live, and answers 503 then; one that knows the new one serves; and one that asks for it at each connection passes
// the change under traffic without a single 503.
func TestFAULT024_ADatabasesPasswordIsRotatedInAFleet(t *testing.T) {
	for name, start := range keyeds {
		t.Run(name, func(t *testing.T) { rotatePassword(t, start(t)) })
	}
}

func rotatePassword(t *testing.T, k keyed) {
	const first, second = "correct-horse-1", "battery-staple-2"
	var mu sync.RWMutex
	current := first
	k.change(first)
	always := func(password string) func() string { return func() string { return password } }
	asks := k.start(t, k.pool(t, func() string {
		mu.RLock()
		defer mu.RUnlock()
		return current
	}))
	old := k.start(t, k.pool(t, always(first)))
	old.ok("POST", "/sign-up/email", person(coreEmail))
	stop, done := make(chan struct{}), make(chan map[int]int)
	go func() { done <- serveUntil(asks.coreClient, stop) }()
	mu.Lock() // whoever keeps passwords tells the new one from the moment that it counts
	k.change(second)
	current = second
	mu.Unlock()
	old.signedIn("on connections of before")
	for range 5 {
		letGo(asks.pool)
		asks.another().ok("POST", "/sign-in/email", person(coreEmail))
	}
	close(stop)
	if answers := <-done; len(answers) != 1 || answers[http.StatusOK] == 0 {
		t.Errorf("while the password was changed, the instance that asks for it answered %v", answers)
	}
	letGo(old.pool)
	old.lockedOut(first, second)
	fresh := k.start(t, k.pool(t, always(second)))
	old.at(fresh.coreClient).signedIn("at an instance that knows the new password")
	k.change(first)
	old.signedIn("when the old password counts again")
}

// locked is an instance on a database with a password.
type locked struct {
	*coreClient
	pool *sql.DB
	log  *bytes.Buffer
}

func (k keyed) start(t *testing.T, pool *sql.DB) *locked {
	t.Helper()
	var log bytes.Buffer
	db := k.wrap(pool)
	o := coreOptions(db)
	o.Log.Disabled, o.Logger = false, slog.New(slog.NewTextHandler(&log, nil))
	return &locked{&coreClient{t, startCore(t, o, db), map[string]string{}, &coreMails{}}, pool, &log}
}

// lockedOut expects that nobody is let in, and that nobody is blamed for it but the password, which is not told.
func (l *locked) lockedOut(passwords ...string) {
	l.t.Helper()
	for _, r := range []struct{ method, path string }{{"GET", "/get-session"}, {"POST", "/sign-in/email"}, {"POST", "/update-user"}} {
		status, out, header := l.do(r.method, r.path, map[string]any{"name": "Ada", "email": coreEmail, "password": corePassword})
		if status != http.StatusServiceUnavailable || header.Get("Set-Cookie") != "" {
			l.t.Errorf("with the old password %s was answered %d %v %v", r.path, status, out, header)
		}
	}
	ctx, cancel := context.WithTimeout(l.t.Context(), 10*time.Second)
	defer cancel()
	if err := l.Context().Store.Ping(ctx); err == nil {
		l.t.Error("with the old password it says that it is ready")
	}
	log := l.log.String()
	if !strings.Contains(log, "password authentication failed") && !strings.Contains(log, "Access denied") {
		l.t.Errorf("the log does not say what is wrong: %s", log)
	}
	for _, password := range passwords {
		if strings.Contains(log, password) {
			l.t.Errorf("the log has the password: %s", log)
		}
	}
}
