package sqlx

import (
	"context"
	"time"

	"github.com/goauth-dev/goauth/core/store"
)

// dialect is all that differs between databases. One file holds one dialect.
type dialect interface {
	// name is the database's name, for errors and for jmoiron's bind types.
	name() string
	// bindType is jmoiron's constant for the placeholder style.
	bindType() int
	// prepares says to keep prepared statements; false where the driver does so itself.
	prepares() bool
	// quote quotes an identifier.
	quote(ident string) string

	// encodeBool and encodeTime turn values into what upstream's adapter writes.
	encodeBool(b bool) any
	encodeTime(t time.Time) any

	// fold lowers ASCII letters of an expression.
	fold(expr string) string
	// output is how a query returns a column that expr names.
	output(c *column, expr string) string
	// match is the condition for Contains, StartsWith and EndsWith, byte for byte and without wildcards; matchArgs are
	// its arguments. The text is never empty.
	match(expr string, op store.Op) string
	matchArgs(op store.Op, text string) []any
	// unbounded is the LIMIT of a query that has only an offset.
	unbounded() string

	// write runs an insert, update or delete and returns the rows it wrote or removed, in one atomic step. Databases
	// with RETURNING embed [returning].
	write(ctx context.Context, a *adapter, q *query) ([]store.Record, error)

	// duplicate reports whether a unique constraint refused the statement.
	duplicate(err error) bool
	// transient reports that the statement did not run and may be tried again.
	transient(err error) bool

	migrator
}

// returning implements the writes of databases that have RETURNING on all three verbs.
type returning struct{}

func (returning) write(ctx context.Context, a *adapter, q *query) ([]store.Record, error) {
	q.returning = true
	return a.records(ctx, q)
}
