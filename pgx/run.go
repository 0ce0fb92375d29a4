package pgx

import (
	"context"
	"errors"
	"time"

	jackc "github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/goauth-dev/goauth/sqlx"
)

// connections implements [sqlx.Pool].
type connections struct{ pool *pgxpool.Pool }

func (c connections) Query(ctx context.Context, statement string, args []any) (sqlx.Rows, error) {
	r, err := c.pool.Query(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	return &rows{Rows: r}, nil
}

func (c connections) Exec(ctx context.Context, statement string, args []any) (int64, error) {
	tag, err := c.pool.Exec(ctx, statement, args...)
	return tag.RowsAffected(), err
}

func (c connections) Begin(context.Context) (sqlx.Tx, error) { return &transaction{pool: c.pool}, nil }
func (c connections) Ping(ctx context.Context) error         { return c.pool.Ping(ctx) }

// Close waits until every connection has been returned.
func (c connections) Close() error { c.pool.Close(); return nil }

// transaction implements [sqlx.Tx]. It takes a connection and begins with its first statement, in one round trip.
type transaction struct {
	pool  *pgxpool.Pool
	tx    jackc.Tx // nil before the first statement
	lost  error    // why it could not begin
	later []string // what goes ahead of the next statement
}

func (t *transaction) Query(ctx context.Context, statement string, args []any) (sqlx.Rows, error) {
	if t.alone() {
		r, err := t.tx.Query(ctx, statement, args...)
		if err != nil {
			return nil, err
		}
		return &rows{Rows: r}, nil
	}
	batch, err := t.send(ctx, func(b *jackc.Batch) { b.Queue(statement, args...) })
	if err != nil {
		return nil, err
	}
	r, err := batch.Query()
	if err != nil {
		return nil, errors.Join(err, batch.Close())
	}
	return &rows{Rows: r, batch: batch}, nil
}

func (t *transaction) Exec(ctx context.Context, statement string, args []any) (int64, error) {
	if t.alone() {
		tag, err := t.tx.Exec(ctx, statement, args...)
		return tag.RowsAffected(), err
	}
	batch, err := t.send(ctx, func(b *jackc.Batch) { b.Queue(statement, args...) })
	if err != nil {
		return 0, err
	}
	tag, err := batch.Exec()
	return tag.RowsAffected(), errors.Join(err, batch.Close())
}

func (t *transaction) Later(_ context.Context, statement string) error {
	t.later = append(t.later, statement)
	return nil
}

// alone reports whether nothing has to go ahead of the next statement, or stands in its way.
func (t *transaction) alone() bool { return t.tx != nil && len(t.later) == 0 && t.lost == nil }

// send sends what is to go ahead, and what queue adds, in one round trip, and reads up to the answers to the latter.
func (t *transaction) send(ctx context.Context, queue func(b *jackc.Batch)) (jackc.BatchResults, error) {
	if t.lost != nil {
		return nil, t.lost
	}
	batch, begins := &jackc.Batch{}, t.tx == nil
	if begins {
		batch.BeginTx(jackc.TxOptions{})
	}
	for _, statement := range t.later {
		batch.Queue(statement)
	}
	ahead := batch.Len()
	t.later = nil
	queue(batch)
	var results jackc.BatchResults
	if begins {
		results = t.pool.SendBatch(ctx, batch)
		t.tx = results.Tx()
	} else {
		results = t.tx.SendBatch(ctx, batch)
	}
	for range ahead {
		if _, err := results.Exec(); err != nil {
			_ = results.Close() // says the same
			if begins {
				t.lost = err
			}
			return nil, err
		}
	}
	return results, nil
}

// begun returns the transaction after it has begun, or one that is closed.
func (t *transaction) begun(ctx context.Context) jackc.Tx {
	if t.tx == nil {
		if batch, err := t.send(ctx, func(*jackc.Batch) {}); err == nil {
			t.lost = batch.Close()
		}
	}
	return t.tx
}

// Commit ends it and gives the connection back in any case. What was left for later has no use any more.
func (t *transaction) Commit(ctx context.Context) error {
	switch {
	case t.lost != nil:
		_ = t.Rollback(ctx) // says that there is nothing to roll back
		return t.lost
	case t.tx == nil:
		return nil
	default:
		return t.tx.Commit(ctx)
	}
}

// rollbackTimeout bounds a rollback whose context has ended; the connection is closed then.
const rollbackTimeout = 5 * time.Second

func (t *transaction) Rollback(ctx context.Context) error {
	if t.tx == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
	defer cancel()
	return t.tx.Rollback(ctx)
}
