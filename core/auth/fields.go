package auth

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/internal/zod"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// tableFields knows what happens to the fields of one table on their way in and out.
type tableFields struct {
	*schema.Table
	now      func() time.Time
	settable []*schema.Field // fields that requests may set, core fields excluded
	hidden   map[string]bool
	shaped   bool // some field has an output transform
}

// newTableFields sorts the fields. coreFields are the logical names that upstream declares itself.
func newTableFields(t *schema.Table, coreFields map[string]bool, now func() time.Time) *tableFields {
	f := &tableFields{Table: t, now: now, hidden: map[string]bool{}}
	for i := range t.Fields {
		field := &t.Fields[i]
		if !coreFields[field.Name] {
			f.settable = append(f.settable, field)
		}
		if field.Returned == option.Off {
			f.hidden[field.Name] = true
		}
		f.shaped = f.shaped || field.TransformOut != nil
	}
	return f
}

func (x *Context) table(model string) *tableFields { return x.fields[model] }

// create returns the record to insert: defaults filled in, values in their stored type.
func (f *tableFields) create(data store.Record) (store.Record, error) {
	rec := maps.Clone(data)
	for i := range f.Fields {
		field := &f.Fields[i]
		if v, given := rec[field.Name]; !given || v == nil && field.Required == option.On {
			if v, ok := field.DefaultValue(); ok {
				rec[field.Name] = v
			}
		}
	}
	return rec, f.in(rec)
}

// update returns the changes to store: OnUpdate values filled in, values in their stored type.
func (f *tableFields) update(data store.Record) (store.Record, error) {
	rec := maps.Clone(data)
	for i := range f.Fields {
		field := &f.Fields[i]
		if _, given := rec[field.Name]; !given && field.OnUpdate != nil {
			rec[field.Name] = field.OnUpdate()
		}
	}
	return rec, f.in(rec)
}

// in applies the input transforms.
func (f *tableFields) in(rec store.Record) error {
	for i := range f.Fields {
		field := &f.Fields[i]
		v, given := rec[field.Name]
		if !given || field.TransformIn == nil {
			continue
		}
		changed, err := field.TransformIn(v)
		if err != nil {
			return fmt.Errorf("field %s.%s: %w", f.Model, field.Name, err)
		}
		rec[field.Name] = changed
	}
	return nil
}

// out applies the output transforms.
func (f *tableFields) out(row store.Record) (store.Record, error) {
	if f == nil || !f.shaped {
		return row, nil
	}
	for i := range f.Fields {
		field := &f.Fields[i]
		if field.TransformOut == nil {
			continue
		}
		v, err := field.TransformOut(row[field.Name])
		if err != nil {
			return nil, fmt.Errorf("field %s.%s: %w", f.Model, field.Name, err)
		}
		row[field.Name] = v
	}
	return row, nil
}

// hides reports whether some of the extra fields must not be seen by clients.
func (f *tableFields) hides(extra store.Record) bool {
	for name := range f.hidden {
		if _, there := extra[name]; there {
			return true
		}
	}
	return false
}

// visible returns a copy of the extra fields with those that clients may see.
func (f *tableFields) visible(extra store.Record) store.Record {
	kept := make(store.Record, len(extra))
	for name, v := range extra {
		if !f.hidden[name] {
			kept[name] = v
		}
	}
	return kept
}

// VisibleUser returns the user without the fields that clients must not see. Upstream: parseUserOutput.
func (x *Context) VisibleUser(u *User) *User {
	table := x.table("user")
	if u == nil || !table.hides(u.Extra) {
		return u
	}
	c := *u
	c.Extra = table.visible(u.Extra)
	return &c
}

// VisibleSession returns the session without the fields that clients must not see. Upstream: parseSessionOutput.
func (x *Context) VisibleSession(s *Session) *Session {
	table := x.table("session")
	if s == nil || !table.hides(s.Extra) {
		return s
	}
	c := *s
	c.Extra = table.visible(s.Extra)
	return &c
}

// HiddenField reports whether clients must not see a field.
func (x *Context) HiddenField(model, name string) bool { return x.table(model).hidden[name] }

// InputAction says what a request's fields are for.
type InputAction uint8

// The actions.
const (
	ForCreate InputAction = iota
	ForUpdate
)

// ParseInput takes the fields that options and plugins added to a core model out of a request's body, checked and in
// their stored type. Other keys are ignored. Upstream: parseInputData.
func (x *Context) ParseInput(model string, body *Object, action InputAction) (store.Record, error) {
	rec := store.Record{}
	for _, field := range x.table(model).settable {
		v, given := body.Get(field.Name)
		if !given {
			if action == ForUpdate {
				continue
			}
			if d, ok := field.DefaultValue(); ok {
				rec[field.Name] = d
			} else if field.Required == option.On {
				return nil, Fail(http.StatusBadRequest, MissingField.With(field.Name+" is required"))
			}
			continue
		}
		if err := parseGiven(rec, field, v, action); err != nil {
			return nil, err
		}
	}
	return rec, nil
}

// ProvidedValue returns a field's value that another party gave, as records hold it. ok is false for what the model does
// not have, for what clients may not set, and for what does not fit.
func (x *Context) ProvidedValue(model, name string, v any) (typed any, ok bool) {
	field := x.table(model).Field(name)
	if field == nil || !field.FromRequests() {
		return nil, false
	}
	rec := store.Record{}
	if err := parseGiven(rec, field, v, ForUpdate); err != nil {
		x.Logger.Warn("a provider's value does not fit its field", "field", name, "error", err)
		return nil, false
	}
	return rec[name], true
}

func parseGiven(rec store.Record, field *schema.Field, v any, action InputAction) error {
	if !field.FromRequests() {
		if d, ok := field.DefaultValue(); ok && action == ForCreate {
			rec[field.Name] = d
			return nil
		}
		if js.Truthy(v) {
			return Fail(http.StatusBadRequest, FieldNotAllowed.With(field.Name+" is not allowed to be set"))
		}
		return nil
	}
	if field.Validate != nil {
		checked, err := field.Validate(v)
		if err != nil {
			return Fail(http.StatusBadRequest, ValidationError.With(err.Error()))
		}
		rec[field.Name] = checked
		return nil
	}
	typed, err := StoredValue(field, v)
	if err != nil {
		return err
	}
	rec[field.Name] = typed
	return nil
}

// StoredValue turns a decoded JSON value into the type that records hold for a field. It fails with a 400 when the value
// does not fit. A text that is a number fits a number, as it does in upstream's database.
func StoredValue(field *schema.Field, v any) (any, error) {
	if v == nil {
		if field.Required == option.On {
			return nil, misfit(field, v)
		}
		return nil, nil
	}
	switch field.Type {
	case schema.String:
		if s, ok := v.(string); ok && enumAllows(field, s) && !strings.ContainsRune(s, 0) {
			return v, nil
		}
	case schema.Boolean:
		if _, ok := v.(bool); ok {
			return v, nil
		}
	case schema.Number:
		if n, ok := numberOf(v); ok {
			return n, nil
		}
	case schema.Date:
		if t, ok := dateOf(v); ok {
			return t, nil
		}
	case schema.JSON:
		return v, nil
	case schema.Strings, schema.Numbers:
		return listOf(field, v)
	}
	return nil, misfit(field, v)
}

func misfit(field *schema.Field, v any) error {
	return Fail(http.StatusBadRequest, ValidationError.With(
		fmt.Sprintf("[body.%s] %s", field.Name, zod.InvalidType(string(field.Type), v, true))))
}

func enumAllows(field *schema.Field, s string) bool {
	if len(field.Enum) == 0 {
		return true
	}
	for _, allowed := range field.Enum {
		if s == allowed {
			return true
		}
	}
	return false
}

func numberOf(v any) (any, bool) {
	switch n := v.(type) {
	case js.Number:
		return numberValue(n), true
	case string:
		if f, err := strconv.ParseFloat(strings.TrimSpace(n), 64); err == nil {
			return f, true
		}
	case int64, float64:
		return n, true
	}
	return nil, false
}

// numberValue is a number as records hold it.
func numberValue(n js.Number) any {
	if i, ok := n.Int(); ok {
		return i
	}
	return n.Float()
}

func dateOf(v any) (time.Time, bool) {
	switch t := v.(type) {
	case time.Time:
		return t, true
	case string:
		return js.ParseDate(t)
	case js.Number:
		ms, ok := t.Int()
		return time.UnixMilli(ms).UTC(), ok
	}
	return time.Time{}, false
}

func listOf(field *schema.Field, v any) (any, error) {
	items, ok := v.([]any)
	if !ok {
		return nil, misfit(field, v)
	}
	texts, numbers := []string{}, []float64{}
	for _, item := range items {
		switch it := item.(type) {
		case string:
			texts = append(texts, it)
		case js.Number:
			numbers = append(numbers, it.Float())
		}
	}
	switch {
	case field.Type == schema.Strings && len(texts) == len(items):
		return texts, nil
	case field.Type == schema.Numbers && len(numbers) == len(items):
		return numbers, nil
	default:
		return nil, misfit(field, v)
	}
}

// RecordFromTree reads a row that was written as JSON: in a cookie, or in secondary storage.
func (x *Context) RecordFromTree(model string, tree any) (store.Record, bool) {
	obj, ok := tree.(*Object)
	if !ok || obj == nil {
		return nil, false
	}
	table := x.table(model)
	rec := make(store.Record, obj.Len())
	for name, v := range obj.All() {
		rec[name] = v
		if field := table.Field(name); field != nil && name != "id" {
			if typed, err := StoredValue(field, v); err == nil {
				rec[name] = typed
			}
		} else if n, isNumber := v.(js.Number); isNumber {
			rec[name] = numberValue(n)
		}
	}
	return rec, true
}

// Defaults returns the default values of the fields that options and plugins added to a model.
func (x *Context) Defaults(model string) store.Record {
	rec := store.Record{}
	for _, field := range x.table(model).settable {
		if v, ok := field.DefaultValue(); ok {
			rec[field.Name] = v
		}
	}
	return rec
}

// NullRecord returns a record with every field of a model, all null.
func (x *Context) NullRecord(model string) store.Record {
	fields := x.table(model).Fields
	rec := make(store.Record, len(fields))
	for i := range fields {
		rec[fields[i].Name] = nil
	}
	return rec
}

// Field returns the description of a model's field, or nil.
func (x *Context) Field(model, name string) *schema.Field { return x.table(model).Field(name) }
