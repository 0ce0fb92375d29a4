package races

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/cli/config"
	"github.com/goauth-dev/goauth/core"
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/store"
)

type obj = map[string]any

const origin = "http://localhost:3000"

// pair is two servers on one database, with people whom both know.
type pair struct {
	t       *testing.T
	servers [2]*core.Auth
	cookies map[string]string
	ids     map[string]string
}

// everywhere runs a test on every database there is.
func everywhere(t *testing.T, change func(o *auth.Options), test func(t *testing.T, p *pair)) {
	for name, place := range map[string]func(t *testing.T) string{"SQLite": sqlitePlace, "PostgreSQL": postgresPlace, "MariaDB": mysqlPlace} {
		t.Run(name, func(t *testing.T) { test(t, newPair(t, place(t), change)) })
	}
}

func newPair(t *testing.T, place string, change func(o *auth.Options)) *pair {
	p := &pair{t: t, cookies: map[string]string{}, ids: map[string]string{}}
	for i := range p.servers {
		db, err := config.OpenDatabase(place)
		if err != nil {
			t.Fatal(err)
		}
		o := auth.Options{
			Secret: "race-secret-0123456789-abcdefghijklmnop", BaseURL: origin, Database: db, Getenv: func(string) string { return "" },
			EmailAndPassword: auth.EmailAndPassword{Enabled: true, Password: auth.PasswordHash{
				Hash:   func(_ context.Context, p string) (string, error) { return p, nil },
				Verify: func(_ context.Context, hash, p string) (bool, error) { return hash == p, nil },
			}},
		}
		o.RateLimit.Enabled = option.Off
		change(&o)
		a, err := core.New(o)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if _, _, err := config.Migrate(t.Context(), db, a.Context().Schema); err != nil {
				t.Fatal(err)
			}
		}
		t.Cleanup(func() {
			_ = a.Close(context.Background())
			_ = db.Close()
		})
		p.servers[i] = a
	}
	p.signUp("ada")
	return p
}

// request is a call of somebody's.
type request struct {
	who, path string
	body      obj
}

// signUp makes a user with a verified address, unless there is one already, and returns its id.
func (p *pair) signUp(name string) string {
	if id, known := p.ids[name]; known {
		return id
	}
	email := name + "@example.com"
	res := p.serve(0, request{"", "/sign-up/email", obj{"name": name, "email": email, "password": "password"}})
	if res.Code != http.StatusOK {
		p.t.Fatalf("sign-up of %s: %d %s", name, res.Code, res.Body)
	}
	cookie, _, _ := strings.Cut(res.Header().Get("Set-Cookie"), ";")
	p.cookies[name] = cookie
	ctx, x := p.t.Context(), p.servers[0].Context()
	if _, err := x.Store.UpdateAll(ctx, "user", store.Where{store.Is("email", email)}, store.Record{"emailVerified": true}); err != nil {
		p.t.Fatal(err)
	}
	p.ids[name] = p.row("user", store.Is("email", email))["id"].(string)
	return p.ids[name]
}

func (p *pair) serve(server int, r request) *httptest.ResponseRecorder {
	body, err := json.Marshal(r.body)
	if err != nil {
		p.t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodPost, origin+"/api/auth"+r.path, strings.NewReader(string(body)))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", origin)
	if cookie := p.cookies[r.who]; cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	res := httptest.NewRecorder()
	p.servers[server].ServeHTTP(res, req)
	return res
}

// send makes a call whatever comes of it.
func (p *pair) send(who, path string, body obj) { p.serve(0, request{who, path, body}) }

// post makes a call that must succeed and returns its answer.
func (p *pair) post(who, path string, body obj) obj {
	p.t.Helper()
	res := p.serve(0, request{who, path, body})
	var answer obj
	if err := json.Unmarshal(res.Body.Bytes(), &answer); res.Code != http.StatusOK || err != nil {
		p.t.Fatalf("%s of %s: %d %s", path, who, res.Code, res.Body)
	}
	return answer
}

// race makes the calls at one moment, one after the other on either server, and returns how many answered 200. Others are
// refusals: a server error ends the test.
func (p *pair) race(requests []request) int {
	p.t.Helper()
	var wg sync.WaitGroup
	start, answers := make(chan struct{}), make(chan *httptest.ResponseRecorder, len(requests))
	for i, r := range requests {
		wg.Go(func() {
			<-start
			answers <- p.serve(i%2, r)
		})
	}
	close(start)
	wg.Wait()
	close(answers)
	good := 0
	for res := range answers {
		switch {
		case res.Code == http.StatusOK:
			good++
		case res.Code >= http.StatusInternalServerError:
			p.t.Errorf("answered %d %s", res.Code, res.Body)
		}
	}
	return good
}

func (p *pair) count(model string, where ...store.Cond) int {
	p.t.Helper()
	n, err := p.servers[1].Context().Store.Count(p.t.Context(), model, where)
	if err != nil {
		p.t.Fatal(err)
	}
	return int(n)
}

func (p *pair) row(model string, where ...store.Cond) store.Record {
	p.t.Helper()
	row, err := p.servers[1].Context().Store.FindOne(p.t.Context(), store.Query{Model: model, Where: where})
	if err != nil || row == nil {
		p.t.Fatalf("%s %v: %v, %v", model, where, row, err)
	}
	return row
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
	admin(t, "pgx", server, "create database "+name, "drop database "+name+" with (force)")
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
	admin(t, "mysql", dsn, "create database "+name, "drop database "+name)
	user, rest, _ := strings.Cut(dsn, "@tcp(")
	host, _, _ := strings.Cut(rest, ")")
	return "mysql://" + user + "@" + host + "/" + name
}

// admin runs a statement now and another after the test.
func admin(t *testing.T, driver, dsn, now, later string) {
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
