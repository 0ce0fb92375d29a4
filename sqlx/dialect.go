package sqlx

import (
	"context"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/schema"
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
	// idKind is how ids are kept.
	idKind(ids schema.IDKind) kind
	// holds reports whether a text column can hold the text; as a condition, one that it cannot hold matches nothing.
	holds(text string) bool

	// compare is the condition for comparisons and lists; each argument occurs in it occurrences times, the whole list
	// after the other.
	compare(t *term, expr string) string
	occurrences(t *term) int
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
	// reserve ends an insert so that a taken unique value gives no row instead of an error, where an error would end the
	// transaction.
	reserve(v verb) string
	// defaultRow is the end of an insert that names no column.
	defaultRow() string

	// lock is the end of a query that locks the rows it reads for writing, or empty where there is none.
	lock() string

	// write runs an insert, update or delete and returns the rows it wrote or removed, in one atomic step. Databases
	// with RETURNING embed [returning].
	write(ctx context.Context, a *adapter, q *query) ([]store.Record, error)
	// updateAll runs an update and returns how many rows matched.
	updateAll(ctx context.Context, a *adapter, q *query) (int64, error)

	// duplicate reports whether a unique constraint refused the statement.
	duplicate(err error) bool
	// transient reports that the statement did not run and may be tried again. Inside a transaction, the transaction must
	// be tried again.
	transient(err error) bool

	// away reports that the server does not serve: it stops, is full, or takes no writes.
	away(err error) bool

	migrator
}

// returning implements the writes of databases that have RETURNING on all three verbs.
type returning struct{}

func (returning) write(ctx context.Context, a *adapter, q *query) ([]store.Record, error) {
	q.returning = true
	return a.records(ctx, q)
}

func (returning) updateAll(ctx context.Context, a *adapter, q *query) (int64, error) {
	return a.affected(ctx, q)
}

// plain implements the comparisons of databases that compare texts by bytes.
type plain struct{}

func (plain) occurrences(*term) int { return 1 }

func (plain) compare(t *term, expr string) string { return compareWith(t, expr, "?") }

// compareWith writes a comparison whose values are written as place says.
func compareWith(t *term, expr, place string) string {
	if t.form == formList {
		place = "(" + place + strings.Repeat(", "+place, t.places-1) + ")"
	}
	return expr + " " + comparison[t.op] + " " + place
}
