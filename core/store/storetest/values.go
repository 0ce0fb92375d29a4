package storetest

import (
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// testJoinNull joins through a reference that is null.
func testJoinNull(t *testing.T, s *suite) {
	note := &schema.Table{Model: "note", Name: "note", Fields: []schema.Field{
		{Name: "owner", Type: schema.String, Required: option.Off, References: &schema.Reference{Model: "user", Field: "id", OnDelete: "set null"}},
	}}
	b := s.with(t, schema.TextID, append(tables(), note))
	b.insert("note", store.Record{"id": "n1"})
	rec, err := b.a.FindOne(b.ctx, store.Query{Model: "note", Join: "user"})
	if err != nil {
		t.Fatal(err)
	}
	if u, ok := rec["user"]; !ok || u != nil {
		t.Errorf("a null reference joined %v (present %v), want nil", u, ok)
	}
}

var lastID atomic.Int64

// newID returns an id that no other row has, as short as databases want them.
func newID() string { return fmt.Sprint("row ", lastID.Add(1)) }

// nothing is a thing with every field null.
func nothing(id string) store.Record {
	rec := store.Record{"id": id}
	for _, f := range thingTable().Fields {
		rec[f.Name] = nil
	}
	return rec
}

// keeps inserts a thing with one value and checks what every read returns.
func (b *bundle) keeps(name, field string, v, want any) {
	b.t.Run(name, func(t *testing.T) {
		b := &bundle{t, b.a, t.Context()}
		id := newID()
		expected := nothing(id)
		expected[field] = want
		got := b.insert("thing", store.Record{"id": id, field: v})
		if !reflect.DeepEqual(got, expected) {
			t.Errorf("insert returned\n%#v, want\n%#v", got, expected)
		}
		if got = b.findOne("thing", store.Is("id", id)); !reflect.DeepEqual(got, expected) {
			t.Errorf("find returned\n%#v, want\n%#v", got, expected)
		}
		got, err := b.a.UpdateOne(b.ctx, "thing", store.Where{store.Is("id", id)}, store.Record{field: v})
		if err != nil || !reflect.DeepEqual(got, expected) {
			t.Errorf("update returned\n%#v, %v, want\n%#v", got, err, expected)
		}
		got, err = b.a.Consume(b.ctx, "thing", store.Where{store.Is("id", id)}, nil)
		if err != nil || !reflect.DeepEqual(got, expected) {
			t.Errorf("consume returned\n%#v, %v, want\n%#v", got, err, expected)
		}
	})
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	text, err := store.EncodeJSON(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	tree, err := store.DecodeJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// deepTree nests deeper than a request may.
func deepTree(depth int) (tree any) {
	for range depth {
		tree = []any{tree}
	}
	return tree
}

func testFieldTypes(t *testing.T, s *suite) {
	b := s.fresh(t)
	tree := map[string]any{"a": []any{1.0, "x", nil, true}, "b": "<b>&amp;</b>", "c": "\u2028\u2029", "d": `\u2028 "\n`, "o": map[string]any{}}
	ordered := decoded(t, `{"b":1,"a":{"z":"","y":[{"d":9007199254740993,"c":null}]}}`)
	for _, c := range []struct {
		name, field string
		v, want     any
	}{
		{"text", "text", "hello", "hello"},
		{"text that is a number", "text", "0012", "0012"},
		{"text that is a float", "text", "1e5", "1e5"},
		{"text that is a date", "text", "2024-03-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"},
		{"text that is JSON", "text", `{"a":1}`, `{"a":1}`},
		{"text that is null", "text", "null", "null"},
		{"empty text", "text", "", ""},
		{"enum", "kind", "small", "small"},
		{"true", "flag", true, true},
		{"false", "flag", false, false},
		{"number", "number", int64(42), int64(42)},
		{"negative", "number", int64(-42), int64(-42)},
		{"zero", "number", int64(0), int64(0)},
		{"whole float", "number", 42.0, int64(42)},
		{"int", "number", 7, int64(7)},
		{"tree", "tree", tree, decoded(t, encoded(t, tree))},
		{"nested tree", "tree", deepTree(30), deepTree(30)},
		{"tree list", "tree", []any{}, []any{}},
		{"tree text", "tree", "text", "text"},
		{"tree text like null", "tree", "null", "null"},
		{"tree number", "tree", 1.5, decoded(t, "1.5")},
		{"tree false", "tree", false, false},
		{"strings", "strings", []string{"a", `"quoted"`, "", "é, b"}, []string{"a", `"quoted"`, "", "é, b"}},
		{"no strings", "strings", []string{}, []string{}},
		{"nil strings are none", "strings", []string(nil), []string{}},
		{"numbers", "numbers", []float64{1, -2.5, 1e21}, []float64{1, -2.5, 1e21}},
		{"no numbers", "numbers", []float64{}, []float64{}},
	} {
		b.keeps(c.name, c.field, c.v, c.want)
	}
	for _, f := range thingTable().Fields {
		b.keeps("null "+f.Name, f.Name, nil, nil)
	}
	for _, c := range []struct {
		need        Capability
		name, field string
		v           any
	}{
		{JSONOrder, "tree that keeps its order", "tree", ordered},
		{DeepJSON, "deep tree", "tree", deepTree(100)},
		{Fractions, "fraction", "number", 1.5},
		{Fractions, "huge", "number", 1e300},
	} {
		if s.has(c.need) {
			b.keeps(c.name, c.field, c.v, c.v)
		} else {
			t.Run(c.name, func(t *testing.T) { s.need(t, c.need) })
		}
	}
}

func testWrongTypes(t *testing.T, s *suite) {
	b := s.fresh(t)
	for field, v := range map[string]any{
		"text": 1, "number": "1", "big": true, "flag": 1, "at": "2024-03-01", "strings": "a", "numbers": []string{"1"}, "kind": []string{"big"},
	} {
		_, err := b.a.Insert(b.ctx, "thing", store.Record{"id": "x", field: v})
		if err == nil || !strings.Contains(err.Error(), "thing."+field) {
			t.Errorf("insert of a %T as %s: %v, want an error that names thing.%s", v, field, err, field)
		}
		b.insert("thing", store.Record{"id": field})
		_, err = b.a.UpdateOne(b.ctx, "thing", store.Where{store.Is("id", field)}, store.Record{field: v})
		if err == nil || !strings.Contains(err.Error(), "thing."+field) {
			t.Errorf("update of %s with a %T: %v, want an error that names thing.%s", field, v, err, field)
		}
	}
}

func testDates(t *testing.T, s *suite) {
	b := s.fresh(t)
	for name, v := range map[string]time.Time{
		"milliseconds":    time.Date(2024, 2, 29, 23, 59, 59, 999e6, time.UTC),
		"one millisecond": time.Date(2024, 2, 29, 0, 0, 0, 1e6, time.UTC),
		"whole second":    time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
		"end of 2037":     time.Date(2037, 12, 31, 0, 0, 0, 0, time.UTC),
	} {
		b.keeps(name, "at", v, v)
	}
	b.keeps("cut to milliseconds", "at", time.Date(2024, 1, 1, 0, 0, 0, 123_999_999, time.UTC), time.Date(2024, 1, 1, 0, 0, 0, 123e6, time.UTC))
	b.keeps("another zone", "at", day(1).In(time.FixedZone("", -5*3600)), day(1))
	t.Run("far from now", func(t *testing.T) {
		s.need(t, FarDates)
		b := &bundle{t, b.a, t.Context()}
		v := time.Date(1969, 7, 20, 20, 17, 40, 5e6, time.UTC).Add(time.Hour)
		b.keeps("before 1970", "at", v, v)
		for _, year := range []int{1, 999, 2039, 9999} {
			v := time.Date(year, 6, 1, 1, 2, 3, 4e6, time.UTC)
			b.keeps(v.Format("year 2006"), "at", v, v)
		}
	})
}

func testNumbers(t *testing.T, s *suite) {
	b := s.fresh(t)
	for name, v := range map[string]int64{
		"milliseconds": 1_700_000_000_000, "2^53+1": 1<<53 + 1, "-(2^53+1)": -1<<53 - 1, "2^62+1": 1<<62 + 1, "largest": 1<<63 - 1,
	} {
		b.keeps(name, "big", v, v)
	}
	b.insert("thing", store.Record{"id": "a", "big": int64(1<<53 + 1)})
	if n := b.count("thing", store.Is("big", int64(1<<53))); n != 0 {
		t.Errorf("2^53 matched 2^53+1")
	}
	if n := b.count("thing", cond("big", store.Gt, int64(1<<53))); n != 1 {
		t.Errorf("2^53+1 is not greater than 2^53")
	}
}

// unusualTexts are stored, found and matched byte for byte.
var unusualTexts = map[string]string{
	"emoji":           "👩‍👩‍👧‍👦 and 𝕌",
	"four bytes":      "\U0010FFFF𠮷",
	"combining":       "e\u0301",
	"right to left":   "\u202eabc",
	"quotes":          `'"` + "`" + `''""`,
	"comment":         "--; /* */ # ",
	"injection":       `'; drop table "user"; --`,
	"placeholders":    "? $1 :name @p1 %s {0}",
	"backslashes":     `\ \\ \' \" \0 \n`,
	"line breaks":     "a\r\nb\nc\u2028d",
	"spaces":          "  \t a \u00a0 ",
	"control":         "\x01\x1b\x7f",
	"byte order mark": "\ufeffa",
	"wildcards":       `%_[]^*?\`,
	"long":            strings.Repeat("é", 255),
}

// longText is longer than a column with an index may be on some databases.
var longText = strings.Repeat("é", 4000)

func testTexts(t *testing.T, s *suite) {
	b := s.fresh(t)
	for name, text := range unusualTexts {
		b.keeps(name, "text", text, text)
		t.Run(name+" is matched", func(t *testing.T) { checkMatched(&bundle{t, b.a, t.Context()}, text) })
	}
	t.Run("very long", func(t *testing.T) {
		s.need(t, LongTexts)
		b := &bundle{t, b.a, t.Context()}
		b.keeps("very long", "text", longText, longText)
		checkMatched(b, longText)
	})
	t.Run("NUL", func(t *testing.T) {
		s.need(t, NULText)
		b := &bundle{t, b.a, t.Context()}
		b.keeps("NUL", "text", "a\x00b", "a\x00b")
		checkMatched(b, "a\x00b")
		b.insert("thing", store.Record{"id": "before NUL", "text": "a"})
		if n := b.count("thing", store.Is("text", "a\x00c")); n != 0 {
			t.Error("a text matched up to its NUL only")
		}
		if n := b.count("thing", cond("text", store.StartsWith, "a\x00c")); n != 0 {
			t.Error("a prefix matched up to its NUL only")
		}
	})
}

// checkMatched finds a text by every operator that can find it, in the company of other rows.
func checkMatched(b *bundle, text string) {
	id := newID()
	b.insert("thing", store.Record{"id": id, "text": text, "code": id})
	_, first := utf8.DecodeRuneInString(text)
	_, last := utf8.DecodeLastRuneInString(text)
	for op, v := range map[store.Op]any{
		store.Eq: text, store.In: []string{"none", text}, store.Contains: text[first : len(text)-last],
		store.StartsWith: text[:first], store.EndsWith: text[len(text)-last:], store.Lte: text, store.Gte: text,
	} {
		if n := b.count("thing", store.Is("code", id), cond("text", op, v)); n != 1 {
			b.t.Errorf("operator %d with %q found %d rows, want 1", op, v, n)
		}
	}
	if n := b.count("thing", store.Is("code", id), store.Is("text", text+"x")); n != 0 {
		b.t.Errorf("a longer text matched")
	}
}

// testBytes covers the collations that let one text pass for another.
func testBytes(t *testing.T, s *suite) {
	b := s.fresh(t)
	b.user("u")
	b.insert("session", store.Record{"id": "s", "token": "AbCdEf", "userId": "u", "expiresAt": day(1)})
	for name, token := range map[string]string{
		"swapped case": "aBcDeF", "lower case": "abcdef", "trailing space": "AbCdEf ", "leading space": " AbCdEf", "accent": "ÁbCdEf",
		"full width": "ＡbCdEf", "trailing NUL": "AbCdEf\x00", "zero": "0", "wildcard": "%", "empty": "",
	} {
		if rec := b.findOne("session", store.Is("token", token)); rec != nil {
			t.Errorf("%s: the token %q matched %q", name, token, rec["token"])
		}
		if rec, err := b.a.Consume(b.ctx, "session", store.Where{store.Is("token", token)}, nil); err != nil || rec != nil {
			t.Errorf("%s: consume gave %v, %v, want nil", name, rec, err)
		}
	}
	for id, email := range map[string]string{"k": "k@example.com", "K": "\u212a@example.com", "i": "i@example.com", "I": "ı@example.com",
		"a": "admin@example.com", "A": "Admin@example.com", "á": "ádmin@example.com", "s": "ss@example.com", "ß": "ß@example.com"} {
		b.insert("user", store.Record{"id": "mail " + id, "name": "", "email": email, "emailVerified": true, "createdAt": day(1)})
		if rec := b.findOne("user", store.Is("email", email)); rec["id"] != "mail "+id {
			t.Errorf("%q found the user %v", email, rec["id"])
		}
	}
}
