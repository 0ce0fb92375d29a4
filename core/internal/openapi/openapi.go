// Package openapi reads the types of operations into OpenAPI 3.1 schemas, as ordered JSON.
package openapi

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/internal/js"
)

// Object returns an object of alternating keys and values. A nil value leaves its key out.
func Object(pairs ...any) *js.Object {
	o := js.NewObject()
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != nil {
			o.Set(pairs[i].(string), pairs[i+1])
		}
	}
	return o
}

// Component is the name of a model's schema: the model's, with a capital.
func Component(model string) string { return strings.ToUpper(model[:1]) + model[1:] }

// Ref refers to a model's schema.
func Ref(model string) *js.Object { return Object("$ref", "#/components/schemas/"+Component(model)) }

// OrNull returns the schema that accepts null too.
func OrNull(schema *js.Object) *js.Object {
	kind, typed := schema.Get("type")
	_, listed := schema.Get("enum")
	switch {
	case schema.Len() == 0: // anything
		return schema
	case !typed, listed:
		return Object("anyOf", []any{schema, Object("type", "null")})
	}
	nullable := schema.Clone()
	kinds, several := kind.([]string)
	if !several {
		kinds = []string{kind.(string)}
	}
	if !slices.Contains(kinds, "null") {
		kinds = append(slices.Clone(kinds), "null")
	}
	nullable.Set("type", kinds)
	return nullable
}

// Properties collects the members of an object schema.
type Properties struct {
	members  *js.Object
	required []string
}

// Add adds a member, or replaces one of this name.
func (p *Properties) Add(name string, schema *js.Object, required bool) {
	if p.members == nil {
		p.members = js.NewObject()
	}
	p.members.Set(name, schema)
	p.required = slices.DeleteFunc(p.required, func(other string) bool { return other == name })
	if required {
		p.required = append(p.required, name)
	}
}

// Schema returns the object schema. Without a required member it has no such list.
func (p *Properties) Schema() *js.Object {
	members, required := p.members, any(nil)
	if members == nil {
		members = js.NewObject()
	}
	if len(p.required) > 0 {
		required = p.required
	}
	return Object("type", "object", "properties", members, "required", required)
}

// The places of an input.
const (
	InBody  = "body"
	InQuery = "query"
	InPath  = "path"
)

// Input is one tagged field of an input type.
type Input struct {
	// In is body, query or path; Name is the key there, "*" for the whole object.
	In, Name string
	Optional bool
	// Model and CoreFields say, for a "*", which model's fields it takes: those that were added, and these of its own. With
	// Optional none of them is required.
	Model      string
	CoreFields []string
	// Schema describes the value; it is nil for a "*".
	Schema *js.Object
}

// Inputs reads the tags of an input struct, in order.
func Inputs(t reflect.Type) []Input {
	var inputs []Input
	for _, f := range reflect.VisibleFields(t) {
		for _, in := range []string{InBody, InQuery, InPath} {
			if tag, ok := f.Tag.Lookup(in); ok && f.IsExported() {
				inputs = append(inputs, newInput(f, in, tag))
				break
			}
		}
	}
	return inputs
}

func newInput(f reflect.StructField, in, tag string) Input {
	name, flags, _ := strings.Cut(tag, ",")
	input := Input{In: in, Name: name}
	if name == "*" || name == "+" {
		models := strings.Split(f.Tag.Get("model"), ",")
		input.Name, input.Model, input.CoreFields, input.Optional = "*", models[0], models[1:], flags == "optional"
		return input
	}
	input.Schema = inputSchema(f.Type)
	if doc := f.Tag.Get("doc"); doc != "" {
		input.Schema.Set("description", doc)
	}
	addRules(input.Schema, f.Tag.Get("is"))
	for flag := range strings.SplitSeq(flags, ",") {
		switch flag {
		case "optional":
			input.Optional = true
			input.Schema = OrNull(input.Schema) // upstream writes every optional value so
		case "nullable":
			input.Schema = OrNull(input.Schema)
		}
	}
	if value, given := f.Tag.Lookup("default"); given {
		input.Optional = true
		input.Schema = OrNull(input.Schema)
		input.Schema.Set("default", defaultOf(f.Type, value))
	}
	return input
}

// inputSchema describes the type of an input's field: an object's members where they are described.
func inputSchema(t reflect.Type) *js.Object {
	if t.Kind() == reflect.Slice {
		return Object("type", "array", "items", Object("type", "string"))
	}
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct || len(Inputs(t.Elem())) == 0 {
		return Object("type", kindOf(t))
	}
	var p Properties
	for _, member := range Inputs(t.Elem()) {
		if member.Schema != nil {
			p.Add(member.Name, member.Schema, !member.Optional)
		}
	}
	return p.Schema()
}

// addRules writes the rules of a tag "is" that JSON Schema has words for.
func addRules(schema *js.Object, tag string) {
	for word := range strings.FieldsSeq(tag) {
		switch name, arg, _ := strings.Cut(word, "="); name {
		case "email":
			schema.Set("format", "email")
		case "nonempty":
			schema.Set("minLength", 1)
		case "min":
			schema.Set("minimum", js.Number(arg))
		case "literal":
			schema.Set("enum", strings.Split(arg, "|"))
		}
	}
}

// defaultOf is a default as JSON has it.
func defaultOf(t reflect.Type, text string) any {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Bool:
		return text == "true"
	case reflect.Int64, reflect.Float64:
		return js.Number(text)
	default:
		return text
	}
}

// kindOf is the JSON type of an input field.
func kindOf(t reflect.Type) string {
	if t.Kind() == reflect.Pointer && t != reflect.TypeFor[*js.Object]() {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.String, reflect.Interface, reflect.Slice:
		return "string"
	case reflect.Int64, reflect.Float64:
		return "number"
	default:
		return "object"
	}
}

// Output describes what an output type is rendered as. known gives the schemas of types that render themselves; of
// others of that sort nothing is said. A struct's field may name a component in a tag "model".
func Output(t reflect.Type, known func(reflect.Type) *js.Object) *js.Object {
	if schema := known(t); schema != nil {
		return schema
	}
	switch t.Kind() {
	case reflect.Pointer:
		return Output(t.Elem(), known)
	case reflect.Slice, reflect.Array:
		return Object("type", "array", "items", Output(t.Elem(), known))
	case reflect.Bool:
		return Object("type", "boolean")
	case reflect.String:
		return Object("type", "string")
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Uint, reflect.Uint64, reflect.Uint32:
		return Object("type", "integer")
	case reflect.Float64, reflect.Float32:
		return Object("type", "number")
	case reflect.Map:
		return Object("type", "object")
	case reflect.Struct:
		return structSchema(t, known)
	default:
		return js.NewObject()
	}
}

// appender is what renders itself.
type appender interface {
	AppendJSON(dst []byte) ([]byte, error)
}

func structSchema(t reflect.Type, known func(reflect.Type) *js.Object) *js.Object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return Object("type", "string", "format", "date-time")
	case t == reflect.TypeFor[js.Object]():
		return Object("type", "object")
	case reflect.PointerTo(t).Implements(reflect.TypeFor[appender]()):
		return js.NewObject()
	}
	var p Properties
	for _, f := range reflect.VisibleFields(t) {
		name, flags, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || f.Anonymous || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		optional := strings.Contains(flags, "omitempty") || strings.Contains(flags, "omitzero")
		p.Add(name, fieldSchema(f, optional, known), !optional)
	}
	return p.Schema()
}

// fieldSchema describes a member: a nil pointer that is not left out is null, but for the models, which an operation that
// succeeds has.
func fieldSchema(f reflect.StructField, optional bool, known func(reflect.Type) *js.Object) *js.Object {
	if model := f.Tag.Get("model"); model != "" {
		return OrNull(Ref(model))
	}
	schema := Output(f.Type, known)
	if f.Type.Kind() == reflect.Pointer && !optional && known(f.Type) == nil {
		return OrNull(schema)
	}
	if doc := f.Tag.Get("doc"); doc != "" {
		schema.Set("description", doc)
	}
	return schema
}
