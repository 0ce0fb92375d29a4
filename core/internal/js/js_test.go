package js_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/internal/js"
)

// golden reads a table that testdata/golden.mjs wrote.
func golden[T any](t *testing.T, name string) []T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var rows []T
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := js.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestJSONReadsAndWritesAsInNode(t *testing.T) {
	type row struct {
		Text string
		Out  *string
	}
	// Where JavaScript throws a syntax error for what follows the value, the refusal
	// has the other name here.
	for _, r := range golden[row](t, "json.json") {
		v, err := js.Parse([]byte(r.Text))
		if r.Out == nil {
			if err == nil {
				t.Errorf("%q parses as %s, Node throws", r.Text, text(t, v))
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v, Node gives %s", r.Text, err, *r.Out)
			continue
		}
		if got := text(t, v); got != *r.Out {
			t.Errorf("%q becomes %s, in Node %s", r.Text, got, *r.Out)
		}
	}
}

func TestNumbersPrintAsInJavaScript(t *testing.T) {
	for _, r := range golden[[2]any](t, "numbers.json") {
		if got := text(t, r[0]); got != r[1] {
			t.Errorf("%v prints as %s, want %s", r[0], got, r[1])
		}
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := text(t, f); got != "null" {
			t.Errorf("%v is written as %s", f, got)
		}
	}
	for f, want := range map[float64]string{math.Inf(1): "Infinity", math.Inf(-1): "-Infinity", 1e21: "1e+21", 12: "12"} {
		if got := js.FormatNumber(f); got != want {
			t.Errorf("String(%v) = %s, want %s", f, got, want)
		}
	}
}

func TestDatesReadAsInJavaScript(t *testing.T) {
	for _, r := range golden[struct{ Text, Out string }](t, "dates.json") {
		got := ""
		if d, ok := js.ParseDate(r.Text); ok {
			got = js.FormatDate(d)
		}
		if got != r.Out {
			t.Errorf("new Date(%q) is %q, want %q", r.Text, got, r.Out)
		}
	}
}

func TestFormsAndQueriesReadAsUpstreams(t *testing.T) {
	for _, r := range golden[struct{ Text, Form, Query string }](t, "forms.json") {
		form, err := js.ParseForm(r.Text)
		if err != nil {
			t.Errorf("%q: %v", r.Text, err)
			continue
		}
		if got := text(t, form); got != r.Form {
			t.Errorf("form %q\n got %s\nwant %s", r.Text, got, r.Form)
		}
		if got := text(t, js.ParseQuery(r.Text)); got != r.Query {
			t.Errorf("query %q\n got %s\nwant %s", r.Text, got, r.Query)
		}
	}
}

func TestAFormHasAtMostAThousandFields(t *testing.T) {
	if _, err := js.ParseForm(strings.Repeat("a=1&", 1000)); err != nil {
		t.Errorf("1,000 fields: %v", err)
	}
	if _, err := js.ParseForm(strings.Repeat("a=1&", 1001)); !errors.Is(err, js.ErrRefused) {
		t.Errorf("1,001 fields: %v, want a refusal", err)
	}
}

func TestAPrototypeIsNeverAKeyOfAFormOrQuery(t *testing.T) {
	form, err := js.ParseForm("__proto__=x&a=1")
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, form) + text(t, js.ParseQuery("__proto__=x&a=1")); got != `{"a":"1"}{"a":"1"}` {
		t.Errorf("got %s", got)
	}
}

func TestGO001_AmbiguousJSONIsRefused(t *testing.T) {
	cases := []struct {
		name, body, why string
		is              error
	}{
		{"a key twice", `{"email":"a","email":"b"}`, "a key appears twice", js.ErrRefused},
		{"a key twice, once escaped", `{"email":"a","\u0065mail":"b"}`, "a key appears twice", js.ErrRefused},
		{"a key twice inside", `[{"a":{"b":1,"b":2}}]`, "a key appears twice", js.ErrRefused},
		{"data after the value", `{"a":1}{"a":2}`, "data after the value", js.ErrRefused},
		{"a bracket after the value", `{"a":1}]`, "data after the value", js.ErrRefused},
		{"invalid UTF-8 in a value", "{\"a\":\"\xff\"}", "not valid UTF-8", js.ErrRefused},
		{"invalid UTF-8 in a key", "{\"\xc3\":1}", "not valid UTF-8", js.ErrRefused},
		{"an encoded surrogate", "\"\xed\xa0\x80\"", "not valid UTF-8", js.ErrRefused},
		{"a high surrogate alone", `"\ud800"`, "half a surrogate pair", js.ErrRefused},
		{"a low surrogate alone", `"\udc00"`, "half a surrogate pair", js.ErrRefused},
		{"two high surrogates", `"\ud800\ud800"`, "half a surrogate pair", js.ErrRefused},
		{"a high surrogate and a letter", `"\ud800a"`, "half a surrogate pair", js.ErrRefused},
		{"NUL in a value", `"\u0000"`, "a NUL character", js.ErrRefused},
		{"NUL in a key", `{"a\u0000b":1}`, "a NUL character", js.ErrRefused},
		{"a raw NUL", "\"\x00\"", "control character", js.ErrSyntax},
		{"33 deep", strings.Repeat("[", 33) + strings.Repeat("]", 33), "more than 32 deep", js.ErrRefused},
		{"a byte order mark", "\ufeff{}", "value was expected", js.ErrSyntax},
		{"a comment", `{"a":1/**/}`, "comma", js.ErrSyntax},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v, err := js.Parse([]byte(c.body))
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.why) {
				t.Errorf("got %v, %v; want %v: %s", v, err, c.is, c.why)
			}
		})
	}
}

func TestGO001_KeysAreReadByTheirExactCase(t *testing.T) {
	v, err := js.Parse([]byte(`{"email":"a","EMAIL":"b","Role":"admin","\u212aey":1}`))
	if err != nil {
		t.Fatal(err)
	}
	o := v.(*js.Object)
	if got, _ := o.Get("email"); got != "a" {
		t.Errorf("email is %v", got)
	}
	for _, key := range []string{"role", "Email", "key"} {
		if got, ok := o.Get(key); ok {
			t.Errorf("%s is %v, want nothing", key, got)
		}
	}
}

func TestGO006_DeepJSONIsRefusedAtOnce(t *testing.T) {
	for _, open := range []string{"[", `{"a":`, `[{"a":`} {
		if _, err := js.Parse([]byte(strings.Repeat(open, 1_000_000))); !errors.Is(err, js.ErrRefused) {
			t.Errorf("%q a million times: %v", open, err)
		}
	}
	if _, err := js.Parse([]byte(strings.Repeat("[", 32) + strings.Repeat("]", 32))); err != nil {
		t.Errorf("32 deep: %v", err)
	}
}

func TestGO006_AValueThatContainsItselfIsAnError(t *testing.T) {
	o := js.NewObject()
	o.Set("self", o)
	type node struct{ Next *node }
	n := &node{}
	n.Next = n
	m := map[string]any{}
	m["m"] = []any{m}
	for _, v := range []any{o, n, m} {
		if _, err := js.Marshal(v); err == nil {
			t.Errorf("%T is written", v)
		}
	}
}

func TestGO018_IntegersKeepTheirDigits(t *testing.T) {
	for _, digits := range []string{"9007199254740993", "-9007199254740993", "9223372036854775807", "123456789012345678901234567890"} {
		v, err := js.Parse([]byte(digits))
		if err != nil {
			t.Fatal(err)
		}
		if got := text(t, v); got != digits {
			t.Errorf("%s becomes %s", digits, got)
		}
	}
	if got := text(t, int64(9007199254740993)); got != "9007199254740993" {
		t.Errorf("an int64 becomes %s", got)
	}
	if i, ok := js.Number("9007199254740993").Int(); !ok || i != 9007199254740993 {
		t.Errorf("Int is %d, %t", i, ok)
	}
	for n, want := range map[js.Number]bool{"1.0": true, "1e3": true, "1.5": false, "1e400": false, "-0": true, "x": false} {
		if _, ok := n.Int(); ok != want {
			t.Errorf("%s is an integer: %t", n, ok)
		}
	}
}

func TestUP076_ARepeatedParameterIsAnArrayAndNeverAString(t *testing.T) {
	v, _ := js.ParseQuery("callbackURL=a&callbackURL=b").Get("callbackURL")
	if diff := cmp.Diff([]any{"a", "b"}, v); diff != "" {
		t.Error(diff)
	}
	body, err := js.Parse([]byte(`{"callbackURL":["x"]}`))
	if err != nil {
		t.Fatal(err)
	}
	v, _ = body.(*js.Object).Get("callbackURL")
	if diff := cmp.Diff([]any{"x"}, v); diff != "" {
		t.Error(diff)
	}
}

func TestMembersKeepTheBytesOfTheirValues(t *testing.T) {
	got, err := js.Members([]byte(` { "session" : {"a":1.0, "b":"\u0041"} ,"expiresAt":1e3,"s":"x" } `))
	if err != nil {
		t.Fatal(err)
	}
	session := js.NewObject()
	session.Set("a", js.Number("1.0"))
	session.Set("b", "A")
	want := []js.Member{
		{"session", session, []byte(`{"a":1.0, "b":"\u0041"}`)}, {"expiresAt", js.Number("1e3"), []byte("1e3")}, {"s", "x", []byte(`"x"`)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, body := range []string{`[1]`, `1`, `{"a":1,"a":2}`, `{"a":1} x`, `{"a":"\ud800"}`, ``} {
		if _, err := js.Members([]byte(body)); err == nil {
			t.Errorf("%s has members", body)
		}
	}
}

func TestObjectsKeepTheirOrder(t *testing.T) {
	o := js.NewObject()
	for i := range 40 {
		o.Set(fmt.Sprintf("k%d", 39-i), i)
	}
	o.Set("k5", "changed")
	o.Delete("k39")
	o.Delete("absent")
	o.Set("7", nil)
	var keys []string
	for k := range o.All() {
		keys = append(keys, k)
	}
	if keys[0] != "7" || keys[1] != "k38" || keys[39] != "k0" || o.Len() != 40 {
		t.Errorf("keys %q, length %d", keys, o.Len())
	}
	if v, ok := o.Get("k5"); !ok || v != "changed" {
		t.Errorf("k5 is %v", v)
	}
	c := o.Clone()
	c.Set("k5", 1)
	c.Delete("k4")
	if v, _ := o.Get("k5"); v != "changed" || o.Equal(c) || !o.Equal(o.Clone()) {
		t.Error("the copy changes the original, or equality is wrong")
	}
	var none *js.Object
	if _, ok := none.Get("x"); ok || none.Len() != 0 || text(t, none) != "null" {
		t.Error("nil is not an empty object")
	}
}

type celsius float64

func (c celsius) AppendJSON(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, `"%.1f°"`, float64(c)), nil
}

type token struct{ id string }

func (k *token) AppendJSON(dst []byte) ([]byte, error) { return js.AppendString(dst, "t-"+k.id), nil }

type base struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"createdAt"`
	Shadowed  int       `json:"name"`
}

type more struct {
	Extra string `json:"extra,omitempty"`
}

type role string

type record struct {
	base
	*more
	Name    string         `json:"name"`
	Image   *string        `json:"image"`
	Note    *string        `json:"note,omitempty"`
	Until   time.Time      `json:"until,omitzero"`
	Roles   []role         `json:"roles"`
	Tags    []string       `json:"tags,omitempty"`
	Meta    map[string]any `json:"meta,omitempty"`
	Labels  map[role]int   `json:"labels,omitzero"`
	Temp    celsius        `json:"temp"`
	Token   token          `json:"token"`
	Tokens  []*token       `json:"tokens"`
	Any     any            `json:"any"`
	Secret  string         `json:"-"`
	Dash    int            `json:"-,"` //nolint:staticcheck // the odd tag is what is tested
	Plain   uint8          //nolint:tagliatelle // the name of the field is the key
	private int
	Child   *record           `json:"child,omitempty"`
	Times   []*time.Time      `json:"times,omitempty"`
	Strings map[string]string `json:"strings,omitempty"`
}

func TestStructsAreWrittenByTheirTags(t *testing.T) {
	at := time.Date(2024, 5, 5, 12, 0, 0, 123_999_999, time.FixedZone("x", 7200))
	r := record{
		base: base{"1", at, 5}, more: &more{"e"}, Name: "n", Roles: []role{"a", "b"}, Temp: 1.5, Token: token{"x"}, Tokens: []*token{{"y"}, nil},
		Any: []any{1, js.Number("2.50")}, Secret: "s", private: 1, Labels: map[role]int{"z": 1, "a": 2}, Child: &record{}, Times: []*time.Time{&at},
	}
	want := `{"id":"1","createdAt":"2024-05-05T10:00:00.123Z","extra":"e","name":"n","image":null,"roles":["a","b"],"labels":{"a":2,"z":1},"temp":"1.5°","token":"t-x","tokens":["t-y",null],"any":[1,2.5],"-":0,"Plain":0,` +
		`"child":{"id":"","createdAt":"0001-01-01T00:00:00.000Z","name":"","image":null,"roles":null,"temp":"0.0°","token":"t-","tokens":null,"any":null,"-":0,"Plain":0},"times":["2024-05-05T10:00:00.123Z"]}`
	if diff := cmp.Diff(want, text(t, r)); diff != "" {
		t.Errorf("by value:\n%s", diff)
	}
	if diff := cmp.Diff(want, text(t, &r)); diff != "" {
		t.Errorf("by pointer:\n%s", diff)
	}
}

func TestValuesWithoutAJSONFormAreErrors(t *testing.T) {
	for _, v := range []any{make(chan int), func() {}, []byte("x"), map[int]string{1: "x"}, complex(1, 1), []any{func() {}}, map[string]any{"a": make(chan int)}, struct{ F func() }{}} {
		if got, err := js.Marshal(v); err == nil {
			t.Errorf("%T is written as %s", v, got)
		}
	}
}

func TestTextIsWrittenWithoutHTMLEscapes(t *testing.T) {
	for in, want := range map[string]string{
		"<a href='x'>&\"\\": `"<a href='x'>&\"\\"`, "\u2028\u2029é😀\x7f": "\"\u2028\u2029é😀\x7f\"", "\x00\x1f\b\t\n\f\r": `"\u0000\u001f\b\t\n\f\r"`, "a\xffb\xe2\x82": "\"a\ufffdb\ufffd\ufffd\"",
	} {
		if got := text(t, in); got != want {
			t.Errorf("%q is written as %s, want %s", in, got, want)
		}
	}
}

func TestTruthinessIsJavaScripts(t *testing.T) {
	for _, v := range []any{nil, false, "", js.Number("0"), js.Number("-0"), js.Number("0.0"), 0, int64(0), 0.0, math.NaN(), (*js.Object)(nil)} {
		if js.Truthy(v) {
			t.Errorf("%#v is true", v)
		}
	}
	for _, v := range []any{true, "0", "false", " ", js.Number("1"), -1, 0.1, []any{}, js.NewObject(), time.Time{}, math.Inf(1)} {
		if !js.Truthy(v) {
			t.Errorf("%#v is false", v)
		}
	}
}

func TestLengthsCountUTF16Units(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "é": 1, "😀": 2, "a😀é": 4, "e\u0301": 2, "\xff": 1} {
		if got := js.UTF16Len(s); got != want {
			t.Errorf("%q has length %d, want %d", s, got, want)
		}
	}
}

func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e-7,"\ud83d\ude00",null,true]}`, `{"2":1,"1":2}`, `"\u0000"`, `[[[[`, `-0`, `1e400`, "\"\xff\"", `{"a":1,"a":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := js.Parse(data)
		if err != nil {
			if !errors.Is(err, js.ErrSyntax) && !errors.Is(err, js.ErrRefused) {
				t.Fatalf("%q: %v is neither error", data, err)
			}
			return
		}
		if !json.Valid(data) {
			t.Fatalf("%q is accepted and not JSON", data)
		}
		first := text(t, v)
		again, err := js.Parse([]byte(first))
		if err != nil {
			t.Fatalf("%q is written as %s: %v", data, first, err)
		}
		if second := text(t, again); second != first {
			t.Fatalf("%q is written as %s, then as %s", data, first, second)
		}
	})
}
