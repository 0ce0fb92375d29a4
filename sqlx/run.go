package sqlx

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/goauth-dev/goauth/core/store"
)

// records runs a query that returns rows, to its end: a write takes place whether or not its rows are wanted.
func (a *adapter) records(ctx context.Context, q *query) ([]store.Record, error) {
	st := a.statement(q)
	var recs []store.Record
	err := a.attempt(ctx, q, func(ctx context.Context) error {
		recs = nil
		rows, err := a.query(ctx, q, st)
		if err != nil {
			return err
		}
		defer rows.Close()
		buf := st.buffer()
		defer st.release(buf)
		for rows.Next() {
			if err := rows.Scan(buf.dest...); err != nil {
				return err
			}
			recs = append(recs, st.record(buf))
		}
		return rows.Err()
	})
	return recs, err
}

// count runs a query that returns one number.
func (a *adapter) count(ctx context.Context, q *query) (n int64, err error) {
	st := a.statement(q)
	err = a.attempt(ctx, q, func(ctx context.Context) error {
		rows, err := a.query(ctx, q, st)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(&n); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return n, err
}

// affected runs a write and returns how many rows it wrote.
func (a *adapter) affected(ctx context.Context, q *query) (n int64, err error) {
	res, err := a.result(ctx, q)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// result runs a write that returns no rows.
func (a *adapter) result(ctx context.Context, q *query) (res sql.Result, err error) {
	st := a.statement(q)
	err = a.attempt(ctx, q, func(ctx context.Context) error {
		res, err = a.exec(ctx, q, st)
		return err
	})
	return res, err
}

func (a *adapter) query(ctx context.Context, q *query, st *statement) (Rows, error) {
	a.db.observe(ctx, st.text)
	return a.runner(ctx, q).query(ctx, st, q.args)
}

func (a *adapter) exec(ctx context.Context, q *query, st *statement) (sql.Result, error) {
	a.db.observe(ctx, st.text)
	return a.runner(ctx, q).exec(ctx, st, q.args)
}

// runner is the transaction of the context, or the pool that a query is for.
func (a *adapter) runner(ctx context.Context, q *query) runner {
	switch {
	case a.db.tx(ctx) != nil:
		return a.db.tx(ctx).link
	case (q.verb == verbSelect || q.verb == verbCount) && !q.fresh:
		return a.db.read
	default:
		return a.db.write
	}
}

// attempt runs one statement, names what failed, and tries again when the database was busy. Inside a transaction it does
// not: there the database may have given up more than the statement.
func (a *adapter) attempt(ctx context.Context, q *query, run func(ctx context.Context) error) error {
	limited, cancel := a.db.limit(ctx)
	defer cancel()
	var err error
	if tx := a.db.tx(ctx); tx != nil {
		if tx.broken != nil {
			return tx.broken
		}
		if err = run(limited); err != nil && a.db.dialect.transient(err) {
			err = a.db.named(err)
			tx.broken = err
		}
	} else {
		err = a.db.retry(limited, func() error { return run(limited) })
	}
	switch {
	case err == nil:
		return nil
	case a.db.dialect.duplicate(err): // without the driver's text, which holds the value on some databases
		return fmt.Errorf("sqlx: %s %s: %w", verbNames[q.verb], q.table.model, store.ErrDuplicate)
	case ctx.Err() != nil && !errors.Is(err, ctx.Err()): // drivers call it an interruption
		return fmt.Errorf("sqlx: %s %s: %w (%w)", verbNames[q.verb], q.table.model, ctx.Err(), err)
	case ctx.Err() == nil && limited.Err() != nil:
		return fmt.Errorf("sqlx: %s %s: %w: no answer within %s (%w)", verbNames[q.verb], q.table.model, store.ErrUnavailable, a.db.timeout(), err)
	default:
		return fmt.Errorf("sqlx: %s %s: %w", verbNames[q.verb], q.table.model, a.db.named(err))
	}
}

// defaultTimeout bounds a statement and a transaction.
const defaultTimeout = 5 * time.Second

func (db *Database) timeout() time.Duration {
	if db.Timeout == 0 {
		return defaultTimeout
	}
	return db.Timeout
}

// limit bounds a step in time. A transaction's statements are bounded with it.
func (db *Database) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if db.Timeout < 0 || db.tx(ctx) != nil {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, db.timeout())
}

// named adds what the caller is to make of an error: that the database is away, or gave way to others for too long.
func (db *Database) named(err error) error {
	if errors.Is(err, store.ErrUnavailable) || !unreachable(err) && !db.dialect.transient(err) && !db.dialect.away(err) {
		return err
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// busyPauses are the waits between attempts on a busy database. They come on top of the driver's own busy timeout.
var busyPauses = [...]time.Duration{2 * time.Millisecond, 10 * time.Millisecond, 50 * time.Millisecond, 250 * time.Millisecond}

// retry repeats a step that has no effect unless it succeeds.
func (db *Database) retry(ctx context.Context, run func() error) error {
	err := run()
	for _, pause := range busyPauses {
		if err == nil || !db.dialect.transient(err) {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
		err = run()
	}
	return err
}
