package store_test

import (
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/store"
)

func TestJSONKeepsWhatUpstreamStored(t *testing.T) {
	for _, text := range []string{
		`null`, `true`, `"a<&>\"\\"`, "\"\u2028\u2029\"", `9007199254740993`, `1.5`, `[]`, `{}`, `{"b":1,"a":[{"d":null,"c":"x"}]}`,
		strings.Repeat("[", 100) + strings.Repeat("]", 100),
	} {
		tree, err := store.DecodeJSON(text)
		if err != nil {
			t.Errorf("decode %s: %v", text, err)
			continue
		}
		if got, err := store.EncodeJSON(tree); err != nil || got != text {
			t.Errorf("%s became %s, %v", text, got, err)
		}
	}
}

func TestJSONThatIsNoneIsAnError(t *testing.T) {
	for _, text := range []string{"", "{", "undefined", "{a:1}", "1 2"} {
		if tree, err := store.DecodeJSON(text); err == nil {
			t.Errorf("%q became %v", text, tree)
		}
	}
	if text, err := store.EncodeJSON(func() {}); err == nil {
		t.Errorf("a function became %s", text)
	}
}

func TestJSONWritesGoMapsSorted(t *testing.T) {
	got, err := store.EncodeJSON(map[string]any{"b": 1.0, "a": []string{"x"}})
	if want := `{"a":["x"],"b":1}`; err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}
