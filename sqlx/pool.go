package sqlx

import (
	"context"
	"database/sql"
	"fmt"

	jmoiron "github.com/jmoiron/sqlx"
)

// runner runs statements, on any connection of a pool or in a transaction.
type runner interface {
	query(ctx context.Context, st *statement, args []any) (Rows, error)
	exec(ctx context.Context, st *statement, args []any) (sql.Result, error)
}

// pool is where statements run and transactions begin.
type pool interface {
	runner
	begin(ctx context.Context) (link, error)
	ping(ctx context.Context) error
	close() error
}

// link is a transaction as its pool has it.
type link interface {
	runner
	// run runs a statement that answers nothing, now; later may leave it until the next one, which needs it no less.
	run(ctx context.Context, text string) error
	later(ctx context.Context, text string) error
	commit(ctx context.Context) error
	rollback(ctx context.Context)
}

// sqlPool is a pool of database/sql. It keeps prepared statements where the dialect asks for that.
type sqlPool struct{ *jmoiron.DB }

func (p sqlPool) query(ctx context.Context, st *statement, args []any) (Rows, error) {
	if !st.kept {
		return p.QueryContext(ctx, st.text, args...) //nolint:rowserrcheck // whoever reads them asks
	}
	stmt, err := st.prepare(ctx, p.DB)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...) //nolint:rowserrcheck // whoever reads them asks
}

func (p sqlPool) exec(ctx context.Context, st *statement, args []any) (sql.Result, error) {
	if !st.kept {
		return p.ExecContext(ctx, st.text, args...)
	}
	stmt, err := st.prepare(ctx, p.DB)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

func (p sqlPool) begin(ctx context.Context) (link, error) {
	tx, err := p.BeginTxx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &sqlLink{Tx: tx, pool: p.DB}, nil
}

func (p sqlPool) ping(ctx context.Context) error { return p.PingContext(ctx) }
func (p sqlPool) close() error                   { return p.Close() }

// sqlLink is a transaction of database/sql.
type sqlLink struct {
	*jmoiron.Tx
	pool    *jmoiron.DB
	unready []*statement
}

func (l *sqlLink) query(ctx context.Context, st *statement, args []any) (Rows, error) {
	if stmt := l.prepared(ctx, st); stmt != nil {
		return stmt.QueryContext(ctx, args...) //nolint:rowserrcheck // whoever reads them asks
	}
	return l.QueryContext(ctx, st.text, args...) //nolint:rowserrcheck // whoever reads them asks
}

func (l *sqlLink) exec(ctx context.Context, st *statement, args []any) (sql.Result, error) {
	if stmt := l.prepared(ctx, st); stmt != nil {
		return stmt.ExecContext(ctx, args...)
	}
	return l.ExecContext(ctx, st.text, args...)
}

// prepared returns the pool's statement bound to the transaction. One that the pool does not have yet is remembered and
// prepared after the transaction: preparing it now would wait for the very connection that the transaction holds.
func (l *sqlLink) prepared(ctx context.Context, st *statement) *jmoiron.Stmt {
	if !st.kept {
		return nil
	}
	stmt := st.ready(l.pool)
	if stmt == nil {
		l.unready = append(l.unready, st)
		return nil
	}
	return l.StmtxContext(ctx, stmt)
}

func (l *sqlLink) run(ctx context.Context, text string) error {
	_, err := l.ExecContext(ctx, text)
	return err
}

func (l *sqlLink) later(ctx context.Context, text string) error { return l.run(ctx, text) }

// commit then prepares what the transaction had to run unprepared. One that fails is for the next transaction to try.
func (l *sqlLink) commit(ctx context.Context) error {
	if err := bounded(ctx, l.Commit); err != nil {
		return err
	}
	for _, st := range l.unready {
		if _, err := st.prepare(ctx, l.pool); err != nil {
			return nil //nolint:nilerr // it is committed
		}
	}
	return nil
}

// rollback fails only when the context has rolled back already.
func (l *sqlLink) rollback(ctx context.Context) { _ = bounded(ctx, l.Rollback) }

// bounded waits for the end of a transaction until ctx ends: database/sql gives its drivers no context for that, and a server
// whose disk is full, or a line that swallows the answer, lets some of them wait for ever. It then goes on alone, and holds its
// connection.
func bounded(ctx context.Context, end func() error) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("the driver panicked: %v", p)
			}
		}()
		done <- end()
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
