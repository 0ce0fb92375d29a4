package auth

import (
	"fmt"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/internal/zod"
	"github.com/goauth-dev/goauth/core/store"
)

// Object is a JSON object that keeps the order of its keys.
type Object = js.Object

// source is where a field of an input comes from.
type source uint8

const (
	fromBody source = iota
	fromQuery
	fromPath
)

var sourceNames = [...]string{"body", "query", "path"}

// binding is the plan by which a call's trees become one In value.
type binding struct {
	typ    reflect.Type
	fields []field
	// whole says that the source itself is described: it must be an object, or a record when only "*" is bound; absent says
	// that it may be missing.
	object, record, absent [2]bool
}

// field binds one struct field.
type field struct {
	index    []int
	from     source
	name     string // "*" binds the whole object
	optional bool
	nullable bool
	rules    []rule
	message  string // replaces the sentences of the rules
	fallback *string
	kind     reflect.Kind
	pointer  bool
	members  *binding // of an object whose members are described
	custom   bool     // the type is a [Value]
	absent   bool     // the source may be missing
	model    string   // the model whose additional fields "+" takes
}

// deep reports whether a field has parts of its own.
func (f *field) deep() bool { return f.members != nil || f.custom }

var (
	valueType  = reflect.TypeFor[Value]()
	recordType = reflect.TypeFor[store.Record]()
	dateType   = reflect.TypeFor[time.Time]()
)

var bindings sync.Map // reflect.Type → *binding

// newBinding reads the tags of an input type. The plan is made once for each type.
func newBinding(t reflect.Type) (*binding, error) {
	if b, ok := bindings.Load(t); ok {
		return b.(*binding), nil
	}
	b := &binding{typ: t}
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("input %s is not a struct", t)
	}
	for _, sf := range reflect.VisibleFields(t) {
		if sf.Anonymous || !sf.IsExported() {
			continue
		}
		f, bound, err := newField(sf)
		if err != nil {
			return nil, fmt.Errorf("input %s, field %s: %w", t, sf.Name, err)
		}
		if bound {
			b.add(f)
		}
	}
	bindings.Store(t, b)
	return b, nil
}

func newField(sf reflect.StructField) (f field, bound bool, err error) {
	f = field{index: sf.Index, kind: sf.Type.Kind()}
	if f.kind == reflect.Pointer && sf.Type != reflect.TypeFor[*Object]() {
		f.pointer, f.kind = true, sf.Type.Elem().Kind()
	}
	for i, src := range sourceNames {
		tag, ok := sf.Tag.Lookup(src)
		if !ok {
			continue
		}
		f.from = source(i)
		name, flags, _ := strings.Cut(tag, ",")
		f.name = name
		if f.rules, err = newRules(sf.Tag.Get("is")); err != nil {
			return f, false, err
		}
		f.message = sf.Tag.Get("message")
		if text, given := sf.Tag.Lookup("default"); given {
			f.fallback, f.optional = &text, true
		}
		for flag := range strings.SplitSeq(flags, ",") {
			switch flag {
			case "":
			case "optional":
				f.optional = true
			case "nullable":
				f.nullable = true
			case "absent":
				f.absent = true
			default:
				return f, false, fmt.Errorf("unknown flag %q", flag)
			}
		}
		if name == "+" {
			f.model = sf.Tag.Get("model")
		}
		return f, true, f.check(sf.Type)
	}
	return f, false, nil
}

// check refuses types that decode does not know, and a default that is none of the type.
func (f *field) check(t reflect.Type) (err error) {
	switch {
	case f.name == "+" && (f.model == "" || t != recordType):
		return fmt.Errorf(`"+" needs a store.Record and a tag "model"`)
	case f.name == "+":
		return nil
	case reflect.PointerTo(t).Implements(valueType):
		f.custom = true
		return nil
	case f.kind == reflect.Struct && !f.pointer:
		return fmt.Errorf("unsupported type %s", t)
	case f.pointer && f.kind == reflect.Struct && t.Elem() != dateType:
		f.members, err = newBinding(t.Elem())
		return err
	}
	switch f.kind {
	case reflect.String, reflect.Bool, reflect.Int64, reflect.Float64:
	case reflect.Struct:
		return nil
	default:
		if t != reflect.TypeFor[*Object]() && t != reflect.TypeFor[any]() {
			return fmt.Errorf("unsupported type %s", t)
		}
	}
	if f.fallback == nil {
		return nil
	}
	if !f.setDefault(reflect.New(t).Elem()) {
		return fmt.Errorf("%q is no default of a %s", *f.fallback, t)
	}
	return nil
}

func (b *binding) add(f field) {
	b.fields = append(b.fields, f)
	if f.absent {
		b.absent[f.from] = true
	}
	switch {
	case f.from == fromPath:
	case f.name == "*" && (f.custom || f.absent): // it reads itself, or is looked at only where it is there
	case f.name == "*":
		b.record[f.from] = true
	default:
		b.object[f.from] = true
	}
}

// bind decodes the call's trees into a new *In. All problems of the body are reported together, in upstream's words and
// order; those of the query only when the body has none.
func (b *binding) bind(c *Call) (any, error) {
	v := reflect.New(b.typ)
	for _, from := range []source{fromBody, fromQuery} {
		var tree any = c.Query
		present := true
		if from == fromBody {
			tree, present = c.Body, c.HasBody
		}
		issues, err := b.bindSource(c, v.Elem(), from, tree, present)
		if err != nil {
			return nil, err
		}
		if len(issues) > 0 {
			return nil, Fail(http.StatusBadRequest, ValidationError.With(strings.Join(issues, "; ")))
		}
	}
	for i := range b.fields {
		if f := &b.fields[i]; f.from == fromPath {
			v.Elem().FieldByIndex(f.index).SetString(c.Params[f.name])
		}
	}
	return v.Interface(), nil
}

func (b *binding) bindSource(c *Call, v reflect.Value, from source, tree any, present bool) ([]string, error) {
	if !b.object[from] && !b.record[from] {
		return nil, nil
	}
	obj, ok := tree.(*Object)
	missing := !present || from == fromQuery && obj == nil
	switch {
	case missing && b.absent[from]:
		return nil, nil
	case !ok || obj == nil:
		return b.notAnObject(v, from, tree, present), nil
	}
	return b.bindObject(c, v, from, obj, sourceNames[from])
}

// bindObject decodes an object that is at a path.
func (b *binding) bindObject(c *Call, v reflect.Value, from source, obj *Object, path string) ([]string, error) {
	var issues []string
	for i := range b.fields {
		f := &b.fields[i]
		if f.from != from {
			continue
		}
		found, err := f.bind(c, v.FieldByIndex(f.index), obj, path)
		if err != nil {
			return nil, err
		}
		issues = append(issues, found...)
	}
	return issues, nil
}

// bind decodes one field of an object and returns upstream's messages, each with its path.
func (f *field) bind(c *Call, dst reflect.Value, obj *Object, path string) ([]string, error) {
	value, present := obj.Get(f.name)
	switch {
	case f.name == "*" && f.custom:
		return setValue(dst, obj, true, path), nil
	case f.name == "*":
		dst.Set(reflect.ValueOf(obj))
		return nil, nil
	case f.model != "":
		return f.setAdded(c, dst, obj, path)
	case f.deep():
		return f.setDeep(c, dst, value, present, path+"."+f.name)
	}
	if msg := f.set(dst, value, present); msg != "" {
		return []string{fmt.Sprintf("[%s.%s] %s", path, f.name, msg)}, nil
	}
	return nil, nil
}

func (b *binding) notAnObject(v reflect.Value, from source, tree any, present bool) []string {
	var issues []string
	if b.object[from] {
		issues = append(issues, fmt.Sprintf("[%s] %s", sourceNames[from], zod.InvalidType("object", tree, present)))
	}
	if b.record[from] {
		issues = append(issues, fmt.Sprintf("[%s] %s", sourceNames[from], zod.InvalidType("record", tree, present)))
	}
	for i := range b.fields {
		if f := &b.fields[i]; f.from == from && f.name == "*" && f.custom {
			issues = append(issues, setValue(v.FieldByIndex(f.index), tree, present, sourceNames[from])...)
		}
	}
	return issues
}

// set decodes one value and returns upstream's message when it is not accepted.
func (f *field) set(dst reflect.Value, value any, present bool) string {
	switch {
	case !present && f.fallback != nil:
		f.setDefault(dst)
		return ""
	case !present && f.optional:
		return ""
	case value == nil && present && f.nullable:
		return ""
	}
	if f.pointer {
		dst.Set(reflect.New(dst.Type().Elem()))
		dst = dst.Elem()
	}
	switch f.kind {
	case reflect.String:
		return f.setString(dst, value, present)
	case reflect.Bool:
		return f.setBool(dst, value, present)
	case reflect.Int64, reflect.Float64:
		return f.setNumber(dst, value, present)
	case reflect.Interface:
		return f.setAny(dst, value)
	case reflect.Struct:
		return setDate(dst, value, present)
	default:
		obj, ok := value.(*Object)
		if !ok {
			return zod.InvalidType(f.objectKind(), value, present)
		}
		if _, there := obj.Get(prototype); there && f.has("record") {
			obj = obj.Clone()
			obj.Delete(prototype)
		}
		dst.Set(reflect.ValueOf(obj))
		return ""
	}
}

// prototype is the one key that upstream leaves out of a record.
const prototype = "__proto__"

// objectKind is what upstream calls an object of the field.
func (f *field) objectKind() string {
	if f.has("record") {
		return "record"
	}
	return "object"
}

// setDefault sets the default, and reports whether it is one of the type.
func (f *field) setDefault(dst reflect.Value) bool {
	if f.pointer {
		dst.Set(reflect.New(dst.Type().Elem()))
		dst = dst.Elem()
	}
	switch f.kind {
	case reflect.String:
		dst.SetString(*f.fallback)
		return true
	case reflect.Bool:
		dst.SetBool(*f.fallback == "true")
		return true
	case reflect.Int64:
		n, err := strconv.ParseInt(*f.fallback, 10, 64)
		dst.SetInt(n)
		return err == nil
	case reflect.Float64:
		n, err := strconv.ParseFloat(*f.fallback, 64)
		dst.SetFloat(n)
		return err == nil
	default:
		return false
	}
}

func (f *field) setString(dst reflect.Value, value any, present bool) string {
	if options, literal := f.literals(); literal && !slices.Contains(options, value) {
		return zod.InvalidOption(options...)
	}
	if f.has("coerced") {
		value = zod.CoerceString(value, present)
	}
	s, ok := value.(string)
	if !ok {
		return f.notAString(value, present)
	}
	if msg := f.refuse(s); msg != "" {
		return msg
	}
	if strings.ContainsRune(s, 0) { // a query or a form: JSON with one is refused as a whole
		return "Invalid string: must not contain a NUL character"
	}
	dst.SetString(s)
	return ""
}

// notAString is upstream's message for another type. Its rules about a length also look at lists.
func (f *field) notAString(value any, present bool) string {
	msg := zod.InvalidType("string", value, present)
	list, ok := value.([]any)
	if !ok {
		return msg
	}
	for i := range f.rules {
		if size := f.rules[i].size; size != nil {
			if short := size(zod.Array, len(list)); short != "" {
				msg += f.further(short)
			}
		}
	}
	return msg
}

// further joins another problem of the same field.
func (f *field) further(msg string) string {
	return fmt.Sprintf("; [%s.%s] %s", sourceNames[f.from], f.name, msg)
}

func (f *field) setBool(dst reflect.Value, value any, present bool) string {
	if f.has("coerced") {
		dst.SetBool(present && js.Truthy(value))
		return ""
	}
	v, ok := value.(bool)
	if !ok {
		return zod.InvalidType("boolean", value, present)
	}
	dst.SetBool(v)
	return ""
}

// setNumber takes a number; an int64 also wants it whole and within what JavaScript counts exactly.
func (f *field) setNumber(dst reflect.Value, value any, present bool) string {
	n, ok := asNumber(value)
	if f.has("coerced") {
		if n, ok = zod.CoerceNumber(value, present); !ok {
			return zod.NotANumber(n)
		}
	}
	if !ok {
		return zod.InvalidType("number", value, present)
	}
	if f.kind == reflect.Float64 {
		if msg := f.refuse(n); msg != "" {
			return msg
		}
		dst.SetFloat(n)
		return ""
	}
	switch {
	case n != math.Trunc(n):
		return zod.InvalidType("int", n, true)
	case n > maxSafe:
		return zod.TooBig(zod.Int, maxSafe, true)
	case n < -maxSafe:
		return zod.TooSmall(zod.Int, -maxSafe, true)
	}
	if msg := f.refuse(n); msg != "" {
		return msg
	}
	dst.SetInt(int64(n))
	return ""
}

// maxSafe is the largest integer that JavaScript counts exactly.
const maxSafe = 1<<53 - 1

// asNumber reads a number of a request, or of a call from Go.
func asNumber(value any) (float64, bool) {
	switch n := value.(type) {
	case js.Number:
		return n.Float(), true
	case int64:
		return float64(n), true
	case float64:
		return n, !math.IsNaN(n)
	default:
		return 0, false
	}
}

// setDate takes a date, which JSON has none of: only calls from Go can give one.
func setDate(dst reflect.Value, value any, present bool) string {
	date, ok := value.(time.Time)
	if !ok {
		return zod.InvalidType("date", value, present)
	}
	dst.Set(reflect.ValueOf(date))
	return ""
}

func (f *field) setAny(dst reflect.Value, value any) string {
	if value != nil {
		dst.Set(reflect.ValueOf(value))
	}
	return ""
}

// fill turns a typed input back into trees, for calls from Go.
func (b *binding) fill(in *Input, v reflect.Value) {
	trees := [2]*Object{}
	for i := range b.fields {
		f := &b.fields[i]
		fv := v.FieldByIndex(f.index)
		if f.from == fromPath {
			if in.Params == nil {
				in.Params = map[string]string{}
			}
			in.Params[f.name] = fv.String()
			continue
		}
		if trees[f.from] == nil {
			trees[f.from] = js.NewObject()
		}
		f.fill(trees[f.from], fv)
	}
	if trees[fromBody] != nil {
		in.Body = trees[fromBody]
	}
	if trees[fromQuery] != nil {
		in.Query = trees[fromQuery]
	}
}

func (f *field) fill(tree *Object, v reflect.Value) {
	if f.name == "*" {
		obj, _ := v.Interface().(*Object)
		if f.custom {
			obj, _ = v.Addr().Interface().(Value).InputTree().(*Object)
		}
		if obj != nil {
			for key, value := range obj.All() {
				tree.Set(key, value)
			}
		}
		return
	}
	if f.model != "" {
		fillAdded(tree, v.Interface().(store.Record))
		return
	}
	if f.optional && v.IsZero() {
		return
	}
	if f.deep() {
		tree.Set(f.name, f.tree(v))
		return
	}
	if f.pointer {
		v = v.Elem()
	}
	tree.Set(f.name, v.Interface())
}
