package tests

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/sqlx"
)

// cutter cuts a server's connections at the n-th message that goes to the database.
type cutter struct {
	mu     sync.Mutex
	sent   int  // messages since armed
	at     int  // the message at which to cut; 0: none
	before bool // cut before it reaches the server, else after the server has answered it
	down   bool
	die    func() // called instead of cutting, when set
}

// errCut is what the operating system says of a line that was cut, errDown of a server that is not there.
var (
	errCut  = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	errDown = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
)

// setDown cuts every line, and lets nobody in, until it is told otherwise.
func (c *cutter) setDown(down bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = down
}

func (c *cutter) isDown() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.down
}

func (c *cutter) arm(at int, before bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent, c.at, c.before = 0, at, before
}

// disarm returns how many messages went out.
func (c *cutter) disarm() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = 0
	return c.sent
}

func (c *cutter) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if c.isDown() {
		return nil, errDown
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return &cutConn{conn, c, false}, nil
}

// cutConn is a connection that ends when its cutter says so.
type cutConn struct {
	net.Conn
	cutter *cutter
	cut    bool
}

func (c *cutConn) Write(b []byte) (int, error) {
	c.cutter.mu.Lock()
	c.cutter.sent++
	now := c.cutter.at > 0 && c.cutter.sent == c.cutter.at
	before := c.cutter.before
	c.cutter.mu.Unlock()
	if now && before && c.cutter.die != nil {
		c.cutter.die()
	}
	if now && before || c.cutter.isDown() {
		c.Conn.Close()
		return 0, errCut
	}
	n, err := c.Conn.Write(b)
	c.cut = now
	return n, err
}

// Read waits for the answer of the message at which to cut, and loses it.
func (c *cutConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.cut && err == nil {
		if c.cutter.die != nil {
			c.cutter.die()
		}
		c.Conn.Close()
		return 0, errCut
	}
	return n, err
}

// cutPool opens a pool whose connections the cutter can cut.
func (s server) cutPool(t testing.TB, place string, c *cutter) *sql.DB {
	t.Helper()
	return s.dialPool(t, place, c.dial)
}

// dialPool opens a pool that makes its connections so.
func (s server) dialPool(t testing.TB, place string, dial func(ctx context.Context, network, addr string) (net.Conn, error)) *sql.DB {
	t.Helper()
	if s.name == nativeServer.name {
		config, err := pgxpool.ParseConfig(place)
		if err != nil {
			t.Fatal(err)
		}
		config.ConnConfig.DialFunc, config.MaxConns = dial, 4
		return nativePoolOf(t, config)
	}
	if s.name == postgresServer.name {
		config, err := pgx.ParseConfig(place)
		if err != nil {
			t.Fatal(err)
		}
		config.DialFunc = dial
		return stdlib.OpenDB(*config)
	}
	config, err := mysql.ParseDSN(place)
	if err != nil {
		t.Fatal(err)
	}
	config.DialFunc, config.Logger = dial, quiet{}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		t.Fatal(err)
	}
	return sql.OpenDB(connector)
}

type quiet struct{}

func (quiet) Print(...any) {}

// faulty is a server whose line to the database can be cut, and a view of the database over another line.
type faulty struct {
	*coreClient
	cutter   *cutter
	clear    store.Adapter
	pool     *sql.DB       // nil when nothing is cut
	patience time.Duration // how long a server may take to undo what a cut connection left
}

func startFaulty(t *testing.T, s server) *faulty {
	t.Helper()
	place, c := s.place(t), &cutter{}
	pool := s.cutPool(t, place, c)
	pool.SetMaxOpenConns(4)
	db := s.wrap(pool)
	t.Cleanup(func() { _ = db.Close() })
	f := newFaulty(t, db, place, c)
	f.pool = pool
	return f
}

func newFaulty(t *testing.T, db *sqlx.Database, place string, c *cutter) *faulty {
	t.Helper()
	mails := &coreMails{}
	a := startCore(t, faultyOptions(db, mails), db)
	t.Cleanup(func() { _ = a.Close(context.Background()) })
	clear, err := openPlace(t, place).Bind(a.Context().Schema)
	if err != nil {
		t.Fatal(err)
	}
	return &faulty{&coreClient{t, a, map[string]string{}, mails}, c, clear, nil, 2 * time.Second}
}

func faultyOptions(db *sqlx.Database, mails *coreMails) auth.Options {
	o := coreOptions(db)
	o.EmailAndPassword.SendResetPassword, o.EmailVerification.SendVerificationEmail = mails.send, mails.send
	o.User.ChangeEmail.Enabled, o.User.DeleteUser.Enabled = true, true
	o.Plugins = []auth.Plugin{twoWrites}
	o.Verification.DisableCleanup = true // which sends messages of its own at its own time, among those that are counted
	return o
}

// state is what the database holds: how many rows of each kind, and what users and accounts are.
func (f *faulty) state() string {
	f.t.Helper()
	var lines []string
	for _, model := range []string{"user", "account", "session", "verification"} {
		rows, err := f.clear.Find(f.t.Context(), store.Query{Model: model})
		if err != nil {
			f.t.Fatal(err)
		}
		for _, row := range rows {
			line := model
			switch model {
			case "user":
				line = fmt.Sprint("user ", row["email"], " ", row["name"], " ", row["emailVerified"])
			case "account":
				line = fmt.Sprint("account ", row["providerId"], " ", row["password"])
			}
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// clearAll empties the database.
func (f *faulty) clearAll() {
	f.t.Helper()
	for _, model := range []string{"verification", "session", "account", "user"} {
		if _, err := f.clear.Delete(f.t.Context(), model, store.Where{{Field: "id", Op: store.Ne, Value: nil}}); err != nil {
			f.t.Fatal(err)
		}
	}
	f.cookies = map[string]string{}
	f.mails.mu.Lock()
	f.mails.links = nil
	f.mails.mu.Unlock()
}

// writeFlow is an operation that writes: what must be there first, and then the request.
type writeFlow struct {
	name  string
	setUp func(f *faulty)
	do    func(f *faulty) (method, path string, body any)
}

func signedUp(f *faulty) { f.ok("POST", "/sign-up/email", person(coreEmail)) }

func person(email string) any {
	return map[string]any{"name": "Ada", "email": email, "password": corePassword}
}

// request returns a flow's request that needs nothing from before.
func request(method, path string, body any) func(*faulty) (string, string, any) {
	return func(*faulty) (string, string, any) { return method, path, body }
}

func twoSessions(f *faulty) {
	signedUp(f)
	f.another().ok("POST", "/sign-in/email", person(coreEmail))
}

// resetAsked asks for a reset and waits for the mail.
func resetAsked(f *faulty) {
	signedUp(f)
	f.ok("POST", "/request-password-reset", map[string]any{"email": coreEmail})
	f.mails.last(f.t, 1)
}

func resetToken(f *faulty) string {
	link, _, _ := strings.Cut(f.mails.last(f.t, 1), "?")
	return strings.TrimPrefix(link, "/reset-password/")
}

var writeFlows = []writeFlow{
	{"sign up", func(*faulty) {}, request("POST", "/sign-up/email", person(coreEmail))},
	{"sign in", signedUp, request("POST", "/sign-in/email", person(coreEmail))},
	{"sign out", signedUp, request("POST", "/sign-out", map[string]any{})},
	{"update the user", signedUp, request("POST", "/update-user", map[string]any{"name": "Lovelace"})},
	{"change the password and revoke", twoSessions, request("POST", "/change-password",
		map[string]any{"currentPassword": corePassword, "newPassword": "another long password", "revokeOtherSessions": true})},
	{"ask for a reset", signedUp, request("POST", "/request-password-reset", map[string]any{"email": coreEmail})},
	{"reset the password", resetAsked, func(f *faulty) (string, string, any) {
		return "POST", "/reset-password", map[string]any{"newPassword": "another long password", "token": resetToken(f)}
	}},
	{"revoke the other sessions", twoSessions, request("POST", "/revoke-other-sessions", map[string]any{})},
	{"revoke all sessions", twoSessions, request("POST", "/revoke-sessions", map[string]any{})},
	{"verify the address", func(f *faulty) {
		signedUp(f)
		f.ok("POST", "/send-verification-email", map[string]any{"email": coreEmail})
		f.mails.last(f.t, 1)
	}, func(f *faulty) (string, string, any) { return "GET", f.mails.last(f.t, 1), nil }},
	{"delete the user", twoSessions, request("POST", "/delete-user", map[string]any{"password": corePassword})},
}

// TestFAULT001_ACutConnectionLeavesTheStateBeforeOrAfter cuts the line to the database at every message of every core
// operation that writes, before the server gets it and after it has answered (by default at a fifth of these points;
// GOAUTH_RACE_ROUNDS asks for all). What the database then holds is what it held before or what it would hold after, never a
// part; the client gets a 503 or the result; and the next request works.
func TestFAULT001_FAULT006_ACutConnectionLeavesTheStateBeforeOrAfter(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, s server) {
		f := startFaulty(t, s)
		points, answers := 0, map[int]int{}
		for _, flow := range writeFlows {
			n, problems := f.cutEverywhere(flow, some, answers)
			points += n
			for _, problem := range problems {
				t.Error(problem)
			}
		}
		t.Logf("%d points in %d operations: answers %v", points, len(writeFlows), answers)
		if points < 18 || answers[http.StatusServiceUnavailable] == 0 {
			t.Errorf("%d points and answers %v: the line is not cut where it should be", points, answers)
		}
	})
}

// run sets a flow up and makes its request, with the line cut at a point, and returns the states before and after it;
// whole is what a request that nothing disturbs leaves, where that is known.
func (f *faulty) run(flow writeFlow, at int, cutBefore bool, whole string) (before, after string, status, sent int) {
	f.t.Helper()
	f.clearAll()
	flow.setUp(f)
	before = f.state()
	method, path, body := flow.do(f)
	f.reconnect()
	f.cutter.arm(at, cutBefore)
	status, _, _ = f.do(method, path, body)
	sent = f.cutter.disarm()
	if whole == "" {
		time.Sleep(5 * time.Millisecond) // what goes on after the answer
		return before, f.state(), status, sent
	}
	return before, f.settled(before, whole), status, sent
}

// settled waits until the database holds one of two states, and a while longer when it holds neither: a server needs
// a moment to undo what a cut connection left.
func (f *faulty) settled(before, after string) string {
	state := f.state()
	for deadline := time.Now().Add(f.patience); state != before && state != after && time.Now().Before(deadline); state = f.state() {
		time.Sleep(2 * time.Millisecond)
	}
	return state
}

const neither = "the state is neither before nor after"

// reconnect begins with one new connection, so that the same request always makes the same messages: on a connection of
// before some statements would be prepared already.
func (f *faulty) reconnect() {
	f.t.Helper()
	if native, ok := natives.Load(f.pool); ok {
		renew(f.t, native.(*pgxpool.Pool))
		return
	}
	f.pool.SetMaxIdleConns(0)
	f.pool.SetMaxIdleConns(2)
	if err := f.pool.PingContext(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
}

// some chooses a fifth of the points, and all when GOAUTH_RACE_ROUNDS is set.
func some(point int) bool { return os.Getenv(raceRoundsEnv) != "" || point%5 == 0 }

// every chooses all points.
func every(int) bool { return true }

// cutEverywhere makes a flow's request again and again, with the line cut at one message after the other, and returns
// how often that was and what was wrong. Point 1 is before the first message, 2 after its answer, and so on.
func (f *faulty) cutEverywhere(flow writeFlow, chosen func(point int) bool, answers map[int]int) (points int, problems []string) {
	f.t.Helper()
	before, after, status, sent := f.run(flow, 0, false, "")
	if status >= 400 || before == after && flow.name != "ask for a reset" {
		f.t.Fatalf("%s: without a cut: %d, before\n%s\nafter\n%s", flow.name, status, before, after)
	}
	for point := 1; point <= 2*sent; point++ {
		if !chosen(point) {
			continue
		}
		at, cutBefore := (point+1)/2, point%2 == 1
		b, got, status, _ := f.run(flow, at, cutBefore, after)
		points++
		answers[status]++
		where := fmt.Sprintf("%s: cut at message %d of %d (before it %v)", flow.name, at, sent, cutBefore)
		if got != b && got != after {
			problems = append(problems, fmt.Sprintf("%s: %s:\n%s\nbefore\n%s\nafter\n%s", where, neither, got, b, after))
		}
		if status >= 400 && status != http.StatusServiceUnavailable {
			problems = append(problems, fmt.Sprintf("%s: answered %d", where, status))
		}
		res := httptest.NewRecorder()
		f.ServeHTTP(res, corePostGet("/get-session"))
		if res.Code != http.StatusOK {
			problems = append(problems, fmt.Sprintf("%s: the next request is answered %d", where, res.Code))
		}
	}
	return points, problems
}

func corePostGet(path string) *http.Request {
	r := corePost(path, "")
	r.Method, r.Body, r.ContentLength = http.MethodGet, http.NoBody, 0
	r.Header.Del("Content-Type")
	return r
}

// TestFAULT002_ADatabaseThatIsDownIsA503AndComesBack closes the door to new and old connections for a while.
func TestFAULT002_ADatabaseThatIsDownIsA503AndComesBack(t *testing.T) {
	onServers(t, func(t *testing.T, s server) {
		f := startFaulty(t, s)
		signedUp(f)
		f.cutter.setDown(true)
		for _, path := range []string{"/get-session", "/list-sessions", "/get-session"} {
			began := time.Now()
			if status, _, _ := f.do("GET", path, nil); status != http.StatusServiceUnavailable || time.Since(began) > 3*time.Second {
				t.Errorf("%s: answered %d after %s, want 503 at once", path, status, time.Since(began))
			}
		}
		if status, _, _ := f.another().do("POST", "/sign-up/email", person("other@example.com")); status != http.StatusServiceUnavailable {
			t.Errorf("a sign-up was answered %d, want 503", status)
		}
		f.cutter.setDown(false)
		if status, out, _ := f.do("GET", "/get-session", nil); status != http.StatusOK || out == nil {
			t.Errorf("afterwards: %d %v", status, out)
		}
	})
}

// TestFAULT003_ADatabaseThatHangsIsA503InTime waits for a lock that nobody gives back.
func TestFAULT003_ADatabaseThatHangsIsA503InTime(t *testing.T) {
	onServers(t, func(t *testing.T, s server) {
		place := s.place(t)
		db := s.open(t, place)
		db.Timeout = 300 * time.Millisecond
		a := startCore(t, coreOptions(db), db)
		c := &coreClient{t, a, map[string]string{}, &coreMails{}}
		c.ok("POST", "/sign-up/email", person(coreEmail))
		holder, err := s.open(t, place).Bind(a.Context().Schema)
		if err != nil {
			t.Fatal(err)
		}
		err = holder.Tx(t.Context(), func(ctx context.Context) error {
			if _, err := holder.UpdateAll(ctx, "account", store.Where{store.Is("providerId", "credential")}, store.Record{"scope": "held"}); err != nil {
				return err
			}
			began := time.Now()
			status, _, _ := c.another().do("POST", "/sign-in/email", person(coreEmail))
			if took := time.Since(began); status != http.StatusServiceUnavailable || took > 2*time.Second {
				t.Errorf("while an account was locked, signing in was answered %d after %s", status, took)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		c.another().ok("POST", "/sign-in/email", person(coreEmail))
	})
}

// TestFAULT004_ADeadlockIsTriedAgain makes two transactions lock two rows crosswise.
func TestFAULT004_ADeadlockIsTriedAgain(t *testing.T) {
	onServers(t, func(t *testing.T, s server) {
		a := migrated(t, s.fresh(t), schemaOf(t, "core"))
		for _, id := range []string{"a", "b"} {
			if _, err := a.Insert(t.Context(), "user", user(id)); err != nil {
				t.Fatal(err)
			}
		}
		var group, both sync.WaitGroup
		both.Add(2)
		runs := make([]int, 2)
		for i, order := range [][]string{{"a", "b"}, {"b", "a"}} {
			group.Go(func() {
				err := a.Tx(store.Repeatable(t.Context()), func(ctx context.Context) error {
					runs[i]++
					for n, id := range order {
						if _, err := a.UpdateOne(ctx, "user", store.Where{store.Is("id", id)}, store.Record{"name": fmt.Sprint(i)}); err != nil {
							return err
						}
						if n == 0 && runs[i] == 1 {
							both.Done()
							both.Wait()
						}
					}
					return nil
				})
				if err != nil {
					t.Errorf("transaction %d: %v", i, err)
				}
			})
		}
		group.Wait()
		if runs[0]+runs[1] < 3 {
			t.Errorf("the transactions ran %v times: there was no deadlock", runs)
		}
		users, err := a.Find(t.Context(), store.Query{Model: "user"})
		if err != nil || users[0]["name"] != users[1]["name"] {
			t.Errorf("the transactions mixed: %v, %v", users, err)
		}
	})
}
