package auth

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/internal/zod"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// Value is a type of an input's field that reads itself, for what the built-in types cannot say, such as alternatives. Its
// pointer implements it. Bound to "*" it is given the whole object.
type Value interface {
	// DecodeInput takes the value that is there, or says in upstream's words what is wrong with it.
	DecodeInput(v any, present bool) []Issue
	// InputTree is the tree that DecodeInput reads, for calls from Go.
	InputTree() any
}

// Issue is something that is wrong with an input.
type Issue struct {
	// Path leads to it from the value, each step behind a dot; empty: the value itself.
	Path string
	// Text is upstream's sentence.
	Text string
}

// InvalidInput is the text of an issue of a value that fits none of several alternatives.
const InvalidInput = "Invalid input"

// WrongType is the text of an issue of a value that is not of a type: "string", "number", "boolean", "array", "object",
// "record" or "date".
func WrongType(want string, v any, present bool) string { return zod.InvalidType(want, v, present) }

// TooShort is the text of an issue of a text that is empty and must not be.
func TooShort() string { return zod.TooSmall(zod.String, 1, true) }

// Texts is one text or a list of texts. Upstream: z.union([z.string(), z.array(z.string())]).
type Texts []string

// DecodeInput implements [Value].
func (t *Texts) DecodeInput(v any, _ bool) []Issue {
	if s, one := v.(string); one {
		*t = Texts{s}
		return nil
	}
	list, ok := v.([]any)
	texts := make(Texts, len(list))
	for i := range list {
		var text bool
		if texts[i], text = list[i].(string); !text {
			ok = false
		}
	}
	if !ok {
		return []Issue{{Text: InvalidInput}}
	}
	*t = texts
	return nil
}

// InputTree implements [Value].
func (t *Texts) InputTree() any {
	list := make([]any, len(*t))
	for i, s := range *t {
		list[i] = s
	}
	return list
}

// List is a list of texts. Upstream: z.array(z.string()).
type List []string

// DecodeInput implements [Value].
func (l *List) DecodeInput(v any, present bool) []Issue {
	if broken := brokenItems("string", v, present); len(broken) > 0 {
		for i := range broken {
			broken[i].Path = strings.TrimPrefix(broken[i].Path, ".")
		}
		return broken
	}
	items, _ := v.([]any)
	*l = make(List, len(items))
	for i, item := range items {
		(*l)[i], _ = item.(string)
	}
	return nil
}

// InputTree implements [Value].
func (l *List) InputTree() any { return (*Texts)(l).InputTree() }

// Name is one of some names, or any other text. Upstream: z.enum([…]).or(z.string()).
type Name string

// DecodeInput implements [Value].
func (n *Name) DecodeInput(v any, _ bool) []Issue {
	s, ok := v.(string)
	if !ok {
		return []Issue{{Text: InvalidInput}}
	}
	*n = Name(s)
	return nil
}

// InputTree implements [Value].
func (n *Name) InputTree() any { return string(*n) }

// Count is a number, or a text that JavaScript reads as one. Upstream: z.string().or(z.number()).
type Count float64

// DecodeInput implements [Value]. A text that is no number gives 0.
func (n *Count) DecodeInput(v any, _ bool) []Issue {
	if s, text := v.(string); text {
		if f, ok := zod.CoerceNumber(s, true); ok {
			*n = Count(f)
		}
		return nil
	}
	f, ok := asNumber(v)
	if !ok {
		return []Issue{{Text: InvalidInput}}
	}
	*n = Count(f)
	return nil
}

// InputTree implements [Value].
func (n *Count) InputTree() any { return float64(*n) }

// Rows is the number as a count of rows, and 0 when it is none.
func (n Count) Rows() int {
	if f := float64(n); f >= 1 && f < math.MaxInt32 {
		return int(f)
	}
	return 0
}

// setDeep decodes a value that has parts, at a path, and returns upstream's messages for it and them.
func (f *field) setDeep(c *Call, dst reflect.Value, value any, present bool, path string) ([]string, error) {
	switch {
	case !present && f.optional, value == nil && present && f.nullable:
		return nil, nil
	case f.members != nil:
		obj, ok := value.(*Object)
		if !ok {
			return []string{fmt.Sprintf("[%s] %s", path, zod.InvalidType("object", value, present))}, nil
		}
		dst.Set(reflect.New(dst.Type().Elem()))
		return f.members.bindObject(c, dst.Elem(), f.from, obj, path)
	default:
		return setValue(dst, value, present, path), nil
	}
}

func setValue(dst reflect.Value, value any, present bool, path string) []string {
	var issues []string
	for _, issue := range dst.Addr().Interface().(Value).DecodeInput(value, present) {
		at := path
		if issue.Path != "" {
			at += "." + issue.Path
		}
		issues = append(issues, fmt.Sprintf("[%s] %s", at, issue.Text))
	}
	return issues
}

// setAdded decodes the fields that options add to a model, as upstream's toZodSchema checks them.
func (f *field) setAdded(c *Call, dst reflect.Value, obj *Object, path string) ([]string, error) {
	rec, issues := store.Record{}, []string(nil)
	for _, added := range c.table(f.model).settable {
		value, present := obj.Get(added.Name)
		if !added.FromRequests() || !present && (f.optional || added.Required == option.Off) {
			continue
		}
		if broken := brokenType(added, value, present); len(broken) > 0 {
			for _, issue := range broken {
				issues = append(issues, fmt.Sprintf("[%s.%s%s] %s", path, added.Name, issue.Path, issue.Text))
			}
			continue
		}
		typed, err := StoredValue(added, value)
		if err != nil {
			return nil, err
		}
		rec[added.Name] = typed
	}
	dst.Set(reflect.ValueOf(rec))
	return issues, nil
}

// brokenType says what upstream's validation finds wrong with the type of an additional field's value.
func brokenType(added *schema.Field, v any, present bool) []Issue {
	switch {
	case added.Type == schema.JSON, added.Enum != nil:
		return nil
	case added.Type == schema.Strings:
		return brokenItems("string", v, present)
	case added.Type == schema.Numbers:
		return brokenItems("number", v, present)
	case !isOf(string(added.Type), v):
		return []Issue{{Text: zod.InvalidType(string(added.Type), v, present)}}
	}
	return nil
}

func brokenItems(kind string, v any, present bool) []Issue {
	list, ok := v.([]any)
	if !ok {
		return []Issue{{Text: zod.InvalidType("array", v, present)}}
	}
	var issues []Issue
	for i, item := range list {
		if !isOf(kind, item) {
			issues = append(issues, Issue{"." + strconv.Itoa(i), zod.InvalidType(kind, item, true)})
		}
	}
	return issues
}

// isOf reports whether a value has the type that zod calls so. A date has none in JSON: only Go can give one.
func isOf(kind string, v any) bool {
	if _, number := asNumber(v); number {
		return kind == "number"
	}
	return zod.TypeName(v, true) == kind
}

// tree is what a field is in a body, for calls from Go.
func (f *field) tree(v reflect.Value) any {
	if f.members == nil {
		return v.Addr().Interface().(Value).InputTree()
	}
	obj := js.NewObject()
	for i := range f.members.fields {
		member := &f.members.fields[i]
		member.fill(obj, v.Elem().FieldByIndex(member.index))
	}
	return obj
}

// fillAdded puts the fields that options add into a body, for calls from Go.
func fillAdded(tree *Object, rec store.Record) {
	for name, v := range rec {
		tree.Set(name, v)
	}
}
