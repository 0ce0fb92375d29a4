package storetest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/store"
)

// day returns a date in UTC.
func day(n int) time.Time { return time.Date(2024, 3, n, 12, 30, 0, 123e6, time.UTC) }

// operatorRows are the rows that testOperators and testGroups select from. Row 8 is all null.
var operatorRows = []store.Record{
	{"id": "1", "text": "apple", "number": int64(1), "flag": true, "at": day(1), "kind": "big"},
	{"id": "2", "text": "Apple", "number": int64(2), "flag": false, "at": day(2), "kind": "small"},
	{"id": "3", "text": "10% off", "number": int64(3), "flag": true, "at": day(3)},
	{"id": "4", "text": "10x off", "number": int64(4), "at": day(4)},
	{"id": "5", "text": `a_b\c`, "number": int64(5)},
	{"id": "6", "text": "a-b[*]?c", "number": int64(6)},
	{"id": "7", "text": "", "number": int64(7)},
	{"id": "8"},
}

func operatorBundle(t *testing.T, s *suite) *bundle {
	b := s.fresh(t)
	for _, r := range operatorRows {
		b.insert("thing", r)
	}
	return b
}

type selection struct {
	name  string
	where store.Where
	want  string // ids
}

func cond(field string, op store.Op, v any) store.Cond {
	return store.Cond{Field: field, Op: op, Value: v}
}

func folded(c store.Cond) store.Cond { c.Fold = true; return c }

func or(c store.Cond) store.Cond { c.Or = true; return c }

var operatorCases = []selection{
	{"none matches every row", nil, "12345678"},
	{"equal text", store.Where{store.Is("text", "apple")}, "1"},
	{"equal empty text is not null", store.Where{store.Is("text", "")}, "7"},
	{"equal folded", store.Where{folded(store.Is("text", "APPLE"))}, "12"},
	{"equal number", store.Where{store.Is("number", int64(3))}, "3"},
	{"equal int", store.Where{store.Is("number", 3)}, "3"},
	{"equal whole float", store.Where{store.Is("number", 3.0)}, "3"},
	{"equal true", store.Where{store.Is("flag", true)}, "13"},
	{"equal false is not null", store.Where{store.Is("flag", false)}, "2"},
	{"equal date", store.Where{store.Is("at", day(2))}, "2"},
	{"equal date in another zone", store.Where{store.Is("at", day(2).In(time.FixedZone("", 3600)))}, "2"},
	{"equal id", store.Where{store.Is("id", "4")}, "4"},
	{"equal enum", store.Where{store.Is("kind", "big")}, "1"},
	{"null", store.Where{store.Is("text", nil)}, "8"},
	{"not null", store.Where{cond("text", store.Ne, nil)}, "1234567"},
	{"not equal leaves null out", store.Where{cond("text", store.Ne, "apple")}, "234567"},
	{"not equal folded", store.Where{folded(cond("text", store.Ne, "aPPle"))}, "34567"},
	{"not equal bool", store.Where{cond("flag", store.Ne, true)}, "2"},
	{"less", store.Where{cond("number", store.Lt, 3)}, "12"},
	{"less or equal", store.Where{cond("number", store.Lte, 3)}, "123"},
	{"greater", store.Where{cond("number", store.Gt, 5)}, "67"},
	{"greater or equal", store.Where{cond("number", store.Gte, 5)}, "567"},
	{"less than null", store.Where{cond("number", store.Lt, nil)}, ""},
	{"greater or equal to null", store.Where{cond("number", store.Gte, nil)}, ""},
	{"earlier", store.Where{cond("at", store.Lt, day(3))}, "12"},
	{"earlier by a millisecond", store.Where{cond("at", store.Lte, day(3).Add(-time.Millisecond))}, "12"},
	{"later or equal", store.Where{cond("at", store.Gte, day(3))}, "34"},
	{"texts by bytes", store.Where{cond("text", store.Lt, "a")}, "2347"},
	{"in", store.Where{cond("text", store.In, []string{"apple", "10x off", "none"})}, "14"},
	{"in folded", store.Where{folded(cond("text", store.In, []string{"APPLE", "none"}))}, "12"},
	{"in any", store.Where{cond("number", store.In, []any{int64(1), 2, 6.0})}, "126"},
	{"in numbers", store.Where{cond("number", store.In, []int64{7, 1, 3, 5, 2})}, "12357"},
	{"in dates", store.Where{cond("at", store.In, []time.Time{day(1), day(4)})}, "14"},
	{"in bools", store.Where{cond("flag", store.In, []bool{true, false})}, "123"},
	{"in ids", store.Where{cond("id", store.In, []string{"8", "2"})}, "28"},
	{"in nothing", store.Where{cond("text", store.In, []string{})}, ""},
	{"in nil slice", store.Where{cond("text", store.In, []string(nil))}, ""},
	{"in null matches no row", store.Where{cond("text", store.In, []any{nil})}, ""},
	{"not in leaves null out", store.Where{cond("text", store.NotIn, []string{"apple", ""})}, "23456"},
	{"not in folded", store.Where{folded(cond("text", store.NotIn, []string{"apple"}))}, "34567"},
	{"not in nothing", store.Where{cond("text", store.NotIn, []string{})}, "12345678"},
	{"not in with null ignores it", store.Where{cond("text", store.NotIn, []any{"apple", nil})}, "234567"},
	{"contains", store.Where{cond("text", store.Contains, "ppl")}, "12"},
	{"contains by case", store.Where{cond("text", store.Contains, "App")}, "2"},
	{"contains folded", store.Where{folded(cond("text", store.Contains, "aPP"))}, "12"},
	{"contains nothing", store.Where{cond("text", store.Contains, "")}, "1234567"},
	{"contains percent", store.Where{cond("text", store.Contains, "%")}, "3"},
	{"contains underscore", store.Where{cond("text", store.Contains, "_")}, "5"},
	{"contains backslash", store.Where{cond("text", store.Contains, `\`)}, "5"},
	{"contains glob characters", store.Where{cond("text", store.Contains, "[*]?")}, "6"},
	{"contains star", store.Where{cond("text", store.Contains, "a*b")}, ""},
	{"contains question mark", store.Where{cond("text", store.Contains, "?")}, "6"},
	{"starts with", store.Where{cond("text", store.StartsWith, "10")}, "34"},
	{"starts with percent escaped", store.Where{cond("text", store.StartsWith, "10%")}, "3"},
	{"starts with inner part", store.Where{cond("text", store.StartsWith, "pple")}, ""},
	{"starts with folded", store.Where{folded(cond("text", store.StartsWith, "A"))}, "1256"},
	{"ends with", store.Where{cond("text", store.EndsWith, "off")}, "34"},
	{"ends with backslash", store.Where{cond("text", store.EndsWith, `\c`)}, "5"},
	{"ends with more than the text", store.Where{cond("text", store.EndsWith, "an apple")}, ""},
	{"ends with folded", store.Where{folded(cond("text", store.EndsWith, "OFF"))}, "34"},
	{"ends with underscore", store.Where{cond("text", store.EndsWith, `b_c`)}, ""},
}

var groupCases = []selection{
	{"and", store.Where{store.Is("flag", true), cond("number", store.Gt, 1)}, "3"},
	{"or", store.Where{or(store.Is("number", 1)), or(store.Is("number", 5))}, "15"},
	{"the same without or", store.Where{store.Is("number", 1), store.Is("number", 5)}, ""},
	{"a single or is a condition", store.Where{or(store.Is("number", 1))}, "1"},
	{"and with or group", store.Where{
		store.Is("flag", true), or(store.Is("number", 1)), or(store.Is("number", 2))}, "1"},
	{"or group first", store.Where{
		or(store.Is("number", 1)), or(store.Is("number", 3)), cond("number", store.Gt, 1)}, "3"},
	{"or around and", store.Where{
		or(store.Is("number", 2)), store.Is("flag", false), or(store.Is("text", "apple"))}, "2"},
	{"or with null", store.Where{or(store.Is("text", nil)), or(store.Is("text", ""))}, "78"},
	{"or with empty in", store.Where{or(cond("text", store.In, []string{})), or(store.Is("number", 4))}, "4"},
	{"or with empty not in", store.Where{or(cond("text", store.NotIn, []string{})), or(store.Is("number", 4))}, "12345678"},
	{"folded or", store.Where{or(folded(store.Is("text", "APPLE"))), or(cond("text", store.EndsWith, "off"))}, "1234"},
	{"the same field twice", store.Where{cond("number", store.Gte, 2), cond("number", store.Lt, 4)}, "23"},
}

func testOperators(t *testing.T, s *suite) { checkSelections(t, s, operatorCases) }

func testGroups(t *testing.T, s *suite) { checkSelections(t, s, groupCases) }

// checkSelections reads each selection with every method that reads.
func checkSelections(t *testing.T, s *suite, cases []selection) {
	b := operatorBundle(t, s)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := &bundle{t, b.a, t.Context()}
			var got string
			for _, id := range sortedIDs(b.find(store.Query{Model: "thing", Where: c.where})) {
				got += id
			}
			if got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
			if n := b.count("thing", c.where...); n != int64(len(c.want)) {
				t.Errorf("counted %d, want %d", n, len(c.want))
			}
			if rec := b.findOne("thing", c.where...); (rec != nil) != (c.want != "") {
				t.Errorf("found one %v, want one of %q", rec, c.want)
			}
		})
	}
	t.Run("long lists", func(t *testing.T) { checkLongLists(&bundle{t, b.a, t.Context()}) })
}

// checkLongLists reads with lists of many lengths, for adapters that pad or split them.
func checkLongLists(b *bundle) {
	for _, n := range []int{1, 2, 3, 5, 31, 33, 64, 100, 257, 1000, 5000} {
		list := []string{"apple"}
		for i := range n - 1 {
			list = append(list, fmt.Sprint("none ", i))
		}
		if got := ids(b.find(store.Query{Model: "thing", Where: store.Where{cond("text", store.In, list)}})); !slices.Equal(got, []string{"1"}) {
			b.t.Errorf("a list of %d found %q, want row 1", n, got)
		}
		if got := b.count("thing", cond("text", store.NotIn, list)); got != 6 {
			b.t.Errorf("not in a list of %d counted %d, want 6", n, got)
		}
	}
}

func testBadConditions(t *testing.T, s *suite) {
	b := operatorBundle(t, s)
	for name, c := range map[string]store.Cond{
		"in without a slice":           cond("text", store.In, "apple"),
		"in nil":                       cond("text", store.In, nil),
		"contains a number":            cond("text", store.Contains, 1),
		"contains on a number":         cond("number", store.Contains, "1"),
		"starts with nil":              cond("text", store.StartsWith, nil),
		"an operator that is none":     cond("text", store.Op(200), "apple"),
		"a number for a text":          store.Is("text", 1),
		"a text for a number":          store.Is("number", "1"),
		"a text for a date":            store.Is("at", "2024-03-01"),
		"a wrong element in a list":    cond("text", store.In, []any{"apple", 1}),
		"a number for a true or false": store.Is("flag", 1),
	} {
		if recs, err := b.a.Find(b.ctx, store.Query{Model: "thing", Where: store.Where{c}}); err == nil {
			t.Errorf("%s: found %v, want an error", name, ids(recs))
		}
	}
}

func testSorting(t *testing.T, s *suite) {
	b := s.fresh(t)
	for i, text := range []string{"b", "B", "a", "é", "ab", "Z"} {
		b.insert("thing", store.Record{"id": fmt.Sprint(i), "text": text, "number": []int64{10, 9, -1, 100, 2, 0}[i],
			"at": day(6 - i), "flag": i%2 == 0})
	}
	for _, c := range []struct {
		sort store.Sort
		want string
	}{
		{store.Sort{Field: "text"}, "152403"},
		{store.Sort{Field: "text", Desc: true}, "304251"},
		{store.Sort{Field: "number"}, "254103"},
		{store.Sort{Field: "number", Desc: true}, "301452"},
		{store.Sort{Field: "at"}, "543210"},
		{store.Sort{Field: "id", Desc: true}, "543210"},
	} {
		var got string
		for _, id := range ids(b.find(store.Query{Model: "thing", Sort: &c.sort})) {
			got += id
		}
		if got != c.want {
			t.Errorf("by %+v: %s, want %s", c.sort, got, c.want)
		}
	}
	first, err := b.a.FindOne(b.ctx, store.Query{Model: "thing", Sort: &store.Sort{Field: "number", Desc: true}})
	if err != nil || first["id"] != "3" {
		t.Errorf("first by number descending: %v, %v, want row 3", first, err)
	}
}

func testPaging(t *testing.T, s *suite) {
	b := operatorBundle(t, s)
	for _, c := range []struct {
		limit, offset int
		want          string
	}{{0, 0, "12345678"}, {3, 0, "123"}, {3, 2, "345"}, {0, 6, "78"}, {100, 7, "8"}, {2, 100, ""}, {0, 100, ""}} {
		q := store.Query{Model: "thing", Sort: &store.Sort{Field: "id"}, Limit: c.limit, Offset: c.offset}
		var got string
		for _, id := range ids(b.find(q)) {
			got += id
		}
		if got != c.want {
			t.Errorf("limit %d, offset %d: %q, want %q", c.limit, c.offset, got, c.want)
		}
	}
	second, err := b.a.FindOne(b.ctx, store.Query{Model: "thing", Sort: &store.Sort{Field: "id"}, Offset: 1})
	if err != nil || second["id"] != "2" {
		t.Errorf("find one with offset 1: %v, %v, want row 2", second, err)
	}
}

func testJoin(t *testing.T, s *suite) {
	b := s.fresh(t)
	for _, u := range []string{"u1", "u2"} {
		b.user(u)
	}
	b.session("s1", "u1")
	b.session("s2", "u2")
	b.session("s3", "u1")
	q := store.Query{Model: "session", Where: store.Where{store.Is("token", "token-s1")}, Join: "user"}
	rec, err := b.a.FindOne(b.ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	want := b.findOne("session", store.Is("token", "token-s1"))
	want["user"] = b.findOne("user", store.Is("id", "u1"))
	if !reflect.DeepEqual(rec, want) {
		t.Errorf("joined\n%v, want\n%v", rec, want)
	}
	q.Where = store.Where{store.Is("token", "none")}
	if rec, err := b.a.FindOne(b.ctx, q); err != nil || rec != nil {
		t.Errorf("join of a missing row: %v, %v, want nil", rec, err)
	}
	// Both tables have an id: conditions, sorts and pages are of the queried one.
	all := b.find(store.Query{Model: "session", Where: store.Where{cond("id", store.Ne, "u1")}, Sort: &store.Sort{Field: "id", Desc: true}, Limit: 2, Join: "user"})
	if got := ids(all); !slices.Equal(got, []string{"s3", "s2"}) {
		t.Errorf("joined rows %v, want s3, s2", got)
	}
	for _, r := range all {
		if u, _ := r["user"].(store.Record); u["id"] != r["userId"] {
			t.Errorf("session %v joined user %v", r["id"], u["id"])
		}
	}
	for _, join := range []string{"thing", "session", "none", `user" --`} {
		if _, err := b.a.FindOne(b.ctx, store.Query{Model: "session", Join: join}); err == nil {
			t.Errorf("join of %q: no error", join)
		}
	}
	testJoinNull(t, s)
}
