package sqlx

import (
	"database/sql"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	jmoiron "github.com/jmoiron/sqlx"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// Postgres returns a database on PostgreSQL 13 or later, through any driver whose errors have a method SQLState: pgx's
// stdlib, lib/pq. Tables are looked for in the first schema of the connection's search_path. The pool of a
// *jmoiron/sqlx.DB is its DB field. The caller keeps the pool's settings, and closes it by closing the database.
func Postgres(pool *sql.DB) *Database { return newDatabase(postgres{}, pool, nil) }

// postgres is the dialect of PostgreSQL: booleans, timestamptz and jsonb as such, lists jsonb.
type postgres struct{ returning }

func (postgres) name() string              { return "postgres" }
func (postgres) bindType() int             { return jmoiron.DOLLAR }
func (postgres) prepares() bool            { return false }
func (postgres) quote(ident string) string { return `"` + strings.ReplaceAll(ident, `"`, `""`) + `"` }
func (postgres) unbounded() string         { return "all" }
func (postgres) defaultRow() string        { return "default values" }

// lock lets others refer to the row meanwhile, as an update that changes no key does. Such an update would leave a row version
// behind for each who waits, and all of them would have to follow one to the next.
func (postgres) lock() string { return "for no key update" }

func (postgres) encodeBool(b bool) any      { return b }
func (postgres) encodeTime(t time.Time) any { return t.UTC().Truncate(time.Millisecond) }

func (postgres) output(_ *column, expr string) string { return expr }

func (postgres) idKind(ids schema.IDKind) kind {
	if ids == schema.UUIDID {
		return kindUUID
	}
	return textOrSerial(ids)
}

// holds is false for what PostgreSQL refuses in any text.
func (postgres) holds(text string) bool {
	return strings.IndexByte(text, 0) < 0 && utf8.ValidString(text)
}

// reserve leaves a taken value to be seen by the missing row: an error would end the transaction around it.
func (postgres) reserve(v verb) string {
	if v == verbInsert {
		return " on conflict do nothing"
	}
	return ""
}

func (postgres) occurrences(*term) int { return 1 }

// compare gives numbers of ids their widest type, since an id from outside may not fit the column's, and orders texts by
// bytes, whatever the database's collation.
func (postgres) compare(t *term, expr string) string {
	switch {
	case t.column.kind == kindSerialID:
		return compareWith(t, expr, "?::bigint")
	case t.column.kind.text() && t.op >= store.Lt && t.op <= store.Gte:
		return compareWith(t, expr+` collate "C"`, "?")
	default:
		return compareWith(t, expr, "?")
	}
}

// fold names the collation whose lower case is ASCII's alone.
func (postgres) fold(expr string) string { return "lower(" + expr + ` collate "C")` }

// match does without LIKE, so that there is nothing to escape.
func (postgres) match(expr string, op store.Op) string {
	switch op {
	case store.StartsWith:
		return "left(" + expr + ", length(?::text)) = ?::text"
	case store.EndsWith:
		return "right(" + expr + ", length(?::text)) = ?::text"
	default:
		return "strpos(" + expr + ", ?::text) > 0"
	}
}

func (postgres) matchArgs(op store.Op, text string) []any {
	if op == store.Contains {
		return []any{text}
	}
	return []any{text, text}
}

func (postgres) duplicate(err error) bool { return sqlState(err) == "23505" }

// away is a connection that ended (class 08, 25P03, 25P04) or is not given (28: a password that was changed), a server that stops
// or starts (57P), has no room or no connection (53), cannot read or write its files (58030), is a replica (25006), or gave up on
// the statement in its own time, or was told to (57014, 55P03).
func (postgres) away(err error) bool {
	state := sqlState(err)
	return strings.HasPrefix(state, "08") || strings.HasPrefix(state, "57P") || strings.HasPrefix(state, "53") || strings.HasPrefix(state, "28") ||
		slices.Contains([]string{"25006", "25P03", "25P04", "55P03", "57014", "58030"}, state) ||
		strings.HasSuffix(innermost(err).Error(), "conn closed")
}

// transient is a serialization failure or a deadlock.
func (postgres) transient(err error) bool {
	state := sqlState(err)
	return state == "40001" || state == "40P01"
}
