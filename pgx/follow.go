package pgx

import (
	"context"
	"errors"
	"time"

	jackc "github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

const (
	// lookEvery is how long a follower waits for a hint before it looks all the same, and silence how long it then waits for
	// the answer: together the time after which a server that says nothing counts as lost.
	lookEvery = 400 * time.Millisecond
	silence   = 500 * time.Millisecond
	// startTimeout bounds what comes before a follower is ready, each of connecting and reading all that is kept.
	startTimeout = 5 * time.Second
	// sweepEvery is after how many looks a follower deletes, and sweepNews how it does: what another one deletes is left
	// to that, so that nobody waits.
	sweepEvery = 100
	sweepNews  = `delete from ` + RevocationsTable + ` where id in (
	select id from ` + RevocationsTable + ` where ends < now() limit 1000 for update skip locked
)`

	// Both ways of reading give a row at least: when the server was started, the snapshot that saw the rest, and whether it is
	// a standby, whose snapshots leave out what is under way.
	readAll   = readFrom + `n.ends > now()`
	readSince = readFrom + `n.tx >= txid_snapshot_xmin($1::txid_snapshot) and not txid_visible_in_snapshot(n.tx, $1::txid_snapshot)`
	readFrom  = `select s.started, s.seen, s.standby, n.ids
from (select pg_postmaster_start_time() as started, txid_current_snapshot()::text as seen, pg_is_in_recovery() as standby) as s
left join ` + RevocationsTable + ` as n on `
)

var (
	errSilent  = errors.New("the server has fallen silent")
	errStandby = errors.New("the server is a standby, which tells too late what has ended")
)

// Follow implements store.Revocations.
func (r *revocations) Follow(ctx context.Context, heard func(ids []string), ready func()) error {
	if err := r.makeTable(ctx); err != nil {
		return r.failed("follow the ended sessions", err)
	}
	f := &follower{heard: heard}
	err := f.connect(ctx, r.db)
	if err == nil {
		defer f.close()
		err = f.start(ctx)
	}
	if err == nil {
		ready()
		err = f.follow(ctx)
	}
	return r.failed("follow the ended sessions", err)
}

// follower is one connection that listens.
type follower struct {
	conn    *jackc.Conn
	heard   func(ids []string)
	hinted  bool // since the last look
	looks   int
	started time.Time // when the server was
	seen    string    // the snapshot of the last look
}

// connect opens a connection as the pool would.
func (f *follower) connect(ctx context.Context, db *Database) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, errSilent)
	defer cancel()
	pool := db.pool.Config()
	config := pool.ConnConfig
	config.OnNotification = func(*pgconn.PgConn, *pgconn.Notification) { f.hinted = true }
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.DeadlineContextWatcherHandler{Conn: c.Conn()} // a wait that ends must leave the connection whole
	}
	if pool.BeforeConnect != nil {
		if err := pool.BeforeConnect(ctx, config); err != nil {
			return err
		}
	}
	conn, err := jackc.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	f.conn = conn
	if pool.AfterConnect != nil {
		err = pool.AfterConnect(ctx, conn)
	}
	if err == nil {
		_, err = conn.Exec(ctx, "listen "+channel)
	}
	if err != nil {
		f.close()
	}
	return err
}

func (f *follower) close() {
	ctx, cancel := context.WithTimeout(context.Background(), silence)
	defer cancel()
	_ = f.conn.Close(ctx) // says goodbye, and is closed in any case
}

// start reads all that is kept. It listens already, so that nothing falls between.
func (f *follower) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, errSilent)
	defer cancel()
	if _, err := f.conn.Exec(ctx, sweepNews); err != nil {
		return err
	}
	return f.read(ctx, readAll)
}

func (f *follower) follow(ctx context.Context) error {
	for {
		if err := f.wait(ctx); err != nil {
			return err
		}
		if err := f.look(ctx); err != nil {
			return err
		}
	}
}

// wait returns when there may be news.
func (f *follower) wait(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, lookEvery)
	defer cancel()
	for !f.hinted {
		err := f.conn.PgConn().WaitForNotification(waiting)
		if err != nil {
			if ctx.Err() == nil && pgconn.Timeout(err) && !f.conn.IsClosed() {
				return nil
			}
			return err
		}
	}
	return nil
}

// look reads what is new, and now and then deletes what is old.
func (f *follower) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, silence, errSilent)
	defer cancel()
	f.hinted = false
	before := f.started
	if err := f.read(ctx, readSince, f.seen); err != nil {
		return err
	}
	if !f.started.Equal(before) { // another server, behind a proxy; a snapshot says nothing to it
		return f.read(ctx, readAll)
	}
	f.looks++
	if f.looks%sweepEvery != 0 {
		return nil
	}
	_, err := f.conn.Exec(ctx, sweepNews)
	return err
}

func (f *follower) read(ctx context.Context, statement string, args ...any) error {
	rows, err := f.conn.Query(ctx, statement, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var ids []string
		var standby bool
		if err := rows.Scan(&f.started, &f.seen, &standby, &ids); err != nil {
			return err
		}
		if standby {
			return errStandby
		}
		if len(ids) > 0 {
			f.heard(ids)
		}
	}
	if err := rows.Err(); err != nil && context.Cause(ctx) != nil {
		return errors.Join(context.Cause(ctx), err)
	}
	return rows.Err()
}
