package tests

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/goauth-dev/goauth/sqlx"
)

// The servers of scripts/services.sh. Asking again each time lets go test see that the answer matters.
func postgresURL() string { return os.Getenv("GOAUTH_TEST_POSTGRES") }
func mysqlDSN() string    { return os.Getenv("GOAUTH_TEST_MYSQL") }

// server is one kind of database to test on; each place is empty, and gone after the test.
type server struct {
	name string
	// place makes an empty place and returns how to reach it.
	place func(t testing.TB) string
	// pool opens a pool on a place.
	pool func(t testing.TB, place string) *sql.DB
	wrap func(pool *sql.DB) *sqlx.Database
}

func (s server) open(t testing.TB, place string) *sqlx.Database { return s.wrap(s.pool(t, place)) }

func (s server) fresh(t testing.TB) *sqlx.Database { return s.open(t, s.place(t)) }

var (
	postgresServer = server{"PostgreSQL", postgresPlace, postgresPool, sqlx.Postgres}
	mysqlServer    = server{"MariaDB", mysqlPlace, mysqlPool, sqlx.MySQL}
	nativeServer   = server{"PostgreSQL on a native pool", nativePlace, nativePool, wrapNative}
	sqliteServer   = server{"SQLite", sqlitePlace, nil, nil}
	realServers    = []server{postgresServer, nativeServer, mysqlServer}
	everyServer    = []server{sqliteServer, postgresServer, nativeServer, mysqlServer}
)

func (s server) isPostgres() bool { return strings.HasPrefix(s.name, postgresServer.name) }

// openPlace opens a place of any kind.
func openPlace(t testing.TB, place string) *sqlx.Database {
	t.Helper()
	switch {
	case strings.HasPrefix(place, "postgres://"):
		return sqlx.Postgres(postgresPool(t, place))
	case strings.HasPrefix(place, "postgresql://"):
		return wrapNative(nativePool(t, place))
	case strings.Contains(place, "@tcp("):
		return sqlx.MySQL(mysqlPool(t, place))
	default:
		return openFile(t, place)
	}
}

func sqlitePlace(t testing.TB) string { return filepath.Join(t.TempDir(), "auth.db") }

// onEvery runs a test on every kind of database.
func onEvery(t *testing.T, run func(t *testing.T, place string)) {
	t.Helper()
	for _, s := range everyServer {
		t.Run(s.name, func(t *testing.T) { run(t, s.place(t)) })
	}
}

// onServers runs a test on every server; one that is not there is skipped aloud.
func onServers(t *testing.T, run func(t *testing.T, s server)) {
	t.Helper()
	for _, s := range realServers {
		t.Run(s.name, func(t *testing.T) { run(t, s) })
	}
}

var (
	places atomic.Int64
	pgMade atomic.Bool
)

func placeName() string { return fmt.Sprintf("goauth_%d_%d", os.Getpid(), places.Add(1)) }

// pgDatabase is this process's database on the PostgreSQL server; it orders texts by bytes.
var pgDatabase = sync.OnceValues(func() (string, error) {
	admin, err := sql.Open("pgx", postgresURL())
	if err != nil {
		return "", err
	}
	defer admin.Close()
	pgMade.Store(true)
	name := fmt.Sprintf("goauth_sqlx_%d", os.Getpid())
	_, err = admin.ExecContext(context.Background(), "create database "+name+" template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'")
	return name, err
})

// dropPostgres removes this process's database.
func dropPostgres() {
	if !pgMade.Load() {
		return
	}
	name, err := pgDatabase()
	if err != nil {
		return
	}
	if admin, err := sql.Open("pgx", postgresURL()); err == nil {
		_, _ = admin.ExecContext(context.Background(), "drop database if exists "+name+" with (force)")
		admin.Close()
	}
}

// postgresPlace is a schema of its own.
func postgresPlace(t testing.TB) string {
	t.Helper()
	if postgresURL() == "" {
		t.Skip("SKIPPED: no PostgreSQL; set GOAUTH_TEST_POSTGRES=postgres://user@host:port/db")
	}
	database, err := pgDatabase()
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(postgresURL())
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + database
	name := placeName()
	run(t, "pgx", u.String(), "create schema "+name)
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

func postgresPool(t testing.TB, place string) *sql.DB { return openPool(t, "pgx", place) }

func needMySQL(t testing.TB) {
	t.Helper()
	if mysqlDSN() == "" {
		t.Skip("SKIPPED: no MariaDB; set GOAUTH_TEST_MYSQL=user@tcp(host:port)/db?parseTime=true&loc=UTC&interpolateParams=true")
	}
}

// mysqlPlace is a database of its own.
func mysqlPlace(t testing.TB) string {
	t.Helper()
	needMySQL(t)
	name := placeName()
	run(t, "mysql", mysqlDSN(), "create database "+name)
	t.Cleanup(func() { run(t, "mysql", mysqlDSN(), "drop database "+name) })
	config, err := mysql.ParseDSN(mysqlDSN())
	if err != nil {
		t.Fatal(err)
	}
	config.DBName = name
	return config.FormatDSN()
}

// isMariaDB tells a MariaDB from a MySQL, which GOAUTH_TEST_MYSQL may name too.
func isMariaDB(t testing.TB) bool {
	t.Helper()
	needMySQL(t)
	var version string
	if err := openPool(t, "mysql", mysqlDSN()).QueryRowContext(t.Context(), "select version()").Scan(&version); err != nil {
		t.Fatal(err)
	}
	return strings.Contains(version, "MariaDB")
}

func mysqlPool(t testing.TB, place string) *sql.DB { return openPool(t, "mysql", place) }

func openPool(t testing.TB, driver, dsn string) *sql.DB {
	t.Helper()
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(8)
	pool.SetMaxIdleConns(8)
	t.Cleanup(func() { pool.Close() })
	return pool
}

// run executes one statement on a connection of its own.
func run(t testing.TB, driver, dsn, statement string) {
	t.Helper()
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
		t.Fatalf("%s: %v", strings.SplitN(statement, "\n", 2)[0], err)
	}
}
