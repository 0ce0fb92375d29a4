package tests

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/sqlx"
)

// typesSchema has a table with a field of every type.
func typesSchema(t testing.TB) *schema.Schema {
	t.Helper()
	types := &schema.Table{Model: "types", Name: "types"}
	for _, typ := range []schema.Type{schema.String, schema.Number, schema.Boolean, schema.Date, schema.JSON, schema.Strings, schema.Numbers} {
		types.Fields = append(types.Fields, schema.Field{Name: string(typ), Type: typ, Required: option.Off})
	}
	s, err := schema.New(schema.TextID, []*schema.Table{types})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestValuesAreWrittenAsUpstreamWritesThem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth.db")
	a := migrated(t, openFile(t, path), typesSchema(t))
	raw := openRaw(t, path)
	for _, c := range []struct {
		field string
		v     any
		want  string // SQLite's quote(): type and bytes
	}{
		{"string", "x", "'x'"},
		{"string", "1", "'1'"},
		{"number", 1, "1"},
		{"number", 1.5, "1.5"},
		{"number", 3.0, "3"},
		{"boolean", true, "1"},
		{"boolean", false, "0"},
		{"date", time.Date(2026, 1, 2, 3, 4, 5, 6_789_000, time.UTC), "'2026-01-02T03:04:05.006Z'"},
		{"date", time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)), "'2026-01-02T02:04:05.000Z'"},
		{"date", time.Date(12026, 1, 2, 3, 4, 5, 0, time.UTC), "'+012026-01-02T03:04:05.000Z'"},
		{"date", time.Date(-5, 1, 2, 3, 4, 5, 0, time.UTC), "'-000005-01-02T03:04:05.000Z'"},
		{"json", map[string]any{"a": "<&>\u2028\u2029", "b": `\u2028`, "n": 1e21, "m": 1.0}, "'{\"a\":\"<&>\u2028\u2029\",\"b\":\"\\\\u2028\",\"m\":1,\"n\":1e+21}'"},
		{"json", decoded(t, `{"b":1,"a":"x"}`), "'{\"b\":1,\"a\":\"x\"}'"},
		{"json", []any{nil, true}, "'[null,true]'"},
		{"string[]", []string{"a", "\u2028<"}, "'[\"a\",\"\u2028<\"]'"},
		{"string[]", []string{}, "'[]'"},
		{"number[]", []float64{1, 2.5, 1e-7}, "'[1,2.5,1e-7]'"},
		{"json", nil, "NULL"},
	} {
		if _, err := a.Insert(t.Context(), "types", store.Record{"id": "a", c.field: c.v}); err != nil {
			t.Fatal(err)
		}
		var got string
		if err := raw.QueryRowContext(t.Context(), `select quote("`+c.field+`") from types`).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%s %v is stored as %s, want %s", c.field, c.v, got, c.want)
		}
		if _, err := a.Delete(t.Context(), "types", store.Where{store.Is("id", "a")}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestValuesThatOthersWroteAreReadLeniently(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth.db")
	a := migrated(t, openFile(t, path), typesSchema(t))
	raw := openRaw(t, path)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		field, stored string
		want          any
	}{
		{"date", "'2026-01-02T03:04:05.000Z'", at},
		{"date", "'2026-01-02T03:04:05Z'", at},
		{"date", "'2026-01-02T04:04:05.000+01:00'", at},
		{"date", "'2026-01-02 03:04:05'", at},
		{"date", "'2026-01-02 03:04:05.000'", at},
		{"date", "'2026-01-02 03:04:05 +0000 UTC'", at},
		{"date", "'2026-01-02 03:04:05+00:00'", at},
		{"date", "'2026-01-02'", time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)},
		{"date", "1767323045000", at},
		{"date", "1767323045000.0", at},
		{"date", "'+012026-02-28T03:04:05.006Z'", time.Date(12026, 2, 28, 3, 4, 5, 6e6, time.UTC)},
		{"boolean", "1", true},
		{"boolean", "0", false},
		{"boolean", "2", false},
		{"boolean", "'true'", true},
		{"boolean", "'false'", false},
		{"number", "'17'", int64(17)},
		{"number", "1.0", int64(1)},
		{"string", "x'6162'", "ab"},
		{"string", "17", "17"},
		{"json", "'{\"a\":[1]}'", decoded(t, `{"a":[1]}`)},
		{"json", "'null'", nil},
		{"json", "'{broken'", nil},
		{"string[]", "'broken'", nil},
		{"string[]", "'[\"a\"]'", []string{"a"}},
		{"number[]", "'[1,2]'", []float64{1, 2}},
	} {
		if _, err := raw.ExecContext(t.Context(), `insert or replace into types (id, "`+c.field+`") values ('a', `+c.stored+`)`); err != nil {
			t.Fatal(err)
		}
		rec, err := a.FindOne(t.Context(), store.Query{Model: "types"})
		if d := cmp.Diff(text(c.want), text(rec[c.field])); d != "" || err != nil {
			t.Errorf("%s stored as %s: %v (-want +got)\n%s", c.field, c.stored, err, d)
		}
		rec, err = a.UpdateOne(t.Context(), "types", store.Where{store.Is("id", "a")}, store.Record{"id": "a"})
		if d := cmp.Diff(text(c.want), text(rec[c.field])); d != "" || err != nil {
			t.Errorf("%s stored as %s, returned from an update: %v (-want +got)\n%s", c.field, c.stored, err, d)
		}
	}
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	tree, err := store.DecodeJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// text shows a value with its type; a tree by its JSON.
func text(v any) string {
	encoded, err := store.EncodeJSON(v)
	return fmt.Sprintf("%T %s %v", v, encoded, err)
}

func TestADateThatIsNoneIsAnErrorThatHidesTheValue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth.db")
	a := migrated(t, openFile(t, path), typesSchema(t))
	if _, err := openRaw(t, path).ExecContext(t.Context(), `insert into types (id, "date") values ('a', 'secret')`); err != nil {
		t.Fatal(err)
	}
	_, err := a.FindOne(t.Context(), store.Query{Model: "types"})
	if err == nil || !strings.Contains(err.Error(), "types.date") || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v, want an error that names types.date and not the value", err)
	}
}

func TestErrorsDoNotShowValues(t *testing.T) {
	a := migrated(t, openFile(t, filepath.Join(t.TempDir(), "auth.db")), schemaOf(t, "core"))
	rec := user("secret")
	if _, err := a.Insert(t.Context(), "user", rec); err != nil {
		t.Fatal(err)
	}
	_, duplicate := a.Insert(t.Context(), "user", rec)
	_, orphan := a.Insert(t.Context(), "session", session("s", "secret"))
	rec["name"] = 5
	_, typed := a.Insert(t.Context(), "user", rec)
	for _, err := range []error{duplicate, typed, orphan} {
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("an error shows a value: %v", err)
		}
	}
}

func session(id, userID string) store.Record {
	return store.Record{"id": id, "token": "token-" + id, "userId": userID, "expiresAt": now.Add(time.Hour), "createdAt": now, "updatedAt": now,
		"ipAddress": "127.0.0.1", "userAgent": "test"}
}

// statements counts what reaches a database.
type statements []string

func (s *statements) observe(_ context.Context, text string) { *s = append(*s, text) }

func observed(t testing.TB) (store.Adapter, *statements, *sqlx.Database) {
	t.Helper()
	db := openFile(t, filepath.Join(t.TempDir(), "auth.db"))
	seen := new(statements)
	db.Observe = seen.observe
	return migrated(t, db, schemaOf(t, "core")), seen, db
}

func TestReadingASessionWithItsUserIsOneQueryByTheUniqueIndex(t *testing.T) {
	a, seen, _ := observed(t)
	if _, err := a.Insert(t.Context(), "user", user("u")); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Insert(t.Context(), "session", session("s", "u")); err != nil {
		t.Fatal(err)
	}
	*seen = nil
	rec, err := a.FindOne(t.Context(), store.Query{Model: "session", Where: store.Where{store.Is("token", "token-s")}, Join: "user"})
	if err != nil || rec["user"].(store.Record)["id"] != "u" {
		t.Fatalf("got %v, %v", rec, err)
	}
	if len(*seen) != 1 {
		t.Errorf("%d statements: %q", len(*seen), *seen)
	}
}

func TestTheSessionQueryUsesIndexesOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth.db")
	db := openFile(t, path)
	seen := new(statements)
	db.Observe = seen.observe
	a := migrated(t, db, schemaOf(t, "core"))
	if _, err := a.FindOne(t.Context(), store.Query{Model: "session", Where: store.Where{store.Is("token", "x")}, Join: "user"}); err != nil {
		t.Fatal(err)
	}
	rows, err := openRaw(t, path).QueryContext(t.Context(), "explain query plan "+(*seen)[0], "x")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(detail, "SEARCH") || !strings.Contains(detail, "USING INDEX sqlite_autoindex_") {
			t.Errorf("a step is not by a unique index: %s", detail)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

func TestEveryOperationIsOneStatementWithoutValues(t *testing.T) {
	a, seen, _ := observed(t)
	const hostile = `x'; drop table "user"; --`
	where := store.Where{{Field: "name", Op: store.Contains, Value: hostile}, {Field: "email", Value: hostile}, {Field: "id", Op: store.In, Value: []string{hostile}}}
	rec := user(hostile)
	rec["name"] = hostile
	steps := map[string]func() error{
		"insert":  func() error { _, err := a.Insert(t.Context(), "user", rec); return err },
		"find":    func() error { _, err := a.Find(t.Context(), store.Query{Model: "user", Where: where}); return err },
		"count":   func() error { _, err := a.Count(t.Context(), "user", where); return err },
		"update":  func() error { _, err := a.UpdateOne(t.Context(), "user", where, rec); return err },
		"all":     func() error { _, err := a.UpdateAll(t.Context(), "user", where, rec); return err },
		"consume": func() error { _, err := a.Consume(t.Context(), "user", where, &store.Sort{Field: "name"}); return err },
		"delete":  func() error { _, err := a.Delete(t.Context(), "user", where); return err },
	}
	for name, step := range steps {
		*seen = nil
		if err := step(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(*seen) != 1 || strings.Contains((*seen)[0], "drop") {
			t.Errorf("%s: statements %q, want one without values", name, *seen)
		}
	}
}

func TestListsOfAnyLengthShareFewStatements(t *testing.T) {
	a, seen, _ := observed(t)
	*seen = nil
	for n := range 256 {
		where := store.Where{{Field: "id", Op: store.In, Value: make([]string, n+1)}}
		if _, err := a.Count(t.Context(), "user", where); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(*seen)
	if texts := slices.Compact(*seen); len(texts) != 9 {
		t.Errorf("%d texts for 256 lengths, want 9", len(texts))
	}
}
