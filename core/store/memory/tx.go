package memory

import (
	"context"
	"errors"
	"fmt"

	"github.com/goauth-dev/goauth/core/store"
)

// journal remembers the rows before each change of a transaction, to undo them.
type journal struct {
	changes []change
	ended   bool
}

// errEnded reports a context that outlived its transaction.
var errEnded = errors.New("memory: the context's transaction has ended")

type change struct {
	table  *table
	seq    int64
	before row // nil: there was none
}

func (j *journal) put(t *table, seq int64, r row) {
	j.changes = append(j.changes, change{t, seq, t.rows[seq]})
	t.put(seq, r)
}

func (j *journal) remove(t *table, seq int64) {
	j.changes = append(j.changes, change{t, seq, t.rows[seq]})
	t.remove(seq)
}

// undo goes back to when the journal had n changes.
func (j *journal) undo(n int) {
	for i := len(j.changes) - 1; i >= n; i-- {
		c := j.changes[i]
		if c.before == nil {
			c.table.remove(c.seq)
		} else {
			c.table.put(c.seq, c.before)
		}
	}
	j.changes = j.changes[:n]
}

// txKey finds the journal of one database's transaction in a context.
type txKey struct{ db *database }

// acquire waits for the lock, or for the end of the context.
func (db *database) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case db.lock <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// step runs one operation: inside the context's transaction, or on its own.
func (db *database) step(ctx context.Context, fn func(j *journal) error) error {
	j, inside := ctx.Value(txKey{db}).(*journal)
	if !inside {
		if err := db.acquire(ctx); err != nil {
			return err
		}
		defer func() { <-db.lock }()
		j = new(journal)
	} else if err := j.usable(ctx); err != nil {
		return err
	}
	return j.part(func() error { return fn(j) })
}

// usable reports why a transaction cannot go on.
func (j *journal) usable(ctx context.Context) error {
	if j.ended {
		return errEnded
	}
	return ctx.Err()
}

// part runs fn and undoes what it changed unless it succeeds.
func (j *journal) part(fn func() error) error {
	mark, done := len(j.changes), false
	defer func() {
		if !done {
			j.undo(mark)
		}
	}()
	err := fn()
	done = err == nil
	return err
}

// Lock has nothing to wait for: a transaction has the whole database.
func (a *adapter) Lock(ctx context.Context, model, id string) (store.Record, error) {
	if _, inside := ctx.Value(txKey{a.db}).(*journal); !inside {
		return nil, fmt.Errorf("memory: lock %s: outside of a transaction it would hold nothing", model)
	}
	return a.FindOne(ctx, store.Query{Model: model, Where: store.Where{store.Is("id", id)}})
}

func (a *adapter) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if j, nested := ctx.Value(txKey{a.db}).(*journal); nested {
		if err := j.usable(ctx); err != nil {
			return err
		}
		return j.part(func() error { return fn(ctx) })
	}
	if err := a.db.acquire(ctx); err != nil {
		return err
	}
	defer func() { <-a.db.lock }()
	j := new(journal)
	defer func() { j.ended = true }()
	return j.part(func() error {
		if err := fn(context.WithValue(ctx, txKey{a.db}, j)); err != nil {
			return err
		}
		return ctx.Err()
	})
}
