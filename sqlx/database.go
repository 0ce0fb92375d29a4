package sqlx

import (
	"context"
	"database/sql"
	"errors"
	"time"

	jmoiron "github.com/jmoiron/sqlx"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// Database is a database and the dialect it speaks; it implements [store.Database]. Make one with [SQLite] or
// [OpenSQLite], set the fields, and then use it; it must not be copied.
type Database struct {
	// Observe, when set, is called before every statement that reads or writes records, with its text, which holds no
	// values. It must be safe for concurrent use. Statements that begin or end transactions are not reported.
	Observe func(ctx context.Context, statement string)

	// Timeout bounds every statement, every Ping, and every transaction as a whole, the wait for a connection included; what
	// takes longer fails, records with [store.ErrUnavailable]. Default: 5 s; a negative one means no bound. Migrations have none.
	Timeout time.Duration

	dialect dialect
	writer  *jmoiron.DB // migrates, too
	reader  *jmoiron.DB
	write   pool
	read    pool
}

func newDatabase(d dialect, writer, reader *sql.DB) *Database {
	db := &Database{dialect: d, writer: jmoiron.NewDb(writer, d.name())}
	db.reader = db.writer
	if reader != nil && reader != writer {
		db.reader = jmoiron.NewDb(reader, d.name())
	}
	db.write, db.read = sqlPool{db.writer}, sqlPool{db.reader}
	return db
}

// Bind returns the adapter for a schema. It fails when a field has a type that cannot be stored or a name that cannot be
// quoted, and does not touch the database.
func (db *Database) Bind(s *schema.Schema) (store.Adapter, error) {
	tables, err := bindTables(db.dialect, s)
	if err != nil {
		return nil, err
	}
	return &adapter{db: db, tables: tables, statements: make(map[string]*statement)}, nil
}

// Close closes the pools.
func (db *Database) Close() error {
	err := db.write.close()
	if db.read != db.write {
		err = errors.Join(err, db.read.close())
	}
	return err
}

func (db *Database) ping(ctx context.Context) error {
	if err := db.write.ping(ctx); err != nil || db.read == db.write {
		return err
	}
	return db.read.ping(ctx)
}

func (db *Database) observe(ctx context.Context, text string) {
	if db.Observe != nil {
		db.Observe(ctx, text)
	}
}
