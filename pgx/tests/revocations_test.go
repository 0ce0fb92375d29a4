package tests

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	jackc "github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/storetest"
	"github.com/goauth-dev/goauth/pgx"
)

func few(c *pgxpool.Config) { c.MaxConns = 2 }

func TestRevocationsConform(t *testing.T) {
	storetest.ExerciseRevocations(t, func(t *testing.T) func(*testing.T) store.Revocations {
		place := newPlace(t)
		return func(t *testing.T) store.Revocations { return pgx.NewRevocations(openPlace(t, place, few)) }
	})
}

// follower is one that follows again whenever it cannot go on, as an instance does.
type follower struct {
	mu    sync.Mutex
	heard []string
	ready bool
	lost  int
	err   error // of the last time
}

func follow(t *testing.T, r store.Revocations) *follower {
	t.Helper()
	f := &follower{}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			err := r.Follow(ctx, func(ids []string) { f.mu.Lock(); f.heard = append(f.heard, ids...); f.mu.Unlock() }, func() { f.set(true, nil) })
			f.set(false, err)
			time.Sleep(20 * time.Millisecond)
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	eventually(t, "ready", 5*time.Second, f.isReady)
	return f
}

func (f *follower) set(ready bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ready && !ready {
		f.lost++
	}
	f.ready, f.err = ready, err
}

func (f *follower) state() (ready bool, lost int, heard []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ready, f.lost, slices.Clone(f.heard)
}

func (f *follower) isReady() bool { ready, _, _ := f.state(); return ready }

// times is how often it heard an id.
func (f *follower) times(id string) (n int) {
	_, _, heard := f.state()
	for _, h := range heard {
		if h == id {
			n++
		}
	}
	return n
}

func (f *follower) hears(t *testing.T, ids ...string) {
	t.Helper()
	eventually(t, "everything heard", 5*time.Second, func() bool {
		return !slices.ContainsFunc(ids, func(id string) bool { return f.times(id) == 0 })
	})
}

// eventually waits for a condition and returns how long it took.
func eventually(t *testing.T, what string, limit time.Duration, ok func() bool) time.Duration {
	t.Helper()
	start := time.Now()
	for !ok() {
		if time.Since(start) > limit {
			t.Fatalf("after %v still not: %s", limit, what)
		}
		time.Sleep(2 * time.Millisecond)
	}
	return time.Since(start)
}

func publish(t *testing.T, ctx context.Context, r store.Revocations, ids ...string) {
	t.Helper()
	if err := r.Publish(ctx, ids, time.Minute); err != nil {
		t.Fatal(err)
	}
}

// begin begins a transaction in which the database takes part.
func begin(t *testing.T, db *pgx.Database, pool *pgxpool.Pool) (jackc.Tx, context.Context) {
	t.Helper()
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	return tx, db.WithTx(t.Context(), tx)
}

// TestACommitThatComesLateIsHeard begins a transaction first and commits it last: what others publish in between must not make
// a follower pass it by.
func TestACommitThatComesLateIsHeard(t *testing.T) {
	place := newPlace(t)
	pool := newPool(t, place)
	db := pgx.New(pool)
	r := pgx.NewRevocations(db)
	f := follow(t, pgx.NewRevocations(openPlace(t, place, few)))
	slow, inSlow := begin(t, db, pool)
	publish(t, inSlow, r, "slow")
	rolled, inRolled := begin(t, db, pool)
	publish(t, inRolled, r, "undone")
	for i := range 20 {
		publish(t, t.Context(), r, fmt.Sprint("quick-", i))
		f.hears(t, fmt.Sprint("quick-", i))
	}
	time.Sleep(time.Second) // so that it has looked without a hint as well
	if f.times("slow") > 0 {
		t.Error("it was heard before the commit")
	}
	if err := errors.Join(slow.Commit(t.Context()), rolled.Rollback(t.Context())); err != nil {
		t.Fatal(err)
	}
	f.hears(t, "slow")
	publish(t, t.Context(), r, "last")
	f.hears(t, "last")
	if f.times("undone") > 0 {
		t.Error("what was rolled back is heard")
	}
	if _, lost, heard := f.state(); lost > 0 || len(heard) != 22 {
		t.Errorf("heard %d ids with the connection lost %d times, want each of 22 once: %v", len(heard), lost, heard)
	}
}

// TestFAULT030_NothingIsLostWhenTheListeningBackendIsKilled ends the follower's connection again and again while others publish.
func TestFAULT030_NothingIsLostWhenTheListeningBackendIsKilled(t *testing.T) {
	place := newPlace(t)
	name := fmt.Sprintf("listens_%s_%d", databaseName, places.Load())
	f := follow(t, pgx.NewRevocations(openPlace(t, with(place, "application_name="+name), few)))
	pool := newPool(t, place)
	publisher := pgx.NewRevocations(pgx.New(pool))
	var ids []string
	for i := range 300 {
		ids = append(ids, fmt.Sprint("id-", i))
		publish(t, t.Context(), publisher, ids[i])
		if i%30 == 0 {
			if _, err := pool.Exec(t.Context(), "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1", name); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	f.hears(t, ids...)
	if _, lost, _ := f.state(); lost < 3 {
		t.Errorf("the connection was lost %d times; the test killed it 10 times", lost)
	}
}

// TestAFollowerOnADeadLineKnowsWithinASecond: the line swallows everything and closes nothing, as a partition does.
func TestAFollowerOnADeadLineKnowsWithinASecond(t *testing.T) {
	place, l := newPlace(t), &line{}
	f := follow(t, pgx.NewRevocations(openPlace(t, place, few, l.use)))
	l.freeze(true)
	took := eventually(t, "the silence noticed", 5*time.Second, func() bool { return !f.isReady() })
	t.Logf("noticed after %v", took)
	if took > 2*time.Second { // a second, and room for a busy machine
		t.Errorf("it took %v", took)
	}
	publish(t, t.Context(), pgx.NewRevocations(openPlace(t, place, few)), "meanwhile")
	l.freeze(false)
	f.hears(t, "meanwhile")
}

func TestAHintThatNeverComesDelaysNewsAndNothingElse(t *testing.T) {
	place := newPlace(t)
	f := follow(t, pgx.NewRevocations(openPlace(t, place, few)))
	run(t, place, "insert into "+pgx.RevocationsTable+" (ids, ends) values ('{unannounced}', now() + interval '1 minute')")
	f.hears(t, "unannounced")
}

func TestNoNumberOfIdsIsTooLong(t *testing.T) {
	place := newPlace(t)
	r := pgx.NewRevocations(openPlace(t, place, few))
	f := follow(t, r)
	var ids []string
	for i := range 5000 {
		ids = append(ids, fmt.Sprintf("%022d", i))
	}
	publish(t, t.Context(), r, ids...)
	f.hears(t, ids[0], ids[4999])
}

// TestTheTableIsMadeOnceHoweverManyNeedIt has many processes find an empty place at once.
func TestTheTableIsMadeOnceHoweverManyNeedIt(t *testing.T) {
	place := newPlace(t)
	var all sync.WaitGroup
	for i := range 12 {
		r := pgx.NewRevocations(openPlace(t, place, few))
		all.Go(func() {
			if err := r.Publish(t.Context(), []string{fmt.Sprint("id-", i)}, time.Minute); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	run(t, place, pgx.RevocationsSQL) // as somebody does beforehand whose server may make no tables
}

// TestATableThatIsLostIsMadeAgain: a standby that takes over may not have had it yet.
func TestATableThatIsLostIsMadeAgain(t *testing.T) {
	place := newPlace(t)
	f := follow(t, pgx.NewRevocations(openPlace(t, place, few)))
	r := pgx.NewRevocations(openPlace(t, place, few))
	publish(t, t.Context(), r, "before")
	run(t, place, "drop table "+pgx.RevocationsTable)
	eventually(t, "the log can be written", 5*time.Second, func() bool { return r.Publish(t.Context(), []string{"after"}, time.Minute) == nil })
	f.hears(t, "after")
}

func TestARoleThatMayMakeNoTablesIsTold(t *testing.T) {
	place := newPlace(t)
	role := fmt.Sprintf("%s_role_%d", databaseName, places.Load())
	schema := schemaName(t, place)
	run(t, place, "create role "+role, "grant usage on schema "+schema+" to "+role)
	t.Cleanup(func() { run(t, place, "drop owned by "+role, "drop role "+role) })
	as := func(c *pgxpool.Config) {
		c.AfterConnect = func(ctx context.Context, conn *jackc.Conn) error {
			_, err := conn.Exec(ctx, "set role "+role)
			return err
		}
	}
	r := pgx.NewRevocations(openPlace(t, place, few, as))
	if err := r.Publish(t.Context(), []string{"id"}, time.Minute); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("got %v", err)
	}
	run(t, place, pgx.RevocationsSQL, "grant select, insert, delete, update on "+pgx.RevocationsTable+" to "+role)
	f := follow(t, r)
	publish(t, t.Context(), r, "id")
	f.hears(t, "id")
}

func TestWhatNeedNotBeKeptIsDeletedAndNotHeard(t *testing.T) {
	place := newPlace(t)
	run(t, place, pgx.RevocationsSQL, "insert into "+pgx.RevocationsTable+" (ids, ends) values ('{old}', now() - interval '1 second'), ('{kept}', now() + interval '1 minute')")
	pool := newPool(t, place)
	f := follow(t, pgx.NewRevocations(pgx.New(pool)))
	f.hears(t, "kept")
	var left []string
	if err := pool.QueryRow(t.Context(), "select array_agg(n) from "+pgx.RevocationsTable+", unnest(ids) as n").Scan(&left); err != nil || !slices.Equal(left, []string{"kept"}) {
		t.Errorf("the table has %v, %v", left, err)
	}
	if f.times("old") > 0 {
		t.Error("what need not be kept is heard")
	}
}

// TestAnotherServerIsHeardFromTheBeginning lets the server claim that it was started anew, as after a failover that a proxy
// hides: what the old one's snapshot says is then worth nothing.
func TestAnotherServerIsHeardFromTheBeginning(t *testing.T) {
	place := newPlace(t)
	schema := schemaName(t, place)
	run(t, place, "create table start (at timestamptz)", "insert into start values (now())",
		"create function "+schema+".pg_postmaster_start_time() returns timestamptz language sql stable as 'select at from start'")
	r := pgx.NewRevocations(openPlace(t, strings.Replace(place, schema, schema+",pg_catalog", 1), few))
	publish(t, t.Context(), r, "before")
	f := follow(t, r)
	f.hears(t, "before")
	run(t, place, "update start set at = at + interval '1 hour'")
	eventually(t, "everything heard again", 5*time.Second, func() bool { return f.times("before") == 2 })
	if _, lost, _ := f.state(); lost > 0 {
		t.Errorf("the connection was lost %d times", lost)
	}
}

// TestAServerThatBecomesAStandbyIsNotHeard lets the server claim to be one, as behind a proxy that has gone astray: its snapshots leave
// out what is under way.
func TestAServerThatBecomesAStandbyIsNotHeard(t *testing.T) {
	place := newPlace(t)
	schema := schemaName(t, place)
	run(t, place, "create table role (standby bool)", "insert into role values (false)",
		"create function "+schema+".pg_is_in_recovery() returns bool language sql stable as 'select standby from role'")
	f := follow(t, pgx.NewRevocations(openPlace(t, strings.Replace(place, schema, schema+",pg_catalog", 1), few)))
	run(t, place, "update role set standby = true")
	eventually(t, "it does not believe what it hears", 5*time.Second, func() bool { return !f.isReady() })
	run(t, place, "update role set standby = false")
	eventually(t, "it hears again", 5*time.Second, f.isReady)
}

// TestALogThatCannotBeWrittenLeavesTheTransactionWhole: a session may end all the same.
func TestALogThatCannotBeWrittenLeavesTheTransactionWhole(t *testing.T) {
	place := newPlace(t)
	pool := newPool(t, place)
	db := pgx.New(pool)
	r := pgx.NewRevocations(db)
	publish(t, t.Context(), r, "one")
	run(t, place, "drop table "+pgx.RevocationsTable, "create table kept (n int)")
	tx, inside := begin(t, db, pool)
	if err := r.Publish(inside, []string{"two"}, time.Minute); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if _, err := tx.Exec(t.Context(), "insert into kept values (1)"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Error(err)
	}
}
