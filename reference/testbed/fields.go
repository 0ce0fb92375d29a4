package main

import (
	"context"
	"errors"
	"strings"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
)

// connectModelField connects MODEL.additionalFields.FIELD.PART of the core's options.
func (in *instance) connectModelField(o *auth.Options, path, fn string) bool {
	parts := strings.SplitN(path, ".", 4)
	if len(parts) != 4 || parts[1] != "additionalFields" {
		return false
	}
	models := map[string]*auth.Model{
		"user": &o.User.Model, "session": &o.Session.Model, "account": &o.Account.Model, "verification": &o.Verification.Model,
	}
	model := models[parts[0]]
	return model != nil && in.connectField(model.AdditionalFields, parts[2], parts[3], fn)
}

// connectField connects a function of one field: its default, its value on update, its transforms, its validator.
func (in *instance) connectField(fields schema.Fields, name, part, fn string) bool {
	t := schema.Table{Fields: fields}
	f := t.Field(name)
	if f == nil {
		return false
	}
	switch part {
	case "defaultValue":
		f.Default = in.value(f, fn)
	case "onUpdate":
		f.OnUpdate = in.value(f, fn)
	case "transform.input":
		f.TransformIn = in.transform(f, fn)
	case "transform.output":
		f.TransformOut = in.transform(f, fn)
	case "validator.input":
		f.Validate = in.validator(f, fn)
	case "validator.output":
		// upstream reads no validator on the way out
	default:
		return false
	}
	return true
}

// value is fn() for a field. A function that fails gives null, which a required field then refuses.
func (in *instance) value(f *schema.Field, fn string) func() any {
	return func() any {
		got, err := in.js.call(context.Background(), fn)
		if err != nil {
			return nil
		}
		v, err := auth.StoredValue(f, got.value)
		if err != nil {
			return nil
		}
		return v
	}
}

// transform is fn(value) for a field.
func (in *instance) transform(f *schema.Field, fn string) func(v any) (any, error) {
	return func(v any) (any, error) {
		tagged, err := tag(v)
		if err != nil {
			return nil, err
		}
		got, err := in.js.call(context.Background(), fn, tagged)
		if err != nil {
			return nil, err
		}
		if v, err := auth.StoredValue(f, got.value); err == nil {
			return v, nil
		}
		return plain(got.value), nil // a transform may change the type
	}
}

// validator is a standard schema: fn(value) returns {value} or {issues: [{message}]}.
func (in *instance) validator(f *schema.Field, fn string) func(v any) (any, error) {
	return func(v any) (any, error) {
		tagged, err := tag(v)
		if err != nil {
			return nil, err
		}
		got, err := in.js.call(context.Background(), fn, tagged)
		if err != nil {
			return nil, err
		}
		o, _ := got.value.(*auth.Object)
		if issues, _ := at(o, "issues").([]any); len(issues) > 0 {
			issue, _ := issues[0].(*auth.Object)
			return nil, errors.New(text(issue, "message"))
		}
		return auth.StoredValue(f, at(o, "value"))
	}
}

// plain turns the numbers of a tree into those of records.
func plain(v any) any {
	if n, ok := v.(interface {
		Int() (int64, bool)
		Float() float64
	}); ok {
		if i, whole := n.Int(); whole {
			return i
		}
		return n.Float()
	}
	return v
}
