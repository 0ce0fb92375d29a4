package schema

import (
	"errors"
	"fmt"
	"slices"

	"github.com/goauth-dev/goauth/core/option"
)

// DecodeOption implements [option.Decoder]: an object of fields by name, in order.
func (f *Fields) DecodeOption(v any) error {
	entries, ok := option.Entries(v)
	if !ok {
		return errors.New("must be an object of fields by name")
	}
	fields := make(Fields, 0)
	var errs []error
	for name, item := range entries {
		if item == nil {
			continue
		}
		field, err := decodeField(name, item)
		errs = append(errs, option.In(name, err))
		fields = append(fields, field)
	}
	*f = fields
	return errors.Join(errs...)
}

// fieldFile is a field as a configuration file has it: its type may be a list of literals.
type fieldFile struct {
	Field
	Literals []string `option:"type"`
}

func decodeField(name string, v any) (Field, error) {
	file := fieldFile{Field: Field{Name: name}}
	if err := option.Decode(v, &file); err != nil {
		return Field{}, err
	}
	if file.Literals != nil {
		file.Type, file.Enum = String, file.Literals
	}
	return file.Field, errors.Join(checkType(file), checkDefault(file.Default))
}

// types are the logical types by name.
var types = []Type{String, Number, Boolean, Date, JSON, Strings, Numbers}

func checkType(file fieldFile) error {
	switch {
	case file.Literals != nil && len(file.Literals) == 0:
		return option.In("type", errors.New("must list at least one text"))
	case !slices.Contains(types, file.Type):
		return option.In("type", fmt.Errorf("must be a list of texts or one of %q", types))
	}
	return nil
}

func checkDefault(v any) error {
	if _, object := option.Entries(v); object {
		return option.In("defaultValue", errors.New("must be a text, a number, true, false or a list"))
	}
	return nil
}
