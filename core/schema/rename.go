package schema

import (
	"fmt"
	"maps"
	"slices"
)

// Rename is what an application calls a plugin's table and its columns. Upstream: an entry of a plugin's schema option.
type Rename struct {
	// ModelName is the table's name.
	ModelName string `option:"modelName"`
	// Fields maps logical names to column names.
	Fields map[string]string `option:"fields"`
}

// Renames are [Rename] by model. Upstream: a plugin's schema option.
type Renames map[string]Rename

// Apply returns a plugin's tables with the names of the application. Upstream: mergeSchema.
func (r Renames) Apply(tables []Table) []Table {
	renamed := slices.Clone(tables)
	for i := range renamed {
		t := &renamed[i]
		own := r[t.Model]
		if own.ModelName != "" {
			t.Name = own.ModelName
		}
		t.Fields = slices.Clone(t.Fields)
		for j := range t.Fields {
			if column := own.Fields[t.Fields[j].Name]; column != "" {
				t.Fields[j].Column = column
			}
		}
	}
	return renamed
}

// Check fails when a name is given to a table or a field that the tables do not have; a plugin's Init calls it.
func (r Renames) Check(tables []Table) error {
	for _, model := range slices.Sorted(maps.Keys(r)) {
		i := slices.IndexFunc(tables, func(t Table) bool { return t.Model == model })
		if i < 0 {
			return fmt.Errorf("option schema.%s: the plugin has no such table", model)
		}
		for _, name := range slices.Sorted(maps.Keys(r[model].Fields)) {
			if tables[i].Field(name) == nil {
				return fmt.Errorf("option schema.%s.fields.%s: the plugin's table has no such field", model, name)
			}
		}
	}
	return nil
}
