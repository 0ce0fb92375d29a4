package memory

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goauth-dev/goauth/core/store"
)

// test reports whether a kept value meets a condition. As in SQL, null meets none but those that ask for null.
type test func(v any) bool

// term is one resolved condition.
type term struct {
	field *field
	or    bool
	test  test
	// unique is the value that a unique field must have, or nil.
	unique any
}

// resolve turns conditions into tests.
func (m *model) resolve(where store.Where) ([]term, error) {
	terms := make([]term, 0, len(where))
	for i := range where {
		c := &where[i]
		f, err := m.field(c.Field)
		if err != nil {
			return nil, err
		}
		t := term{field: f, or: c.Or}
		switch c.Op {
		case store.Eq, store.Ne, store.Lt, store.Lte, store.Gt, store.Gte:
			err = t.comparison(c)
		case store.In, store.NotIn:
			err = t.list(c)
		case store.Contains, store.StartsWith, store.EndsWith:
			err = t.match(c)
		default:
			err = fmt.Errorf("memory: %s: unknown operator %d", f.owner, c.Op)
		}
		if err != nil {
			return nil, err
		}
		terms = append(terms, t)
	}
	return terms, nil
}

func never(any) bool    { return false }
func always(any) bool   { return true }
func isNull(v any) bool { return v == nil }
func notNull(v any) bool {
	return v != nil
}

func (t *term) comparison(c *store.Cond) error {
	want, err := t.field.encode(c.Value)
	if unknown := errors.Is(err, errNoSuchID); (unknown || want == nil && err == nil) && c.Op <= store.Ne {
		t.test = map[bool]test{true: notNull, false: isNull}[c.Op == store.Ne]
		if unknown && c.Op == store.Eq {
			t.test = never
		}
		return nil
	}
	if err != nil {
		return err
	}
	if want == nil {
		t.test = never
		return nil
	}
	fold := t.folder(c)
	want = fold(want)
	if c.Op == store.Eq && t.field.unique && !c.Fold {
		t.unique = want
	}
	holds := orders[c.Op]
	t.test = func(v any) bool { return v != nil && holds(compare(fold(v), want)) }
	return nil
}

var orders = [...]func(int) bool{
	store.Eq:  func(o int) bool { return o == 0 },
	store.Ne:  func(o int) bool { return o != 0 },
	store.Lt:  func(o int) bool { return o < 0 },
	store.Lte: func(o int) bool { return o <= 0 },
	store.Gt:  func(o int) bool { return o > 0 },
	store.Gte: func(o int) bool { return o >= 0 },
}

func (t *term) list(c *store.Cond) error {
	list := reflect.ValueOf(c.Value)
	if c.Value == nil || list.Kind() != reflect.Slice {
		return fmt.Errorf("memory: %s: in and not in take a slice, not a %T", t.field.owner, c.Value)
	}
	fold := t.folder(c)
	wanted := make(map[any]bool, list.Len())
	for i := range list.Len() {
		v, err := t.field.encode(list.Index(i).Interface())
		if errors.Is(err, errNoSuchID) || err == nil && v == nil {
			continue
		}
		if err != nil {
			return err
		}
		wanted[fold(v)] = true
	}
	switch {
	case c.Op == store.In:
		t.test = func(v any) bool { return v != nil && wanted[fold(v)] }
	case len(wanted) == 0:
		t.test = always
	default:
		t.test = func(v any) bool { return v != nil && !wanted[fold(v)] }
	}
	return nil
}

func (t *term) match(c *store.Cond) error {
	text, ok := c.Value.(string)
	if !ok || t.field.kind > kindTextID {
		return fmt.Errorf("memory: %s: contains, starts with and ends with compare texts", t.field.owner)
	}
	fold := t.folder(c)
	text = fold(text).(string)
	holds := map[store.Op]func(s, part string) bool{
		store.Contains: strings.Contains, store.StartsWith: strings.HasPrefix, store.EndsWith: strings.HasSuffix,
	}[c.Op]
	t.test = func(v any) bool {
		s, ok := v.(string)
		return ok && holds(fold(s).(string), text)
	}
	return nil
}

// folder returns what lowers ASCII letters if the condition asks for it, and changes nothing otherwise.
func (t *term) folder(c *store.Cond) func(any) any {
	if !c.Fold || t.field.kind > kindTextID {
		return func(v any) any { return v }
	}
	return func(v any) any {
		s, ok := v.(string)
		if !ok {
			return v
		}
		return strings.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return r + 'a' - 'A'
			}
			return r
		}, s)
	}
}

// matches reports whether a row meets every AND term and, if there are OR terms, one of those.
func matches(terms []term, r row) bool {
	group, held := false, false
	for i := range terms {
		t := &terms[i]
		ok := t.test(r[t.field.column])
		if !t.or && !ok {
			return false
		}
		group, held = group || t.or, held || t.or && ok
	}
	return !group || held
}

// scan returns the sequences of the matching rows in the order of insertion, through a unique index if there is one.
func (m *model) scan(terms []term) []int64 {
	for i := range terms {
		t := &terms[i]
		if t.unique == nil || t.or {
			continue
		}
		seq, ok := m.table.indexes[t.field.column][t.unique]
		if ok && matches(terms, m.table.rows[seq]) {
			return []int64{seq}
		}
		return nil
	}
	var found []int64
	for seq, r := range m.table.rows {
		if matches(terms, r) {
			found = append(found, seq)
		}
	}
	slices.Sort(found)
	return found
}
