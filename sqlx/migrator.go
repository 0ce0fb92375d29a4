package sqlx

import (
	"context"

	jmoiron "github.com/jmoiron/sqlx"

	"github.com/goauth-dev/goauth/core/schema"
)

// migrator is the part of a dialect that plans and applies migrations.
type migrator interface {
	// idSpec is the definition of an id, and columnTypes are the types of the other columns, that upstream creates.
	idSpec(ids schema.IDKind) string
	columnTypes() *columnTypes
	// timeDefault is the DEFAULT of dates whose default is a function, or empty.
	timeDefault() string
	// boolLiteral writes a constant.
	boolLiteral(b bool) string
	// fits reports whether an existing column type can hold a field.
	fits(dataType string, f *schema.Field, ids schema.IDKind) bool
	// addsUnique reports whether ALTER TABLE can add a column with its unique constraint.
	addsUnique() bool
	// foreignKeys reports that references must be constraints of the table: in a column's definition they are ignored.
	foreignKeys() bool
	// ledger creates [LedgerTable], and textPlace is the place of a text that nothing else gives a type.
	ledger() string
	textPlace() string
	// dropIndex is the statement that removes an index.
	dropIndex(index, table string) string
	introspect(ctx context.Context, q jmoiron.QueryerContext) (*liveSchema, error)
	// exclusively runs fn while no other process migrates; what fn did is undone when it fails, where DDL can be undone.
	exclusively(ctx context.Context, db *Database, fn func(ctx context.Context, conn migrationConn) error) error
}

// migrationConn is the one connection that a migration runs on.
type migrationConn interface {
	jmoiron.QueryerContext
	jmoiron.ExecerContext
}

// columnTypes are the types of a dialect's new columns where dialects differ. All of them have integer, bigint and text.
type columnTypes struct {
	boolean, date, json string
	// id and uuid are of ids that are texts and UUIDs, in columns that refer to them.
	id, uuid string
	// text is the type of a text, or nil where every text is a text.
	text func(f *schema.Field) string
}

// of is the type of a field's column.
func (t *columnTypes) of(f *schema.Field, ids schema.IDKind) string {
	switch {
	case f.References != nil && f.References.Field == "id":
		return t.idType(ids)
	case len(f.Enum) > 0:
		return "text"
	}
	switch f.Type {
	case schema.Boolean:
		return t.boolean
	case schema.Number:
		if f.BigInt {
			return "bigint"
		}
		return "integer"
	case schema.Date:
		return t.date
	case schema.JSON, schema.Strings, schema.Numbers:
		return t.json
	case schema.String:
		if t.text != nil {
			return t.text(f)
		}
	}
	return "text"
}

// idType is the type of ids.
func (t *columnTypes) idType(ids schema.IDKind) string {
	switch ids {
	case schema.SerialID:
		return "integer"
	case schema.UUIDID:
		return t.uuid
	default:
		return t.id
	}
}
