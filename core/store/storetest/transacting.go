package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/goauth-dev/goauth/core/store"
)

// competitors is how many goroutines compete for one record.
const competitors = 50

// race runs fn in many goroutines at once, with their numbers.
func race(fn func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	ready.Add(competitors)
	for i := range competitors {
		done.Go(func() {
			ready.Done()
			<-start
			fn(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

func testConsumeRace(t *testing.T, s *suite) {
	b := s.fresh(t)
	for round := range 5 {
		code := fmt.Sprint("code ", round)
		b.insert("thing", store.Record{"id": code, "code": code, "text": "prize"})
		var won atomic.Int32
		race(func(int) {
			rec, err := b.a.Consume(b.ctx, "thing", store.Where{store.Is("code", code)}, nil)
			if err != nil {
				t.Errorf("consume: %v", err)
			}
			if rec != nil {
				won.Add(1)
			}
		})
		if won.Load() != 1 {
			t.Fatalf("%d of %d callers consumed one record", won.Load(), competitors)
		}
	}
}

func testIncrementRace(t *testing.T, s *suite) {
	b := s.fresh(t)
	b.insert("thing", store.Record{"id": "a", "number": int64(0)})
	var won atomic.Int64
	where := store.Where{store.Is("id", "a"), cond("number", store.Lt, competitors/2)}
	race(func(int) {
		rec, err := b.a.UpdateOne(b.ctx, "thing", where, store.Record{"number": store.Inc(1)})
		if err != nil {
			t.Errorf("increment: %v", err)
		}
		if rec != nil {
			won.Add(1)
		}
	})
	if rec := b.findOne("thing", store.Is("id", "a")); rec["number"] != int64(competitors/2) || won.Load() != competitors/2 {
		t.Errorf("%d callers passed a limit of %d, the counter is %v", won.Load(), competitors/2, rec["number"])
	}
}

func testReserveRace(t *testing.T, s *suite) {
	b := s.fresh(t)
	var won atomic.Int32
	race(func(i int) {
		_, err := b.a.Insert(b.ctx, "thing", store.Record{"id": fmt.Sprint(i), "code": "one"})
		switch {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, store.ErrDuplicate):
			t.Errorf("insert: %v, want ErrDuplicate", err)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d of %d callers reserved one value", won.Load(), competitors)
	}
}

var errOwn = errors.New("the caller's own error")

// things inserts a thing for each id in a context.
func (b *bundle) things(ctx context.Context, ids ...string) error {
	for _, id := range ids {
		if _, err := b.a.Insert(ctx, "thing", store.Record{"id": id, "code": id}); err != nil {
			return err
		}
	}
	return nil
}

// stored returns which of the things exist.
func (b *bundle) stored() string {
	b.t.Helper()
	return strings.Join(sortedIDs(b.find(store.Query{Model: "thing"})), "")
}

func testTransactions(t *testing.T, s *suite) {
	t.Run("commit", func(t *testing.T) { testCommit(s.fresh(t)) })
	t.Run("rollback", func(t *testing.T) {
		b := s.fresh(t)
		b.insert("thing", store.Record{"id": "z", "text": "before"})
		err := b.a.Tx(b.ctx, func(ctx context.Context) error {
			_ = b.things(ctx, "a")
			_, _ = b.a.UpdateOne(ctx, "thing", store.Where{store.Is("id", "z")}, store.Record{"text": "after", "code": "z"})
			_, _ = b.a.Delete(ctx, "thing", store.Where{store.Is("id", "z")})
			return errOwn
		})
		if !errors.Is(err, errOwn) || b.stored() != "z" || b.findOne("thing", store.Is("id", "z"))["text"] != "before" {
			t.Errorf("after a rollback: %v, rows %q", err, b.stored())
		}
		if err := b.things(b.ctx, "a"); err != nil {
			t.Errorf("a value that was rolled back is still taken: %v", err)
		}
	})
	t.Run("rollback on a duplicate", func(t *testing.T) {
		b := s.fresh(t)
		err := b.a.Tx(b.ctx, func(ctx context.Context) error { return b.things(ctx, "a", "b", "a") })
		if !errors.Is(err, store.ErrDuplicate) || b.stored() != "" {
			t.Errorf("got %v, rows %q, want ErrDuplicate and none", err, b.stored())
		}
	})
	t.Run("panic", func(t *testing.T) {
		b := s.fresh(t)
		func() {
			defer func() {
				if p := recover(); p != "boom" {
					t.Errorf("recovered %v, want the panic of fn", p)
				}
			}()
			_ = b.a.Tx(b.ctx, func(ctx context.Context) error {
				_ = b.things(ctx, "a")
				panic("boom")
			})
		}()
		if b.stored() != "" {
			t.Errorf("a panic left %q", b.stored())
		}
		if err := b.a.Tx(b.ctx, func(ctx context.Context) error { return b.things(ctx, "b") }); err != nil {
			t.Errorf("after a panic: %v", err)
		}
	})
	t.Run("one after the other", func(t *testing.T) { testTxRace(s.fresh(t)) })
	t.Run("a locked row is its holder's", func(t *testing.T) { testLockRace(s.fresh(t)) })
	t.Run("what cannot be locked", func(t *testing.T) { testNoLock(s.fresh(t)) })
}

func testCommit(b *bundle) {
	b.insert("thing", store.Record{"id": "old"})
	err := b.a.Tx(b.ctx, func(ctx context.Context) error {
		if err := b.things(ctx, "a", "b"); err != nil {
			return err
		}
		if n, err := b.a.Count(ctx, "thing", nil); err != nil || n != 3 {
			b.t.Errorf("inside: %d rows, %v, want 3", n, err)
		}
		if rec, err := b.a.FindOne(ctx, store.Query{Model: "thing", Where: store.Where{store.Is("code", "b")}}); err != nil || rec == nil {
			b.t.Errorf("inside: a new row is missing: %v", err)
		}
		if rec, err := b.a.Consume(ctx, "thing", store.Where{store.Is("id", "old")}, nil); err != nil || rec == nil {
			b.t.Errorf("inside: consume gave %v, %v", rec, err)
		}
		return nil
	})
	if err != nil || b.stored() != "ab" {
		b.t.Errorf("after the commit: %v, rows %q, want ab", err, b.stored())
	}
}

// testTxRace moves amounts between two rows in competing transactions.
func testTxRace(b *bundle) {
	b.insert("thing", store.Record{"id": "a", "number": int64(competitors)})
	b.insert("thing", store.Record{"id": "b", "number": int64(0)})
	race(func(int) {
		err := b.a.Tx(b.ctx, func(ctx context.Context) error {
			if _, err := b.a.UpdateOne(ctx, "thing", store.Where{store.Is("id", "a")}, store.Record{"number": store.Inc(-1)}); err != nil {
				return err
			}
			_, err := b.a.UpdateOne(ctx, "thing", store.Where{store.Is("id", "b")}, store.Record{"number": store.Inc(1)})
			return err
		})
		if err != nil {
			b.t.Errorf("transaction: %v", err)
		}
	})
	if n := b.count("thing", store.Is("id", "b"), store.Is("number", competitors)); n != 1 {
		b.t.Errorf("the amounts do not add up: %v", b.find(store.Query{Model: "thing"}))
	}
}

// testLockRace counts in one row under the lock of another, without a guard.
func testLockRace(b *bundle) {
	b.insert("thing", store.Record{"id": "lock"})
	b.insert("thing", store.Record{"id": "counter", "number": int64(0)})
	race(func(int) {
		err := b.a.Tx(b.ctx, func(ctx context.Context) error {
			if rec, err := b.a.Lock(ctx, "thing", "lock"); rec["id"] != "lock" || err != nil {
				return fmt.Errorf("lock: %v, %w", rec, err)
			}
			rec, err := b.a.FindOne(ctx, store.Query{Model: "thing", Where: store.Where{store.Is("id", "counter")}})
			if err != nil {
				return err
			}
			n, _ := rec["number"].(int64)
			_, err = b.a.UpdateOne(ctx, "thing", store.Where{store.Is("id", "counter")}, store.Record{"number": n + 1})
			return err
		})
		if err != nil {
			b.t.Errorf("transaction: %v", err)
		}
	})
	if rec := b.findOne("thing", store.Is("id", "counter")); rec["number"] != int64(competitors) {
		b.t.Errorf("the counter is %v after %d steps", rec["number"], competitors)
	}
}

// testNoLock asks for locks that there are not.
func testNoLock(b *bundle) {
	b.insert("thing", store.Record{"id": "a"})
	if rec, err := b.a.Lock(b.ctx, "thing", "a"); err == nil {
		b.t.Errorf("outside of a transaction: %v, want an error", rec)
	}
	err := b.a.Tx(b.ctx, func(ctx context.Context) error {
		if rec, err := b.a.Lock(ctx, "thing", "missing"); rec != nil || err != nil {
			b.t.Errorf("a row that is not there: %v, %v, want neither", rec, err)
		}
		return b.a.Tx(ctx, func(ctx context.Context) error {
			rec, err := b.a.Lock(ctx, "thing", "a")
			if rec["id"] != "a" {
				b.t.Errorf("in a nested transaction: %v", rec)
			}
			return err
		})
	})
	if err != nil {
		b.t.Error(err)
	}
	if err := b.a.Tx(b.ctx, func(ctx context.Context) error { _, err := b.a.Lock(ctx, "nonsense", "a"); return err }); err == nil || !strings.Contains(err.Error(), "nonsense") {
		b.t.Errorf("an unknown model: %v, want an error that names it", err)
	}
}

func testNested(t *testing.T, s *suite) {
	for _, c := range []struct {
		name         string
		inner, outer error
		want         string
	}{
		{"both commit", nil, nil, "abc"},
		{"the outer fails", nil, errOwn, ""},
		{"the inner fails and the outer goes on", errOwn, nil, "ac"},
		{"both fail", errOwn, errOwn, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := s.fresh(t)
			err := b.a.Tx(b.ctx, func(ctx context.Context) error {
				_ = b.things(ctx, "a")
				err := b.a.Tx(ctx, func(ctx context.Context) error {
					_ = b.things(ctx, "b")
					return c.inner
				})
				if !errors.Is(err, c.inner) {
					t.Errorf("the inner transaction gave %v, want %v", err, c.inner)
				}
				_ = b.things(ctx, "c")
				return c.outer
			})
			if !errors.Is(err, c.outer) || b.stored() != c.want {
				t.Errorf("got %v, rows %q, want %v, %q", err, b.stored(), c.outer, c.want)
			}
		})
	}
	t.Run("after a duplicate the outer goes on", func(t *testing.T) {
		b := s.fresh(t)
		err := b.a.Tx(b.ctx, func(ctx context.Context) error {
			_ = b.things(ctx, "a")
			if err := b.a.Tx(ctx, func(ctx context.Context) error { return b.things(ctx, "b", "a") }); !errors.Is(err, store.ErrDuplicate) {
				t.Errorf("the inner transaction gave %v, want ErrDuplicate", err)
			}
			return b.things(ctx, "c")
		})
		if err != nil || b.stored() != "ac" {
			t.Errorf("got %v, rows %q, want ac", err, b.stored())
		}
	})
}

func testTxContext(t *testing.T, s *suite) {
	b := s.fresh(t)
	ctx, cancel := context.WithCancel(b.ctx)
	err := b.a.Tx(ctx, func(ctx context.Context) error {
		_ = b.things(ctx, "a")
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || b.stored() != "" {
		t.Errorf("cancelled inside: %v, rows %q, want context.Canceled and none", err, b.stored())
	}
	ctx, cancel = context.WithCancel(b.ctx)
	err = b.a.Tx(ctx, func(ctx context.Context) error {
		_ = b.things(ctx, "a")
		cancel()
		return b.things(ctx, "b")
	})
	if err == nil || b.stored() != "" {
		t.Errorf("cancelled between two writes: %v, rows %q, want an error and none", err, b.stored())
	}
	leaked := make(chan context.Context, 1)
	if err := b.a.Tx(b.ctx, func(ctx context.Context) error { leaked <- ctx; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := b.things(<-leaked, "c"); err == nil {
		t.Error("a context that outlived its transaction could write")
	}
	if err := b.things(b.ctx, "d"); err != nil || b.stored() != "d" {
		t.Errorf("afterwards: %v, rows %q, want d", err, b.stored())
	}
}

func testCancelled(t *testing.T, s *suite) {
	b := s.fresh(t)
	b.insert("thing", store.Record{"id": "a"})
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	where := store.Where{store.Is("id", "a")}
	_, e1 := b.a.Insert(ctx, "thing", store.Record{"id": "b"})
	_, e2 := b.a.FindOne(ctx, store.Query{Model: "thing"})
	_, e3 := b.a.Find(ctx, store.Query{Model: "thing"})
	_, e4 := b.a.Count(ctx, "thing", nil)
	_, e5 := b.a.UpdateOne(ctx, "thing", where, store.Record{"text": "x"})
	_, e6 := b.a.UpdateAll(ctx, "thing", where, store.Record{"text": "x"})
	_, e7 := b.a.Delete(ctx, "thing", where)
	_, e8 := b.a.Consume(ctx, "thing", where, nil)
	e9 := b.a.Tx(ctx, func(context.Context) error { return nil })
	for i, err := range []error{e1, e2, e3, e4, e5, e6, e7, e8, e9, b.a.Ping(ctx)} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("call %d with a cancelled context: %v, want context.Canceled", i, err)
		}
	}
	if rec := b.findOne("thing", where...); rec == nil || rec["text"] != nil || b.stored() != "a" {
		t.Errorf("a cancelled call changed something: %v, rows %q", rec, b.stored())
	}
}

func testUnknown(t *testing.T, s *suite) {
	b := s.fresh(t)
	for name, err := range allErrors(b, "nonsense", "id") {
		if err == nil || !strings.Contains(err.Error(), "nonsense") {
			t.Errorf("%s of an unknown model: %v, want an error that names it", name, err)
		}
	}
	for name, err := range allErrors(b, "thing", "nonsense") {
		if err == nil || !strings.Contains(err.Error(), "nonsense") || !strings.Contains(err.Error(), "thing") {
			t.Errorf("%s with an unknown field: %v, want an error that names thing and the field", name, err)
		}
	}
}

// allErrors calls every method with a model and a field name and returns what they say.
func allErrors(b *bundle, model, field string) map[string]error {
	where := store.Where{store.Is("id", "a"), store.Is(field, "a")}
	id := store.Where{store.Is("id", "a")}
	errs := make(map[string]error)
	_, errs["insert"] = b.a.Insert(b.ctx, model, store.Record{"id": "a", field: "a"})
	_, errs["find one"] = b.a.FindOne(b.ctx, store.Query{Model: model, Where: where})
	_, errs["find"] = b.a.Find(b.ctx, store.Query{Model: model, Where: where})
	_, errs["find in"] = b.a.Find(b.ctx, store.Query{Model: model, Where: store.Where{cond(field, store.In, []string{})}})
	_, errs["count"] = b.a.Count(b.ctx, model, where)
	_, errs["update one"] = b.a.UpdateOne(b.ctx, model, where, store.Record{"id": "a"})
	_, errs["update all"] = b.a.UpdateAll(b.ctx, model, where, store.Record{"id": "a"})
	_, errs["delete"] = b.a.Delete(b.ctx, model, where)
	_, errs["consume"] = b.a.Consume(b.ctx, model, where, nil)
	if field != "id" {
		_, errs["sort"] = b.a.Find(b.ctx, store.Query{Model: model, Sort: &store.Sort{Field: field}})
		_, errs["consume sort"] = b.a.Consume(b.ctx, model, id, &store.Sort{Field: field})
		_, errs["set one"] = b.a.UpdateOne(b.ctx, model, id, store.Record{field: "a"})
		_, errs["set all"] = b.a.UpdateAll(b.ctx, model, id, store.Record{field: "a"})
	}
	return errs
}

func testHostileNames(t *testing.T, s *suite) {
	b := s.fresh(t)
	b.user("a")
	for _, name := range []string{
		"", "ID", "id; drop table user", `id" or 1=1 --`, "id`", "id'", "id desc", "1", "*", "rowid", "user.id", `user"."id`, "password", "(select 1)", "id\x00",
		"email_verified", "emailverified",
	} {
		for call, err := range allErrors(b, "user", name) {
			if err == nil {
				t.Errorf("%s accepted the field %q", call, name)
			}
		}
		for call, err := range allErrors(b, name, "id") {
			if err == nil {
				t.Errorf("%s accepted the model %q", call, name)
			}
		}
	}
	if rec := b.findOne("user", store.Is("id", "a")); rec["email"] != "a@example.com" {
		t.Errorf("the row is %v", rec)
	}
}

func testPing(t *testing.T, s *suite) {
	b := s.fresh(t)
	if err := b.a.Ping(b.ctx); err != nil {
		t.Error(err)
	}
}
