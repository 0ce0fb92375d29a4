package sqlx

import (
	"database/sql"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"time"

	jmoiron "github.com/jmoiron/sqlx"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// SQLite returns a database on SQLite 3.35 or later. Writes and transactions use writer, which should hold a single
// connection that begins transactions immediately; reads use reader. A nil reader means that one pool does both. Both
// pools should have what [SQLiteDSN] sets; foreign_keys in particular is off in most drivers and on in Better Auth's.
// The pools of a *jmoiron/sqlx.DB are its DB field.
func SQLite(writer, reader *sql.DB) *Database {
	return newDatabase(sqlite{}, writer, reader)
}

// OpenSQLite opens both pools on a file with a driver that the application imports: "sqlite" for modernc.org/sqlite,
// "sqlite3" for github.com/ncruces/go-sqlite3. It does not touch the file. The caller closes the database.
func OpenSQLite(driver, path string) (*Database, error) {
	writerDSN, readerDSN := SQLiteDSN(path)
	writer, err := sql.Open(driver, writerDSN)
	if err != nil {
		return nil, fmt.Errorf("sqlx: open %s: %w", path, err)
	}
	writer.SetMaxOpenConns(1)
	if readerDSN == "" {
		return SQLite(writer, nil), nil
	}
	reader, err := sql.Open(driver, readerDSN)
	if err != nil {
		return nil, fmt.Errorf("sqlx: open %s: %w", path, err)
	}
	conns := max(4, 2*runtime.GOMAXPROCS(0))
	reader.SetMaxOpenConns(conns)
	reader.SetMaxIdleConns(conns)
	return SQLite(writer, reader), nil
}

// SQLiteDSN returns the data source names for the two pools on a file, in the form that modernc.org/sqlite and
// github.com/ncruces/go-sqlite3 read: write-ahead log, synchronous NORMAL, 5 s busy timeout, foreign keys as Better
// Auth's driver has them, and for the writer immediate transactions. For ":memory:" the reader is empty, since each
// connection would have a database of its own: use a single pool of one connection that is never closed.
func SQLiteDSN(path string) (writer, reader string) {
	const common = "?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)"
	if path == ":memory:" {
		return "file::memory:" + common + "&_txlock=immediate", ""
	}
	file := "file:" + (&url.URL{Path: path}).EscapedPath() + common
	return file + "&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_txlock=immediate", file + "&_pragma=query_only(1)"
}

// sqlite is the dialect of SQLite: booleans are 0 and 1, dates ISO text, JSON and lists text.
type sqlite struct {
	returning
	plain
}

func (sqlite) name() string              { return "sqlite3" }
func (sqlite) bindType() int             { return jmoiron.QUESTION }
func (sqlite) prepares() bool            { return true }
func (sqlite) quote(ident string) string { return `"` + strings.ReplaceAll(ident, `"`, `""`) + `"` }
func (sqlite) unbounded() string         { return "-1" }
func (sqlite) defaultRow() string        { return "default values" }
func (sqlite) lock() string              { return "" }
func (sqlite) reserve(verb) string       { return "" }

func (sqlite) idKind(ids schema.IDKind) kind { return textOrSerial(ids) }
func (sqlite) holds(string) bool             { return true }

func (sqlite) encodeBool(b bool) any      { return int64(boolInt(b)) }
func (sqlite) encodeTime(t time.Time) any { return isoTime(t) }

func (sqlite) fold(expr string) string { return "lower(" + expr + ")" }

// output hides the declared type of dates behind a plus: drivers would try one layout after the other on their text.
func (sqlite) output(c *column, expr string) string {
	if c.kind == kindDate {
		return "+" + expr
	}
	return expr
}

// match compares blobs: LIKE ignores case, and text functions stop at NUL.
func (sqlite) match(expr string, op store.Op) string {
	switch op {
	case store.StartsWith:
		return "instr(cast(" + expr + " as blob), cast(? as blob)) = 1"
	case store.EndsWith:
		return "substr(cast(" + expr + " as blob), -length(cast(? as blob))) = cast(? as blob)"
	default:
		return "instr(cast(" + expr + " as blob), cast(? as blob)) > 0"
	}
}

func (sqlite) matchArgs(op store.Op, text string) []any {
	if op == store.EndsWith {
		return []any{text, text}
	}
	return []any{text}
}

// duplicate and transient go by SQLite's own messages, which every driver passes on.
func (sqlite) duplicate(err error) bool {
	return strings.Contains(err.Error(), "UNIQUE constraint failed")
}

// away is a full disk or one that fails.
func (sqlite) away(err error) bool {
	return strings.Contains(err.Error(), "database or disk is full") || strings.Contains(err.Error(), "disk I/O error") ||
		strings.Contains(err.Error(), "attempt to write a readonly database")
}

func (sqlite) transient(err error) bool {
	return strings.Contains(err.Error(), "database is locked") || strings.Contains(err.Error(), "database table is locked")
}
