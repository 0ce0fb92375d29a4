// Package store is the storage contract. An adapter maps logical records to one database and nothing more: ids, defaults,
// hooks and validation are decided before a record reaches it.
package store

import (
	"context"
	"errors"

	"github.com/goauth-dev/goauth/core/schema"
)

// Record is one row by logical field names. Values are string, bool, int64, float64, time.Time (UTC, milliseconds),
// []string, []float64, or nil for null; a JSON field takes any tree and gives the tree that [DecodeJSON] makes of it. An id
// and a reference to one are always strings, whatever the column's type. A record that an adapter returns has every field of
// its table.
type Record map[string]any

// Op compares a field with a value. A field that is null meets no operator but Eq and Ne with nil, and an empty NotIn.
// Upstream: Where.operator.
type Op uint8

// The operators. Texts compare by bytes unless [Cond.Fold] is set.
const (
	Eq Op = iota // equal; a nil value matches null
	Ne           // not equal; a nil value matches not null
	Lt
	Lte
	Gt
	Gte
	In    // the value is a slice; an empty one matches nothing
	NotIn // the value is a slice; an empty one matches everything
	Contains
	StartsWith
	EndsWith
)

// Cond is one condition. Upstream: Where.
type Cond struct {
	Field string
	Op    Op
	Value any
	// Or joins the condition to the other Or conditions with OR; that group is then joined to the rest with AND.
	// Upstream: connector.
	Or bool
	// Fold compares ASCII letters without case. Upstream: mode "insensitive".
	Fold bool
}

// Where is a list of conditions. An empty one matches every row when reading, and nothing when writing: a write without
// a condition is refused with [ErrNoCondition].
type Where []Cond

// Is returns the condition that a field equals a value.
func Is(field string, value any) Cond { return Cond{Field: field, Value: value} }

// Sort orders rows by one field.
type Sort struct {
	Field string
	Desc  bool
}

// Query selects records.
type Query struct {
	Model string
	Where Where
	Sort  *Sort
	// Limit bounds the rows; 0 means no bound.
	Limit  int
	Offset int
	// Join names a model that the queried table refers to by a foreign key. The record then has the referred record, or
	// nil, under that name as a [Record]. It is read in the same round trip.
	Join string
}

// Inc is a value in an update that adds to the stored number instead of replacing it; null counts as 0.
type Inc int64

// Errors that adapters return; they may be wrapped.
var (
	// ErrDuplicate reports an insert or update that a unique constraint refused.
	ErrDuplicate = errors.New("store: a record with this unique value exists")
	// ErrNoCondition reports an update or delete without conditions.
	ErrNoCondition = errors.New("store: refusing to write without a condition")
	// ErrUnavailable reports storage that cannot be reached or cannot serve now, so that the same request may succeed
	// later. Primary and secondary storage return it; the server answers 503.
	ErrUnavailable = errors.New("store: the storage is not available")
)

// Adapter is storage bound to a schema. Its methods are safe for concurrent use. Inside [Adapter.Tx] they run in the
// transaction that the context carries.
type Adapter interface {
	// Insert adds one record and returns it as stored. Without an "id" the database makes one. It fails with
	// [ErrDuplicate] when a unique value is taken, which makes it the reserve-one primitive.
	Insert(ctx context.Context, model string, rec Record) (Record, error)
	// FindOne returns the first matching record, or nil when there is none.
	FindOne(ctx context.Context, q Query) (Record, error)
	// Find returns the matching records.
	Find(ctx context.Context, q Query) ([]Record, error)
	// Count returns how many records match.
	Count(ctx context.Context, model string, where Where) (int64, error)
	// UpdateOne changes the matching records and returns the first of them as stored, or nil when the guard in where no
	// longer holds. The check and the write are one atomic step.
	UpdateOne(ctx context.Context, model string, where Where, set Record) (Record, error)
	// UpdateAll changes the matching records and returns how many matched, also when a value stayed the same.
	UpdateAll(ctx context.Context, model string, where Where, set Record) (int64, error)
	// Delete removes the matching records and returns how many there were.
	Delete(ctx context.Context, model string, where Where) (int64, error)
	// Consume removes the matching records and returns the first by sort, or nil when there was none. Of any number of
	// concurrent callers exactly one gets it.
	Consume(ctx context.Context, model string, where Where, sort *Sort) (Record, error)
	// Lock returns the record with an id, or nil, as it is once nobody else holds it, and holds it until the transaction of
	// the context ends: who locks or writes it meanwhile waits. Outside of a transaction it fails.
	Lock(ctx context.Context, model, id string) (Record, error)
	// Tx runs fn in a transaction that the context given to fn carries: committed when fn returns nil, else rolled back.
	// A nested call joins the outer transaction; when its fn fails, only what that fn wrote is undone, and the outer one may
	// go on. fn must use that context and only one goroutine.
	Tx(ctx context.Context, fn func(ctx context.Context) error) error
	// Ping reports whether the database answers.
	Ping(ctx context.Context) error
}

type repeatable struct{}

// Repeatable returns a context in which [Adapter.Tx] may run its fn again, from the beginning, when the database gave the
// transaction up for another one: a deadlock or a serialization failure. Everything that fn does must be undone with the
// transaction, or do no harm twice.
func Repeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatable{}, true)
}

// IsRepeatable reports whether the context is [Repeatable]'s.
func IsRepeatable(ctx context.Context) bool { return ctx.Value(repeatable{}) != nil }

// Database is storage that does not know its tables yet; it is what the options take.
type Database interface {
	// Bind returns the adapter for one schema. It does not touch the database.
	Bind(s *schema.Schema) (Adapter, error)
}
