package sqlx

import (
	"fmt"
	"strings"

	"github.com/goauth-dev/goauth/core/schema"
)

// table is a table of the schema, bound to a dialect.
type table struct {
	index   int
	model   string
	quoted  string
	columns []column // the id is the first
	byName  map[string]int
	joins   map[string]*join
}

// column is one column with its conversion.
type column struct {
	index  int
	owner  string // the logical name with its model, for errors
	name   string
	quoted string
	kind   kind
}

// join says how a table reaches a table that it refers to.
type join struct {
	table *table
	from  *column
	to    *column
	// ambiguous is set when several fields refer to the table.
	ambiguous bool
}

// column returns the column of a logical field.
func (t *table) column(field string) (*column, error) {
	i, ok := t.byName[field]
	if !ok {
		return nil, fmt.Errorf("sqlx: %s has no field %q", t.model, field)
	}
	return &t.columns[i], nil
}

// join returns the way to the table of model.
func (t *table) join(model string) (*join, error) {
	j := t.joins[model]
	if j == nil {
		return nil, fmt.Errorf("sqlx: %s has no field that refers to %q", t.model, model)
	}
	if j.ambiguous {
		return nil, fmt.Errorf("sqlx: several fields of %s refer to %q; read it with a query of its own", t.model, model)
	}
	return j, nil
}

// bindTables prepares every table of a schema.
func bindTables(d dialect, s *schema.Schema) (map[string]*table, error) {
	tables := make(map[string]*table, len(s.Tables))
	for i, st := range s.Tables {
		t, err := bindTable(d, s, st)
		if err != nil {
			return nil, err
		}
		t.index = i
		tables[st.Model] = t
	}
	for _, st := range s.Tables {
		if err := bindJoins(tables, s, st); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

func bindTable(d dialect, s *schema.Schema, st *schema.Table) (*table, error) {
	if err := checkIdent(st.Name); err != nil {
		return nil, fmt.Errorf("sqlx: table of %s: %w", st.Model, err)
	}
	t := &table{model: st.Model, quoted: d.quote(st.Name), byName: make(map[string]int, len(st.Fields)+1)}
	t.add(column{name: "id", quoted: d.quote("id"), kind: d.idKind(s.IDs)})
	for i := range st.Fields {
		f := &st.Fields[i]
		k, err := kindOf(d, s, f)
		if err == nil {
			err = checkIdent(f.ColumnName())
		}
		if err != nil {
			return nil, fmt.Errorf("sqlx: %s.%s: %w", st.Model, f.Name, err)
		}
		t.add(column{name: f.Name, quoted: d.quote(f.ColumnName()), kind: k})
	}
	return t, nil
}

func (t *table) add(c column) {
	c.index, c.owner = len(t.columns), t.model+"."+c.name
	t.byName[c.name] = c.index
	t.columns = append(t.columns, c)
}

// checkIdent refuses names that quoting or placeholder rewriting cannot carry.
func checkIdent(name string) error {
	if name == "" || strings.ContainsAny(name, "?\x00") {
		return fmt.Errorf("%q cannot name a table or column", name)
	}
	return nil
}

func bindJoins(tables map[string]*table, s *schema.Schema, st *schema.Table) error {
	t := tables[st.Model]
	t.joins = make(map[string]*join)
	for i := range st.Fields {
		ref := st.Fields[i].References
		if ref == nil {
			continue
		}
		target := referred(s, ref.Model)
		if target == nil {
			continue // a table outside the schema cannot be joined
		}
		to, err := tables[target.Model].column(ref.Field)
		if err != nil {
			return fmt.Errorf("reference of %s.%s: %w", st.Model, st.Fields[i].Name, err)
		}
		j := &join{table: tables[target.Model], from: &t.columns[i+1], to: to}
		j.ambiguous = t.joins[target.Model] != nil
		t.joins[target.Model] = j
	}
	return nil
}

// referred returns the table that a reference names, by its model or by its database name; nil when it is outside.
func referred(s *schema.Schema, model string) *schema.Table {
	if t := s.Table(model); t != nil {
		return t
	}
	for _, t := range s.Tables {
		if t.Name == model {
			return t
		}
	}
	return nil
}
