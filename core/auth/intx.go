package auth

import "context"

// heldKey finds what waits for an application's transaction.
type heldKey struct{ x *Context }

// held is what waits for the end of an application's transaction.
type held struct {
	ctx   context.Context // without the transaction
	after []func()
}

func (x *Context) held(ctx context.Context) *held {
	h, _ := ctx.Value(heldKey{x}).(*held)
	return h
}

// InTx runs fn in one transaction: what operations that are called with its context write, what database hooks write with
// theirs, and what the application itself writes through the adapter's handle of the transaction — for package sqlx that is
// Database.SQLTx, for package pgx Database.PgxTx — happens as one or not at all. After-hooks and mail wait for the commit.
// A nested call joins.
func (x *Context) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if h := x.held(ctx); h != nil {
		before := len(h.after)
		err := x.Store.Tx(ctx, fn)
		if err != nil {
			h.after = h.after[:before]
		}
		return err
	}
	h := &held{ctx: ctx}
	err := x.Store.Tx(ctx, func(inner context.Context) error {
		h.after = nil
		return fn(context.WithValue(inner, heldKey{x}, h))
	})
	h.settle(err == nil)
	return err
}

// Hold is for a transaction that the application began itself and put into ctx, for packages sqlx and pgx with Database.WithTx.
// Operations that are called with the result run in it; their after-hooks and mail wait until settle is told whether it was
// committed.
func (x *Context) Hold(ctx, outside context.Context) (inside context.Context, settle func(committed bool)) {
	h := &held{ctx: outside}
	return context.WithValue(ctx, heldKey{x}, h), h.settle
}

// settle does what waited, or forgets it.
func (h *held) settle(committed bool) {
	after := h.after
	h.after = nil
	if !committed {
		return
	}
	for _, f := range after {
		f()
	}
}

// settle runs f now, or after the application's transaction that the call is part of.
func (c *Call) settle(f func()) {
	h := c.held(c.ctx)
	if h == nil {
		f()
		return
	}
	h.after = append(h.after, func() {
		c.ctx = h.ctx // the transaction's context is of no use any more
		f()
	})
}
