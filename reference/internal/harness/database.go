package harness

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Engines are the databases that can be had: SQLite, and the servers that the environment names.
func Engines() []string {
	engines := []string{"sqlite"}
	if os.Getenv("GOAUTH_TEST_POSTGRES") != "" {
		engines = append(engines, "postgres")
	}
	if os.Getenv("GOAUTH_TEST_MYSQL") != "" {
		engines = append(engines, "mysql")
	}
	return engines
}

var databases atomic.Int64

// NewDatabase makes an empty database on a server and returns its URL, which both kinds of server understand. For SQLite
// it returns nothing: the first server makes a file.
func NewDatabase(ctx context.Context, engine string) (address string, drop func() error, err error) {
	name := fmt.Sprintf("goauth_interop_%d_%d", os.Getpid(), databases.Add(1))
	var admin *sql.DB
	switch engine {
	case "postgres":
		u, err := url.Parse(os.Getenv("GOAUTH_TEST_POSTGRES"))
		if err != nil {
			return "", nil, err
		}
		if admin, err = openDatabase(u.String()); err != nil {
			return "", nil, err
		}
		u.Path = "/" + name
		address = u.String()
	case "mysql":
		dsn, err := mysql.ParseDSN(os.Getenv("GOAUTH_TEST_MYSQL"))
		if err != nil {
			return "", nil, err
		}
		if admin, err = sql.Open("mysql", dsn.FormatDSN()); err != nil {
			return "", nil, err
		}
		u := url.URL{Scheme: "mysql", User: url.UserPassword(dsn.User, dsn.Passwd), Host: dsn.Addr, Path: "/" + name}
		address = u.String()
	default:
		return "", func() error { return nil }, nil
	}
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, fmt.Errorf("make a database: %w", err)
	}
	return address, func() error {
		defer admin.Close()
		_, err := admin.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name)
		return err
	}, nil
}

// engineOf is the engine of a server's database: a URL's scheme, else SQLite's.
func engineOf(database string) string {
	scheme, _, found := strings.Cut(database, "://")
	if !found {
		return "sqlite"
	}
	return scheme
}

// Engine is "sqlite", "postgres" or "mysql".
func (s *Server) Engine() string { return engineOf(s.Database) }

// openDatabase opens a server's database for the harness. Identifiers may be quoted with double quotes on all of them.
func openDatabase(database string) (*sql.DB, error) {
	switch engineOf(database) {
	case "postgres":
		c, err := pgx.ParseConfig(database)
		if err != nil {
			return nil, err
		}
		return stdlib.OpenDB(*c), nil
	case "mysql":
		u, err := url.Parse(database)
		if err != nil {
			return nil, err
		}
		dsn := mysql.NewConfig()
		dsn.Net, dsn.Addr, dsn.User, dsn.DBName = "tcp", u.Host, u.User.Username(), strings.TrimPrefix(u.Path, "/")
		dsn.Passwd, _ = u.User.Password()
		dsn.ParseTime, dsn.Params = true, map[string]string{"sql_mode": "'ANSI_QUOTES,STRICT_TRANS_TABLES'"}
		return sql.Open("mysql", dsn.FormatDSN())
	default:
		return sql.Open("sqlite", "file:"+database+"?_pragma=busy_timeout(5000)")
	}
}

// Exec runs a statement on the server's database, with ? for its arguments.
func (s *Server) Exec(ctx context.Context, statement string, args ...any) error {
	_, err := s.DB.ExecContext(ctx, s.rebind(statement), args...)
	return err
}

// Count runs a query that returns one number.
func (s *Server) Count(ctx context.Context, query string, args ...any) (n int, err error) {
	err = s.DB.QueryRowContext(ctx, s.rebind(query), args...).Scan(&n)
	return n, err
}

// rebind numbers the places where PostgreSQL wants it.
func (s *Server) rebind(statement string) string {
	if engineOf(s.Database) != "postgres" {
		return statement
	}
	var b strings.Builder
	n := 0
	for _, r := range statement {
		if r != '?' {
			b.WriteRune(r)
			continue
		}
		n++
		fmt.Fprintf(&b, "$%d", n)
	}
	return b.String()
}

// tableNames lists the tables of the server's database.
var tableNames = map[string]string{
	"sqlite":   `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`,
	"postgres": `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name`,
	"mysql":    `SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY table_name`,
}

// Time is a date as an argument of a statement.
func (s *Server) Time(iso string) any {
	switch engineOf(s.Database) {
	case "mysql":
		return strings.TrimSuffix(strings.Replace(iso, "T", " ", 1), "Z")
	default:
		return iso
	}
}
