package sqlx

import (
	"context"
	"fmt"
	"sync"

	jmoiron "github.com/jmoiron/sqlx"

	"github.com/goauth-dev/goauth/core/store"
)

// statement is the text of one shape of query, prepared once in each pool that runs it.
type statement struct {
	text    string
	columns []*column
	width   int    // columns of the queried table; the rest are the joined table's
	joined  string // the name of the joined record
	kept    bool

	mu       sync.Mutex
	prepared map[*jmoiron.DB]*jmoiron.Stmt
	rows     sync.Pool // of *rowBuffer
}

// maxStatements bounds the cache; conditions are written by code, so that real programs stay far below it.
const maxStatements = 512

// statement returns the statement of a query from the cache, or makes it.
func (a *adapter) statement(q *query) *statement {
	var buf [128]byte
	key := q.key(buf[:0])
	a.mu.RLock()
	st := a.statements[string(key)]
	a.mu.RUnlock()
	if st != nil {
		return st
	}
	st = &statement{text: q.render(a.db.dialect), columns: q.columns(), width: len(q.table.columns)}
	if q.join != nil {
		st.joined = q.join.table.model
	}
	if !q.cacheable() {
		return st
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if other := a.statements[string(key)]; other != nil {
		return other
	}
	if len(a.statements) < maxStatements {
		st.kept = a.db.dialect.prepares()
		a.statements[string(key)] = st
	}
	return st
}

// prepare returns the statement prepared in a pool. It waits for a connection without holding the lock: a transaction that
// has the connection may ask for this very statement.
func (st *statement) prepare(ctx context.Context, pool *jmoiron.DB) (*jmoiron.Stmt, error) {
	if stmt := st.ready(pool); stmt != nil {
		return stmt, nil
	}
	stmt, err := pool.PreparexContext(ctx, st.text)
	if err != nil {
		return nil, err
	}
	st.mu.Lock()
	other := st.prepared[pool]
	if other == nil {
		if st.prepared == nil {
			st.prepared = make(map[*jmoiron.DB]*jmoiron.Stmt, 2)
		}
		st.prepared[pool] = stmt
	}
	st.mu.Unlock()
	if other != nil {
		_ = stmt.Close() // somebody was faster
		return other, nil
	}
	return stmt, nil
}

// ready returns the statement if a pool has it prepared already, without waiting for a connection.
func (st *statement) ready(pool *jmoiron.DB) *jmoiron.Stmt {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.prepared[pool]
}

// cell receives one value and converts it by the column's type.
type cell struct {
	column *column
	value  any
}

// Scan implements sql.Scanner.
func (c *cell) Scan(src any) (err error) {
	if c.value, err = c.column.decode(src); err != nil {
		return fmt.Errorf("%s: %w", c.column.owner, err)
	}
	return nil
}

// rowBuffer holds one row while it is scanned.
type rowBuffer struct {
	cells []cell
	dest  []any
}

func (st *statement) buffer() *rowBuffer {
	if b, ok := st.rows.Get().(*rowBuffer); ok {
		return b
	}
	b := &rowBuffer{cells: make([]cell, len(st.columns)), dest: make([]any, len(st.columns))}
	for i, c := range st.columns {
		b.cells[i].column = c
		b.dest[i] = &b.cells[i]
	}
	return b
}

// release clears the values, which may be secrets, and keeps the buffer for the next query.
func (st *statement) release(b *rowBuffer) {
	for i := range b.cells {
		b.cells[i].value = nil
	}
	st.rows.Put(b)
}

// record makes a record of the scanned row.
func (st *statement) record(b *rowBuffer) store.Record {
	own, joined := b.cells[:st.width], b.cells[st.width:]
	rec := make(store.Record, len(own)+1)
	for i := range own {
		rec[own[i].column.name] = own[i].value
	}
	if st.joined == "" {
		return rec
	}
	rec[st.joined] = nil
	if joined[0].value != nil { // the id
		other := make(store.Record, len(joined))
		for i := range joined {
			other[joined[i].column.name] = joined[i].value
		}
		rec[st.joined] = other
	}
	return rec
}
