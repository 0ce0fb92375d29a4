package authtest

import (
	"context"
	"sync/atomic"

	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

type counter = atomic.Int64

// counted counts the calls of every adapter that it binds.
type counted struct {
	store.Database
	n *counter
}

// Bind implements store.Database.
func (d counted) Bind(s *schema.Schema) (store.Adapter, error) {
	a, err := d.Database.Bind(s)
	return &countedAdapter{a, d.n}, err
}

type countedAdapter struct {
	store.Adapter
	n *counter
}

func (a *countedAdapter) Insert(ctx context.Context, model string, rec store.Record) (store.Record, error) {
	a.n.Add(1)
	return a.Adapter.Insert(ctx, model, rec)
}

func (a *countedAdapter) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	a.n.Add(1)
	return a.Adapter.FindOne(ctx, q)
}

func (a *countedAdapter) Find(ctx context.Context, q store.Query) ([]store.Record, error) {
	a.n.Add(1)
	return a.Adapter.Find(ctx, q)
}

func (a *countedAdapter) Count(ctx context.Context, model string, where store.Where) (int64, error) {
	a.n.Add(1)
	return a.Adapter.Count(ctx, model, where)
}

func (a *countedAdapter) UpdateOne(ctx context.Context, model string, where store.Where, set store.Record) (store.Record, error) {
	a.n.Add(1)
	return a.Adapter.UpdateOne(ctx, model, where, set)
}

func (a *countedAdapter) UpdateAll(ctx context.Context, model string, where store.Where, set store.Record) (int64, error) {
	a.n.Add(1)
	return a.Adapter.UpdateAll(ctx, model, where, set)
}

func (a *countedAdapter) Delete(ctx context.Context, model string, where store.Where) (int64, error) {
	a.n.Add(1)
	return a.Adapter.Delete(ctx, model, where)
}

func (a *countedAdapter) Consume(ctx context.Context, model string, where store.Where, sort *store.Sort) (store.Record, error) {
	a.n.Add(1)
	return a.Adapter.Consume(ctx, model, where, sort)
}
