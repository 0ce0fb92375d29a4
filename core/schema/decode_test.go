package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
)

func decodeFields(t *testing.T, doc string) (schema.Fields, error) {
	t.Helper()
	tree, err := option.ParseJSON([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		Fields schema.Fields `option:"additionalFields"`
	}
	err = option.Decode(map[string]any{"additionalFields": tree}, &o)
	return o.Fields, err
}

func TestFieldsDecodeInTheOrderOfTheFile(t *testing.T) {
	got, err := decodeFields(t, `{
		"plan": {"type": "string", "required": false, "defaultValue": "free", "input": false, "fieldName": "user_plan"},
		"age": {"type": "number", "defaultValue": 18, "bigint": true, "index": true},
		"ratio": {"type": "number", "defaultValue": 0.5, "returned": false},
		"role": {"type": ["admin", "user"], "required": true, "unique": true, "sortable": true},
		"tags": {"type": "string[]", "defaultValue": []},
		"team": {"type": "string", "references": {"model": "team", "field": "id", "onDelete": "set null"}},
		"gone": null
	}`)
	if err != nil {
		t.Fatal(err)
	}
	want := schema.Fields{
		{Name: "plan", Column: "user_plan", Type: schema.String, Required: option.Off, Default: "free", Input: option.Off},
		{Name: "age", Type: schema.Number, Default: int64(18), BigInt: true, Index: true},
		{Name: "ratio", Type: schema.Number, Default: 0.5, Returned: option.Off},
		{Name: "role", Type: schema.String, Enum: []string{"admin", "user"}, Required: option.On, Unique: true, Sortable: true},
		{Name: "tags", Type: schema.Strings, Default: []any{}},
		{Name: "team", Type: schema.String, References: &schema.Reference{Model: "team", Field: "id", OnDelete: "set null"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFieldsNameWhatIsWrong(t *testing.T) {
	const types = `must be a list of texts or one of ["string" "number" "boolean" "date" "json" "string[]" "number[]"]`
	tests := []struct{ name, doc, want string }{
		{"no object", `[]`, "additionalFields: must be an object of fields by name"},
		{"a field that is none", `{"a":"string"}`, "additionalFields.a: must be an object, not a text"},
		{"no type", `{"a":{}}`, "additionalFields.a.type: " + types},
		{"another type", `{"a":{"type":"text"}}`, "additionalFields.a.type: " + types},
		{"no literals", `{"a":{"type":[]}}`, "additionalFields.a.type: must list at least one text"},
		{"numbers as literals", `{"a":{"type":[1]}}`, "additionalFields.a.type[0]: must be a text, not a number"},
		{"an object as default", `{"a":{"type":"json","defaultValue":{}}}`, "additionalFields.a.defaultValue: must be a text, a number, true, false or a list"},
		{"a function", `{"a":{"type":"date","onUpdate":"now"}}`, "additionalFields.a.onUpdate: is a function; it can be set in Go only"},
		{"two at once", `{"a":{"type":"string","requird":true},"b":{"type":1}}`,
			"additionalFields.a.requird: unknown option; did you mean required?\nadditionalFields.b.type: must be a text or a list, not a number"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decodeFields(t, tt.doc)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
