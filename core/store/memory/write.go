package memory

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// newRow turns a record into a row.
func (m *model) newRow(rec store.Record) (row, error) {
	r := make(row, len(m.fields))
	for name, v := range rec {
		f, err := m.field(name)
		if err != nil {
			return nil, err
		}
		if r[f.column], err = f.encode(v); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// giveID makes the id of a row that has none, where that is the database's part.
func (m *model) giveID(r row) {
	id, given := r["id"].(int64)
	switch {
	case m.ids == schema.SerialID && given:
		m.table.serial = max(m.table.serial, id)
	case r["id"] != nil:
	case m.ids == schema.SerialID:
		m.table.serial++
		r["id"] = m.table.serial
	case m.ids == schema.DatabaseID:
		m.table.serial++
		r["id"] = strconv.FormatInt(m.table.serial, 10)
	}
}

// check enforces the constraints on a row before it is stored.
func (m *model) check(seq int64, r row) error {
	for _, f := range m.fields {
		v := r[f.column]
		if v == nil {
			if f.notNull {
				return fmt.Errorf("memory: %s must not be null", f.owner)
			}
			continue
		}
		if f.unique {
			if other, taken := m.table.indexes[f.column][v]; taken && other != seq {
				return fmt.Errorf("memory: %s: %w", f.owner, store.ErrDuplicate)
			}
		}
		if f.refers != nil && f.refers.row(r) == nil && !f.refers.self(r) {
			return fmt.Errorf("memory: %s refers to a missing %s", f.owner, f.refers.to.model)
		}
	}
	return nil
}

// row returns the row that r refers to, or nil.
func (ref *reference) row(r row) row {
	v := r[ref.field.column]
	if v == nil {
		return nil
	}
	if index := ref.to.table.indexes[ref.target.column]; index != nil {
		if seq, ok := index[v]; ok {
			return ref.to.table.rows[seq]
		}
		return nil
	}
	for _, other := range ref.to.table.rows {
		if other[ref.target.column] == v {
			return other
		}
	}
	return nil
}

// self reports whether a row refers to itself.
func (ref *reference) self(r row) bool {
	return ref.from == ref.to && r[ref.field.column] == r[ref.target.column]
}

func (j *join) follow(r row) row { return j.reference.row(r) }

// update writes the set to rows.
func (m *model) update(j *journal, found []int64, set store.Record) error {
	if err := m.checkSet(set); err != nil {
		return err
	}
	for _, seq := range found {
		r := maps.Clone(m.table.rows[seq])
		for name, v := range set {
			f := m.byName[name]
			if by, add := v.(store.Inc); add {
				r[f.column] = sum(r[f.column], by)
				continue
			}
			r[f.column], _ = f.encode(v)
		}
		if err := m.check(seq, r); err != nil {
			return err
		}
		if err := m.checkMoved(m.table.rows[seq], r); err != nil {
			return err
		}
		j.put(m.table, seq, r)
	}
	return nil
}

// checkSet refuses unknown fields and values of the wrong type, also when no row matches.
func (m *model) checkSet(set store.Record) error {
	for name, v := range set {
		f, err := m.field(name)
		if err != nil {
			return err
		}
		if _, add := v.(store.Inc); add {
			if f.kind != kindNumber {
				return fmt.Errorf("memory: %s: only a number can be added to", f.owner)
			}
			continue
		}
		if _, err := f.encode(v); err != nil {
			return err
		}
	}
	return nil
}

// checkMoved refuses to change a value that other rows refer to.
func (m *model) checkMoved(before, after row) error {
	for _, in := range m.incoming {
		v := before[in.target.column]
		if v != nil && v != after[in.target.column] && len(in.holders(v)) > 0 {
			return fmt.Errorf("memory: %s still refers to %s", in.field.owner, in.target.owner)
		}
	}
	return nil
}

func sum(v any, by store.Inc) any {
	if f, ok := v.(float64); ok {
		n, _ := number(f + float64(by))
		return n
	}
	n, _ := v.(int64)
	return n + int64(by)
}

// delete removes rows and applies the actions of the foreign keys that lead to them.
func (m *model) delete(j *journal, found []int64) error {
	gone := make([]row, 0, len(found))
	for _, seq := range found {
		if r, ok := m.table.rows[seq]; ok {
			gone = append(gone, r)
			j.remove(m.table, seq)
		}
	}
	for _, r := range gone {
		for _, in := range m.incoming {
			if err := in.orphan(j, r[in.target.column]); err != nil {
				return err
			}
		}
	}
	return nil
}

// holders returns the rows that refer to a value.
func (ref *reference) holders(v any) []int64 {
	var found []int64
	for seq, r := range ref.from.table.rows {
		if r[ref.field.column] == v {
			found = append(found, seq)
		}
	}
	slices.Sort(found)
	return found
}

// orphan treats the rows that refer to a value which is gone.
func (ref *reference) orphan(j *journal, v any) error {
	if v == nil {
		return nil
	}
	found := ref.holders(v)
	if len(found) == 0 {
		return nil
	}
	switch strings.ToLower(ref.onDelete) {
	case "", "cascade":
		return ref.from.delete(j, found)
	case "set null":
		return ref.from.update(j, found, store.Record{ref.field.name: nil})
	case "set default":
		def, _ := ref.field.fallback()
		return ref.from.update(j, found, store.Record{ref.field.name: def})
	default:
		return fmt.Errorf("memory: %s still refers to the deleted %s", ref.field.owner, ref.to.model)
	}
}
