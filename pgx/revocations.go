package pgx

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/goauth-dev/goauth/core/store"
)

const (
	// RevocationsTable is where [NewRevocations] keeps what has ended. It is made when it is missing; a role that may make no
	// tables needs it made before, by [RevocationsSQL].
	RevocationsTable = "_goauth_ended_sessions"
	// RevocationsSQL makes the table. A role that uses it must be allowed to select, insert, update and delete.
	RevocationsSQL = `create table if not exists ` + RevocationsTable + ` (
	id bigint generated always as identity primary key,
	tx bigint not null default txid_current(),
	ids text[] not null,
	ends timestamptz not null
);
create index if not exists ` + RevocationsTable + `_tx on ` + RevocationsTable + ` (tx);`

	// revocationsLock is the key of the advisory lock under which the table is made: "ended" in ASCII.
	revocationsLock = 0x656e646564

	hasTable = `select to_regclass(quote_ident(current_schema()) || '.` + RevocationsTable + `') is not null`

	// publishNews keeps ids for some seconds, and wakes the followers when its transaction commits. What it says to them is
	// nothing, so that no number of ids is too long.
	publishNews = `with news as (
	insert into ` + RevocationsTable + ` (ids, ends) values ($1, clock_timestamp() + make_interval(secs => $2))
) select pg_notify('` + channel + `', '')`

	// channel is what followers listen to.
	channel = "goauth_ended_sessions"
	// publishTimeout bounds what is published outside of a transaction.
	publishTimeout = 2 * time.Second
	// leastKeep is far more than a follower can be silent without being lost, so that nothing goes that one has yet to hear.
	leastKeep = 30 * time.Second
)

type revocations struct {
	db      *Database
	isThere atomic.Bool // the table
}

// NewRevocations returns a log of ended sessions in the database, for fleets that have no other. What is published in a
// transaction is heard when that commits, and never when it is rolled back.
//
// A follower has one connection of its own, made with the settings of the pool and beyond its limit. It is woken by NOTIFY, which is
// a hint and nothing more, and looks into the table 2.5 times a second at the least. Instead of a place in the
// table, which transactions reach in another order than they commit, it remembers a snapshot: what has become visible since is
// new. So a lost connection, a missed hint or a slow commit loses nothing, and a server that gives no answer for 0.9
// seconds counts as lost. It also deletes what need not be kept any more.
//
// Through a PgBouncer in transaction mode no hint arrives, and news comes with the next look.
func NewRevocations(db *Database) store.Revocations { return &revocations{db: db} }

func (r *revocations) Publish(ctx context.Context, ids []string, keep time.Duration) error {
	if len(ids) == 0 {
		return nil
	}
	err := r.makeTable(ctx)
	if err == nil {
		err = r.publish(ctx, ids, max(keep, leastKeep).Seconds())
	}
	return r.failed("publish an ended session", err)
}

// publish writes inside the transaction of ctx, if there is one. There it leaves nothing behind when it fails, so that the
// caller may go on.
func (r *revocations) publish(ctx context.Context, ids []string, seconds float64) error {
	tx := r.db.NativeTx(ctx)
	if tx == nil {
		ctx, cancel := context.WithTimeout(ctx, publishTimeout)
		defer cancel()
		_, err := r.db.pool.Exec(ctx, publishNews, ids, seconds)
		return err
	}
	if _, err := tx.Exec(ctx, "savepoint "+channel, nil); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, publishNews, []any{ids, seconds}); err != nil {
		_, undo := tx.Exec(ctx, "rollback to savepoint "+channel, nil)
		return errors.Join(err, undo)
	}
	return tx.Later(ctx, "release savepoint "+channel)
}

// makeTable makes the table when it is missing. Of any number of processes one does; the others wait.
func (r *revocations) makeTable(ctx context.Context) error {
	if r.isThere.Load() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	there := false
	if err := r.db.pool.QueryRow(ctx, hasTable).Scan(&there); err != nil {
		return err
	}
	if !there {
		tx, err := r.db.pool.Begin(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // does nothing after the commit
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", int64(revocationsLock)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, RevocationsSQL); err != nil {
			return err
		}
		if err := tx.Commit(ctx); err != nil {
			return err
		}
	}
	r.isThere.Store(true)
	return nil
}

// noTable is the SQLSTATE of a table that is not there.
const noTable = "42P01"

// failed says that what a log refuses now, it may do later. A table that is gone is made again the next time: a standby that
// takes over may not have had it yet.
func (r *revocations) failed(what string, err error) error {
	if err == nil {
		return nil
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == noTable {
		r.isThere.Store(false)
	}
	return fmt.Errorf("pgx: %s: %w: %w", what, store.ErrUnavailable, err)
}
