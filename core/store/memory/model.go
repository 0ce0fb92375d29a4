package memory

import (
	"fmt"

	"github.com/goauth-dev/goauth/core/schema"
)

// model is a table of a schema, bound to its rows.
type model struct {
	model  string
	name   string
	fields []*field // the id is the first
	byName map[string]*field
	joins  map[string]*join
	// incoming are the fields of all models that refer to this one.
	incoming []reference
	table    *table
	ids      schema.IDKind
}

// field is one field with its constraints.
type field struct {
	owner   string // the logical name with its model, for errors
	name    string
	column  string
	kind    kind
	unique  bool
	notNull bool
	refers  *reference
	// fallback is the declared default, for the action "set default".
	fallback func() (any, bool)
}

// reference is one foreign key.
type reference struct {
	from     *model
	field    *field
	to       *model
	target   *field
	onDelete string
}

// join says how a model reaches one that it refers to.
type join struct {
	reference
	ambiguous bool
}

func (m *model) field(name string) (*field, error) {
	f := m.byName[name]
	if f == nil {
		return nil, fmt.Errorf("memory: %s has no field %q", m.model, name)
	}
	return f, nil
}

func (m *model) join(to string) (*join, error) {
	j := m.joins[to]
	if j == nil {
		return nil, fmt.Errorf("memory: %s has no field that refers to %q", m.model, to)
	}
	if j.ambiguous {
		return nil, fmt.Errorf("memory: several fields of %s refer to %q; read it with a query of its own", m.model, to)
	}
	return j, nil
}

func newModel(s *schema.Schema, st *schema.Table) (*model, error) {
	m := &model{model: st.Model, name: st.Name, ids: s.IDs, byName: make(map[string]*field), joins: make(map[string]*join)}
	m.add(&field{name: "id", column: "id", kind: idKind(s), unique: true, notNull: true})
	for i := range st.Fields {
		sf := &st.Fields[i]
		k, err := kindOf(s, sf)
		if err != nil {
			return nil, fmt.Errorf("memory: %s.%s: %w", st.Model, sf.Name, err)
		}
		m.add(&field{name: sf.Name, column: sf.ColumnName(), kind: k, unique: sf.Unique, notNull: sf.NotNull(), fallback: sf.DefaultValue})
	}
	return m, nil
}

func (m *model) add(f *field) {
	f.owner = m.model + "." + f.name
	m.fields = append(m.fields, f)
	m.byName[f.name] = f
}

// link resolves the foreign keys of a schema. One that leads outside the schema is not enforced.
func (a *adapter) link(s *schema.Schema) error {
	for _, st := range s.Tables {
		from := a.models[st.Model]
		for i := range st.Fields {
			ref := st.Fields[i].References
			if ref == nil {
				continue
			}
			to := a.referred(ref.Model)
			if to == nil {
				continue
			}
			target, err := to.field(ref.Field)
			if err != nil {
				return fmt.Errorf("reference of %s.%s: %w", st.Model, st.Fields[i].Name, err)
			}
			r := reference{from: from, field: from.fields[i+1], to: to, target: target, onDelete: ref.OnDelete}
			from.fields[i+1].refers = &r
			to.incoming = append(to.incoming, r)
			from.joins[to.model] = &join{reference: r, ambiguous: from.joins[to.model] != nil}
		}
	}
	return nil
}

// referred returns the model that a reference names, by its logical or its database name.
func (a *adapter) referred(name string) *model {
	if m := a.models[name]; m != nil {
		return m
	}
	for _, m := range a.order {
		if m.name == name {
			return m
		}
	}
	return nil
}
