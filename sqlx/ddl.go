package sqlx

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/schema"
)

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

// columnSpec writes a column's definition, its parts in upstream's order, and the foreign key that goes with it where that
// must be apart.
func (p *Plan) columnSpec(f *schema.Field, def string, unique bool) (spec, key string, err error) {
	d := p.db.dialect
	if _, made := f.Default.(func() any); made && f.Type == schema.Date && def == "" {
		def = d.timeDefault()
	}
	parts := []string{d.quote(f.ColumnName()), d.columnTypes().of(f, p.schema.IDs), p.collationLike(f.References), def}
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
