package races

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/redis"
)

// engines are the places where two servers may meet.
var engines = []struct {
	name string
	open func(t *testing.T) place
}{
	{"SQLite", func(t *testing.T) place { return place{Database: sqlitePlace(t)} }},
	{"PostgreSQL", func(t *testing.T) place { return place{Database: postgresPlace(t)} }},
	{"MariaDB", func(t *testing.T) place { return place{Database: mysqlPlace(t)} }},
	{"Redis", redisPlace},
}

func sqlitePlace(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "auth.db") }

func placeName() string { return fmt.Sprintf("goauth_race_%d_%d", os.Getpid(), time.Now().UnixNano()) }

// postgresPlace is a database of its own, gone after the test.
func postgresPlace(t *testing.T) string {
	server := os.Getenv("GOAUTH_TEST_POSTGRES")
	if server == "" {
		t.Skip("SKIPPED: no PostgreSQL; set GOAUTH_TEST_POSTGRES=postgres://user@host:port/db")
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	name := placeName()
	administer(t, "pgx", server, "create database "+name, "drop database "+name+" with (force)")
	u.Path = "/" + name
	return u.String()
}

// mysqlPlace is a database of its own, gone after the test.
func mysqlPlace(t *testing.T) string {
	dsn := os.Getenv("GOAUTH_TEST_MYSQL")
	if dsn == "" {
		t.Skip("SKIPPED: no MariaDB; set GOAUTH_TEST_MYSQL=user@tcp(host:port)/db")
	}
	name := placeName()
	administer(t, "mysql", dsn, "create database "+name, "drop database "+name)
	user, rest, _ := strings.Cut(dsn, "@tcp(")
	host, _, _ := strings.Cut(rest, ")")
	return "mysql://" + user + "@" + host + "/" + name + "?pool_max_conns=12" // other tests use the same server's 151
}

// administer runs a statement now and another after the test.
func administer(t *testing.T, driver, dsn, now, later string) {
	t.Helper()
	run := func(statement string) {
		db, err := sql.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	run(now)
	t.Cleanup(func() { run(later) })
}

// redisPlace keeps sessions and codes in Redis, users in a file; the keys are gone after the test.
func redisPlace(t *testing.T) place {
	server := os.Getenv("GOAUTH_TEST_REDIS")
	if server == "" {
		t.Skip("SKIPPED: no Redis; set GOAUTH_TEST_REDIS=redis://host:port/db")
	}
	at := place{sqlitePlace(t), server, placeName() + ":"}
	t.Cleanup(func() {
		client, err := redis.Open(server)
		if err != nil {
			t.Error(err)
			return
		}
		defer client.Close()
		ctx := context.Background()
		for keys := client.Scan(ctx, 0, at.Prefix+"*", 1000).Iterator(); keys.Next(ctx); {
			_ = client.Del(ctx, keys.Val()).Err()
		}
	})
	return at
}
