package tests

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/storetest"
	"github.com/goauth-dev/goauth/sqlx"
)

// openFile returns a database on a file with both pools.
func openFile(t testing.TB, path string) *sqlx.Database {
	t.Helper()
	db, err := sqlx.OpenSQLite("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// migrated binds a database to a schema after creating its tables.
func migrated(t testing.TB, db *sqlx.Database, s *schema.Schema) store.Adapter {
	t.Helper()
	plan, err := db.Plan(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := db.Bind(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var sqliteLacks = storetest.Lacking{storetest.DatabaseIDs: "its text columns have no default"}

func TestSQLitePassesTheStorageSuite(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]storetest.Open{
		"two pools on a file": func(t *testing.T, s *schema.Schema) store.Adapter {
			return migrated(t, openFile(t, filepath.Join(t.TempDir(), "auth.db")), s)
		},
		"one pool in memory": func(t *testing.T, s *schema.Schema) store.Adapter {
			return migrated(t, openFile(t, ":memory:"), s)
		},
		"one pool with default settings": func(t *testing.T, s *schema.Schema) store.Adapter {
			pool, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "auth.db")+"?_pragma=foreign_keys(1)")
			if err != nil {
				t.Fatal(err)
			}
			pool.SetMaxOpenConns(1)
			t.Cleanup(func() { pool.Close() })
			return migrated(t, sqlx.SQLite(pool, nil), s)
		},
	} {
		t.Run(name, func(t *testing.T) { storetest.Exercise(t, open, sqliteLacks) })
	}
}
