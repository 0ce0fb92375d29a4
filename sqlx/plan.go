package sqlx

import (
	"context"
	"fmt"
	"slices"
	"strings"

	jmoiron "github.com/jmoiron/sqlx"

	"github.com/goauth-dev/goauth/core/schema"
)

// Change is a table to create, or a table with the columns to add to it. Names are database names.
type Change struct {
	Table   string
	Columns []string
}

// Plan is what a database lacks for a schema. Upstream: getMigrations.
type Plan struct {
	// Create lists the missing tables in the order of creation.
	Create []Change
	// Add lists the missing columns of tables that exist.
	Add []Change
	// Warnings name columns that exist with another type or without their unique constraint. They are left alone.
	Warnings []string
	// Problems name what stands in the way; with one of them [Plan.Apply] does nothing.
	Problems []string

	db         *Database
	schema     *schema.Schema
	live       *liveSchema
	statements []string
	indexes    []string
	undo       []string // in the order of the statements
}

// Plan compares the database with a schema. It changes nothing. A database that a Node server created needs nothing.
func (db *Database) Plan(ctx context.Context, s *schema.Schema) (*Plan, error) {
	if _, err := bindTables(db.dialect, s); err != nil {
		return nil, err
	}
	return db.plan(ctx, db.writer, s)
}

func (db *Database) plan(ctx context.Context, q jmoiron.QueryerContext, s *schema.Schema) (*Plan, error) {
	live, err := db.dialect.introspect(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("sqlx: read the tables: %w", err)
	}
	return db.compare(ctx, q, s, live)
}

// Empty reports whether the database has everything.
func (p *Plan) Empty() bool { return len(p.statements) == 0 }

// Statements returns the SQL in the order of execution: added columns, new tables, indexes of new tables.
func (p *Plan) Statements() []string { return slices.Clone(p.statements) }

// SQL returns the statements as one text that ends with a semicolon. Upstream: compileMigrations.
func (p *Plan) SQL() string { return strings.Join(p.statements, ";\n\n") + ";" }

// Undo returns the SQL that takes the plan back, with all that was written since into what it created.
func (p *Plan) Undo() []string {
	undo := slices.Clone(p.undo)
	slices.Reverse(undo)
	return undo
}

// String describes the plan for people.
func (p *Plan) String() string {
	var b strings.Builder
	if p.Empty() && len(p.Problems) == 0 {
		b.WriteString("The database is up to date.\n")
	}
	for _, c := range p.Create {
		fmt.Fprintf(&b, "create table %s (%s)\n", c.Table, strings.Join(c.Columns, ", "))
	}
	for _, c := range p.Add {
		fmt.Fprintf(&b, "add to table %s: %s\n", c.Table, strings.Join(c.Columns, ", "))
	}
	for _, w := range p.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", w)
	}
	for _, w := range p.Problems {
		fmt.Fprintf(&b, "problem: %s\n", w)
	}
	return b.String()
}

// PlanEmpty plans a database that has nothing yet, without one: "sqlite", "postgres", "mysql" or "mariadb". Such a plan can
// be read, not applied.
func PlanEmpty(engine string, s *schema.Schema) (*Plan, error) {
	nothing := &liveSchema{tables: map[string]liveTable{}, tableKey: sameName, columnKey: sameName}
	db := &Database{}
	switch engine {
	case "sqlite":
		db.dialect = sqlite{}
	case "postgres":
		db.dialect = postgres{}
	case "mysql":
		db.dialect, nothing.tableOptions = mysql{}, mysqlTable("utf8mb4_0900_bin")
	case "mariadb":
		db.dialect, nothing.tableOptions = mysql{}, mysqlTable("utf8mb4_nopad_bin")
	default:
		return nil, fmt.Errorf("sqlx: unknown engine %q; use sqlite, postgres, mysql or mariadb", engine)
	}
	if _, err := bindTables(db.dialect, s); err != nil {
		return nil, err
	}
	return db.compare(context.Background(), nil, s, nothing)
}
