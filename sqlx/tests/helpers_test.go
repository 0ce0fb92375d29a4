package tests

import (
	"database/sql"
	"testing"
	"time"
)

// now is when the tests take place.
var now = time.Date(2026, 11, 25, 12, 0, 0, 123e6, time.UTC)

// openRaw opens a file without the adapter.
func openRaw(t testing.TB, path string) *sql.DB {
	t.Helper()
	raw, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	return raw
}
