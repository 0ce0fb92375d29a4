package sqlx

import (
	"context"
	"database/sql"
	"fmt"

	jmoiron "github.com/jmoiron/sqlx"

	"github.com/goauth-dev/goauth/core/store"
)

// transaction is what a context carries inside [adapter.Tx].
type transaction struct {
	link
	db    *Database
	depth int
	// broken is why the database may have given the transaction up: after a deadlock MySQL runs what follows outside of
	// any, so that nothing may follow.
	broken error
}

// txKey finds the transaction of one database in a context.
type txKey struct{ db *Database }

func (db *Database) tx(ctx context.Context) *transaction {
	tx, _ := ctx.Value(txKey{db}).(*transaction)
	return tx
}

func (a *adapter) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if tx := a.db.tx(ctx); tx != nil {
		return tx.nested(ctx, fn)
	}
	limited, cancel := a.db.limit(ctx)
	defer cancel()
	var err error
	if store.IsRepeatable(ctx) {
		err = a.db.retry(limited, func() error { return a.db.transact(limited, fn) })
	} else {
		err = a.db.transact(limited, fn)
	}
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: a transaction took longer than %s (%w)", store.ErrUnavailable, a.db.timeout(), err)
	}
	return err
}

// SQLTx returns the transaction that a context is in, or nil: what an application or a database hook writes through it
// shares the fate of what we write. It must not be committed or rolled back by its user.
func (db *Database) SQLTx(ctx context.Context) *sql.Tx {
	if tx := db.tx(ctx); tx != nil {
		if l, ok := tx.link.(*sqlLink); ok {
			return l.Tx.Tx
		}
	}
	return nil
}

// WithTx returns a context in which everything happens inside a transaction that the application began on the writer's
// pool, and ends. See [auth.Context.Hold] for what must wait for its end.
//
// [auth.Context.Hold]: https://pkg.go.dev/github.com/goauth-dev/goauth/core/auth#Context.Hold
func (db *Database) WithTx(ctx context.Context, tx *sql.Tx) context.Context {
	wrapped := &jmoiron.Tx{Tx: tx, Mapper: db.writer.Mapper}
	return db.within(ctx, &sqlLink{Tx: wrapped, pool: db.writer})
}

func (db *Database) within(ctx context.Context, l link) context.Context {
	return context.WithValue(ctx, txKey{db}, &transaction{link: l, db: db})
}

// transact runs fn in a new transaction.
func (db *Database) transact(ctx context.Context, fn func(ctx context.Context) error) error {
	tx, err := db.begin(ctx, db.write)
	if err != nil {
		return err
	}
	return tx.finish(context.WithValue(ctx, txKey{db}, tx), fn)
}

// step runs a few statements that must happen together: in the caller's transaction, or in one of its own, which is
// repeated when another one stood in its way.
func (a *adapter) step(ctx context.Context, fn func(ctx context.Context) error) error {
	if a.db.tx(ctx) != nil {
		return fn(ctx)
	}
	return a.Tx(store.Repeatable(ctx), fn)
}

func (db *Database) begin(ctx context.Context, on pool) (*transaction, error) {
	tx := &transaction{db: db}
	err := db.retry(ctx, func() (err error) {
		tx.link, err = on.begin(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sqlx: begin: %w", db.named(err))
	}
	return tx, nil
}

// finish commits when fn succeeds, and rolls back when it fails, panics or exits the goroutine.
func (tx *transaction) finish(ctx context.Context, fn func(ctx context.Context) error) (err error) {
	done := false
	defer func() {
		if !done {
			tx.rollback(ctx)
		}
	}()
	if err := fn(ctx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("sqlx: rolled back: %w", err)
	}
	if tx.broken != nil {
		return fmt.Errorf("sqlx: rolled back: %w", tx.broken)
	}
	done = true
	if err := tx.commit(ctx); err != nil {
		return fmt.Errorf("sqlx: commit: %w", tx.db.named(err))
	}
	return nil
}

// nested runs fn inside the transaction with a savepoint of its own, so that a failed part leaves nothing behind when the
// caller goes on.
func (tx *transaction) nested(ctx context.Context, fn func(ctx context.Context) error) error {
	if tx.broken != nil {
		return tx.broken
	}
	tx.depth++
	defer func() { tx.depth-- }()
	name := fmt.Sprintf("nested_%d", tx.depth)
	if err := tx.run(ctx, "savepoint "+name); err != nil {
		return fmt.Errorf("sqlx: savepoint: %w", err)
	}
	done := false
	defer func() {
		if !done {
			_ = tx.run(ctx, "rollback to savepoint "+name) // fails only when all is rolled back
		}
	}()
	if err := fn(ctx); err != nil {
		return err
	}
	done = true
	if err := tx.later(ctx, "release savepoint "+name); err != nil {
		return fmt.Errorf("sqlx: release savepoint: %w", err)
	}
	return nil
}
