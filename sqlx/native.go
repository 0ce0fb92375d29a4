package sqlx

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// Querier runs statements. They have PostgreSQL's placeholders, and come from a small set of texts, so that preparing them
// pays. Arguments are nil, bool, int64, float64, string and [time.Time]. It must be safe for concurrent use.
type Querier interface {
	Query(ctx context.Context, statement string, args []any) (Rows, error)
	// Exec returns how many rows the statement wrote.
	Exec(ctx context.Context, statement string, args []any) (int64, error)
}

// Rows is the answer of a query; *[sql.Rows] is one.
type Rows interface {
	Next() bool
	// Scan hands each value of the row to its destination. Those that are not *int64 are [sql.Scanner], which take
	// what drivers give: nil, bool, int64, float64, string, []byte, [time.Time]. Times in UTC, without a fraction of a
	// millisecond, are taken as they are.
	Scan(dest ...any) error
	Err() error
	Close() error
}

// Pool is a pool of connections to PostgreSQL that is not database/sql's. See [PostgresOn].
type Pool interface {
	Querier
	Begin(ctx context.Context) (Tx, error)
	Ping(ctx context.Context) error
	Close() error
}

// Tx is a transaction of a [Pool]. It may begin with its first statement.
type Tx interface {
	Querier
	// Later runs a statement without arguments that answers nothing. It may be sent together with the next one, and left
	// out when none follows.
	Later(ctx context.Context, statement string) error
	// Commit ends the transaction also when it fails: Rollback is not called any more.
	Commit(ctx context.Context) error
	// Rollback does its work also when ctx has ended.
	Rollback(ctx context.Context) error
}

// PostgresOn returns a database on PostgreSQL 13 or later whose records are read and written through pool. Migrations run
// through migrations, which must lead to the same database. Closing the database
// closes both. Module pgx has such a pool; [Postgres] is for all others.
func PostgresOn(pool Pool, migrations *sql.DB) *Database {
	db := newDatabase(postgres{}, migrations, nil)
	db.write = &nativePool{pool, nativeRunner{pool}, migrations}
	db.read = db.write
	return db
}

// NativeTx returns the transaction of its [Pool] that a context is in, or nil.
func (db *Database) NativeTx(ctx context.Context) Tx {
	if tx := db.tx(ctx); tx != nil {
		if l, ok := tx.link.(*nativeLink); ok {
			return l.Tx
		}
	}
	return nil
}

// WithNativeTx is [Database.WithTx] for a transaction of its [Pool].
func (db *Database) WithNativeTx(ctx context.Context, tx Tx) context.Context {
	return db.within(ctx, &nativeLink{tx, nativeRunner{tx}})
}

// nativeRunner runs statements on what is not database/sql.
type nativeRunner struct{ on Querier }

func (r nativeRunner) query(ctx context.Context, st *statement, args []any) (Rows, error) {
	return r.on.Query(ctx, st.text, args)
}

func (r nativeRunner) exec(ctx context.Context, st *statement, args []any) (sql.Result, error) {
	n, err := r.on.Exec(ctx, st.text, args)
	return driver.RowsAffected(n), err
}

type nativePool struct {
	Pool
	nativeRunner
	migrations *sql.DB
}

func (p *nativePool) begin(ctx context.Context) (link, error) {
	tx, err := p.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return &nativeLink{tx, nativeRunner{tx}}, nil
}

func (p *nativePool) ping(ctx context.Context) error { return p.Ping(ctx) }
func (p *nativePool) close() error                   { return errors.Join(p.migrations.Close(), p.Close()) }

type nativeLink struct {
	Tx
	nativeRunner
}

func (l *nativeLink) run(ctx context.Context, text string) error {
	_, err := l.Exec(ctx, text, nil)
	return err
}

func (l *nativeLink) later(ctx context.Context, text string) error { return l.Later(ctx, text) }
func (l *nativeLink) commit(ctx context.Context) error             { return l.Commit(ctx) }
func (l *nativeLink) rollback(ctx context.Context)                 { _ = l.Rollback(ctx) } // then the connection ends
