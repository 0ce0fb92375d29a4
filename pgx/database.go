package pgx

import (
	"context"
	"errors"

	jackc "github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/sqlx"
)

// Database is a PostgreSQL database behind a pool; it implements store.Database. What it has from [sqlx.Database] works as
// there: set Observe and Timeout before it is used, plan and apply migrations. Its SQLTx is nil: use PgxTx. Make one with
// [New]; it must not be copied.
type Database struct {
	*sqlx.Database
	pool *pgxpool.Pool
}

// New returns a database on PostgreSQL 13 or later. Tables are looked for in the first schema of the connection's search_path.
// The caller keeps the pool's settings, and closes it by closing the database.
//
// The pool's default, QueryExecModeCacheStatement, prepares each statement once a connection. Behind a PgBouncer that does
// not carry prepared statements use QueryExecModeExec or QueryExecModeCacheDescribe. Bind refuses
// QueryExecModeSimpleProtocol, which leaves it to the client to quote values.
func New(pool *pgxpool.Pool) *Database {
	return &Database{sqlx.PostgresOn(connections{pool}, stdlib.OpenDBFromPool(pool)), pool}
}

// PgxTx returns the transaction that a context is in, or nil: what an application or a database hook writes through it
// shares the fate of what we write. It must not be committed or rolled back by its user. When the database is away, each of
// its methods fails with pgx.ErrTxClosed.
func (db *Database) PgxTx(ctx context.Context) jackc.Tx {
	if t, ok := db.NativeTx(ctx).(*transaction); ok {
		return t.begun(ctx)
	}
	return nil
}

// WithTx returns a context in which everything happens inside a transaction that the application began on the same database,
// and ends. See [auth.Context.Hold] for what must wait for its end.
//
// [auth.Context.Hold]: https://pkg.go.dev/github.com/goauth-dev/goauth/core/auth#Context.Hold
func (db *Database) WithTx(ctx context.Context, tx jackc.Tx) context.Context {
	return db.WithNativeTx(ctx, &transaction{tx: tx})
}

// Bind implements store.Database.
func (db *Database) Bind(s *schema.Schema) (store.Adapter, error) {
	if db.pool.Config().ConnConfig.DefaultQueryExecMode == jackc.QueryExecModeSimpleProtocol {
		return nil, errors.New("pgx: the simple protocol cannot be used: values must not be part of a statement's text; leave out default_query_exec_mode")
	}
	return db.Database.Bind(s)
}
