package tests

import (
	"fmt"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// FuzzTextsSurviveSQLite stores a text as text, list and tree, and finds it by its parts.
func FuzzTextsSurviveSQLite(f *testing.F) {
	for _, s := range []string{"", "a", "a\x00b", "\u2028\\u2028\\\u2029", `\\u2028`, "<&>", "%_\\[*]?", "👩‍👩‍👧", "'; drop table types; --", "\ufeff", "1e5", "2026-01-02T03:04:05.000Z"} {
		f.Add(s)
	}
	a := migrated(f, openFile(f, ":memory:"), typesSchema(f))
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("JSON has no other texts")
		}
		defer a.Delete(t.Context(), "types", store.Where{{Field: "id", Op: store.Ne, Value: nil}})
		want := store.Record{"id": "a" + text, "string": text, "json": map[string]any{text: []any{text}}, "string[]": []string{text, text},
			"number": nil, "boolean": nil, "date": nil, "number[]": nil}
		got, err := a.Insert(t.Context(), "types", want)
		if d := cmp.Diff(stored(want), stored(got)); d != "" || err != nil {
			t.Fatalf("insert: %v (-want +got)\n%s", err, d)
		}
		for _, part := range []string{text, text[:len(text)/2], text[len(text)/2:]} {
			for op, whole := range map[store.Op]bool{store.Contains: false, store.StartsWith: false, store.EndsWith: false, store.Eq: true, store.In: true} {
				v := any(part)
				if op == store.In {
					v = []string{part}
				}
				n, err := a.Count(t.Context(), "types", store.Where{{Field: "string", Op: op, Value: v}})
				found := whole && part == text || op == store.Contains || op == store.StartsWith && hasPrefix(text, part) || op == store.EndsWith && hasSuffix(text, part)
				if err != nil || (n == 1) != found {
					t.Errorf("operator %d with %q in %q: %d, %v, want %v", op, part, text, n, err, found)
				}
			}
		}
	})
}

// stored is a record as one JSON text.
func stored(rec store.Record) string { return text(map[string]any(rec)) }

func hasPrefix(s, part string) bool { return len(s) >= len(part) && s[:len(part)] == part }

func hasSuffix(s, part string) bool { return len(s) >= len(part) && s[len(s)-len(part):] == part }

// FuzzSQLiteAgreesWithMemory selects the same rows from both databases by conditions that the input spells.
func FuzzSQLiteAgreesWithMemory(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	f.Add([]byte{6, 0, 0, 3, 7, 1, 0x80, 4, 8, 1, 0xC0, 2})
	s := typesSchema(f)
	kept, err := memory.New().Bind(s)
	if err != nil {
		f.Fatal(err)
	}
	both := []store.Adapter{migrated(f, openFile(f, ":memory:"), s), kept}
	for i := range len(fuzzValues) * len(fuzzValues) {
		rec := store.Record{"id": fmt.Sprintf("%03d", i)}
		for field, values := range fuzzColumns {
			rec[field] = values[(i/len(values)+i)%len(values)]
		}
		for _, a := range both {
			if _, err := a.Insert(f.Context(), "types", rec); err != nil {
				f.Fatal(err)
			}
		}
	}
	f.Fuzz(func(t *testing.T, spell []byte) {
		q := store.Query{Model: "types", Sort: &store.Sort{Field: "id"}, Where: fuzzWhere(spell)}
		var found [2][]string
		var errs [2]error
		for i, a := range both {
			var recs []store.Record
			recs, errs[i] = a.Find(t.Context(), q)
			for _, r := range recs {
				found[i] = append(found[i], r["id"].(string))
			}
		}
		if (errs[0] == nil) != (errs[1] == nil) || !slices.Equal(found[0], found[1]) {
			t.Errorf("%+v:\nSQLite %v, %v\nmemory %v, %v", q.Where, found[0], errs[0], found[1], errs[1])
		}
	})
}

var fuzzValues = []any{nil, "", "a", "A", "ab", "É", int64(0), int64(1), 1.5, true, false, now, now.AddDate(0, 0, 1)}

var fuzzColumns = map[string][]any{
	"string":  {nil, "", "a", "A", "ab", "É", "é%", "_\x00a"},
	"number":  {nil, int64(0), int64(1), 1.5, int64(-7)},
	"boolean": {nil, true, false},
	"date":    {nil, now, now.AddDate(0, 0, 1), now.AddDate(-30, 0, 0)},
}

// fuzzWhere makes a condition of every three bytes: field, operator with flags, value.
func fuzzWhere(spell []byte) store.Where {
	fields := []string{"string", "number", "boolean", "date", "id", "none"}
	var where store.Where
	for c := range slices.Chunk(spell, 3) {
		if len(c) < 3 || len(where) == 6 {
			break
		}
		op := store.Op(c[1] & 0x3F % 12)
		v := fuzzValues[int(c[2])%len(fuzzValues)]
		if op == store.In || op == store.NotIn {
			v = fuzzValues[int(c[2])%len(fuzzValues) : min(len(fuzzValues), int(c[2])%len(fuzzValues)+int(c[2])/64)]
		}
		where = append(where, store.Cond{Field: fields[int(c[0])%len(fields)], Op: op, Value: v, Fold: c[1]&0x40 != 0, Or: c[1]&0x80 != 0})
	}
	return where
}
