package memory

import (
	"fmt"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// New returns an empty database. Everything bound to it shares its tables. It enforces what the tables declare: required
// fields, unique values and foreign keys with their actions. Transactions run one after the other, and other callers wait
// until the one that runs has ended.
func New() store.Database {
	return &database{lock: make(chan struct{}, 1), tables: make(map[string]*table)}
}

// database holds the tables by their database names.
type database struct {
	lock   chan struct{} // holds a token while somebody works; a channel, so that waiting ends with the context
	tables map[string]*table
}

// table is the rows of one table. Rows are never changed in place, so that a reader and the undo log can keep them.
type table struct {
	rows    map[int64]row // by sequence, which is the order of insertion
	next    int64
	serial  int64
	indexes map[string]map[any]int64 // unique column → value → row
}

// row holds values as a database would, by column: string, int64, float64, bool, time.Time, or nil. JSON and lists are
// text.
type row map[string]any

// Bind returns the adapter for a schema, and creates the tables that are missing.
func (db *database) Bind(s *schema.Schema) (store.Adapter, error) {
	a := &adapter{db: db, models: make(map[string]*model, len(s.Tables))}
	for _, st := range s.Tables {
		m, err := newModel(s, st)
		if err != nil {
			return nil, err
		}
		a.models[st.Model] = m
		a.order = append(a.order, m)
	}
	if err := a.link(s); err != nil {
		return nil, err
	}
	db.lock <- struct{}{}
	defer func() { <-db.lock }()
	for _, m := range a.order {
		if err := db.attach(m); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// attach gives a model its table, and the table the indexes that the model asks for.
func (db *database) attach(m *model) error {
	t := db.tables[m.name]
	if t == nil {
		t = &table{rows: make(map[int64]row), indexes: make(map[string]map[any]int64)}
		db.tables[m.name] = t
	}
	m.table = t
	for _, f := range m.fields {
		if !f.unique || t.indexes[f.column] != nil {
			continue
		}
		index := make(map[any]int64)
		for seq, r := range t.rows {
			v := r[f.column]
			if _, taken := index[v]; taken && v != nil {
				return fmt.Errorf("memory: %s cannot become unique: %w", f.owner, store.ErrDuplicate)
			}
			if v != nil {
				index[v] = seq
			}
		}
		t.indexes[f.column] = index
	}
	return nil
}

// put stores a row under a sequence and keeps the indexes in step.
func (t *table) put(seq int64, r row) {
	t.remove(seq)
	t.rows[seq] = r
	for column, index := range t.indexes {
		if v := r[column]; v != nil {
			index[v] = seq
		}
	}
}

func (t *table) remove(seq int64) {
	for column, index := range t.indexes {
		if v := t.rows[seq][column]; v != nil {
			delete(index, v)
		}
	}
	delete(t.rows, seq)
}
