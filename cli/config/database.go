package config

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgxpool"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/pgx"
	"github.com/goauth-dev/goauth/sqlx"
)

// SQLitePath returns the file of a database URL "sqlite:PATH", and false for another engine's.
func SQLitePath(url string) (string, bool) {
	path, found := strings.CutPrefix(url, "sqlite:")
	return path, found && path != ""
}

// Storage is a database that [OpenDatabase] opened: PostgreSQL as a *[pgx.Database], all others as a *[sqlx.Database].
type Storage interface {
	store.Database
	Plan(ctx context.Context, s *schema.Schema) (*sqlx.Plan, error)
	Migrations(ctx context.Context) ([]sqlx.Migration, error)
	Close() error
}

// OpenDatabase opens the database that a URL names: "sqlite:PATH", "postgres://…", "mysql://…" or "mariadb://…". It does not
// touch it yet. The query's pool_max_conns bounds the connections, 20 by default; everything else in it goes to the driver.
// The caller closes the database.
func OpenDatabase(raw string) (Storage, error) {
	if path, ok := SQLitePath(raw); ok {
		return openSQLite(path)
	}
	engine, _, found := strings.Cut(raw, ":")
	var open func(u *url.URL, conns int) (Storage, error)
	switch engine {
	case "postgres", "postgresql":
		open = openPostgres
	case "mysql", "mariadb":
		open = openMySQL
	default:
		if !found || engine == "sqlite" {
			return nil, errors.New(`database.url: write it as "sqlite:PATH", for example "sqlite:goauth.db"`)
		}
		return nil, fmt.Errorf(`database.url: the engine %q is unknown; use "sqlite:PATH", "postgres://…" or "mysql://…"`, engine)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") == "" { // the error has the password in it
		return nil, fmt.Errorf(`database.url: write it as "%s://user:password@host:port/database", special characters percent-encoded`, engine)
	}
	conns, err := poolSize(u)
	if err != nil {
		return nil, err
	}
	return open(u, conns)
}

func openSQLite(path string) (Storage, error) {
	database, err := sqlx.OpenSQLite("sqlite", path)
	if err != nil {
		return nil, err
	}
	return database, nil
}

const (
	maxIdleTime = 5 * time.Minute
	maxLifetime = 30 * time.Minute // so that a failover or a new member of a cluster is noticed
	// dialTimeout bounds the making of a connection unless the URL says otherwise. Drivers make some in the background, where no
	// request's end stops them; after an outage that drops packets these would hold up the pool for as long as it lasted.
	dialTimeout = 5 * time.Second
)

// defaultConns is how many connections a process opens at most. A server takes 100 (PostgreSQL) or 151 (MySQL) by default,
// from all of them together.
const defaultConns = 20

// poolSize takes pool_max_conns out of the query.
func poolSize(u *url.URL) (int, error) {
	query := u.Query()
	text := query.Get("pool_max_conns")
	query.Del("pool_max_conns")
	u.RawQuery = query.Encode()
	if text == "" {
		return defaultConns, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, errors.New("database.url: pool_max_conns must be a number from 1")
	}
	return n, nil
}

func postgresConfig(u *url.URL) (*pgxpool.Config, error) {
	c, err := pgxpool.ParseConfig(u.String())
	if err != nil { // without the driver's text, which has most of the URL
		return nil, errors.New("database.url: PostgreSQL's driver does not accept it; check its parameters")
	}
	if c.ConnConfig.ConnectTimeout == 0 && !u.Query().Has("connect_timeout") {
		c.ConnConfig.ConnectTimeout = dialTimeout
	}
	return c, nil
}

func openPostgres(u *url.URL, conns int) (Storage, error) {
	c, err := postgresConfig(u)
	if err != nil {
		return nil, err
	}
	c.MaxConns = int32(min(conns, math.MaxInt32))
	c.MaxConnIdleTime, c.MaxConnLifetime = maxIdleTime, maxLifetime
	pool, err := pgxpool.NewWithConfig(context.Background(), c)
	if err != nil {
		return nil, errors.New("database.url: PostgreSQL's driver does not accept its parameters")
	}
	return pgx.New(pool), nil
}

func mysqlConfig(u *url.URL) (*mysql.Config, error) {
	host := u.Host
	if u.Port() == "" {
		host = u.Hostname() + ":3306"
	}
	c, err := mysql.ParseDSN("tcp(" + host + ")/?" + u.RawQuery)
	if err != nil {
		return nil, errors.New("database.url: MySQL's driver does not accept its parameters")
	}
	c.User, c.DBName = u.User.Username(), strings.TrimPrefix(u.Path, "/")
	c.Passwd, _ = u.User.Password()
	c.ParseTime, c.Loc, c.InterpolateParams = true, time.UTC, true
	if !u.Query().Has("timeout") {
		c.Timeout = dialTimeout
	}
	return c, nil
}

func openMySQL(u *url.URL, conns int) (Storage, error) {
	c, err := mysqlConfig(u)
	if err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, errors.New("database.url: MySQL's driver does not accept its parameters")
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	pool.SetConnMaxIdleTime(maxIdleTime)
	pool.SetConnMaxLifetime(maxLifetime)
	return sqlx.MySQL(pool), nil
}

// DescribeDatabase names where a database URL leads, without its password.
func DescribeDatabase(raw string) string {
	if path, ok := SQLitePath(raw); ok {
		return path
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "a database"
	}
	names := map[string]string{"postgres": "PostgreSQL", "postgresql": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB"}
	return cmp.Or(names[u.Scheme], u.Scheme) + " at " + u.Host + u.Path
}
