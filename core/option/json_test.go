package option_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/option"
)

func keys(t *testing.T, v any) string {
	t.Helper()
	entries, ok := option.Entries(v)
	if !ok {
		t.Fatalf("%T is no object", v)
	}
	var names []string
	for key := range entries {
		names = append(names, key)
	}
	return strings.Join(names, " ")
}

func TestParseJSONKeepsTheOrderOfKeys(t *testing.T) {
	tree, err := option.ParseJSON([]byte(`{"z":1,"a":2,"m":3}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := keys(t, tree); got != "z a m" {
		t.Errorf("keys %s", got)
	}
}

func TestEntriesOfAMapAreSorted(t *testing.T) {
	if got := keys(t, map[string]any{"z": 1, "a": 2, "m": 3}); got != "a m z" {
		t.Errorf("keys %s", got)
	}
	if _, ok := option.Entries("text"); ok {
		t.Error("a text has entries")
	}
}

func TestParseJSONAcceptsComments(t *testing.T) {
	doc := "\ufeff// first\n{ /* a\n * b */ \"url\": \"http://x/*y*/\", // end\n \"quote\": \"\\\" // no comment\" }\n/**/"
	tree, err := option.ParseJSON([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		URL   string `option:"url"`
		Quote string `option:"quote"`
	}
	if err := option.Decode(tree, &got); err != nil {
		t.Fatal(err)
	}
	if got.URL != "http://x/*y*/" || got.Quote != `" // no comment` {
		t.Errorf("got %+v", got)
	}
}

func TestParseJSONNamesLineAndColumn(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"a missing comma", "{\n  \"a\": 1\n  \"b\": 2\n}", "line 3, column 3: "},
		{"after a comment", "/* one\ntwo */ {\"a\" 1}", "line 2, column 13: "},
		{"a key twice", `{"a":1,"a":2}`, "line 1, column "},
		{"an open comment", `{"a":1 /*`, "line 1, column 10: "},
		{"nothing", ``, "line 1, column 1: "},
		{"two values", "{}\n{}", "line 2, column 1: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := option.ParseJSON([]byte(tt.doc))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s…", err, tt.want)
			}
		})
	}
}

func FuzzParseJSON(f *testing.F) {
	for _, doc := range []string{`{"a":[1,2.5,null,true,"x"]}`, `{"a"://x` + "\n1}", `/*`, `"\`, `"\"/*"`, `{"inner":{"life":"7d"},"union":false}`, "\ufeff{}"} {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		tree1, err := option.ParseJSON([]byte(doc))
		if err != nil {
			return
		}
		first := option.Decode(tree1, new(tree))
		second := option.Decode(tree1, new(tree))
		if diff := cmp.Diff(text(first), text(second)); diff != "" {
			t.Errorf("two decodings differ: %s", diff)
		}
	})
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
