package memory

import (
	"context"
	"fmt"
	"slices"

	"github.com/goauth-dev/goauth/core/store"
)

// adapter implements [store.Adapter].
type adapter struct {
	db     *database
	models map[string]*model
	order  []*model
}

func (a *adapter) model(name string) (*model, error) {
	m := a.models[name]
	if m == nil {
		return nil, fmt.Errorf("memory: unknown model %q", name)
	}
	return m, nil
}

// read resolves conditions and runs fn on the model while nobody else works.
func (a *adapter) read(ctx context.Context, name string, where store.Where, fn func(m *model, terms []term) error) error {
	m, err := a.model(name)
	if err != nil {
		return err
	}
	terms, err := m.resolve(where)
	if err != nil {
		return err
	}
	return a.db.step(ctx, func(*journal) error { return fn(m, terms) })
}

// write is read for a change of the rows that match; what fn changed is undone when it fails.
func (a *adapter) write(ctx context.Context, name string, where store.Where, fn func(j *journal, m *model, found []int64) error) error {
	m, err := a.model(name)
	if err != nil {
		return err
	}
	if len(where) == 0 {
		return fmt.Errorf("memory: write %s: %w", name, store.ErrNoCondition)
	}
	terms, err := m.resolve(where)
	if err != nil {
		return err
	}
	return a.db.step(ctx, func(j *journal) error { return fn(j, m, m.scan(terms)) })
}

func (a *adapter) Insert(ctx context.Context, name string, rec store.Record) (out store.Record, err error) {
	m, err := a.model(name)
	if err != nil {
		return nil, err
	}
	r, err := m.newRow(rec)
	if err != nil {
		return nil, err
	}
	err = a.db.step(ctx, func(j *journal) error {
		m.giveID(r)
		seq := m.table.next
		if err := m.check(seq, r); err != nil {
			return err
		}
		m.table.next++
		j.put(m.table, seq, r)
		out = m.record(r)
		return nil
	})
	return out, err
}

func (a *adapter) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	q.Limit = 1
	recs, err := a.Find(ctx, q)
	if err != nil || len(recs) == 0 {
		return nil, err
	}
	return recs[0], nil
}

func (a *adapter) Find(ctx context.Context, q store.Query) (recs []store.Record, err error) {
	err = a.read(ctx, q.Model, q.Where, func(m *model, terms []term) error {
		found := m.scan(terms)
		if err := m.sort(found, q.Sort); err != nil {
			return err
		}
		found = found[min(max(q.Offset, 0), len(found)):]
		if q.Limit > 0 {
			found = found[:min(q.Limit, len(found))]
		}
		recs, err = m.records(found, q.Join)
		return err
	})
	return recs, err
}

func (a *adapter) Count(ctx context.Context, name string, where store.Where) (n int64, err error) {
	err = a.read(ctx, name, where, func(m *model, terms []term) error {
		n = int64(len(m.scan(terms)))
		return nil
	})
	return n, err
}

func (a *adapter) UpdateOne(ctx context.Context, name string, where store.Where, set store.Record) (out store.Record, err error) {
	err = a.write(ctx, name, where, func(j *journal, m *model, found []int64) error {
		if err := m.update(j, found, set); err != nil || len(found) == 0 {
			return err
		}
		out = m.record(m.table.rows[found[0]])
		return nil
	})
	return out, err
}

func (a *adapter) UpdateAll(ctx context.Context, name string, where store.Where, set store.Record) (n int64, err error) {
	err = a.write(ctx, name, where, func(j *journal, m *model, found []int64) error {
		n = int64(len(found))
		return m.update(j, found, set)
	})
	return n, err
}

func (a *adapter) Delete(ctx context.Context, name string, where store.Where) (n int64, err error) {
	err = a.write(ctx, name, where, func(j *journal, m *model, found []int64) error {
		n = int64(len(found))
		return m.delete(j, found)
	})
	return n, err
}

func (a *adapter) Consume(ctx context.Context, name string, where store.Where, sort *store.Sort) (out store.Record, err error) {
	err = a.write(ctx, name, where, func(j *journal, m *model, found []int64) error {
		if err := m.sort(found, sort); err != nil || len(found) == 0 {
			return err
		}
		out = m.record(m.table.rows[found[0]])
		return m.delete(j, found)
	})
	return out, err
}

func (a *adapter) Ping(ctx context.Context) error { return ctx.Err() }

// sort orders rows by a field; equal ones stay in the order of insertion.
func (m *model) sort(found []int64, s *store.Sort) error {
	if s == nil {
		return nil
	}
	f, err := m.field(s.Field)
	if err != nil {
		return err
	}
	slices.SortStableFunc(found, func(a, b int64) int {
		order := compare(m.table.rows[a][f.column], m.table.rows[b][f.column])
		if s.Desc {
			return -order
		}
		return order
	})
	return nil
}

// records returns rows as records, each with the joined one.
func (m *model) records(found []int64, joined string) ([]store.Record, error) {
	var j *join
	if joined != "" {
		var err error
		if j, err = m.join(joined); err != nil {
			return nil, err
		}
	}
	var recs []store.Record
	for _, seq := range found {
		r := m.table.rows[seq]
		rec := m.record(r)
		if j != nil {
			rec[joined] = nil
			if other := j.follow(r); other != nil {
				rec[joined] = j.to.record(other)
			}
		}
		recs = append(recs, rec)
	}
	return recs, nil
}

func (m *model) record(r row) store.Record {
	rec := make(store.Record, len(m.fields)+1)
	for _, f := range m.fields {
		rec[f.name] = f.decode(r[f.column])
	}
	return rec
}
