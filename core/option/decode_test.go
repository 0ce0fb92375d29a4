package option_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/option"
)

// lanes is a Decoder with a form of its own.
type lanes []string

func (l *lanes) DecodeOption(v any) error {
	entries, ok := option.Entries(v)
	if !ok {
		return errors.New("must be an object of lanes")
	}
	var errs []error
	for name, item := range entries {
		var inner struct {
			Wide bool `option:"wide"`
		}
		errs = append(errs, option.In(name, option.Decode(item, &inner)))
		*l = append(*l, fmt.Sprint(name, inner.Wide))
	}
	return errors.Join(errs...)
}

type inner struct {
	Age  time.Duration `option:"age,zero"`
	Life time.Duration `option:"life"`
	Wait time.Duration `option:"wait,ms,zero"`
}

type tree struct {
	Naming
	Name    string            `option:"name"`
	Switch  option.Toggle     `option:"switch"`
	Plain   bool              `option:"plain"`
	Count   int               `option:"minPasswordLength"`
	Small   int8              `option:"small"`
	Part    float64           `option:"part"`
	Limit   *int              `option:"limit"`
	Inner   inner             `option:"inner"`
	Pointer *inner            `option:"pointer"`
	List    []string          `option:"list"`
	Items   []inner           `option:"items"`
	ByName  map[string]inner  `option:"byName"`
	Since   time.Time         `option:"since"`
	Any     any               `option:"any"`
	Lanes   lanes             `option:"lanes"`
	Text    string            `option:"union"`
	Object  *inner            `option:"union"`
	Flag    option.Toggle     `option:"union"`
	Texts   []string          `option:"union"`
	Hook    func()            `option:"hook"`
	Hidden  string            `option:"-"`
	Nobody  map[string]string // untagged
}

// Naming lends its fields.
type Naming struct {
	Table   string            `option:"table"`
	Columns map[string]string `option:"columns"`
}

func parse(t *testing.T, doc string) any {
	t.Helper()
	v, err := option.ParseJSON([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDecodeGivesEveryKindToItsField(t *testing.T) {
	seven := 7
	tests := []struct {
		name, doc string
		want      tree
	}{
		{"scalars", `{"name":"x","switch":true,"plain":true,"minPasswordLength":12,"small":-3,"part":0.5}`,
			tree{Name: "x", Switch: option.On, Plain: true, Count: 12, Small: -3, Part: 0.5}},
		{"a whole number in another form", `{"minPasswordLength":1.2e1}`, tree{Count: 12}},
		{"a switch off", `{"switch":false}`, tree{Switch: option.Off}},
		{"pointers", `{"limit":7,"pointer":{"life":1}}`, tree{Limit: &seven, Pointer: &inner{Life: time.Second}}},
		{"null is not set", `{"name":null,"switch":null,"limit":null,"inner":null,"list":null,"union":null,"hook":null,"lanes":null}`, tree{}},
		{"an embedded struct", `{"table":"people","columns":{"email":"mail","name":null}}`,
			tree{Naming: Naming{Table: "people", Columns: map[string]string{"email": "mail"}}}},
		{"lists and maps", `{"list":["a","b"],"items":[{"life":1}],"byName":{"x":{"life":2}}}`,
			tree{List: []string{"a", "b"}, Items: []inner{{Life: time.Second}}, ByName: map[string]inner{"x": {Life: 2 * time.Second}}}},
		{"an empty list is set", `{"list":[]}`, tree{List: []string{}}},
		{"a duration in seconds", `{"inner":{"life":90.5}}`, tree{Inner: inner{Life: 90500 * time.Millisecond}}},
		{"a duration in milliseconds", `{"inner":{"wait":90.5}}`, tree{Inner: inner{Wait: 90500 * time.Microsecond}}},
		{"no milliseconds", `{"inner":{"wait":0}}`, tree{Inner: inner{Wait: -1}}},
		{"a duration as text", `{"inner":{"life":"15m"}}`, tree{Inner: inner{Life: 15 * time.Minute}}},
		{"a duration in days", `{"inner":{"life":"7d","age":"2w"}}`, tree{Inner: inner{Life: 7 * 24 * time.Hour, Age: 14 * 24 * time.Hour}}},
		{"an explicit zero", `{"inner":{"age":0,"life":0}}`, tree{Inner: inner{Age: -1}}},
		{"an explicit zero as text", `{"inner":{"age":"0s"}}`, tree{Inner: inner{Age: -1}}},
		{"a date", `{"since":"2026-01-31T12:00:00.000Z"}`, tree{Since: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)}},
		{"any number", `{"any":3}`, tree{Any: int64(3)}},
		{"any fraction in a list", `{"any":[3.5,"x",true]}`, tree{Any: []any{3.5, "x", true}}},
		{"a decoder, in order", `{"lanes":{"b":{"wide":true},"a":{}}}`, tree{Lanes: lanes{"btrue", "afalse"}}},
		{"a union's text", `{"union":"x"}`, tree{Text: "x"}},
		{"a union's object", `{"union":{"life":1}}`, tree{Object: &inner{Life: time.Second}}},
		{"a union's switch", `{"union":false}`, tree{Flag: option.Off}},
		{"a union's list", `{"union":["x"]}`, tree{Texts: []string{"x"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got tree
			if err := option.Decode(parse(t, tt.doc), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeTakesGoValues(t *testing.T) {
	date := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	var got tree
	err := option.Decode(map[string]any{
		"minPasswordLength": uint64(9), "small": int64(2), "part": float32(0.5), "since": date,
		"inner": map[string]any{"life": 3}, "any": uint8(4),
	}, &got)
	if err != nil {
		t.Fatal(err)
	}
	want := tree{Count: 9, Small: 2, Part: 0.5, Since: date, Inner: inner{Life: 3 * time.Second}, Any: int64(4)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeKeepsWhatTheTreeDoesNotName(t *testing.T) {
	got := tree{Name: "kept", Inner: inner{Life: time.Hour}}
	if err := option.Decode(parse(t, `{"plain":true,"inner":{"age":1}}`), &got); err != nil {
		t.Fatal(err)
	}
	want := tree{Name: "kept", Plain: true, Inner: inner{Life: time.Hour, Age: time.Second}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeNamesThePathOfEveryError(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"a near name", `{"minPaswordLength":1}`, "minPaswordLength: unknown option; did you mean minPasswordLength?"},
		{"another case", `{"MINPASSWORDLENGTH":1}`, "MINPASSWORDLENGTH: unknown option; did you mean minPasswordLength?"},
		{"swapped letters", `{"naem":1}`, "naem: unknown option; did you mean name?"},
		{"no near name", `{"zzzzzz":1}`, "zzzzzz: unknown option"},
		{"an unknown key set to null", `{"zzzzzz":null}`, "zzzzzz: unknown option"},
		{"hidden and untagged fields", `{"Hidden":1,"Nobody":1}`, "Hidden: unknown option\nNobody: unknown option"},
		{"inside", `{"inner":{"lif":1}}`, "inner.lif: unknown option; did you mean life?"},
		{"inside a list", `{"items":[{},{"life":true}]}`, `items[1].life: must be a number of seconds or a text such as "15m", not true`},
		{"inside a map with an odd key", `{"byName":{"/a.b":{"life":[]}}}`, `byName["/a.b"].life: must be a number of seconds or a text such as "15m", not a list`},
		{"inside a decoder", `{"lanes":{"/x":{"wide":1,"long":2}}}`, "lanes[\"/x\"].long: unknown option\nlanes[\"/x\"].wide: must be true or false, not a number"},
		{"a decoder itself", `{"lanes":1}`, "lanes: must be an object of lanes"},
		{"a text", `{"name":1}`, "name: must be a text, not a number"},
		{"a switch", `{"switch":"yes"}`, "switch: must be true or false, not a text"},
		{"a flag", `{"plain":{}}`, "plain: must be true or false, not an object"},
		{"a number", `{"minPasswordLength":"8"}`, "minPasswordLength: must be a whole number, not a text"},
		{"a fraction", `{"minPasswordLength":8.5}`, "minPasswordLength: must be a whole number within ±2^53"},
		{"a number out of range", `{"small":128}`, "small: 128 is out of range"},
		{"an object", `{"inner":"x"}`, "inner: must be an object, not a text"},
		{"a list", `{"list":"x"}`, "list: must be a list, not a text"},
		{"null in a list", `{"list":["x",null]}`, "list[1]: must not be null"},
		{"a map", `{"columns":[]}`, "columns: must be an object, not a list"},
		{"a date", `{"since":"tomorrow"}`, "since: must be a date as in 2026-01-31 or 2026-01-31T12:00:00Z"},
		{"a date of another kind", `{"since":5}`, "since: must be a date as text, not a number"},
		{"a union", `{"union":5}`, "union: must be a text, an object, true or false or a list, not a number"},
		{"a union's part", `{"union":{"lfe":5}}`, "union.lfe: unknown option; did you mean life?"},
		{"a function", `{"hook":"x"}`, "hook: is a function; it can be set in Go only"},
		{"the whole", `[]`, "must be an object, not a list"},
		{"all of them, sorted", `{"zzz":1,"name":1,"inner":{"life":true}}`,
			"inner.life: must be a number of seconds or a text such as \"15m\", not true\nname: must be a text, not a number\nzzz: unknown option"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := option.Decode(parse(t, tt.doc), new(tree))
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGO013_DurationsAndNumbersStayInBounds(t *testing.T) {
	for _, doc := range []string{
		`{"inner":{"life":9e18}}`, `{"inner":{"life":9223372036854775807}}`, `{"inner":{"life":1e400}}`,
		`{"inner":{"life":-1}}`, `{"inner":{"life":-9e18}}`, `{"inner":{"life":"-1s"}}`, `{"inner":{"life":3153600001}}`,
		`{"inner":{"life":"999999w"}}`, `{"inner":{"life":"2562047h"}}`,
		`{"minPasswordLength":1e400}`, `{"minPasswordLength":9223372036854775808}`, `{"small":300}`,
	} {
		var got tree
		if err := option.Decode(parse(t, doc), &got); err == nil {
			t.Errorf("%s is accepted as %v", doc, got.Inner.Life)
		}
	}
	var got tree
	if err := option.Decode(parse(t, `{"inner":{"life":3153600000}}`), &got); err != nil || got.Inner.Life != 876000*time.Hour {
		t.Errorf("100 years: %v, %v", got.Inner.Life, err)
	}
}

func TestDecodeShowsNoTexts(t *testing.T) {
	err := option.Decode(parse(t, `{"minPasswordLength":"hunter2","switch":"hunter2","inner":"hunter2","union":7}`), new(tree))
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func TestDecodeWantsAPointer(t *testing.T) {
	if err := option.Decode(map[string]any{}, tree{}); err == nil {
		t.Error("a struct by value is accepted")
	}
}

func TestErrorsComeApart(t *testing.T) {
	err := option.Decode(parse(t, `{"zzz":1,"lanes":5}`), new(tree))
	one, ok := errors.AsType[*option.Error](err)
	if !ok || one.Path != "lanes" || one.Problem != "must be an object of lanes" {
		t.Errorf("got %#v", one)
	}
}
