package tests

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/goauth-dev/goauth/pgx"
	"github.com/goauth-dev/goauth/sqlx"
)

// nativePlace is one of PostgreSQL's that is opened with module pgx: the other spelling of its scheme says so.
func nativePlace(t testing.TB) string {
	return strings.Replace(postgresPlace(t), "postgres://", "postgresql://", 1)
}

// natives are the pools of pgx, by the pools of database/sql that lead through them.
var natives sync.Map

func nativePool(t testing.TB, place string) *sql.DB {
	t.Helper()
	config, err := pgxpool.ParseConfig(place)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 8
	return nativePoolOf(t, config)
}

func nativePoolOf(t testing.TB, config *pgxpool.Config) *sql.DB {
	t.Helper()
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	db := stdlib.OpenDBFromPool(pool)
	natives.Store(db, pool)
	return db
}

func wrapNative(pool *sql.DB) *sqlx.Database {
	native, _ := natives.Load(pool)
	return pgx.New(native.(*pgxpool.Pool)).Database
}

// renew gives a pool one new connection in the place of those that it has.
func renew(t testing.TB, pool *pgxpool.Pool) {
	t.Helper()
	for _, conn := range pool.AcquireAllIdle(t.Context()) {
		_ = conn.Conn().Close(t.Context()) // one that was cut says so
		conn.Release()
	}
	if err := pool.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
}
