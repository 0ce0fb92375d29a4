package storetest

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// testRenamed uses other names in the database, among them words of SQL and quotes.
func testRenamed(t *testing.T, s *suite) {
	user, session := userTable(), sessionTable()
	user.Name, session.Name = "App Users", "order"
	for i, column := range []string{"select", "e-mail", "is_verified", "User's \"image\"", "created at"} {
		user.Fields[i].Column = column
	}
	for i, column := range []string{"expires", "table", "user_id", "from"} {
		session.Fields[i].Column = column
	}
	b := s.with(t, schema.TextID, []*schema.Table{user, session})
	u := b.user("u1")
	b.session("s1", "u1")
	rec, err := b.a.FindOne(b.ctx, store.Query{Model: "session", Where: store.Where{store.Is("token", "token-s1")}, Sort: &store.Sort{Field: "expiresAt"}, Join: "user"})
	if err != nil || !reflect.DeepEqual(rec["user"], any(u)) {
		t.Fatalf("joined %v, %v, want the user %v", rec, err, u)
	}
	up, err := b.a.UpdateOne(b.ctx, "user", store.Where{store.Is("email", "u1@example.com")}, store.Record{"image": "x", "emailVerified": true})
	if err != nil || up["image"] != "x" || up["emailVerified"] != true {
		t.Errorf("update: %v, %v", up, err)
	}
	if n, err := b.a.Delete(b.ctx, "session", store.Where{cond("token", store.StartsWith, "token-")}); err != nil || n != 1 {
		t.Errorf("delete: %d, %v, want 1", n, err)
	}
	for _, field := range []string{"e-mail", "is_verified", "created at"} {
		if _, err := b.a.Find(b.ctx, store.Query{Model: "user", Where: store.Where{store.Is(field, "x")}}); err == nil {
			t.Errorf("the column name %q was taken for a field", field)
		}
	}
}

func testSerialIDs(t *testing.T, s *suite) {
	b := s.with(t, schema.SerialID, tables())
	var last string
	for _, name := range []string{"a", "b", "c"} {
		u := b.insert("user", store.Record{"name": name, "email": name, "emailVerified": false, "createdAt": day(1)})
		id, ok := u["id"].(string)
		if !ok || id == "" || id == last || strings.Trim(id, "0123456789") != "" {
			t.Fatalf("the id %v is no fresh number in a text", u["id"])
		}
		last = id
	}
	sess := b.insert("session", store.Record{"token": "t", "userId": last, "expiresAt": day(1)})
	if sess["userId"] != last {
		t.Errorf("the reference is %#v, want %q", sess["userId"], last)
	}
	if rec := b.findOne("user", store.Is("id", last)); rec["name"] != "c" {
		t.Errorf("by id: %v, want c", rec)
	}
	rec, err := b.a.FindOne(b.ctx, store.Query{Model: "session", Where: store.Where{store.Is("userId", last)}, Join: "user"})
	if u, _ := rec["user"].(store.Record); err != nil || u["id"] != last {
		t.Errorf("joined %v, %v", rec, err)
	}
	for _, id := range []string{"none", "", "1x", " 1", "01", "1.0", "9223372036854775808", "1 or 1=1"} {
		if rec := b.findOne("user", store.Is("id", id)); rec != nil {
			t.Errorf("the id %q found %v", id, rec)
		}
	}
	if n := b.count("user", cond("id", store.In, []string{last, "none"})); n != 1 {
		t.Errorf("in a list with a text that is no id: %d rows, want 1", n)
	}
	if n := b.count("user", cond("id", store.NotIn, []string{last, "none"})); n != 2 {
		t.Errorf("not in a list with a text that is no id: %d rows, want 2", n)
	}
	if n := b.count("user", cond("id", store.Ne, "none")); n != 3 {
		t.Errorf("not equal to a text that is no id: %d rows, want 3", n)
	}
	testSerialOrder(b)
}

// testSerialOrder checks that serial ids sort as numbers.
func testSerialOrder(b *bundle) {
	for _, id := range []string{"100", "20"} {
		b.insert("thing", store.Record{"id": id})
	}
	if got := ids(b.find(store.Query{Model: "thing", Sort: &store.Sort{Field: "id"}})); !slices.Equal(got, []string{"20", "100"}) {
		b.t.Errorf("sorted %v, want 20, 100", got)
	}
	if _, err := b.a.Insert(b.ctx, "thing", store.Record{"id": "abc"}); err == nil {
		b.t.Error("a text became a serial id")
	}
}

func testUUIDs(t *testing.T, s *suite) {
	b := s.with(t, schema.UUIDID, tables())
	const id = "0c9f6e7a-1d2b-4c3d-8e4f-5a6b7c8d9e0f"
	b.insert("user", store.Record{"id": id, "name": "", "email": "a", "emailVerified": false, "createdAt": day(1)})
	sess := b.insert("session", store.Record{"id": "1c9f6e7a-1d2b-4c3d-8e4f-5a6b7c8d9e0f", "token": "t", "userId": id, "expiresAt": day(1)})
	if sess["userId"] != id {
		t.Errorf("the reference is %#v, want %q", sess["userId"], id)
	}
	if rec := b.findOne("user", store.Is("id", id)); rec["id"] != id {
		t.Errorf("by id: %v", rec)
	}
}

func testDatabaseIDs(t *testing.T, s *suite) {
	s.need(t, DatabaseIDs)
	b := s.with(t, schema.DatabaseID, tables())
	first, second := b.insert("thing", store.Record{"text": "a"}), b.insert("thing", store.Record{"text": "b"})
	a, _ := first["id"].(string)
	c, _ := second["id"].(string)
	if a == "" || c == "" || a == c {
		t.Errorf("the ids are %#v and %#v, want two different texts", first["id"], second["id"])
	}
	if rec := b.findOne("thing", store.Is("id", a)); rec["text"] != "a" {
		t.Errorf("by id: %v", rec)
	}
}

func testInsert(t *testing.T, s *suite) {
	b := s.fresh(t)
	got := b.insert("thing", store.Record{"id": "a", "text": "x"})
	want := nothing("a")
	want["text"] = "x"
	if !reflect.DeepEqual(got, want) {
		t.Errorf("insert returned %v, want every field: %v", got, want)
	}
	_, err := b.a.Insert(b.ctx, "user", store.Record{"id": "a", "name": "x"})
	if err == nil || errors.Is(err, store.ErrDuplicate) {
		t.Errorf("insert without required fields: %v, want an error that is not ErrDuplicate", err)
	}
	_, err = b.a.Insert(b.ctx, "user", store.Record{"id": "a", "name": nil, "email": "a", "emailVerified": true, "createdAt": day(1)})
	if err == nil || errors.Is(err, store.ErrDuplicate) {
		t.Errorf("insert of null in a required field: %v, want an error that is not ErrDuplicate", err)
	}
	if _, err := b.a.Insert(b.ctx, "thing", store.Record{"text": "no id"}); err == nil {
		t.Error("insert without the id that we make: no error")
	}
	if _, err := b.a.Insert(b.ctx, "thing", store.Record{"id": "b", "number": store.Inc(1)}); err == nil {
		t.Error("insert of an increment: no error")
	}
}

func testCopies(t *testing.T, s *suite) {
	b := s.fresh(t)
	list, tree := []string{"a"}, map[string]any{"k": []any{"v"}}
	rec := store.Record{"id": "a", "strings": list, "tree": tree}
	out := b.insert("thing", rec)
	list[0], rec["text"] = "changed", "changed"
	tree["k"].([]any)[0] = "changed"
	out["strings"].([]string)[0] = "changed"
	b.findOne("thing", store.Is("id", "a"))["strings"].([]string)[0] = "changed"
	want := nothing("a")
	want["strings"], want["tree"] = []string{"a"}, decoded(t, `{"k":["v"]}`)
	if got := b.findOne("thing", store.Is("id", "a")); !reflect.DeepEqual(got, want) {
		t.Errorf("a change outside reached the store: %v, want %v", got, want)
	}
}

func testDuplicates(t *testing.T, s *suite) {
	b := s.fresh(t)
	b.insert("thing", store.Record{"id": "a", "code": "x"})
	b.insert("thing", store.Record{"id": "b", "code": "y"})
	b.insert("thing", store.Record{"id": "c"})
	b.insert("thing", store.Record{"id": "d"}) // null is no value
	b.insert("thing", store.Record{"id": "e", "code": "X"})
	b.insert("thing", store.Record{"id": "f", "code": "x "})
	for name, rec := range map[string]store.Record{"value": {"id": "z", "code": "x"}, "id": {"id": "a", "code": "z"}} {
		if _, err := b.a.Insert(b.ctx, "thing", rec); !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("insert of a taken %s: %v, want ErrDuplicate", name, err)
		}
	}
	where := store.Where{store.Is("id", "b")}
	if _, err := b.a.UpdateOne(b.ctx, "thing", where, store.Record{"code": "x", "text": "t"}); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("update to a taken value: %v, want ErrDuplicate", err)
	}
	if _, err := b.a.UpdateAll(b.ctx, "thing", store.Where{cond("id", store.In, []string{"c", "d"})}, store.Record{"code": "n"}); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("update of two rows to one unique value: %v, want ErrDuplicate", err)
	}
	if n := b.count("thing", store.Is("code", "n")); n != 0 {
		t.Errorf("a refused update changed %d rows", n)
	}
	if rec := b.findOne("thing", where...); rec["code"] != "y" || rec["text"] != nil {
		t.Errorf("a refused update changed the row: %v", rec)
	}
	if _, err := b.a.UpdateOne(b.ctx, "thing", where, store.Record{"code": "y"}); err != nil {
		t.Errorf("update to its own value: %v", err)
	}
	if n := b.count("thing"); n != 6 {
		t.Errorf("%d rows, want 6", n)
	}
}

func testForeignKeys(t *testing.T, s *suite) {
	note := &schema.Table{Model: "note", Name: "note", Fields: []schema.Field{
		{Name: "session", Type: schema.String, Required: option.On, References: &schema.Reference{Model: "session", Field: "id", OnDelete: "cascade"}},
		{Name: "author", Type: schema.String, Required: option.Off, References: &schema.Reference{Model: "user", Field: "id", OnDelete: "set null"}},
	}}
	lock := &schema.Table{Model: "lock", Name: "lock", Fields: []schema.Field{
		{Name: "user", Type: schema.String, Required: option.Off, References: &schema.Reference{Model: "user", Field: "id", OnDelete: "restrict"}},
	}}
	b := s.with(t, schema.TextID, append(tables(), note, lock))
	for _, u := range []string{"u1", "u2", "u3"} {
		b.user(u)
	}
	b.session("s1", "u1")
	b.session("s2", "u2")
	b.insert("note", store.Record{"id": "n1", "session": "s1", "author": "u2"})
	b.insert("note", store.Record{"id": "n2", "session": "s2", "author": "u1"})
	b.insert("lock", store.Record{"id": "l1", "user": "u3"})
	if _, err := b.a.Insert(b.ctx, "session", store.Record{"id": "x", "token": "x", "userId": "none", "expiresAt": day(1)}); err == nil {
		t.Error("a session of a missing user was stored")
	}
	if n, err := b.a.Delete(b.ctx, "user", store.Where{store.Is("id", "u1")}); err != nil || n != 1 {
		t.Fatalf("delete: %d, %v, want 1 (cascades do not count)", n, err)
	}
	if n := b.count("session", store.Is("userId", "u1")); n != 0 {
		t.Errorf("%d sessions of a deleted user", n)
	}
	if n := b.count("note", store.Is("id", "n1")); n != 0 {
		t.Error("the cascade stopped after one table")
	}
	if rec := b.findOne("note", store.Is("id", "n2")); rec == nil || rec["author"] != nil {
		t.Errorf("set null left %v", rec)
	}
	if _, err := b.a.Delete(b.ctx, "user", store.Where{store.Is("id", "u3")}); err == nil {
		t.Error("a user that is restricted was deleted")
	}
	if n := b.count("user"); n != 2 {
		t.Errorf("%d users, want 2", n)
	}
}

func testUpdate(t *testing.T, s *suite) {
	b := s.fresh(t)
	for _, id := range []string{"a", "b", "c"} {
		b.insert("thing", store.Record{"id": id, "text": "old", "number": int64(1), "flag": true})
	}
	got, err := b.a.UpdateOne(b.ctx, "thing", store.Where{store.Is("id", "a")}, store.Record{"text": "new", "flag": nil})
	want := nothing("a")
	want["text"], want["number"] = "new", int64(1)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("update returned %v, %v, want %v", got, err, want)
	}
	n, err := b.a.UpdateAll(b.ctx, "thing", store.Where{store.Is("text", "old")}, store.Record{"text": "newer"})
	if err != nil || n != 2 {
		t.Errorf("update all: %d, %v, want 2", n, err)
	}
	if n := b.count("thing", store.Is("text", "newer"), store.Is("flag", true)); n != 2 {
		t.Errorf("%d rows are updated, want 2", n)
	}
	if n, err := b.a.UpdateAll(b.ctx, "thing", store.Where{store.Is("text", "none")}, store.Record{"text": "x"}); err != nil || n != 0 {
		t.Errorf("update of nothing: %d, %v, want 0", n, err)
	}
	if got, err := b.a.UpdateOne(b.ctx, "thing", store.Where{store.Is("id", "a")}, nil); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("update without fields: %v, %v, want the record", got, err)
	}
	if n, err := b.a.UpdateAll(b.ctx, "thing", store.Where{store.Is("text", "newer")}, nil); err != nil || n != 2 {
		t.Errorf("update all without fields: %d, %v, want 2", n, err)
	}
	got, err = b.a.UpdateOne(b.ctx, "thing", store.Where{store.Is("text", "new")}, store.Record{"text": "moved"})
	if err != nil || got["text"] != "moved" {
		t.Errorf("update of the field in the condition: %v, %v", got, err)
	}
	if _, err := b.a.UpdateOne(b.ctx, "user", store.Where{store.Is("id", b.user("u")["id"])}, store.Record{"email": nil}); err == nil {
		t.Error("a required field became null")
	}
}

func testGuard(t *testing.T, s *suite) {
	b := s.fresh(t)
	b.insert("thing", store.Record{"id": "a", "at": day(1), "number": int64(1)})
	b.insert("thing", store.Record{"id": "b", "number": int64(1)})
	guard := func(id string) store.Where { return store.Where{store.Is("id", id), store.Is("at", nil)} }
	if rec, err := b.a.UpdateOne(b.ctx, "thing", guard("a"), store.Record{"number": int64(2)}); err != nil || rec != nil {
		t.Errorf("a failed guard gave %v, %v, want nil", rec, err)
	}
	if n := b.count("thing", store.Is("number", 1)); n != 2 {
		t.Errorf("a failed guard left %d of 2 rows unchanged", n)
	}
	if rec, err := b.a.UpdateOne(b.ctx, "thing", guard("b"), store.Record{"at": day(2)}); err != nil || rec["id"] != "b" {
		t.Errorf("a guard that holds gave %v, %v, want b", rec, err)
	}
	if rec, err := b.a.UpdateOne(b.ctx, "thing", guard("b"), store.Record{"at": day(3)}); err != nil || rec != nil {
		t.Errorf("a guard that held once gave %v, %v, want nil", rec, err)
	}
	empty := store.Where{cond("id", store.In, []string{})}
	if n, err := b.a.UpdateAll(b.ctx, "thing", empty, store.Record{"number": int64(9)}); err != nil || n != 0 {
		t.Errorf("update of an empty list: %d, %v, want 0", n, err)
	}
	if n, err := b.a.Delete(b.ctx, "thing", empty); err != nil || n != 0 {
		t.Errorf("delete of an empty list: %d, %v, want 0", n, err)
	}
}

func testSameValue(t *testing.T, s *suite) {
	b := s.fresh(t)
	b.insert("thing", store.Record{"id": "a", "number": int64(1)})
	where, set := store.Where{store.Is("id", "a")}, store.Record{"number": int64(1)}
	if n, err := b.a.UpdateAll(b.ctx, "thing", where, set); err != nil || n != 1 {
		t.Errorf("update to the same value: %d, %v, want 1", n, err)
	}
	if rec, err := b.a.UpdateOne(b.ctx, "thing", where, set); err != nil || rec == nil {
		t.Errorf("update to the same value: %v, %v, want the record", rec, err)
	}
}

func testIncrement(t *testing.T, s *suite) {
	b := s.fresh(t)
	b.insert("thing", store.Record{"id": "a", "number": int64(5), "big": int64(1 << 60)})
	b.insert("thing", store.Record{"id": "b"})
	a := store.Where{store.Is("id", "a")}
	rec, err := b.a.UpdateOne(b.ctx, "thing", a, store.Record{"number": store.Inc(2), "big": store.Inc(1), "text": "x"})
	if err != nil || rec["number"] != int64(7) || rec["big"] != int64(1<<60+1) || rec["text"] != "x" {
		t.Errorf("increment gave %v, %v", rec, err)
	}
	guarded := append(a, cond("number", store.Lt, 7))
	if rec, err := b.a.UpdateOne(b.ctx, "thing", guarded, store.Record{"number": store.Inc(1)}); err != nil || rec != nil {
		t.Errorf("guarded increment gave %v, %v, want nil", rec, err)
	}
	if rec, err := b.a.UpdateOne(b.ctx, "thing", a, store.Record{"number": store.Inc(-10)}); err != nil || rec["number"] != int64(-3) {
		t.Errorf("decrement gave %v, %v, want -3", rec, err)
	}
	if rec, err := b.a.UpdateOne(b.ctx, "thing", a, store.Record{"number": -10}); err != nil || rec["number"] != int64(-10) {
		t.Errorf("a plain update after an increment gave %v, %v, want -10", rec, err)
	}
	if rec, err := b.a.UpdateOne(b.ctx, "thing", store.Where{store.Is("id", "b")}, store.Record{"number": store.Inc(4)}); err != nil || rec["number"] != int64(4) {
		t.Errorf("increment of null gave %v, %v, want 4", rec, err)
	}
	if _, err := b.a.UpdateOne(b.ctx, "thing", a, store.Record{"text": store.Inc(1)}); err == nil || !strings.Contains(err.Error(), "thing.text") {
		t.Errorf("increment of a text: %v, want an error that names it", err)
	}
}

func testDelete(t *testing.T, s *suite) {
	b := operatorBundle(t, s)
	for _, c := range []struct {
		where store.Where
		want  int64
	}{
		{store.Where{store.Is("id", "none")}, 0},
		{store.Where{store.Is("flag", true)}, 2},
		{store.Where{store.Is("flag", true)}, 0},
		{store.Where{or(store.Is("text", nil)), or(store.Is("text", ""))}, 2},
	} {
		if n, err := b.a.Delete(b.ctx, "thing", c.where); err != nil || n != c.want {
			t.Errorf("delete %v: %d, %v, want %d", c.where, n, err, c.want)
		}
	}
	if got := sortedIDs(b.find(store.Query{Model: "thing"})); !slices.Equal(got, []string{"2", "4", "5", "6"}) {
		t.Errorf("left %v, want 2, 4, 5, 6", got)
	}
}

func testNoCondition(t *testing.T, s *suite) {
	b := operatorBundle(t, s)
	for _, where := range []store.Where{nil, {}} {
		_, e1 := b.a.UpdateOne(b.ctx, "thing", where, store.Record{"text": "x"})
		_, e2 := b.a.UpdateAll(b.ctx, "thing", where, store.Record{"text": "x"})
		_, e3 := b.a.Delete(b.ctx, "thing", where)
		_, e4 := b.a.Consume(b.ctx, "thing", where, nil)
		for i, err := range []error{e1, e2, e3, e4} {
			if !errors.Is(err, store.ErrNoCondition) {
				t.Errorf("write %d without a condition: %v, want ErrNoCondition", i, err)
			}
		}
	}
	if n := b.count("thing", cond("text", store.Ne, "x")); n != 7 {
		t.Errorf("%d rows with their text, want 7", n)
	}
}

func testConsume(t *testing.T, s *suite) {
	b := operatorBundle(t, s)
	rec, err := b.a.Consume(b.ctx, "thing", store.Where{store.Is("id", "5")}, nil)
	if err != nil || rec["text"] != `a_b\c` {
		t.Errorf("consume gave %v, %v, want row 5", rec, err)
	}
	if rec, err := b.a.Consume(b.ctx, "thing", store.Where{store.Is("id", "5")}, nil); err != nil || rec != nil {
		t.Errorf("a second consume gave %v, %v, want nil", rec, err)
	}
	off := store.Where{cond("text", store.EndsWith, "off")}
	rec, err = b.a.Consume(b.ctx, "thing", off, &store.Sort{Field: "at", Desc: true})
	if err != nil || rec["id"] != "4" {
		t.Errorf("consume by date descending gave %v, %v, want row 4", rec, err)
	}
	if n := b.count("thing", off...); n != 0 {
		t.Errorf("consume left %d of the matching rows", n)
	}
	rec, err = b.a.Consume(b.ctx, "thing", store.Where{cond("number", store.In, []int{1, 2, 7})}, &store.Sort{Field: "number"})
	if err != nil || rec["id"] != "1" {
		t.Errorf("consume by number gave %v, %v, want row 1", rec, err)
	}
	if got := sortedIDs(b.find(store.Query{Model: "thing"})); !slices.Equal(got, []string{"6", "8"}) {
		t.Errorf("left %v, want 6, 8", got)
	}
}
