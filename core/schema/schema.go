// Package schema describes tables and fields as data. The same description feeds storage adapters, migrations, input
// parsing, output filtering and OpenAPI.
package schema

import (
	"fmt"
	"slices"

	"github.com/goauth-dev/goauth/core/option"
)

// Type is the logical type of a field. Upstream: DBFieldType.
type Type string

// The logical types.
const (
	String  Type = "string"
	Number  Type = "number"
	Boolean Type = "boolean"
	Date    Type = "date"
	JSON    Type = "json"
	Strings Type = "string[]"
	Numbers Type = "number[]"
)

// Reference is a foreign key. Upstream: field.references.
type Reference struct {
	// Model is the logical name of the table referred to, or a table name outside the schema.
	Model string `option:"model"`
	// Field is the field referred to, in practice "id".
	Field string `option:"field"`
	// OnDelete is the SQL action: "cascade" (the default), "set null", "restrict", "no action" or "set default".
	OnDelete string `option:"onDelete"`
}

// Field describes one column. Upstream: DBFieldAttribute.
type Field struct {
	// Name is the logical name, the key in records and in JSON.
	Name string `option:"-"`
	// Column is the database name. Empty: the same as Name. Upstream: fieldName.
	Column string `option:"fieldName"`
	// Type is the logical type. With Enum set it is String.
	Type Type `option:"type"`
	// Enum lists the accepted texts. Upstream: a type that is an array of literals.
	Enum []string `option:"-"`
	// Required: On makes a create without the field fail; Unset only makes the column NOT NULL, as upstream's migration
	// does; Off allows null. Upstream: required.
	Required option.Toggle `option:"required"`
	// Unique adds a unique constraint.
	Unique bool `option:"unique"`
	// Index adds an index of its own.
	Index bool `option:"index"`
	// Sortable keeps a text column short enough to sort and index on MySQL.
	Sortable bool `option:"sortable"`
	// BigInt stores a number in 64 bits.
	BigInt bool `option:"bigint"`
	// Input: Off refuses the field in requests. Unset means On for fields that the application declares, and
	// Off for a plugin's. Upstream: input.
	Input option.Toggle `option:"input"`
	// Reserved keeps the field out of requests as Input does, but for what an operation names itself; the description of the
	// model says nothing of it. Plugins mark their own fields so in a table to which the application adds some.
	Reserved bool `option:"-"`
	// Returned: Off keeps the field out of every answer and cache. Unset means On. Upstream: returned.
	Returned option.Toggle `option:"returned"`
	// Default is the value of a new record that has none: a constant, or a func() any. Upstream: defaultValue.
	Default any `option:"defaultValue"`
	// OnUpdate gives the value of an update that has none.
	OnUpdate func() any `option:"onUpdate"`
	// References makes the field a foreign key.
	References *Reference `option:"references"`
	// Validate checks a value from a request and may replace it; its error text is the answer's message. Upstream:
	// validator.input.
	Validate func(v any) (any, error) `option:"-"`
	// TransformIn changes a value on its way into the database. Upstream: transform.input.
	TransformIn func(v any) (any, error) `option:"-"`
	// TransformOut changes a value on its way out of the database. Upstream: transform.output.
	TransformOut func(v any) (any, error) `option:"-"`
}

// Fields is an ordered list of fields; a configuration file gives it as an object by name.
type Fields []Field

// ColumnName returns the database name of the field.
func (f *Field) ColumnName() string {
	if f.Column != "" {
		return f.Column
	}
	return f.Name
}

// NotNull reports whether the column refuses null.
func (f *Field) NotNull() bool { return f.Required != option.Off }

// FromRequests reports whether a request may set the field where an operation takes fields that it does not name itself.
func (f *Field) FromRequests() bool { return f.Input != option.Off && !f.Reserved }

// DefaultValue returns the default of a new record, calling it when it is a function.
func (f *Field) DefaultValue() (any, bool) {
	switch d := f.Default.(type) {
	case nil:
		return nil, false
	case func() any:
		return d(), true
	default:
		return d, true
	}
}

// Table describes one model. Every table also has an id column, which Fields does not list.
type Table struct {
	// Model is the logical name, as code uses it.
	Model string
	// Name is the database name.
	Name string
	// Fields are in the order upstream declares them.
	Fields Fields
	// Order sorts the creation of tables; 0 sorts last.
	Order int
}

// Field returns the field with the logical name, or nil.
func (t *Table) Field(name string) *Field {
	for i := range t.Fields {
		if t.Fields[i].Name == name {
			return &t.Fields[i]
		}
	}
	return nil
}

// IDKind says who makes the ids of new rows, and with which column type. Upstream: advanced.database.generateId.
type IDKind uint8

// The kinds of id.
const (
	// TextID is made by us: 32 random characters, or the application's own function.
	TextID IDKind = iota
	// UUIDID is a version 4 UUID made by us, in a UUID column where the database has one.
	UUIDID
	// SerialID is a number made by the database.
	SerialID
	// DatabaseID is a text made by the database. Upstream: generateId false.
	DatabaseID
)

// Schema is every table of one configuration. It is immutable once built.
type Schema struct {
	// Tables are sorted for creation: a table comes after those it refers to.
	Tables []*Table
	// IDs says how ids are made.
	IDs IDKind

	byModel map[string]*Table
}

// New sorts and indexes tables. It fails when two tables share a model or a database name, or when two fields of one
// table share a name or a column.
func New(ids IDKind, tables []*Table) (*Schema, error) {
	s := &Schema{Tables: slices.Clone(tables), IDs: ids, byModel: make(map[string]*Table, len(tables))}
	slices.SortStableFunc(s.Tables, func(a, b *Table) int { return rank(a) - rank(b) })
	names := make(map[string]string, len(tables))
	for _, t := range s.Tables {
		if s.byModel[t.Model] != nil {
			return nil, fmt.Errorf("schema: model %q is declared twice", t.Model)
		}
		if other, taken := names[t.Name]; taken {
			return nil, fmt.Errorf("schema: models %q and %q share the table name %q; rename one with modelName", other, t.Model, t.Name)
		}
		if err := checkFields(t); err != nil {
			return nil, err
		}
		s.byModel[t.Model], names[t.Name] = t, t.Model
	}
	return s, nil
}

func rank(t *Table) int {
	if t.Order == 0 {
		return 1 << 20
	}
	return t.Order
}

func checkFields(t *Table) error {
	columns := map[string]string{"id": "id"}
	for i := range t.Fields {
		f := &t.Fields[i]
		if other, taken := columns[f.ColumnName()]; taken {
			return fmt.Errorf("schema: fields %q and %q of %q share the column %q; rename one with fieldName", other, f.Name, t.Model, f.ColumnName())
		}
		columns[f.ColumnName()] = f.Name
	}
	return nil
}

// Table returns the table of a model, or nil.
func (s *Schema) Table(model string) *Table { return s.byModel[model] }
