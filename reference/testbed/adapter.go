package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/option"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// remoteDatabase is a database that lives in the test, behind upstream's own adapter.
type remoteDatabase struct{ js *callbacks }

// Bind implements store.Database.
func (d remoteDatabase) Bind(s *schema.Schema) (store.Adapter, error) {
	return &remoteAdapter{js: d.js, schema: s}, nil
}

// remoteAdapter asks the test's adapter. Upstream's has no atomic steps and these tests no transactions: what must be
// atomic is so within this process, which is the only one that asks.
type remoteAdapter struct {
	js     *callbacks
	schema *schema.Schema
	mu     sync.Mutex
}

// ask runs one of upstream's adapter operations and returns its result.
func (a *remoteAdapter) ask(ctx context.Context, operation, model string, where store.Where, more ...any) (any, error) {
	args := object("model", model)
	if where != nil {
		conditions, err := tagWhere(where)
		if err != nil {
			return nil, err
		}
		args.Set("where", conditions)
	}
	for i := 0; i+1 < len(more); i += 2 {
		args.Set(more[i].(string), more[i+1])
	}
	got, err := a.js.call(ctx, "$adapter", operation, args)
	return got.value, err
}

var operators = map[store.Op]string{
	store.Eq: "eq", store.Ne: "ne", store.Lt: "lt", store.Lte: "lte", store.Gt: "gt", store.Gte: "gte", store.In: "in",
	store.NotIn: "not_in", store.Contains: "contains", store.StartsWith: "starts_with", store.EndsWith: "ends_with",
}

func tagWhere(where store.Where) ([]any, error) {
	conditions := []any{}
	for _, c := range where {
		value, err := tag(c.Value)
		if err != nil {
			return nil, err
		}
		connector, mode := "AND", "sensitive"
		if c.Or {
			connector = "OR"
		}
		if c.Fold {
			mode = "insensitive"
		}
		conditions = append(conditions, object("field", c.Field, "operator", operators[c.Op], "value", value, "connector", connector, "mode", mode))
	}
	return conditions, nil
}

// record turns an adapter's row into a record with every field of its table.
func (a *remoteAdapter) record(model string, v any) (store.Record, error) {
	row, ok := v.(*auth.Object)
	if !ok {
		return nil, nil
	}
	table := a.schema.Table(model)
	if table == nil {
		return nil, fmt.Errorf("the schema has no model %q", model)
	}
	rec := store.Record{"id": fmt.Sprint(at(row, "id"))}
	for i := range table.Fields {
		f := &table.Fields[i]
		lenient := *f
		lenient.Required, lenient.Enum = option.Off, nil // what is stored is read as it is
		value, err := auth.StoredValue(&lenient, at(row, f.Name))
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", model, f.Name, err)
		}
		rec[f.Name] = value
	}
	return rec, nil
}

// Insert implements store.Adapter.
func (a *remoteAdapter) Insert(ctx context.Context, model string, rec store.Record) (store.Record, error) {
	data, err := tag(rec)
	if err != nil {
		return nil, err
	}
	_, hasID := rec["id"]
	row, err := a.ask(ctx, "create", model, nil, "data", data, "forceAllowId", hasID)
	if err != nil {
		return nil, err
	}
	return a.record(model, row)
}

// FindOne implements store.Adapter. Tests count how often the adapter is asked for one row, so a join is upstream's own.
func (a *remoteAdapter) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	if q.Sort != nil || q.Offset > 0 {
		q.Limit = 1
		found, err := a.Find(ctx, q)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		return found[0], nil
	}
	var more []any
	if q.Join != "" {
		more = []any{"join", object(q.Join, true)}
	}
	row, err := a.ask(ctx, "findOne", q.Model, q.Where, more...)
	if err != nil {
		return nil, err
	}
	rec, err := a.record(q.Model, row)
	if rec == nil || err != nil || q.Join == "" {
		return rec, err
	}
	rec[q.Join] = nil
	joined, err := a.record(q.Join, at(asObject(row), q.Join))
	if joined != nil {
		rec[q.Join] = joined
	}
	return rec, err
}

// unlimited stands for no limit: upstream's adapter puts its own default in place of none.
const unlimited = 1 << 30

// Find implements store.Adapter.
func (a *remoteAdapter) Find(ctx context.Context, q store.Query) ([]store.Record, error) {
	more := []any{"limit", int64(unlimited)}
	if q.Limit > 0 {
		more = []any{"limit", int64(q.Limit)}
	}
	if q.Offset > 0 {
		more = append(more, "offset", int64(q.Offset))
	}
	if q.Sort != nil {
		direction := "asc"
		if q.Sort.Desc {
			direction = "desc"
		}
		more = append(more, "sortBy", object("field", q.Sort.Field, "direction", direction))
	}
	rows, err := a.ask(ctx, "findMany", q.Model, q.Where, more...)
	if err != nil {
		return nil, err
	}
	list, _ := rows.([]any)
	found := make([]store.Record, 0, len(list))
	for _, row := range list {
		rec, err := a.record(q.Model, row)
		if err != nil {
			return nil, err
		}
		found = append(found, rec)
	}
	return found, a.join(ctx, q, found)
}

// join reads the records that the found ones refer to.
func (a *remoteAdapter) join(ctx context.Context, q store.Query, found []store.Record) error {
	if q.Join == "" {
		return nil
	}
	for _, f := range a.schema.Table(q.Model).Fields {
		if f.References == nil || f.References.Model != q.Join {
			continue
		}
		for _, rec := range found {
			other, err := a.FindOne(ctx, store.Query{Model: q.Join, Where: store.Where{store.Is(f.References.Field, rec[f.Name])}})
			if err != nil {
				return err
			}
			rec[q.Join] = other
		}
		return nil
	}
	return fmt.Errorf("%q refers to no %q", q.Model, q.Join)
}

// Count implements store.Adapter.
func (a *remoteAdapter) Count(ctx context.Context, model string, where store.Where) (int64, error) {
	return counted(a.ask(ctx, "count", model, where))
}

func counted(v any, err error) (int64, error) {
	n, _ := integer(v)
	return n, err
}

// UpdateOne implements store.Adapter.
func (a *remoteAdapter) UpdateOne(ctx context.Context, model string, where store.Where, set store.Record) (store.Record, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	before, err := a.FindOne(ctx, store.Query{Model: model, Where: where})
	if before == nil || err != nil {
		return nil, err
	}
	update, err := tag(increased(before, set))
	if err != nil {
		return nil, err
	}
	if len(where) == 0 {
		return nil, store.ErrNoCondition
	}
	if _, err := a.ask(ctx, "update", model, store.Where{store.Is("id", before["id"])}, "update", update); err != nil {
		return nil, err
	}
	return a.FindOne(ctx, store.Query{Model: model, Where: store.Where{store.Is("id", before["id"])}})
}

// increased replaces the values that add to stored numbers.
func increased(before, set store.Record) store.Record {
	update := store.Record{}
	for name, v := range set {
		if inc, adds := v.(store.Inc); adds {
			n, _ := integer(before[name])
			v = n + int64(inc)
		}
		update[name] = v
	}
	return update
}

// UpdateAll implements store.Adapter.
func (a *remoteAdapter) UpdateAll(ctx context.Context, model string, where store.Where, set store.Record) (int64, error) {
	if len(where) == 0 {
		return 0, store.ErrNoCondition
	}
	update, err := tag(set)
	if err != nil {
		return 0, err
	}
	return counted(a.ask(ctx, "updateMany", model, where, "update", update))
}

// Delete implements store.Adapter.
func (a *remoteAdapter) Delete(ctx context.Context, model string, where store.Where) (int64, error) {
	if len(where) == 0 {
		return 0, store.ErrNoCondition
	}
	return counted(a.ask(ctx, "deleteMany", model, where))
}

// Consume implements store.Adapter.
func (a *remoteAdapter) Consume(ctx context.Context, model string, where store.Where, sort *store.Sort) (store.Record, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	first, err := a.FindOne(ctx, store.Query{Model: model, Where: where, Sort: sort})
	if first == nil || err != nil {
		return nil, err
	}
	_, err = a.Delete(ctx, model, where)
	return first, err
}

// Lock implements store.Adapter: one test asks at a time.
func (a *remoteAdapter) Lock(ctx context.Context, model, id string) (store.Record, error) {
	return a.FindOne(ctx, store.Query{Model: model, Where: store.Where{store.Is("id", id)}})
}

// Tx implements store.Adapter: without a rollback.
func (a *remoteAdapter) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	return fn(ctx)
}

// Ping implements store.Adapter.
func (a *remoteAdapter) Ping(context.Context) error {
	if a.js == nil {
		return errors.New("the test is gone")
	}
	return nil
}
