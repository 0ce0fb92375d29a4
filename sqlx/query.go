package sqlx

import (
	"encoding/binary"
	"fmt"
	"strings"

	jmoiron "github.com/jmoiron/sqlx"

	"github.com/goauth-dev/goauth/core/store"
)

// verb is what a statement does.
type verb uint8

const (
	verbSelect verb = iota
	verbCount
	verbInsert
	verbUpdate
	verbDelete
)

var verbNames = [...]string{"select", "count", "insert", "update", "delete"}

// query is one statement: its shape, which decides the text, and the arguments of one run.
type query struct {
	verb      verb
	table     *table
	set       []assignment
	where     []term
	sort      *column
	desc      bool
	join      *join
	one       bool // only the first row
	limit     bool
	offset    bool
	returning bool
	lock      bool // the rows, until the transaction ends
	fresh     bool // not from a replica
	args      []any
}

// assignment is a column that an insert or update writes.
type assignment struct {
	column *column
	add    bool
}

// addSet resolves the fields of a record in the order of the table, and appends their values.
func (q *query) addSet(d dialect, rec store.Record) error {
	for name := range rec {
		if _, err := q.table.column(name); err != nil {
			return err
		}
	}
	q.set = make([]assignment, 0, len(rec))
	for i := range q.table.columns {
		c := &q.table.columns[i]
		v, ok := rec[c.name]
		if !ok {
			continue
		}
		if by, add := v.(store.Inc); add {
			if c.kind != kindNumber || q.verb != verbUpdate {
				return fmt.Errorf("sqlx: %s: only an update of a number can add", c.owner)
			}
			q.set, q.args = append(q.set, assignment{c, true}), append(q.args, int64(by))
			continue
		}
		arg, err := c.encode(d, v)
		if err != nil {
			return err
		}
		q.set, q.args = append(q.set, assignment{column: c}), append(q.args, arg)
	}
	return nil
}

func (q *query) addSort(s *store.Sort) error {
	if s == nil {
		return nil
	}
	c, err := q.table.column(s.Field)
	q.sort, q.desc = c, s.Desc
	return err
}

// addPage appends limit and offset.
func (q *query) addPage(limit, offset int) {
	if limit > 0 && !q.one {
		q.limit, q.args = true, append(q.args, int64(limit))
	}
	if offset > 0 {
		q.offset, q.args = true, append(q.args, int64(offset))
	}
}

// key appends what tells the query's text from every other text.
func (q *query) key(b []byte) []byte {
	b = append(b, byte(q.verb), flags(q.one, q.limit, q.offset, q.returning, q.desc, q.lock))
	b = binary.AppendUvarint(b, uint64(q.table.index))
	b = appendColumn(b, q.sort)
	if q.join != nil {
		b = appendColumn(b, q.join.from)
	} else {
		b = append(b, 0)
	}
	b = binary.AppendUvarint(b, uint64(len(q.set)))
	for _, a := range q.set {
		b = append(appendColumn(b, a.column), flags(a.add))
	}
	for i := range q.where {
		t := &q.where[i]
		b = append(appendColumn(b, t.column), byte(t.form), byte(t.op), flags(t.fold, t.or))
		b = binary.AppendUvarint(b, uint64(t.places))
	}
	return b
}

func appendColumn(b []byte, c *column) []byte {
	if c == nil {
		return append(b, 0)
	}
	return binary.AppendUvarint(b, uint64(c.index)+1)
}

func flags(set ...bool) (b byte) {
	for i, on := range set {
		if on {
			b |= 1 << i
		}
	}
	return b
}

// cacheable reports whether the statement is worth keeping: long lists make a text each.
func (q *query) cacheable() bool {
	for i := range q.where {
		if q.where[i].places > paddedList {
			return false
		}
	}
	return true
}

// columns are those that a row of the result has: the table's, then the joined table's.
func (q *query) columns() []*column {
	if q.verb == verbCount || q.verb != verbSelect && !q.returning {
		return nil
	}
	cols := make([]*column, 0, len(q.table.columns))
	for i := range q.table.columns {
		cols = append(cols, &q.table.columns[i])
	}
	if q.join != nil {
		for i := range q.join.table.columns {
			cols = append(cols, &q.join.table.columns[i])
		}
	}
	return cols
}

// writer builds the text of a statement.
type writer struct {
	strings.Builder
	dialect dialect
	prefix  string // of column references: SQLite takes a bare name in quotes that is no column for a text
}

func (w *writer) text(parts ...string) {
	for _, p := range parts {
		w.WriteString(p)
	}
}

func (w *writer) ref(c *column) string { return w.prefix + c.quoted }

// render returns the text of a query with the dialect's placeholders.
func (q *query) render(d dialect) string {
	w := &writer{dialect: d, prefix: q.table.quoted + "."}
	switch q.verb {
	case verbSelect, verbCount:
		q.renderSelect(w)
	case verbInsert:
		q.renderInsert(w)
	case verbUpdate:
		q.renderUpdate(w)
	case verbDelete:
		w.text("delete from ", q.table.quoted)
		w.writeWhere(q.where)
	}
	if q.returning {
		w.text(w.dialect.reserve(q.verb), " returning ")
		w.list(q.table, w.prefix)
	}
	return jmoiron.Rebind(d.bindType(), w.String())
}

func (w *writer) list(t *table, prefix string) {
	for i := range t.columns {
		if i > 0 {
			w.text(", ")
		}
		w.text(w.dialect.output(&t.columns[i], prefix+t.columns[i].quoted))
	}
}

func (q *query) renderSelect(w *writer) {
	w.prefix = "t."
	w.text("select ")
	if q.verb == verbCount {
		w.text("count(*)")
	} else {
		w.list(q.table, w.prefix)
	}
	if q.join != nil {
		w.text(", ")
		w.list(q.join.table, "j.")
	}
	w.text(" from ", q.table.quoted, " as t")
	if q.join != nil {
		w.text(" left join ", q.join.table.quoted, " as j on j.", q.join.to.quoted, " = ", w.ref(q.join.from))
	}
	w.writeWhere(q.where)
	if q.sort != nil {
		w.text(" order by ", w.ref(q.sort))
		if q.desc {
			w.text(" desc")
		}
	}
	q.renderPage(w)
	if q.lock {
		w.text(" ", w.dialect.lock())
	}
}

func (q *query) renderPage(w *writer) {
	switch {
	case q.one:
		w.text(" limit 1")
	case q.limit:
		w.text(" limit ?")
	case q.offset:
		w.text(" limit ", w.dialect.unbounded())
	}
	if q.offset {
		w.text(" offset ?")
	}
}

func (q *query) renderInsert(w *writer) {
	w.text("insert into ", q.table.quoted)
	if len(q.set) == 0 {
		w.text(" ", w.dialect.defaultRow())
		return
	}
	glue := " ("
	for _, a := range q.set {
		w.text(glue, a.column.quoted)
		glue = ", "
	}
	w.text(") values (?", strings.Repeat(", ?", len(q.set)-1), ")")
}

func (q *query) renderUpdate(w *writer) {
	w.text("update ", q.table.quoted)
	glue := " set "
	for _, a := range q.set {
		w.text(glue, a.column.quoted, " = ")
		glue = ", "
		if a.add {
			w.text("coalesce(", w.ref(a.column), ", 0) + ")
		}
		w.text("?")
	}
	w.writeWhere(q.where)
}
