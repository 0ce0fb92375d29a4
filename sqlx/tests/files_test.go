package tests

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/storetest"
	"github.com/goauth-dev/goauth/sqlx"
)

// TestSQLiteMakesIDsWhereItsColumnHasADefault runs the suite on tables whose id columns the application has given a
// default, as generateId false asks for.
func TestSQLiteMakesIDsWhereItsColumnHasADefault(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T, s *schema.Schema) store.Adapter {
		path := filepath.Join(t.TempDir(), "auth.db")
		db := openFile(t, path)
		if s.IDs == schema.DatabaseID {
			sql := strings.ReplaceAll(planned(t, db, s).SQL(), `"id" text not null primary key`, `"id" text not null primary key default (lower(hex(randomblob(16))))`)
			if _, err := openRaw(t, path).ExecContext(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
		return migrated(t, db, s)
	}, nil)
}

func TestFilesMayHaveAnyName(t *testing.T) {
	for _, name := range []string{"auth.db", "with space.db", "100%25.db", "what?.db", "a#b.db", "é&=.db", "a:b.db", "a'b\".db"} {
		path := filepath.Join(t.TempDir(), name)
		a := migrated(t, openFile(t, path), schemaOf(t, "core"))
		if err := a.Ping(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: the file is elsewhere: %v", name, err)
		}
	}
	t.Chdir(t.TempDir())
	migrated(t, openFile(t, "relative.db"), schemaOf(t, "core"))
	if _, err := os.Stat("relative.db"); err != nil {
		t.Error(err)
	}
}

func TestPoolsHaveBetterAuthsSettings(t *testing.T) {
	writer, reader := sqlx.SQLiteDSN(filepath.Join(t.TempDir(), "auth.db"))
	for _, c := range []struct{ dsn, pragma, want string }{
		{writer, "journal_mode", "wal"}, {reader, "journal_mode", "wal"},
		{writer, "foreign_keys", "1"}, {reader, "foreign_keys", "1"},
		{writer, "busy_timeout", "5000"}, {reader, "busy_timeout", "5000"},
		{writer, "synchronous", "1"}, {reader, "query_only", "1"}, {writer, "query_only", "0"},
	} {
		pool, err := sql.Open("sqlite", c.dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		var got string
		if err := pool.QueryRowContext(t.Context(), "pragma "+c.pragma).Scan(&got); err != nil || got != c.want {
			t.Errorf("%s is %q, %v, want %q in %s", c.pragma, got, err, c.want, c.dsn)
		}
	}
}

func TestReadsDoNotWaitForATransaction(t *testing.T) {
	a := migrated(t, openFile(t, filepath.Join(t.TempDir(), "auth.db")), schemaOf(t, "core"))
	err := a.Tx(t.Context(), func(ctx context.Context) error {
		if _, err := a.Insert(ctx, "user", user("u")); err != nil {
			return err
		}
		outside, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if n, err := a.Count(outside, "user", nil); err != nil || n != 0 {
			t.Errorf("outside: %d users, %v, want 0", n, err)
		}
		if n, err := a.Count(ctx, "user", nil); err != nil || n != 1 {
			t.Errorf("inside: %d users, %v, want 1", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := a.Count(t.Context(), "user", nil); err != nil || n != 1 {
		t.Errorf("afterwards: %d users, %v, want 1", n, err)
	}
}

func TestABusyDatabaseIsTriedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth.db")
	migrated(t, openFile(t, path), schemaOf(t, "core"))
	impatient, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate") // no busy timeout
	if err != nil {
		t.Fatal(err)
	}
	defer impatient.Close()
	impatient.SetMaxOpenConns(1)
	a, err := sqlx.SQLite(impatient, nil).Bind(schemaOf(t, "core"))
	if err != nil {
		t.Fatal(err)
	}
	inTx := func(ctx context.Context, rec store.Record) error {
		return a.Tx(ctx, func(ctx context.Context) error { _, err := a.Insert(ctx, "user", rec); return err })
	}
	alone := func(ctx context.Context, rec store.Record) error { _, err := a.Insert(ctx, "user", rec); return err }
	for name, write := range map[string]func(ctx context.Context, rec store.Record) error{"alone": alone, "in a transaction": inTx} {
		release := lock(t, path)
		time.AfterFunc(30*time.Millisecond, release)
		if err := write(t.Context(), user(name)); err != nil {
			t.Errorf("%s, when the lock ends soon: %v", name, err)
		}
		release = lock(t, path)
		if err := write(t.Context(), user(name+" 2")); err == nil {
			t.Errorf("%s: wrote to a locked database", name)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		start := time.Now()
		if err := write(ctx, user(name+" 3")); err == nil || time.Since(start) > 200*time.Millisecond {
			t.Errorf("%s: %v after %v, want an error when the context ends", name, err, time.Since(start))
		}
		cancel()
		release()
	}
	if n, err := a.Count(t.Context(), "user", nil); err != nil || n != 2 {
		t.Errorf("%d users, %v, want 2", n, err)
	}
}

// lock takes the write lock of a file on another connection and returns what ends it.
func lock(t *testing.T, path string) (release func()) {
	t.Helper()
	conn, err := openRaw(t, path).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "begin immediate"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := conn.ExecContext(context.Background(), "rollback"); err != nil {
			t.Error(err)
		}
		conn.Close()
	}
}

func TestAMissingColumnIsAnErrorAndNotAText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth.db")
	db := openFile(t, path)
	a := migrated(t, db, schemaOf(t, "core"))
	if _, err := openRaw(t, path).ExecContext(t.Context(), `alter table "user" drop column "image"`); err != nil {
		t.Fatal(err)
	}
	where := store.Where{store.Is("image", "image")}
	_, e1 := a.Find(t.Context(), store.Query{Model: "user"})
	_, e2 := a.Count(t.Context(), "user", where)
	_, e3 := a.Delete(t.Context(), "user", where)
	_, e4 := a.UpdateAll(t.Context(), "user", where, store.Record{"name": "x"})
	_, e5 := a.Insert(t.Context(), "user", user("u"))
	_, e6 := a.UpdateOne(t.Context(), "user", store.Where{store.Is("id", "u")}, store.Record{"name": "x"})
	for i, err := range []error{e1, e2, e3, e4, e5, e6} {
		if err == nil || !strings.Contains(err.Error(), "image") {
			t.Errorf("call %d: %v, want an error that names the column", i, err)
		}
	}
}

func TestMoreShapesThanTheCacheHoldsStillWork(t *testing.T) {
	a := migrated(t, openFile(t, ":memory:"), schemaOf(t, "core"))
	if _, err := a.Insert(t.Context(), "user", user("u")); err != nil {
		t.Fatal(err)
	}
	fields := []string{"id", "name", "email", "image"}
	for shape := range 1 << 10 {
		where := store.Where{store.Is("id", "u")}
		for bit := range 10 {
			if shape>>bit&1 == 1 {
				where = append(where, store.Cond{Field: fields[bit%4], Op: store.NotIn, Value: make([]string, bit/4+1), Or: true})
			}
		}
		where = append(where, store.Cond{Field: "id", Value: "u", Or: true})
		if n, err := a.Count(t.Context(), "user", where); err != nil || n != 1 {
			t.Fatalf("shape %d: %d, %v, want 1", shape, n, err)
		}
	}
}

func TestTransactionsOfOneDatabaseCoverItsAdapters(t *testing.T) {
	db := openFile(t, filepath.Join(t.TempDir(), "auth.db"))
	a := migrated(t, db, schemaOf(t, "core"))
	b := migrated(t, db, schemaOf(t, "plugins"))
	own := errors.New("own")
	err := a.Tx(t.Context(), func(ctx context.Context) error {
		if _, err := b.Insert(ctx, "user", user("u")); err != nil {
			t.Error(err)
		}
		return own
	})
	if n, cerr := b.Count(t.Context(), "user", nil); !errors.Is(err, own) || cerr != nil || n != 0 {
		t.Errorf("%v, %d users, %v, want none", err, n, cerr)
	}
}

func TestAClosedDatabaseDoesNotAnswer(t *testing.T) {
	db, err := sqlx.OpenSQLite("sqlite", filepath.Join(t.TempDir(), "auth.db"))
	if err != nil {
		t.Fatal(err)
	}
	a := migrated(t, db, schemaOf(t, "core"))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.Ping(t.Context()); err == nil {
		t.Error("ping succeeded")
	}
	if _, err := sqlx.OpenSQLite("no such driver", "x"); err == nil {
		t.Error("an unknown driver was opened")
	}
}

func ExampleOpenSQLite() {
	db, err := sqlx.OpenSQLite("sqlite", ":memory:") // import _ "modernc.org/sqlite"
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	s, err := schema.New(schema.TextID, []*schema.Table{
		{Model: "note", Name: "notes", Fields: []schema.Field{{Name: "text", Type: schema.String}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	plan, err := db.Plan(ctx, s)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(plan)
	if err := plan.Apply(ctx); err != nil {
		fmt.Println(err)
		return
	}
	notes, err := db.Bind(s)
	if err != nil {
		fmt.Println(err)
		return
	}
	rec, err := notes.Insert(ctx, "note", store.Record{"id": "1", "text": "hello"})
	fmt.Println(rec["text"], err)
	// Output:
	// create table notes (id, text)
	// hello <nil>
}
