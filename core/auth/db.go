package auth

import (
	"context"
	"errors"
	"maps"
	"runtime/debug"
	"sync"
	"time"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// transaction collects what must wait for the commit.
type transaction struct {
	after []func()
}

// InTx runs fn in one transaction: every write through c inside it happens or none does. A nested call joins the outer
// transaction. After-hooks and mail wait for the commit.
func (c *Call) InTx(fn func() error) error { return c.inTx(c.ctx, fn) }

// Repeat is [Call.InTx] for work that may be run again when another transaction stood in its way: fn only reads and writes
// through c and sets variables. Where database hooks run, which may do anything, it is not.
func (c *Call) Repeat(fn func() error) error {
	for _, model := range []string{schema.UserModel, schema.SessionModel, schema.AccountModel, schema.VerificationModel} {
		if c.hooked(model, func(h *ModelHooks) bool {
			return h.BeforeCreate != nil || h.BeforeUpdate != nil || h.BeforeDelete != nil
		}) {
			return c.InTx(fn)
		}
	}
	return c.inTx(store.Repeatable(c.ctx), fn)
}

func (c *Call) inTx(ctx context.Context, fn func() error) error {
	if c.tx != nil {
		return fn()
	}
	outer, tx := c.ctx, &transaction{}
	defer func() { c.ctx, c.tx = outer, nil }()
	err := c.Store.Tx(ctx, func(ctx context.Context) error {
		c.ctx, c.tx, tx.after = ctx, tx, nil
		return fn()
	})
	c.ctx, c.tx = outer, nil
	if err != nil {
		return err
	}
	for _, f := range tx.after {
		c.later(f)
	}
	return nil
}

// later runs f when the writes so far are safe: after the commit, and after the operation while one runs.
func (c *Call) later(f func()) {
	switch {
	case c.tx != nil:
		c.tx.after = append(c.tx.after, f)
	case c.deferring:
		c.deferred = append(c.deferred, f)
	default:
		c.settle(f)
	}
}

// Create adds a row to a model's table: hooks, defaults, transforms and the id are applied. It fails with [ErrAbort] when
// a hook said so, and with store.ErrDuplicate when a unique value is taken. Upstream: createWithHooks.
func (c *Call) Create(model string, data store.Record) (store.Record, error) {
	return c.CreateWith(model, data, func(rec store.Record) (store.Record, error) { return c.Insert(model, rec) })
}

// CreateWith is [Call.Create] with another way to store the row.
func (c *Call) CreateWith(model string, data store.Record, write func(store.Record) (store.Record, error)) (store.Record, error) {
	row, err := c.writeWith(model, data, func(h *ModelHooks) beforeFunc { return h.BeforeCreate }, write)
	if err != nil {
		return nil, err
	}
	c.after(model, row, func(h *ModelHooks) afterFunc { return h.AfterCreate })
	return row, nil
}

// writeWith asks the Before hooks and writes what they leave of the data, in one transaction when there are hooks.
func (c *Call) writeWith(model string, data store.Record, pick func(*ModelHooks) beforeFunc, write func(store.Record) (store.Record, error)) (row store.Record, err error) {
	err = c.together(c.hooked(model, func(h *ModelHooks) bool { return pick(h) != nil }), func() error {
		changed, err := c.before(model, data, pick)
		if err != nil {
			return err
		}
		row, err = write(changed)
		return err
	})
	return row, err
}

// together runs a write in a transaction when hooks take part in it, so that what they write shares its fate.
func (c *Call) together(hooked bool, fn func() error) error {
	if !hooked {
		return fn()
	}
	return c.InTx(fn)
}

// hooked reports whether a model has a hook that has accepts.
func (c *Call) hooked(model string, has func(h *ModelHooks) bool) bool {
	for i := range c.hooks {
		if has(c.hooks[i].Model(model)) {
			return true
		}
	}
	return false
}

// Insert stores a row in the database without asking the hooks; it is for [Call.CreateWith].
func (c *Call) Insert(model string, data store.Record) (store.Record, error) {
	rec, err := c.table(model).create(data)
	if err != nil {
		return nil, err
	}
	if _, given := rec["id"]; !given {
		id, err := c.NewID(model)
		if err != nil {
			return nil, err
		}
		if id != "" {
			rec["id"] = id
		}
	}
	row, err := c.Store.Insert(c.ctx, model, rec)
	if err != nil {
		return nil, err
	}
	return c.table(model).out(row)
}

// Update changes the matching rows and returns the first as stored, or nil when none matched. It fails with [ErrAbort]
// when a hook said so. Upstream: updateWithHooks.
func (c *Call) Update(model string, where store.Where, set store.Record) (store.Record, error) {
	return c.UpdateWith(model, set, func(set store.Record) (store.Record, error) { return c.Patch(model, where, set) })
}

// UpdateWith is [Call.Update] with another way to store the change.
func (c *Call) UpdateWith(model string, set store.Record, write func(store.Record) (store.Record, error)) (store.Record, error) {
	row, err := c.writeWith(model, set, func(h *ModelHooks) beforeFunc { return h.BeforeUpdate }, write)
	if row == nil || err != nil {
		return nil, err
	}
	c.after(model, row, func(h *ModelHooks) afterFunc { return h.AfterUpdate })
	return row, nil
}

// Patch stores a change in the database without asking the hooks; it is for [Call.UpdateWith].
func (c *Call) Patch(model string, where store.Where, set store.Record) (store.Record, error) {
	rec, err := c.table(model).update(set)
	if err != nil {
		return nil, err
	}
	row, err := c.Store.UpdateOne(c.ctx, model, where, rec)
	if row == nil || err != nil {
		return nil, err
	}
	return c.table(model).out(row)
}

// Delete removes the matching rows. A hook that aborts keeps its row. Upstream: deleteWithHooks, deleteManyWithHooks.
func (c *Call) Delete(model string, where store.Where) error {
	var rows []store.Record
	err := c.together(c.hooked(model, beforeDelete), func() (err error) {
		if rows, err = c.rowsToDelete(model, where); err != nil {
			return err
		}
		_, err = c.Store.Delete(c.ctx, model, where)
		return err
	})
	if err != nil {
		return err
	}
	for _, row := range rows {
		c.after(model, row, func(h *ModelHooks) afterFunc { return h.AfterDelete })
	}
	return nil
}

// pruneEvery is how often expired rows of a model are deleted at most.
const pruneEvery = time.Minute

// Prune deletes rows that nobody needs, such as those that have expired: in the background, in batches, and at most once a
// minute for each model, whatever the rows. Hooks see them as with [Call.Delete].
func (c *Call) Prune(model string, where store.Where) {
	if !c.pruned.due(model, c.Now()) {
		return
	}
	c.Send("delete expired rows", func(ctx context.Context) error {
		call := c.NewCall(ctx)
		return store.RemoveInBatches(ctx, c.Store, model, where, func(batch store.Where) error { return call.Delete(model, batch) })
	})
}

// pace remembers when something was last done for each of several things.
type pace struct{ last sync.Map }

// due reports whether it is time again, to one of those who ask at once. A clock that was set back holds up nothing.
func (p *pace) due(thing string, now time.Time) bool {
	before, known := p.last.LoadOrStore(thing, now)
	return !known || now.Sub(before.(time.Time)).Abs() >= pruneEvery && p.last.CompareAndSwap(thing, before, now)
}

func beforeDelete(h *ModelHooks) bool { return h.BeforeDelete != nil }

// rowsToDelete reads the rows that delete hooks want to see, and asks the Before hooks.
func (c *Call) rowsToDelete(model string, where store.Where) ([]store.Record, error) {
	if !c.hooked(model, func(h *ModelHooks) bool { return h.BeforeDelete != nil || h.AfterDelete != nil }) {
		return nil, nil
	}
	rows, err := c.findAll(store.Query{Model: model, Where: where})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		for i := range c.hooks {
			if h := c.hooks[i].Model(model).BeforeDelete; h != nil {
				if err := h(c.ctx, c, maps.Clone(row)); err != nil {
					return nil, err
				}
			}
		}
	}
	return rows, nil
}

// Lock makes every other caller who wants to lock the same row wait until this transaction ends, and returns the row as it
// is then, or nil when there is none. It must run inside [Call.InTx], before anything is read there: what is read after it
// is what the last holder left. It is for rules that hang on more than one row, where no guard of an update can hold them.
func (c *Call) Lock(model, id string) (store.Record, error) {
	return c.Store.Lock(c.ctx, model, id)
}

// FindOne returns the first matching row, or nil.
func (c *Call) FindOne(q store.Query) (store.Record, error) {
	row, err := c.Store.FindOne(c.ctx, q)
	if row == nil || err != nil {
		return nil, err
	}
	return c.out(q, row)
}

// Find returns the matching rows, at most advanced.database.defaultFindManyLimit unless the query has a limit.
func (c *Call) Find(q store.Query) ([]store.Record, error) {
	if q.Limit == 0 {
		q.Limit = c.Options.Advanced.Database.DefaultFindManyLimit
	}
	return c.findAll(q)
}

// findAll is [Call.Find] without a default limit.
func (c *Call) findAll(q store.Query) ([]store.Record, error) {
	rows, err := c.Store.Find(c.ctx, q)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if rows[i], err = c.out(q, rows[i]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// out applies the output transforms of a row and of the row joined to it.
func (c *Call) out(q store.Query, row store.Record) (store.Record, error) {
	if q.Join != "" {
		if joined, ok := row[q.Join].(store.Record); ok && joined != nil {
			other, err := c.table(q.Join).out(joined)
			if err != nil {
				return nil, err
			}
			row[q.Join] = other
		}
	}
	return c.table(q.Model).out(row)
}

type (
	beforeFunc = func(ctx context.Context, c *Call, data store.Record) (store.Record, error)
	afterFunc  = func(ctx context.Context, c *Call, row store.Record) error
)

// before runs the Before hooks one after the other, each on the data that the last one left.
func (c *Call) before(model string, data store.Record, pick func(*ModelHooks) beforeFunc) (store.Record, error) {
	for i := range c.hooks {
		h := pick(c.hooks[i].Model(model))
		if h == nil {
			continue
		}
		changed, err := h(c.ctx, c, maps.Clone(data))
		if err != nil {
			return nil, err
		}
		if len(changed) > 0 {
			data = maps.Clone(data)
			maps.Copy(data, changed)
		}
	}
	return data, nil
}

// after queues the After hooks.
func (c *Call) after(model string, row store.Record, pick func(*ModelHooks) afterFunc) {
	for i := range c.hooks {
		if h := pick(c.hooks[i].Model(model)); h != nil {
			c.later(func() { c.runDatabaseHook(model, maps.Clone(row), h) })
		}
	}
}

func (c *Call) runDatabaseHook(model string, row store.Record, h afterFunc) {
	defer func() {
		if p := recover(); p != nil {
			c.Logger.Error("database after-hook panicked", "model", model, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	if err := h(c.ctx, c, row); err != nil && !errors.Is(err, ErrAbort) {
		c.Logger.Error("database after-hook failed; the write stays", "model", model, "error", err)
	}
}

// Consume removes the matching rows and returns the first by sort, or nil when there was none: of any number of
// concurrent callers exactly one gets it.
func (c *Call) Consume(model string, where store.Where, sort *store.Sort) (store.Record, error) {
	var rows []store.Record
	var row store.Record
	err := c.together(c.hooked(model, beforeDelete), func() (err error) {
		if rows, err = c.rowsToDelete(model, where); err != nil {
			return err
		}
		row, err = c.Store.Consume(c.ctx, model, where, sort)
		return err
	})
	if row == nil || err != nil {
		return nil, err
	}
	for _, deleted := range rows {
		c.after(model, deleted, func(h *ModelHooks) afterFunc { return h.AfterDelete })
	}
	return c.table(model).out(row)
}
