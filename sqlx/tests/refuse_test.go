package tests

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/goauth-dev/goauth/sqlx"
)

// refusing is a server whose database can be made to refuse.
type refusing struct {
	*coreClient
	// refuse makes it refuse, and heal ends that.
	refuse, heal func()
	// reads says that reading goes on, and roomy that a small row can still be written.
	reads, roomy bool
}

// refusals are the ways in which a database that answers does not do what it is asked to.
var refusals = map[string]func(t *testing.T) *refusing{
	"PostgreSQL takes no writes": func(t *testing.T) *refusing {
		return refusingPostgres(t, "set default_transaction_read_only = on", "reset default_transaction_read_only", true)
	},
	"PostgreSQL is out of connections": func(t *testing.T) *refusing {
		return refusingPostgres(t, "connection limit 0", "connection limit -1", false)
	},
	"MariaDB takes no writes":       func(t *testing.T) *refusing { return refusingMySQL(t, false) },
	"MariaDB is out of connections": func(t *testing.T) *refusing { return refusingMySQL(t, true) },
	"SQLite has no room": func(t *testing.T) *refusing {
		return refusingSQLite(t, "max_page_count = 1", "max_page_count = 1000000")
	},
	"SQLite's file cannot be written to": func(t *testing.T) *refusing { return refusingSQLite(t, "query_only = 1", "query_only = 0") },
}

// TestFAULT022_ADatabaseThatRefusesIsA503AndComesBack: writing is a 503, reading goes on where the database still reads, no
// session is lost, and everything works when the database does.
func TestFAULT022_ADatabaseThatRefusesIsA503AndComesBack(t *testing.T) {
	for name, start := range refusals {
		t.Run(name, func(t *testing.T) { refuses(t, start(t)) })
	}
}

func refuses(t *testing.T, r *refusing) {
	r.ok("POST", "/sign-up/email", person(coreEmail))
	r.refuse()
	for range 3 {
		if status, out, _ := r.another().do("POST", "/sign-in/email", person(coreEmail)); status != http.StatusServiceUnavailable && !r.roomy {
			t.Errorf("signing in was answered %d %v", status, out)
		}
		if status, out, _ := r.another().do("POST", "/sign-up/email", grace(r.roomy)); status != http.StatusServiceUnavailable {
			t.Errorf("signing up was answered %d %v", status, out)
		}
	}
	want := map[bool]int{true: http.StatusOK, false: http.StatusServiceUnavailable}[r.reads]
	if status, out, _ := r.do("GET", "/get-session", nil); status != want || r.reads && out == nil {
		t.Errorf("reading the session was answered %d %v, want %d", status, out, want)
	}
	r.heal()
	r.signedIn("afterwards")
	r.another().ok("POST", "/sign-in/email", person(coreEmail))
	r.another().ok("POST", "/sign-up/email", grace(r.roomy))
}

// grace is somebody who signs up, with a name that fits into no page that is there where small rows still fit.
func grace(long bool) any {
	name := map[bool]string{false: "Grace", true: strings.Repeat("Grace", 2000)}[long]
	return map[string]any{"name": name, "email": "grace@example.com", "password": corePassword}
}

// switching is a pool whose connections are made anew whenever the server changes its mind about them.
func switching(pool *sql.DB, change func()) func() {
	return func() {
		change()
		pool.SetMaxIdleConns(0)
		pool.SetMaxIdleConns(4)
	}
}

// refusingPostgres has a role of its own that the server restricts.
func refusingPostgres(t *testing.T, refuse, heal string, reads bool) *refusing {
	place := postgresPlace(t)
	role := placeName()
	u, err := url.Parse(place)
	if err != nil {
		t.Fatal(err)
	}
	schema := u.Query().Get("search_path")
	admin := func(statement string) { run(t, "pgx", place, statement) }
	admin("create role " + role + " login")
	admin("grant all on schema " + schema + " to " + role)
	t.Cleanup(func() { admin("drop owned by " + role); admin("drop role " + role) })
	config, err := pgx.ParseConfig(place)
	if err != nil {
		t.Fatal(err)
	}
	config.User = role
	pool := stdlib.OpenDB(*config)
	t.Cleanup(func() { pool.Close() })
	db := sqlx.Postgres(pool)
	return &refusing{
		&coreClient{t, startCore(t, coreOptions(db), db), map[string]string{}, &coreMails{}},
		switching(pool, func() { admin("alter role " + role + " " + refuse) }), switching(pool, func() { admin("alter role " + role + " " + heal) }),
		reads, false,
	}
}

// refusingMySQL has a user of its own. A server that takes no writes says so to every user but those with a privilege, for
// all databases: here the user's sessions are read only instead. Out of connections is the user's own limit.
func refusingMySQL(t *testing.T, full bool) *refusing {
	place, user := mysqlPlace(t), placeName()
	admin := func(statement string) { run(t, "mysql", place, statement) }
	config, err := mysql.ParseDSN(place)
	if err != nil {
		t.Fatal(err)
	}
	admin("create user " + user)
	admin("grant all on " + config.DBName + ".* to " + user)
	t.Cleanup(func() { admin("drop user " + user) })
	config.User = user
	readOnly := config.Clone()
	readOnly.Params = map[string]string{"tx_read_only": "1"}
	c := &either{normal: connector(t, config), other: connector(t, readOnly)}
	pool := sql.OpenDB(c)
	t.Cleanup(func() { pool.Close() })
	db := sqlx.MySQL(pool)
	r := &refusing{coreClient: &coreClient{t, startCore(t, coreOptions(db), db), map[string]string{}, &coreMails{}}, reads: !full}
	r.refuse, r.heal = switching(pool, func() { c.useOther.Store(true) }), switching(pool, func() { c.useOther.Store(false) })
	if full {
		limit := func(n int) func() {
			return func() { admin(fmt.Sprintf("alter user %s with max_user_connections %d", user, n)) }
		}
		r.refuse, r.heal = switching(pool, func() { limit(1)(); hold(t, config) }), switching(pool, limit(0))
	}
	return r
}

func connector(t *testing.T, config *mysql.Config) driver.Connector {
	t.Helper()
	config.Logger = quiet{}
	c, err := mysql.NewConnector(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// hold takes a connection until the test ends, as soon as one is to be had.
func hold(t *testing.T, config *mysql.Config) {
	t.Helper()
	pool := sql.OpenDB(connector(t, config.Clone()))
	t.Cleanup(func() { pool.Close() })
	var err error
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if _, err = pool.Conn(t.Context()); err == nil {
			return
		}
	}
	t.Fatal(err)
}

// either makes connections in one of two ways.
type either struct {
	normal, other driver.Connector
	useOther      atomic.Bool
}

func (e *either) Connect(ctx context.Context) (driver.Conn, error) {
	if e.useOther.Load() {
		return e.other.Connect(ctx)
	}
	return e.normal.Connect(ctx)
}

func (e *either) Driver() driver.Driver { return e.normal.Driver() }

// refusingSQLite has its writer told so by a pragma; SQLite takes a smaller maximum of pages for what there are.
func refusingSQLite(t *testing.T, refuse, heal string) *refusing {
	writerDSN, readerDSN := sqlx.SQLiteDSN(filepath.Join(t.TempDir(), "auth.db"))
	var pools []*sql.DB
	for _, dsn := range []string{writerDSN, readerDSN} {
		pool, err := sql.Open("sqlite", dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { pool.Close() })
		pools = append(pools, pool)
	}
	pools[0].SetMaxOpenConns(1)
	db := sqlx.SQLite(pools[0], pools[1])
	pragma := func(text string) func() {
		return func() {
			if _, err := pools[0].ExecContext(t.Context(), "pragma "+text); err != nil {
				t.Error(err)
			}
		}
	}
	return &refusing{
		&coreClient{t, startCore(t, coreOptions(db), db), map[string]string{}, &coreMails{}}, pragma(refuse), pragma(heal),
		true, strings.HasPrefix(refuse, "max_page_count"),
	}
}
