package js

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// writer writes values of one type.
type writer func(dst []byte, v reflect.Value, depth int) ([]byte, error)

// writers holds the writer of every type met so far.
var writers sync.Map // reflect.Type → writer

var (
	timeType     = reflect.TypeFor[time.Time]()
	appenderType = reflect.TypeFor[Appender]()
	zeroerType   = reflect.TypeFor[interface{ IsZero() bool }]()
)

func appendReflect(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	return writerOf(v.Type())(dst, v, depth)
}

func writerOf(t reflect.Type) writer {
	if w, ok := writers.Load(t); ok {
		return w.(writer)
	}
	w := newWriter(t)
	writers.Store(t, w)
	return w
}

// lazily returns the writer of t. Types that can contain themselves do so through a
// pointer, list, map or struct: those are looked up when they are first needed.
func lazily(t reflect.Type) writer {
	switch t.Kind() {
	case reflect.Struct, reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		if t != timeType && !isLeafPointer(t) {
			get := sync.OnceValue(func() writer { return writerOf(t) })
			return func(dst []byte, v reflect.Value, depth int) ([]byte, error) { return get()(dst, v, depth) }
		}
	}
	return writerOf(t)
}

// isLeafPointer reports whether t is a pointer to a value without parts.
func isLeafPointer(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer && (t.Elem() == timeType || t.Elem().Kind() <= reflect.Float64 || t.Elem().Kind() == reflect.String)
}

func newWriter(t reflect.Type) writer {
	switch {
	case t == timeType:
		return writeTime
	case t.Implements(appenderType):
		return writeAppender
	case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(appenderType):
		return writeAddressed
	}
	switch t.Kind() {
	case reflect.Bool:
		return func(dst []byte, v reflect.Value, _ int) ([]byte, error) {
			return strconv.AppendBool(dst, v.Bool()), nil
		}
	case reflect.String:
		return func(dst []byte, v reflect.Value, _ int) ([]byte, error) { return AppendString(dst, v.String()), nil }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(dst []byte, v reflect.Value, _ int) ([]byte, error) {
			return strconv.AppendInt(dst, v.Int(), 10), nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(dst []byte, v reflect.Value, _ int) ([]byte, error) {
			return strconv.AppendUint(dst, v.Uint(), 10), nil
		}
	case reflect.Float64, reflect.Float32:
		return func(dst []byte, v reflect.Value, _ int) ([]byte, error) { return appendFloat(dst, v.Float()), nil }
	case reflect.Interface:
		return writeInterface
	case reflect.Pointer:
		return newPointerWriter(t)
	case reflect.Struct:
		return newStructWriter(t)
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() != reflect.Uint8 {
			return newListWriter(t)
		}
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return newMapWriter(t)
		}
	}
	return func([]byte, reflect.Value, int) ([]byte, error) {
		return nil, fmt.Errorf("encode JSON: a value of type %s has no JSON form", t)
	}
}

func writeTime(dst []byte, v reflect.Value, _ int) ([]byte, error) {
	if v.CanAddr() {
		return AppendTime(dst, *v.Addr().Interface().(*time.Time)), nil
	}
	return AppendTime(dst, v.Interface().(time.Time)), nil
}

func writeAppender(dst []byte, v reflect.Value, _ int) ([]byte, error) {
	if (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		return append(dst, "null"...), nil
	}
	return v.Interface().(Appender).AppendJSON(dst)
}

// writeAddressed calls the AppendJSON of the pointer to v.
func writeAddressed(dst []byte, v reflect.Value, _ int) ([]byte, error) {
	return addressed(v).Addr().Interface().(Appender).AppendJSON(dst)
}

// addressed returns v, or a copy of it, so that its address can be taken.
func addressed(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v
	}
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	return c
}

func writeInterface(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	if v.IsNil() {
		return append(dst, "null"...), nil
	}
	return appendAny(dst, v.Interface(), depth)
}

func newPointerWriter(t reflect.Type) writer {
	element := lazily(t.Elem())
	return func(dst []byte, v reflect.Value, depth int) ([]byte, error) {
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		if depth >= maxWriteDepth {
			return nil, errTooDeep
		}
		return element(dst, v.Elem(), depth+1)
	}
}

func newListWriter(t reflect.Type) writer {
	element := lazily(t.Elem())
	return func(dst []byte, v reflect.Value, depth int) ([]byte, error) {
		if v.Kind() == reflect.Slice && v.IsNil() {
			return append(dst, "null"...), nil
		}
		if depth >= maxWriteDepth {
			return nil, errTooDeep
		}
		dst = append(dst, '[')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = element(dst, v.Index(i), depth+1); err != nil {
				return nil, err
			}
		}
		return append(dst, ']'), nil
	}
}

func newMapWriter(t reflect.Type) writer {
	element := lazily(t.Elem())
	return func(dst []byte, v reflect.Value, depth int) ([]byte, error) {
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		if depth >= maxWriteDepth {
			return nil, errTooDeep
		}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
		dst = append(dst, '{')
		for i, key := range keys {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(AppendString(dst, key.String()), ':')
			var err error
			if dst, err = element(dst, v.MapIndex(key), depth+1); err != nil {
				return nil, err
			}
		}
		return append(dst, '}'), nil
	}
}

// field is one key that a struct writes.
type field struct {
	path  []int  // indices from the outer struct
	name  string // the key
	label []byte // the key as JSON, with its colon
	skip  func(reflect.Value) bool
	write writer
}

func newStructWriter(t reflect.Type) writer {
	fields := fieldsOf(t)
	return func(dst []byte, v reflect.Value, depth int) ([]byte, error) {
		if depth >= maxWriteDepth {
			return nil, errTooDeep
		}
		v = addressed(v)
		dst = append(dst, '{')
		first := true
		for i := range fields {
			f := &fields[i]
			fv, ok := follow(v, f.path)
			if !ok || (f.skip != nil && f.skip(fv)) {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			var err error
			if dst, err = f.write(append(dst, f.label...), fv, depth+1); err != nil {
				return nil, err
			}
		}
		return append(dst, '}'), nil
	}
}

// follow walks to a field, and reports false at a nil embedded pointer.
func follow(v reflect.Value, path []int) (reflect.Value, bool) {
	if len(path) == 1 {
		return v.Field(path[0]), true
	}
	for i, n := range path {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(n)
	}
	return v, true
}

// fieldsOf lists the keys of a struct in order. Where an embedded struct has a name
// that is also nearer to the outside, the nearer one stands.
func fieldsOf(t reflect.Type) []field {
	all := collect(t, nil, map[reflect.Type]bool{})
	nearest := map[string]int{}
	for _, f := range all {
		if n, ok := nearest[f.name]; !ok || len(f.path) < n {
			nearest[f.name] = len(f.path)
		}
	}
	return slices.DeleteFunc(all, func(f field) bool { return len(f.path) > nearest[f.name] })
}

func collect(t reflect.Type, path []int, above map[reflect.Type]bool) []field {
	if above[t] {
		return nil
	}
	above[t] = true
	defer delete(above, t)
	var fields []field
	for i := range t.NumField() {
		sf := t.Field(i)
		tag := sf.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		here := append(slices.Clone(path), i)
		if inner := embedded(sf); inner != nil && name == "" {
			fields = append(fields, collect(inner, here, above)...)
			continue
		}
		if !sf.IsExported() || tag == "-" {
			continue
		}
		fields = append(fields, newField(sf, cmp.Or(name, sf.Name), options, here))
	}
	return fields
}

// embedded returns the struct that sf embeds, by value or by pointer, or nil.
func embedded(sf reflect.StructField) reflect.Type {
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !sf.Anonymous || t.Kind() != reflect.Struct || t == timeType {
		return nil
	}
	return t
}

func newField(sf reflect.StructField, name, options string, path []int) field {
	f := field{path: path, name: name, write: lazily(sf.Type)}
	f.label = append(AppendString(nil, name), ':')
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "omitempty":
			f.skip = isEmpty
		case "omitzero":
			f.skip = isZeroOf(sf.Type)
		}
	}
	return f
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// isZeroOf returns the test of omitzero: the type's own IsZero when it has one.
func isZeroOf(t reflect.Type) func(reflect.Value) bool {
	if t == timeType {
		return func(v reflect.Value) bool { return v.Addr().Interface().(*time.Time).IsZero() }
	}
	if t.Implements(zeroerType) && t.Kind() != reflect.Interface && t.Kind() != reflect.Pointer {
		return func(v reflect.Value) bool { return v.Interface().(interface{ IsZero() bool }).IsZero() }
	}
	return reflect.Value.IsZero
}
