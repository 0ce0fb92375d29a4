package sqlx

import (
	"context"
	"fmt"
	"sync"

	"github.com/goauth-dev/goauth/core/store"
)

// adapter implements [store.Adapter].
type adapter struct {
	db     *Database
	tables map[string]*table

	mu         sync.RWMutex
	statements map[string]*statement
}

// start begins a query with its conditions; an update or delete must have some.
func (a *adapter) start(v verb, model string, set store.Record, where store.Where) (*query, error) {
	t := a.tables[model]
	if t == nil {
		return nil, fmt.Errorf("sqlx: unknown model %q", model)
	}
	if v > verbInsert && len(where) == 0 {
		return nil, fmt.Errorf("sqlx: %s %s: %w", verbNames[v], model, store.ErrNoCondition)
	}
	q := &query{verb: v, table: t}
	if err := q.addSet(a.db.dialect, set); err != nil {
		return nil, err
	}
	return q, q.addWhere(a.db.dialect, where)
}

func (a *adapter) Insert(ctx context.Context, model string, rec store.Record) (store.Record, error) {
	q, err := a.start(verbInsert, model, rec, nil)
	if err != nil {
		return nil, err
	}
	recs, err := a.db.dialect.write(ctx, a, q)
	if err == nil && len(recs) == 0 { // [dialect.reserve]
		return nil, fmt.Errorf("sqlx: insert %s: %w", model, store.ErrDuplicate)
	}
	return first(recs, err)
}

func (a *adapter) FindOne(ctx context.Context, sel store.Query) (store.Record, error) {
	return first(a.find(ctx, sel, true))
}

func (a *adapter) Find(ctx context.Context, sel store.Query) ([]store.Record, error) {
	return a.find(ctx, sel, false)
}

func (a *adapter) find(ctx context.Context, sel store.Query, one bool) ([]store.Record, error) {
	q, err := a.start(verbSelect, sel.Model, nil, sel.Where)
	if err != nil {
		return nil, err
	}
	q.one = one
	if err := q.addSort(sel.Sort); err != nil {
		return nil, err
	}
	if sel.Join != "" {
		if q.join, err = q.table.join(sel.Join); err != nil {
			return nil, err
		}
	}
	q.addPage(sel.Limit, sel.Offset)
	return a.records(ctx, q)
}

func (a *adapter) Count(ctx context.Context, model string, where store.Where) (int64, error) {
	q, err := a.start(verbCount, model, nil, where)
	if err != nil {
		return 0, err
	}
	return a.count(ctx, q)
}

func (a *adapter) UpdateOne(ctx context.Context, model string, where store.Where, set store.Record) (store.Record, error) {
	q, err := a.start(verbUpdate, model, set, where)
	if err != nil {
		return nil, err
	}
	if len(set) == 0 {
		return a.FindOne(ctx, store.Query{Model: model, Where: where})
	}
	return first(a.db.dialect.write(ctx, a, q))
}

func (a *adapter) UpdateAll(ctx context.Context, model string, where store.Where, set store.Record) (int64, error) {
	q, err := a.start(verbUpdate, model, set, where)
	if err != nil {
		return 0, err
	}
	if len(set) == 0 {
		return a.Count(ctx, model, where)
	}
	return a.db.dialect.updateAll(ctx, a, q)
}

func (a *adapter) Delete(ctx context.Context, model string, where store.Where) (int64, error) {
	q, err := a.start(verbDelete, model, nil, where)
	if err != nil {
		return 0, err
	}
	return a.affected(ctx, q)
}

func (a *adapter) Consume(ctx context.Context, model string, where store.Where, sort *store.Sort) (store.Record, error) {
	q, err := a.start(verbDelete, model, nil, where)
	if err != nil {
		return nil, err
	}
	if err := q.addSort(sort); err != nil {
		return nil, err
	}
	c, desc := q.sort, q.desc
	q.sort, q.desc = nil, false // a delete has no order of its own
	recs, err := a.db.dialect.write(ctx, a, q)
	if err != nil || len(recs) == 0 {
		return nil, err
	}
	return least(recs, c, desc), nil
}

// Lock reads the row and locks it. SQLite has no such reading, and locks the whole file when a row is written.
func (a *adapter) Lock(ctx context.Context, model, id string) (store.Record, error) {
	if a.db.tx(ctx) == nil {
		return nil, fmt.Errorf("sqlx: lock %s: outside of a transaction it would hold nothing", model)
	}
	where := store.Where{store.Is("id", id)}
	if a.db.dialect.lock() == "" {
		return a.UpdateOne(ctx, model, where, store.Record{"id": id})
	}
	q, err := a.start(verbSelect, model, nil, where)
	if err != nil {
		return nil, err
	}
	q.one, q.lock = true, true
	return first(a.records(ctx, q))
}

func (a *adapter) Ping(ctx context.Context) error {
	ctx, cancel := a.db.limit(ctx)
	defer cancel()
	if err := a.db.ping(ctx); err != nil {
		return fmt.Errorf("sqlx: %s does not answer: %w", a.db.dialect.name(), err)
	}
	return nil
}

func first(recs []store.Record, err error) (store.Record, error) {
	if err != nil || len(recs) == 0 {
		return nil, err
	}
	return recs[0], nil
}
