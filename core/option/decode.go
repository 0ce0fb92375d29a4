package option

import (
	"fmt"
	"reflect"
	"time"
)

// Decoder is a type with its own form in a configuration file. DecodeOption gets one value of the tree: nil, bool, a
// number, string, a list or an object; [Entries] and [Decode] read the parts of it. Its error is put behind the path of
// the value; [In] extends that path.
type Decoder interface {
	DecodeOption(v any) error
}

// Decode fills the struct (or any other value) that dst points to from a configuration tree. A tree consists of nil, bool,
// numbers (Go's, or texts of numbers with the methods of a parsed JSON number), string, time.Time, []any, and objects:
// map[string]any or anything with All() iter.Seq2[string, any].
//
// A field takes the key in its tag, as in `option:"minPasswordLength"`; fields without a tag, or with "-", take none, and
// embedded structs lend their fields. When several fields have one key, the one whose kind fits the value takes it.
//
//   - null leaves a field as it is.
//   - A time.Duration is a number of seconds or a text such as "15m", "7d" or "1 hour", at most 100 years and never negative. With
//     the flag `,zero` an explicit 0 becomes -1ns, which tells it from "not set"; with `,ms` a number counts milliseconds.
//   - A time.Time is an ISO 8601 text.
//   - A field of type any takes the value: texts and booleans as they are, numbers as int64 or float64.
//
// Decode is strict: a key that no field takes and a value of the wrong kind are errors. It reports all of them as one
// [Errors]; dst then holds what could be decoded.
func Decode(tree any, dst any) error {
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("option: cannot decode into a %T; pass a pointer", dst)
	}
	var d decoder
	d.value("", tree, v.Elem(), tag{})
	return d.errs.sorted()
}

var (
	decoderType  = reflect.TypeFor[Decoder]()
	durationType = reflect.TypeFor[time.Duration]()
	timeType     = reflect.TypeFor[time.Time]()
)

// decoder collects the errors of one tree.
type decoder struct {
	errs Errors
}

func (d *decoder) fail(path, format string, args ...any) {
	d.errs = append(d.errs, &Error{Path: path, Problem: fmt.Sprintf(format, args...)})
}

// value decodes v into dst, which is settable.
func (d *decoder) value(path string, v any, dst reflect.Value, t tag) {
	switch {
	case v == nil:
		return
	case dst.Addr().Type().Implements(decoderType):
		d.custom(path, v, dst)
		return
	}
	switch dst.Type() {
	case durationType:
		d.duration(path, v, dst, t)
		return
	case timeType:
		d.time(path, v, dst)
		return
	}
	switch kind := dst.Kind(); kind {
	case reflect.Pointer:
		d.pointer(path, v, dst, t)
	case reflect.Struct:
		d.object(path, v, dst)
	case reflect.Slice:
		d.list(path, v, dst)
	case reflect.Map:
		d.mapping(path, v, dst)
	default:
		d.scalar(path, v, dst)
	}
}

func (d *decoder) custom(path string, v any, dst reflect.Value) {
	if err := dst.Addr().Interface().(Decoder).DecodeOption(v); err != nil {
		d.errs = append(d.errs, within(path, err)...)
	}
}

func (d *decoder) pointer(path string, v any, dst reflect.Value, t tag) {
	if dst.IsNil() {
		dst.Set(reflect.New(dst.Type().Elem()))
	}
	d.value(path, v, dst.Elem(), t)
}

func (d *decoder) list(path string, v any, dst reflect.Value) {
	items, ok := v.([]any)
	if !ok {
		d.wrong(path, v, dst.Type())
		return
	}
	list := reflect.MakeSlice(dst.Type(), len(items), len(items))
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", path, i)
		if item == nil {
			d.fail(at, "must not be null")
			continue
		}
		d.value(at, item, list.Index(i), tag{})
	}
	dst.Set(list)
}

func (d *decoder) mapping(path string, v any, dst reflect.Value) {
	entries, ok := Entries(v)
	if !ok || dst.Type().Key().Kind() != reflect.String {
		d.wrong(path, v, dst.Type())
		return
	}
	m := reflect.MakeMap(dst.Type())
	for key, item := range entries {
		if item == nil {
			continue
		}
		elem := reflect.New(dst.Type().Elem()).Elem()
		d.value(join(path, key), item, elem, tag{})
		m.SetMapIndex(reflect.ValueOf(key).Convert(dst.Type().Key()), elem)
	}
	dst.Set(m)
}

// object decodes the entries of v into the fields of a struct.
func (d *decoder) object(path string, v any, dst reflect.Value) {
	entries, ok := Entries(v)
	if !ok {
		d.wrong(path, v, dst.Type())
		return
	}
	fields := fieldsOf(dst.Type())
	for key, item := range entries {
		at, takers := join(path, key), fields.byKey[key]
		switch {
		case len(takers) == 0:
			d.unknown(at, key, fields.names)
		case item == nil:
		case len(takers) == 1:
			d.value(at, item, takers[0].in(dst), takers[0].tag)
		default:
			d.union(at, item, dst, takers)
		}
	}
}

func (d *decoder) unknown(path, key string, names []string) {
	if name := nearest(key, names); name != "" {
		d.fail(path, "unknown option; did you mean %s?", name)
		return
	}
	d.fail(path, "unknown option")
}

// union gives v to the first field whose kind fits.
func (d *decoder) union(path string, v any, dst reflect.Value, takers []field) {
	kinds := make([]string, 0, len(takers))
	for _, f := range takers {
		if fits(v, f.typ) {
			d.value(path, v, f.in(dst), f.tag)
			return
		}
		kinds = append(kinds, wanted(f.typ))
	}
	d.fail(path, "must be %s, not %s", either(kinds), describe(v))
}

func (d *decoder) wrong(path string, v any, t reflect.Type) {
	d.fail(path, "must be %s, not %s", wanted(t), describe(v))
}
