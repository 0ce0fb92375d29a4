package sqlx

import (
	"context"
	"errors"
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

// liveSchema is what the database has.
type liveSchema struct {
	tables map[string]liveTable // by what tableKey makes of the name
	// tableKey and columnKey map names that the database takes for the same to one text.
	tableKey, columnKey func(name string) string
	// tableOptions is the end of every new table.
	tableOptions string
	warnings     []string
}

// liveTable is a table as the database has it; keys are what [liveSchema.columnKey] makes of the names.
type liveTable struct {
	columns map[string]liveColumn
}

type liveColumn struct {
	dataType string
	unique   bool
	// collation is how MySQL compares the column's texts, as it is written behind a type.
	collation string
	warning   string
}

func (l *liveSchema) column(table, column string) (liveColumn, bool) {
	c, ok := l.tables[l.tableKey(table)].columns[l.columnKey(column)]
	return c, ok
}

// add adds a column to its table.
func (l *liveSchema) add(table, column string, c liveColumn) {
	t, ok := l.tables[l.tableKey(table)]
	if !ok {
		t = liveTable{columns: make(map[string]liveColumn)}
		l.tables[l.tableKey(table)] = t
	}
	t.columns[l.columnKey(column)] = c
}

// sameName is for databases that tell names apart as we do.
func sameName(name string) string { return name }

// migrationConn is the one connection that a migration runs on.
type migrationConn interface {
	jmoiron.QueryerContext
	jmoiron.ExecerContext
}

// migrator is the part of a dialect that plans and applies migrations.
type migrator interface {
	// idSpec is the definition of an id, and columnType the column type, that upstream creates.
	idSpec(ids schema.IDKind) string
	columnType(f *schema.Field, ids schema.IDKind) string
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

// compare plans what the schema has and live has not. q is asked whether tables have rows.
func (db *Database) compare(ctx context.Context, q jmoiron.QueryerContext, s *schema.Schema, live *liveSchema) (*Plan, error) {
	p := &Plan{db: db, schema: s, live: live, Warnings: live.warnings}
	var missing []*schema.Table
	for _, t := range s.Tables {
		found, ok := live.tables[live.tableKey(t.Name)]
		if !ok {
			missing = append(missing, t)
			continue
		}
		if err := p.extend(ctx, q, t, found); err != nil {
			return nil, err
		}
	}
	for _, t := range missing {
		if err := p.create(t); err != nil {
			return nil, err
		}
	}
	p.statements = append(p.statements, p.indexes...)
	return p, nil
}

// extend plans the columns that an existing table lacks, and checks those that it has.
func (p *Plan) extend(ctx context.Context, q jmoiron.QueryerContext, t *schema.Table, found liveTable) error {
	if _, ok := found.columns[p.live.columnKey("id")]; !ok {
		p.problem("table %q has no column \"id\", so it is not ours; rename the model or the table", t.Name)
		return nil
	}
	change := Change{Table: t.Name}
	for i := range t.Fields {
		f := &t.Fields[i]
		if live, ok := found.columns[p.live.columnKey(f.ColumnName())]; ok {
			p.inspect(t, f, live)
			continue
		}
		change.Columns = append(change.Columns, f.ColumnName())
		if err := p.addColumn(ctx, q, t, f); err != nil {
			return err
		}
	}
	if len(change.Columns) > 0 {
		p.Add = append(p.Add, change)
	}
	return nil
}

func (p *Plan) inspect(t *schema.Table, f *schema.Field, live liveColumn) {
	if !p.db.dialect.fits(live.dataType, f, p.schema.IDs) {
		p.warn("column %q of %q has the type %q; %q was expected", f.ColumnName(), t.Name, live.dataType, p.db.dialect.columnType(f, p.schema.IDs))
	}
	if live.warning != "" {
		p.warn("column %q of %q %s", f.ColumnName(), t.Name, live.warning)
	}
	if f.Unique && !live.unique {
		p.warn("column %q of %q has no unique constraint; duplicates will not be refused", f.ColumnName(), t.Name)
	}
}

// addColumn plans one column of an existing table. Where the database cannot add a unique column, a unique index follows.
func (p *Plan) addColumn(ctx context.Context, q jmoiron.QueryerContext, t *schema.Table, f *schema.Field) error {
	d := p.db.dialect
	def := ""
	if f.NotNull() {
		filled, err := p.filled(ctx, q, t)
		if err != nil {
			return err
		}
		if filled {
			def = p.backfill(t, f)
		}
	}
	spec, key, err := p.columnSpec(f, def, f.Unique && d.addsUnique())
	if err != nil {
		return fmt.Errorf("sqlx: %s.%s: %w", t.Model, f.Name, err)
	}
	alter := "alter table " + d.quote(t.Name)
	if key != "" {
		spec += ", add " + key
	}
	p.statements = append(p.statements, alter+" add column "+spec)
	p.undo = append(p.undo, alter+" drop column "+d.quote(f.ColumnName()))
	if f.Index || f.Unique && !d.addsUnique() {
		p.statements = append(p.statements, p.indexSpec(t, f))
		p.undo = append(p.undo, d.dropIndex(indexName(t, f), t.Name))
	}
	return nil
}

// backfill returns the constant that existing rows get in a new column that is not null, or records the problem.
func (p *Plan) backfill(t *schema.Table, f *schema.Field) string {
	if text, ok := literal(p.db.dialect, f.Default); ok && !f.Unique && f.References == nil {
		return "default " + text
	}
	p.problem("column %q of %q must not be null and the table has rows; give the field a constant default or make it optional, or add the column by hand", f.ColumnName(), t.Name)
	return ""
}

// literal writes a constant as SQL; false means that it is none. It comes from the program's options, never from a request.
func literal(d dialect, v any) (string, bool) {
	switch c := v.(type) {
	case bool:
		return d.boolLiteral(c), true
	case string:
		return "'" + strings.ReplaceAll(c, "'", "''") + "'", !strings.ContainsAny(c, "\x00\\")
	default:
		n, ok := number(v)
		return fmt.Sprint(n), ok
	}
}

func (p *Plan) filled(ctx context.Context, q jmoiron.QueryerContext, t *schema.Table) (filled bool, err error) {
	err = jmoiron.GetContext(ctx, q, &filled, "select exists (select 1 from "+p.db.dialect.quote(t.Name)+")")
	if err != nil {
		return false, fmt.Errorf("sqlx: look for rows of %s: %w", t.Name, err)
	}
	return filled, nil
}

// create plans a missing table, and its indexes for the end.
func (p *Plan) create(t *schema.Table) error {
	d := p.db.dialect
	specs, change := []string{d.quote("id") + " " + d.idSpec(p.schema.IDs)}, Change{Table: t.Name, Columns: []string{"id"}}
	var keys []string
	for i := range t.Fields {
		f := &t.Fields[i]
		spec, key, err := p.columnSpec(f, "", f.Unique)
		if err != nil {
			return fmt.Errorf("sqlx: %s.%s: %w", t.Model, f.Name, err)
		}
		specs = append(specs, spec)
		if key != "" {
			keys = append(keys, key)
		}
		change.Columns = append(change.Columns, f.ColumnName())
		if f.Index {
			p.indexes = append(p.indexes, p.indexSpec(t, f))
		}
	}
	body := strings.Join(append(specs, keys...), ", ")
	p.statements = append(p.statements, words("create table "+d.quote(t.Name)+" ("+body+")", p.live.tableOptions))
	p.undo = append(p.undo, "drop table "+d.quote(t.Name))
	p.Create = append(p.Create, change)
	return nil
}

// columnSpec writes a column's definition, its parts in upstream's order, and the foreign key that goes with it where that
// must be apart.
func (p *Plan) columnSpec(f *schema.Field, def string, unique bool) (spec, key string, err error) {
	d := p.db.dialect
	if _, made := f.Default.(func() any); made && f.Type == schema.Date && def == "" {
		def = d.timeDefault()
	}
	parts := []string{d.quote(f.ColumnName()), d.columnType(f, p.schema.IDs), p.collationLike(f.References), def}
	if f.NotNull() {
		parts = append(parts, "not null")
	}
	if unique {
		parts = append(parts, "unique")
	}
	if f.References != nil {
		ref, err := p.referenceSpec(f.References)
		if err != nil {
			return "", "", err
		}
		if d.foreignKeys() {
			key = "foreign key (" + d.quote(f.ColumnName()) + ") " + ref
		} else {
			parts = append(parts, ref)
		}
	}
	return words(parts...), key, nil
}

// collationLike is the collation of a column that exists and is referred to: only a column of the same can refer to it.
func (p *Plan) collationLike(ref *schema.Reference) string {
	if ref == nil {
		return ""
	}
	name, column := p.referredNames(ref)
	live, _ := p.live.column(name, column)
	return live.collation
}

// referredNames are the database names behind a reference; one to a table outside the schema has them already.
func (p *Plan) referredNames(ref *schema.Reference) (table, column string) {
	table, column = ref.Model, ref.Field
	if t := referred(p.schema, ref.Model); t != nil {
		table = t.Name
		if f := t.Field(ref.Field); f != nil {
			column = f.ColumnName()
		}
	}
	return table, column
}

func (p *Plan) referenceSpec(ref *schema.Reference) (string, error) {
	action := strings.ToLower(ref.OnDelete)
	if action == "" {
		action = "cascade"
	}
	if !slices.Contains([]string{"cascade", "set null", "restrict", "no action", "set default"}, action) {
		return "", fmt.Errorf("unknown onDelete %q; use cascade, set null, restrict, no action or set default", ref.OnDelete)
	}
	name, column := p.referredNames(ref)
	d := p.db.dialect
	return "references " + d.quote(name) + " (" + d.quote(column) + ") on delete " + action, nil
}

func (p *Plan) indexSpec(t *schema.Table, f *schema.Field) string {
	create := "create index "
	if f.Unique {
		create = "create unique index "
	}
	d := p.db.dialect
	return create + d.quote(indexName(t, f)) + " on " + d.quote(t.Name) + " (" + d.quote(f.ColumnName()) + ")"
}

func indexName(t *schema.Table, f *schema.Field) string {
	if f.Unique {
		return t.Name + "_" + f.ColumnName() + "_uidx"
	}
	return t.Name + "_" + f.ColumnName() + "_idx"
}

// words joins the parts that are not empty.
func words(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

func (p *Plan) warn(format string, args ...any) {
	p.Warnings = append(p.Warnings, fmt.Sprintf(format, args...))
}

func (p *Plan) problem(format string, args ...any) {
	p.Problems = append(p.Problems, fmt.Sprintf(format, args...))
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

// ErrChanged reports that the database is not what it was when the plan was made, and lacks something else now.
var ErrChanged = errors.New("sqlx: the database has changed since the migration was planned; plan again")

// Apply executes the plan while no other process migrates, in one transaction where the database can undo DDL, and writes
// it into the ledger. What another process has done since is left out; it fails with [ErrChanged] when anything else must
// be done now, and names the first of the plan's problems.
func (p *Plan) Apply(ctx context.Context) error {
	if len(p.Problems) > 0 {
		return fmt.Errorf("sqlx: migrate: %s", p.Problems[0])
	}
	if p.db.writer == nil {
		return errors.New("sqlx: migrate: the plan was made without a database")
	}
	if p.Empty() {
		return nil
	}
	return p.db.dialect.exclusively(ctx, p.db, func(ctx context.Context, conn migrationConn) error {
		now, err := p.db.plan(ctx, conn, p.schema)
		if err != nil {
			return err
		}
		for _, s := range now.statements {
			if !slices.Contains(p.statements, s) {
				return ErrChanged
			}
		}
		for _, s := range now.statements {
			if _, err := conn.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("sqlx: migrate: %w in: %s", err, s)
			}
		}
		if now.Empty() {
			return nil
		}
		return now.record(ctx, conn)
	})
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
