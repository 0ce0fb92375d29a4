package sqlx

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	jmoiron "github.com/jmoiron/sqlx"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// MySQL returns a database on MySQL 8 or MariaDB 10.5, or later, through github.com/go-sql-driver/mysql. Its connections
// should speak utf8mb4 and say parseTime=true&loc=UTC, and interpolateParams=true saves a round trip; the server's strict mode
// must be on, or it cuts long texts. The pool of a *jmoiron/sqlx.DB is its DB field. The caller keeps the pool's settings,
// and closes it by closing the database.
func MySQL(pool *sql.DB) *Database { return newDatabase(mysql{}, pool, nil) }

// mysql is the dialect of MySQL and MariaDB: booleans are 0 and 1, dates timestamp(3), JSON and lists text in json columns.
type mysql struct{}

func (mysql) name() string              { return "mysql" }
func (mysql) bindType() int             { return jmoiron.QUESTION }
func (mysql) prepares() bool            { return true }
func (mysql) quote(ident string) string { return "`" + strings.ReplaceAll(ident, "`", "``") + "`" }
func (mysql) unbounded() string         { return "18446744073709551615" }
func (mysql) defaultRow() string        { return "() values ()" }
func (mysql) reserve(verb) string       { return "" }
func (mysql) lock() string              { return "for update" }

func (mysql) encodeBool(b bool) any      { return int64(boolInt(b)) }
func (mysql) encodeTime(t time.Time) any { return t.UTC().Truncate(time.Millisecond) }

func (mysql) output(_ *column, expr string) string { return expr }

func (mysql) idKind(ids schema.IDKind) kind { return textOrSerial(ids) }
func (mysql) holds(text string) bool        { return utf8.ValidString(text) }

// octets is a text as its bytes in UTF-8, which have no case, accents or padding.
func octets(expr string) string { return "cast(convert(" + expr + " using utf8mb4) as binary)" }

const octetsPlace = "cast(? as binary)"

// compare compares texts by bytes, whatever the column's collation: tables that a Node server made have the database's,
// to which "a", "A" and "á" are the same. The comparison by collation comes first, because only that one can use an index.
func (mysql) compare(t *term, expr string) string {
	switch {
	case !t.column.kind.text():
		return compareWith(t, expr, "?")
	case t.fold: // of bytes already
		return compareWith(t, expr, octetsPlace)
	case t.op == store.Eq || t.op == store.In:
		return "(" + compareWith(t, expr, "?") + " and " + compareWith(t, octets(expr), octetsPlace) + ")"
	default:
		return compareWith(t, octets(expr), octetsPlace)
	}
}

func (mysql) occurrences(t *term) int {
	if t.column.kind.text() && !t.fold && (t.op == store.Eq || t.op == store.In) {
		return 2
	}
	return 1
}

// fold replaces letter by letter: lower() knows no bytes, and of texts it lowers more than ASCII.
func (mysql) fold(expr string) string {
	expr = octets(expr)
	for c := 'A'; c <= 'Z'; c++ {
		expr = "replace(" + expr + ", '" + string(c) + "', '" + string(c-'A'+'a') + "')"
	}
	return expr
}

// match does without LIKE, which knows wildcards and collations. What was folded is bytes already.
func (mysql) match(expr string, op store.Op) string {
	if !strings.HasPrefix(expr, "replace(") {
		expr = octets(expr)
	}
	switch op {
	case store.StartsWith:
		return "left(" + expr + ", length(?)) = " + octetsPlace
	case store.EndsWith:
		return "right(" + expr + ", length(?)) = " + octetsPlace
	default:
		return "locate(" + octetsPlace + ", " + expr + ") > 0"
	}
}

func (mysql) matchArgs(op store.Op, text string) []any {
	if op == store.Contains {
		return []any{text}
	}
	return []any{text, text}
}

func (mysql) duplicate(err error) bool { return numbered(err, "1062", "1586") }

// transient is a deadlock, a lock that could not be had in time, or a row that changed since the snapshot.
func (mysql) transient(err error) bool { return numbered(err, "1213", "1205", "1020") }

// away is a server that takes no more connections (1040, 1203, 1226) or none with this password (1045), stops (1053), takes no writes (1290, 1792, 1836), has no
// room (1021, 1114), gave up on the statement in its own time (1969, 3024) or was told to end it or the connection (1317, 1927),
// and the driver's own word for a broken connection.
func (mysql) away(err error) bool {
	return numbered(err, "1040", "1203", "1226", "1045", "1053", "1290", "1792", "1836", "1021", "1114", "1969", "3024", "1317", "1927") ||
		noRoom(err) || innermost(err).Error() == "invalid connection"
}

// noRoom is a file that cannot be made (1) or written to (3, 1026, 1030) because the disk is full, such as one to sort in.
func noRoom(err error) bool {
	return numbered(err, "1", "3", "1026", "1030") && strings.Contains(innermost(err).Error(), "No space left on device")
}

// write works without RETURNING, which MySQL lacks and MariaDB has for some verbs: rows are locked while they are read
// and written.
func (d mysql) write(ctx context.Context, a *adapter, q *query) (recs []store.Record, err error) {
	if q.verb == verbInsert && q.sets("id") {
		return d.insert(ctx, a, q)
	}
	err = a.step(ctx, func(ctx context.Context) error {
		switch q.verb {
		case verbInsert:
			recs, err = d.insert(ctx, a, q)
		case verbUpdate:
			recs, err = d.update(ctx, a, q)
		default:
			recs, err = d.delete(ctx, a, q)
		}
		return err
	})
	return recs, err
}

var errNoID = errors.New("sqlx: the database made an id that it does not tell; use ids that it counts, or that are made here")

func (d mysql) insert(ctx context.Context, a *adapter, q *query) ([]store.Record, error) {
	res, err := a.result(ctx, q)
	if err != nil {
		return nil, err
	}
	id, given := q.value("id")
	if !given {
		made, err := res.LastInsertId()
		if err != nil || made == 0 {
			return nil, errors.Join(errNoID, err)
		}
		id = made
	}
	return a.records(ctx, q.byIDs(d, id))
}

func (d mysql) update(ctx context.Context, a *adapter, q *query) ([]store.Record, error) {
	recs, err := a.records(ctx, q.locking())
	if err != nil || len(recs) == 0 {
		return nil, err
	}
	ids := idArgs(q.table, recs)
	change := q.byIDs(d, ids...)
	change.verb, change.set, change.lock = verbUpdate, q.set, false
	change.args = append(q.setArgs(), change.args...)
	if _, err := a.affected(ctx, change); err != nil {
		return nil, err
	}
	first := ids[0]
	if id, changed := q.value("id"); changed {
		first = id
	}
	return a.records(ctx, q.byIDs(d, first))
}

func (d mysql) delete(ctx context.Context, a *adapter, q *query) ([]store.Record, error) {
	recs, err := a.records(ctx, q.locking())
	if err != nil || len(recs) == 0 {
		return nil, err
	}
	remove := q.byIDs(d, idArgs(q.table, recs)...)
	remove.verb = verbDelete
	_, err = a.affected(ctx, remove)
	return recs, err
}

// updateAll counts first: the driver counts the rows that changed, unless its clientFoundRows is set.
func (mysql) updateAll(ctx context.Context, a *adapter, q *query) (n int64, err error) {
	err = a.step(ctx, func(ctx context.Context) error {
		count := q.locking()
		count.verb = verbCount
		if n, err = a.count(ctx, count); err != nil || n == 0 {
			return err
		}
		_, err = a.affected(ctx, q)
		return err
	})
	return n, err
}

// sets reports whether a write gives a field.
func (q *query) sets(field string) bool {
	_, given := q.value(field)
	return given
}

// value is the argument of a field that a write gives.
func (q *query) value(field string) (any, bool) {
	for i, s := range q.set {
		if s.column.name == field && !s.add {
			return q.args[i], q.args[i] != nil
		}
	}
	return nil, false
}

// setArgs are the arguments of a write's values, whereArgs those of its conditions.
func (q *query) setArgs() []any   { return append([]any(nil), q.args[:len(q.set)]...) }
func (q *query) whereArgs() []any { return q.args[len(q.set):] }

// locking reads and locks the rows that a write is about.
func (q *query) locking() *query {
	return &query{verb: verbSelect, table: q.table, where: q.where, args: q.whereArgs(), lock: true, fresh: true}
}

// byIDs reads rows by ids, which are arguments already.
func (q *query) byIDs(d dialect, ids ...any) *query {
	sel := &query{verb: verbSelect, table: q.table, fresh: true}
	t := term{column: &q.table.columns[0], op: store.In, form: formList, places: len(ids)}
	if len(ids) == 1 {
		t.op, t.form, t.places = store.Eq, formCompare, 0
	}
	sel.where = []term{t}
	sel.addArgs(d, &t, ids...)
	return sel
}

// idArgs are the ids of records as arguments.
func idArgs(t *table, recs []store.Record) []any {
	ids := make([]any, len(recs))
	for i, rec := range recs {
		ids[i] = rec["id"]
		if text, ok := ids[i].(string); ok && t.columns[0].kind == kindSerialID {
			if n, err := parseSerial(text); err == nil {
				ids[i] = n
			}
		}
	}
	return ids
}
