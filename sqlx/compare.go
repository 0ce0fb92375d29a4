package sqlx

import (
	"context"
	"fmt"
	"strings"

	jmoiron "github.com/jmoiron/sqlx"

	"github.com/goauth-dev/goauth/core/schema"
)

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
		p.warn("column %q of %q has the type %q; %q was expected", f.ColumnName(), t.Name, live.dataType, p.db.dialect.columnTypes().of(f, p.schema.IDs))
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

func (p *Plan) warn(format string, args ...any) {
	p.Warnings = append(p.Warnings, fmt.Sprintf(format, args...))
}

func (p *Plan) problem(format string, args ...any) {
	p.Problems = append(p.Problems, fmt.Sprintf(format, args...))
}
