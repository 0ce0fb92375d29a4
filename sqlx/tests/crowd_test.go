package tests

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// crowds are servers of the test's own that let in few, limit of them at once, and how to reach them.
var crowds = []struct {
	name string
	private
	server
	place string
	limit int
}{
	{"PostgreSQL", privates[0].set("-c", "max_connections=5"), postgresServer, "postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", 5},
	{"PostgreSQL on a native pool", privates[0].set("-c", "max_connections=5"), nativeServer, "postgresql://postgres@127.0.0.1:%d/postgres?sslmode=disable", 5},
	// One more than there may be is kept for an administrator, who this is.
	{"MariaDB", privates[1].set("--max-connections=10"), mysqlServer, "root@tcp(127.0.0.1:%d)/test?parseTime=true&loc=UTC&interpolateParams=true", 11},
}

// TestFAULT022_AServerWithoutConnectionsIsA503AndComesBack has others take every connection that a server gives.
func TestFAULT022_AServerWithoutConnectionsIsA503AndComesBack(t *testing.T) {
	if os.Getenv(raceRoundsEnv) == "" {
		t.Skip("SKIPPED: it makes database servers of its own; set " + raceRoundsEnv)
	}
	for _, c := range crowds {
		t.Run(c.name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "goauth-crowd-")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(dir) })
			place := fmt.Sprintf(c.place, c.supervise(t, dir).port)
			pool := c.pool(t, place)
			db := c.wrap(pool)
			within(t, func() error { return ready(t, db) })
			others := &crowd{t: t, pool: c.pool(t, place), limit: c.limit}
			others.pool.SetMaxOpenConns(0)
			a := startCore(t, coreOptions(db), db)
			refuses(t, &refusing{
				coreClient: &coreClient{t, a, map[string]string{}, &coreMails{}},
				refuse:     func() { letGo(pool); others.come() },
				heal: func() {
					others.leave()
					within(t, func() error { return a.Context().Store.Ping(t.Context()) })
				},
			})
		})
	}
}

// letGo closes the connections that a pool does not use.
func letGo(pool *sql.DB) {
	if native, ok := natives.Load(pool); ok {
		native.(*pgxpool.Pool).Reset()
		return
	}
	pool.SetMaxIdleConns(0)
	pool.SetMaxIdleConns(4)
}

// crowd is others who use the same server.
type crowd struct {
	t     *testing.T
	pool  *sql.DB
	limit int
	held  []*sql.Conn
}

// come takes connections until the server has no more.
func (c *crowd) come() {
	c.t.Helper()
	within(c.t, func() error {
		for {
			conn, err := c.pool.Conn(c.t.Context())
			if err == nil {
				c.held = append(c.held, conn)
			} else if len(c.held) == c.limit {
				return nil
			} else {
				return errors.Join(fmt.Errorf("%d of %d connections are taken", len(c.held), c.limit), err)
			}
		}
	})
}

func (c *crowd) leave() {
	for _, conn := range c.held {
		conn.Close()
	}
	letGo(c.pool)
}
