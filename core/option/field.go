package option

import (
	"reflect"
	"slices"
	"strings"
)

// tag is what follows the key in a struct tag.
type tag struct {
	// zero makes an explicit 0 tell from "not set".
	zero bool
	// milliseconds makes a number of a duration count milliseconds.
	milliseconds bool
}

// field is a struct field that takes a key.
type field struct {
	index []int
	typ   reflect.Type
	tag   tag
}

// in returns the field of a struct, allocating embedded pointers on the way.
func (f *field) in(s reflect.Value) reflect.Value {
	for _, i := range f.index {
		if s.Kind() == reflect.Pointer {
			if s.IsNil() {
				s.Set(reflect.New(s.Type().Elem()))
			}
			s = s.Elem()
		}
		s = s.Field(i)
	}
	return s
}

// fieldSet is the fields of a struct that take keys.
type fieldSet struct {
	byKey map[string][]field
	names []string
}

func fieldsOf(t reflect.Type) *fieldSet {
	set := &fieldSet{byKey: map[string][]field{}}
	set.collect(t, nil)
	slices.Sort(set.names)
	return set
}

func (s *fieldSet) collect(t reflect.Type, above []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(slices.Clone(above), i)
		text, tagged := f.Tag.Lookup("option")
		if inner, ok := embedded(f); ok && !tagged {
			s.collect(inner, index)
			continue
		}
		key, flags, _ := strings.Cut(text, ",")
		if key == "" || key == "-" || !f.IsExported() {
			continue
		}
		if s.byKey[key] == nil {
			s.names = append(s.names, key)
		}
		s.byKey[key] = append(s.byKey[key], field{index: index, typ: f.Type, tag: newTag(flags)})
	}
}

func newTag(flags string) tag {
	var t tag
	for flag := range strings.SplitSeq(flags, ",") {
		t.zero = t.zero || flag == "zero"
		t.milliseconds = t.milliseconds || flag == "ms"
	}
	return t
}

func embedded(f reflect.StructField) (reflect.Type, bool) {
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t, f.Anonymous && t.Kind() == reflect.Struct && f.IsExported()
}
