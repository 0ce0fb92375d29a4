package tests

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	jackc "github.com/jackc/pgx/v5"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/pgx"
)

// roundsEnv asks for what takes long, here and in sqlx/tests.
const roundsEnv = "GOAUTH_RACE_ROUNDS"

func inRounds(t *testing.T) {
	t.Helper()
	if os.Getenv(roundsEnv) == "" {
		t.Skip("SKIPPED: it makes a cluster of its own; set " + roundsEnv)
	}
}

// overWays runs a test over everything that can hide which node a server talks to.
func overWays(t *testing.T, test func(t *testing.T, open func(c *cluster, n *node) way)) {
	t.Helper()
	inRounds(t)
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) { test(t, w.open) })
	}
}

// TestFAULT007_FAULT001_AFailoverLosesNothingAndNeedsNoRestart kills the primary amid traffic, twice, and has its standby take
// over. What was answered 200 is there and whole; everything else was a 503; two instances go on by themselves; and what a
// session's copy is worth is known on both.
func TestFAULT007_FAULT001_AFailoverLosesNothingAndNeedsNoRestart(t *testing.T) {
	overWays(t, func(t *testing.T, open func(c *cluster, n *node) way) {
		c := newCluster(t)
		primary := c.primary()
		f := startFleet(t, open(c, primary))
		for range 2 {
			standby := c.standby(primary)
			f.serveThrough(func() {
				primary.kill()
				standby.promote()
				f.way.point(standby)
			})
			f.check(standby)
			primary = standby
		}
		t.Logf("%d sign-ups were answered 200, %d sign-outs; the answers: %v", len(f.signedUp), len(f.left), f.answers)
	})
}

// TestAFailoverThatNobodyNoticesIsHeardFromTheBeginning has a PgBouncer lead to another primary between two looks of a follower,
// whose connection stays. The follower knows a position that is far ahead of the new one's, and would pass by what is published
// there.
func TestAFailoverThatNobodyNoticesIsHeardFromTheBeginning(t *testing.T) {
	inRounds(t)
	installed(t, "pgbouncer")
	for try := range 3 { // on a busy machine the new connection may take so long that the follower thinks it lost
		if lost := unnoticedFailover(t); lost == 0 {
			return
		}
		t.Logf("try %d: it was noticed", try)
	}
	t.Error("each failover was noticed")
}

func unnoticedFailover(t *testing.T) (lost int) {
	t.Helper()
	c := newCluster(t)
	primary := c.primary()
	standby := c.standby(primary)
	way := openPooler(c, primary)
	r := pgx.NewRevocations(openPlace(t, way.url(), few))
	f := follow(t, r)
	publish(t, t.Context(), r, "before")
	f.hears(t, "before")
	standby.promote()
	run(t, primary.url(), "do $$ begin for i in 1..1000 loop perform txid_current(); rollback; end loop; end $$")
	position := primary.ask("select txid_snapshot_xmin(txid_current_snapshot())")
	time.Sleep(time.Second) // so that the follower has seen it
	way.point(standby)
	eventually(t, "the new primary answers", 10*time.Second, func() bool {
		return r.Publish(t.Context(), []string{"after"}, time.Minute) == nil && standby.knows("after")
	})
	if standby.ask("select max(tx) < "+position+" from "+pgx.RevocationsTable) != "true" {
		t.Fatal("the new primary's position is not behind the old one's")
	}
	f.hears(t, "after")
	_, lost, _ = f.state()
	return lost
}

// knows reports whether an id is in a node's log.
func (n *node) knows(id string) bool {
	n.t.Helper()
	return n.ask("select count(*) from "+pgx.RevocationsTable+" where '"+id+"' = any(ids)") != "0"
}

// TestAStandbyIsNotFollowed leads a follower to a standby and back, over a PgBouncer that keeps its connection. There it does
// not believe that it hears, and it misses nothing that was under way meanwhile.
func TestAStandbyIsNotFollowed(t *testing.T) {
	inRounds(t)
	installed(t, "pgbouncer")
	c := newCluster(t)
	primary := c.primary()
	way := openPooler(c, primary)
	f := follow(t, pgx.NewRevocations(openPlace(t, way.url(), few)))
	pool := newPool(t, primary.url())
	db := pgx.New(pool)
	r := pgx.NewRevocations(db)
	publish(t, t.Context(), r, "before")
	f.hears(t, "before")
	standby := c.standby(primary)
	slow, inSlow := begin(t, db, pool)
	publish(t, inSlow, r, "slow")
	publish(t, t.Context(), r, "quick")
	way.point(standby)
	eventually(t, "the follower does not trust a standby", 5*time.Second, func() bool { return !f.isReady() })
	if f.times("slow") != 0 {
		t.Error("it heard what was not committed")
	}
	if err := slow.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	if f.isReady() {
		t.Error("it trusts a standby")
	}
	way.point(primary)
	f.hears(t, "slow", "quick")
}

// fleet is two instances on a way, and what their clients were told.
type fleet struct {
	t         *testing.T
	way       way
	instances [2]*instance
	// kept is a session that lives, ended one that does not; both have a copy that would be good for minutes.
	kept, ended string
	people      atomic.Int64

	mu       sync.Mutex
	signedUp []int    // who was answered 200
	left     []string // sessions whose sign-out was answered 200
	served   [2]int   // sign-ups at each instance
	answers  map[string]int
}

func startFleet(t *testing.T, w way) *fleet {
	t.Helper()
	f := &fleet{t: t, way: w, answers: map[string]int{}}
	for i := range f.instances {
		f.instances[i] = newInstance(t, w.url(), func(o *auth.Options) { o.Database.(*pgx.Database).Timeout = 2 * time.Second })
	}
	f.kept, _ = f.instances[0].enter(t, "/sign-up/email", f.person())
	f.ended, _ = f.instances[0].enter(t, "/sign-up/email", f.person())
	f.instances[0].ok(t, "POST", "/sign-out", "{}", f.ended)
	f.hear()
	return f
}

func (f *fleet) person() int { return int(f.people.Add(1)) }

// hear waits until both instances believe copies.
func (f *fleet) hear() {
	f.t.Helper()
	for _, s := range f.instances {
		eventually(f.t, "the log is heard", 30*time.Second, func() bool { return !s.Context().Revoked.Doubts("nobody", "nobody") })
	}
}

// serveThrough serves people on both instances before something happens, meanwhile and afterwards.
func (f *fleet) serveThrough(happens func()) {
	f.t.Helper()
	ctx, cancel := context.WithCancel(f.t.Context())
	var callers sync.WaitGroup
	for i := range 4 {
		callers.Go(func() {
			for ctx.Err() == nil {
				f.visit(i % 2)
			}
		})
	}
	defer callers.Wait()
	defer cancel()
	f.servesMore(10)
	happens()
	f.servesMore(10)
}

// servesMore waits until both instances have signed up so many more.
func (f *fleet) servesMore(people int) {
	f.t.Helper()
	served := func() [2]int {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.served
	}
	before := served()
	eventually(f.t, "both instances serve", time.Minute, func() bool {
		now := served()
		return now[0] >= before[0]+people && now[1] >= before[1]+people
	})
}

// visit is somebody who signs up, in and out at one instance and is looked for at the other.
func (f *fleet) visit(at int) {
	here, there, n := f.instances[at], f.instances[1-at], f.person()
	f.expect(f.alive(here, f.kept), "a session that lives", "alive")
	f.expect(f.alive(here, f.ended), "a session that has ended", "ended")
	res := here.do("POST", "/sign-up/email", person(n), "")
	if f.expect(status(res), "sign-up", "200"); res.Code != http.StatusOK {
		time.Sleep(5 * time.Millisecond)
		return
	}
	f.mu.Lock()
	f.signedUp = append(f.signedUp, n)
	f.served[at]++
	f.mu.Unlock()
	cookie := cookiesOf(res)
	f.expect(f.alive(there, cookie), "a new session at the other instance", "alive")
	f.expect(status(there.do("POST", "/sign-in/email", person(n), "")), "sign-in", "200")
	if out := here.do("POST", "/sign-out", "{}", cookie); f.expect(status(out), "sign-out", "200") {
		f.mu.Lock()
		f.left = append(f.left, cookie)
		f.mu.Unlock()
	}
}

// expect reports whether an answer is the one that is wanted; a 503 is the only other.
func (f *fleet) expect(got, what, want string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[what+": "+got]++
	if got != want && got != "503" {
		f.t.Errorf("%s: %s", what, got)
	}
	return got == want
}

func status(res *httptest.ResponseRecorder) string {
	if res.Code == http.StatusOK || res.Code == http.StatusServiceUnavailable {
		return fmt.Sprint(res.Code)
	}
	return fmt.Sprint(res.Code, " ", res.Body)
}

// alive is "alive", "ended" or another status.
func (f *fleet) alive(s *instance, cookie string) string {
	switch res := s.do("GET", "/get-session", "", cookie); {
	case res.Code != http.StatusOK:
		return status(res)
	case res.Body.String() == "null":
		return "ended"
	default:
		return "alive"
	}
}

// check compares what clients were told with what a node has, and lets a session end at one instance.
func (f *fleet) check(n *node) {
	f.t.Helper()
	there := people(f.t, n)
	for _, who := range f.signedUp {
		if !slices.Contains(there, fmt.Sprintf("ada%d@example.com", who)) {
			f.t.Errorf("person %d signed up and is not there", who)
		}
	}
	if halves := n.ask(`select count(*) from "user" u left join account a on a."userId" = u.id where a.id is null`); halves != "0" {
		f.t.Errorf("%s people have no password", halves)
	}
	f.hear()
	for i, s := range f.instances {
		s.queries.Store(0)
		if f.alive(s, f.kept) != "alive" || s.queries.Load() != 0 {
			f.t.Errorf("instance %d made %d queries for a copy that is good, or does not believe it", i, s.queries.Load())
		}
		if got := f.alive(s, f.ended); got != "ended" {
			f.t.Errorf("instance %d: a session that had ended before: %s", i, got)
		}
		for _, cookie := range f.left {
			eventually(f.t, "a session that was ended amid the failover has", 5*time.Second, func() bool { return f.alive(s, cookie) == "ended" })
		}
		f.endsEverywhere(i)
	}
}

// endsEverywhere ends a session at one instance and waits for the other to know.
func (f *fleet) endsEverywhere(at int) {
	f.t.Helper()
	here, there := f.instances[at], f.instances[1-at]
	cookie, _ := here.enter(f.t, "/sign-up/email", f.person())
	if there.queries.Store(0); !there.alive(f.t, cookie) || there.queries.Load() != 0 {
		f.t.Error("a new session's copy is not believed")
	}
	here.ok(f.t, "POST", "/sign-out", "{}", cookie)
	took := eventually(f.t, "the session has ended at the other instance", 5*time.Second, func() bool { return !there.alive(f.t, cookie) })
	f.t.Logf("ended at the other instance after %v", took)
}

// people are the addresses that a node has.
func people(t *testing.T, n *node) []string {
	t.Helper()
	conn, err := jackc.Connect(t.Context(), n.url())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	rows, _ := conn.Query(t.Context(), `select email from "user"`) // the error comes again
	there, err := jackc.CollectRows(rows, jackc.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return there
}
