package apikey

import (
	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
)

// keyStore is where keys are kept. Records have their fields in stored types; nil is no key.
type keyStore interface {
	// byHash and byID find one.
	byHash(c *auth.Call, hash string) (store.Record, error)
	byID(c *auth.Call, id string) (store.Record, error)
	// list returns those of an owner.
	list(c *auth.Call, owner string, sort *store.Sort) ([]store.Record, error)
	// create keeps a new one.
	create(c *auth.Call, rec store.Record) (store.Record, error)
	// change sets fields of a key that still meets a guard, in one atomic step, and returns it as it is then, or nil.
	change(c *auth.Call, rec store.Record, guard store.Where, set store.Record) (store.Record, error)
	// remove forgets a key that still meets a guard.
	remove(c *auth.Call, rec store.Record, guard store.Where) error
	// fresh reads a key again past every cache.
	fresh(c *auth.Call, rec store.Record) (store.Record, error)
}

// database keeps keys in rows.
type database struct{}

func (database) byHash(c *auth.Call, hash string) (store.Record, error) {
	rec, err := c.FindOne(store.Query{Model: Model, Where: store.Where{store.Is("key", hash)}})
	if key, _ := rec["key"].(string); rec == nil || !auth.SameText(key, hash) { // a database may compare more loosely (GAP-006)
		return nil, err
	}
	return rec, nil
}

func (database) byID(c *auth.Call, id string) (store.Record, error) {
	return c.FindOne(store.Query{Model: Model, Where: store.Where{store.Is("id", id)}})
}

func (database) list(c *auth.Call, owner string, sort *store.Sort) ([]store.Record, error) {
	return c.Find(store.Query{Model: Model, Where: store.Where{store.Is("referenceId", owner)}, Sort: sort})
}

func (database) create(c *auth.Call, rec store.Record) (store.Record, error) {
	return c.Create(Model, rec)
}

func (database) change(c *auth.Call, rec store.Record, guard store.Where, set store.Record) (store.Record, error) {
	return c.Update(Model, append(store.Where{store.Is("id", rec["id"])}, guard...), set)
}

func (database) remove(c *auth.Call, rec store.Record, guard store.Where) error {
	return c.Delete(Model, append(store.Where{store.Is("id", rec["id"])}, guard...))
}

func (d database) fresh(c *auth.Call, rec store.Record) (store.Record, error) {
	id, _ := rec["id"].(string)
	return d.byID(c, id)
}

// fallback keeps keys in rows, and copies of them in secondary storage.
type fallback struct {
	database
	cache secondary
}

func (f fallback) byHash(c *auth.Call, hash string) (store.Record, error) {
	return f.cached(c, func(s keyStore) (store.Record, error) { return s.byHash(c, hash) })
}

func (f fallback) byID(c *auth.Call, id string) (store.Record, error) {
	return f.cached(c, func(s keyStore) (store.Record, error) { return s.byID(c, id) })
}

// cached finds a key in the cache, or in the database and keeps a copy.
func (f fallback) cached(c *auth.Call, find func(s keyStore) (store.Record, error)) (store.Record, error) {
	if rec, err := find(f.cache); rec != nil || err != nil {
		return rec, err
	}
	rec, err := find(f.database)
	if rec == nil || err != nil {
		return nil, err
	}
	return rec, f.cache.put(c, rec)
}

func (f fallback) list(c *auth.Call, owner string, sort *store.Sort) ([]store.Record, error) {
	if recs, err := f.cache.list(c, owner, sort); len(recs) > 0 || err != nil {
		return recs, err
	}
	recs, err := f.database.list(c, owner, sort)
	if len(recs) == 0 || err != nil {
		return recs, err
	}
	return recs, f.cache.putAll(c, owner, recs)
}

func (f fallback) create(c *auth.Call, rec store.Record) (store.Record, error) {
	rec, err := f.database.create(c, rec)
	if err != nil {
		return nil, err
	}
	return rec, f.cache.put(c, rec)
}

func (f fallback) change(c *auth.Call, rec store.Record, guard store.Where, set store.Record) (store.Record, error) {
	rec, err := f.database.change(c, rec, guard, set)
	if rec == nil || err != nil {
		return nil, err
	}
	return rec, f.cache.put(c, rec)
}

func (f fallback) remove(c *auth.Call, rec store.Record, guard store.Where) error {
	if err := f.cache.forget(c, rec); err != nil {
		return err
	}
	return f.database.remove(c, rec, guard)
}

func (f fallback) fresh(c *auth.Call, rec store.Record) (store.Record, error) {
	current, err := f.database.fresh(c, rec)
	if err != nil {
		return nil, err
	}
	if current == nil {
		return nil, f.cache.forget(c, rec)
	}
	return current, f.cache.put(c, current)
}
