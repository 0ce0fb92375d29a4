package apikey

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
)

// secondary keeps keys as JSON in a key-value store, in Node's layout: one record by the key's hash, which decides, a copy
// of it by id, and for each owner a list of ids.
type secondary struct {
	kv store.Secondary
	// cacheOnly says that the keys are rows and the list of an owner is forgotten rather than changed.
	cacheOnly bool
}

// attempts bounds the rounds of a compare-and-swap loop; each lost round means that another caller won one.
const attempts = 1000

// errContended reports a record that others changed in every round.
var errContended = errors.New("apikey: the stored key changed under every attempt")

// workers is how many records are read or written at once.
const workers = 10

func hashKey(hash string) string   { return "api-key:" + hash }
func idKey(id string) string       { return "api-key:by-id:" + id }
func ownerKey(owner string) string { return "api-key:by-ref:" + owner }

func (s secondary) byHash(c *auth.Call, hash string) (store.Record, error) {
	rec, _, err := s.read(c, hashKey(hash))
	return rec, err
}

func (s secondary) byID(c *auth.Call, id string) (store.Record, error) {
	rec, _, err := s.read(c, idKey(id))
	return rec, err
}

func (s secondary) fresh(c *auth.Call, rec store.Record) (store.Record, error) {
	hash, _ := rec["key"].(string)
	return s.byHash(c, hash)
}

// read returns a record and its text; what cannot be read counts as none.
func (s secondary) read(c *auth.Call, name string) (store.Record, *string, error) {
	text, ok, err := s.kv.Get(c.Ctx(), name)
	if !ok || err != nil {
		return nil, nil, err
	}
	tree, err := store.DecodeJSON(text)
	if err != nil {
		c.Logger.Error("API key in secondary storage cannot be read", "error", err)
		return nil, &text, nil
	}
	rec, _ := c.RecordFromTree(Model, tree)
	return rec, &text, nil
}

// life is how long a record is kept: until the key expires, in whole seconds; 0 keeps it for good.
func life(c *auth.Call, rec store.Record) time.Duration {
	end := date(rec, "expiresAt")
	if end == nil {
		return 0
	}
	return max(end.Sub(c.Now()), 0).Truncate(time.Second)
}

// put writes a key's record and its copy, and what its owner's list needs.
func (s secondary) put(c *auth.Call, rec store.Record) error {
	if err := s.write(c, rec); err != nil {
		return err
	}
	id, _ := rec["id"].(string)
	owner, _ := rec["referenceId"].(string)
	if s.cacheOnly {
		return s.kv.Delete(c.Ctx(), ownerKey(owner))
	}
	return s.changeList(c, owner, func(ids []string) []string {
		if slices.Contains(ids, id) {
			return ids
		}
		return append(ids, id)
	})
}

// write writes a key's record and its copy.
func (s secondary) write(c *auth.Call, rec store.Record) error {
	text, err := store.EncodeJSON(rec)
	if err != nil {
		return err
	}
	hash, _ := rec["key"].(string)
	id, _ := rec["id"].(string)
	for _, name := range []string{hashKey(hash), idKey(id)} {
		if err := s.kv.Set(c.Ctx(), name, text, life(c, rec)); err != nil {
			return err
		}
	}
	return nil
}

// putAll writes the copies of all keys of an owner, and then the list.
func (s secondary) putAll(c *auth.Call, owner string, recs []store.Record) error {
	ids := make([]string, len(recs))
	for i, rec := range recs {
		ids[i], _ = rec["id"].(string)
	}
	if err := several(len(recs), func(i int) error { return s.write(c, recs[i]) }); err != nil {
		return err
	}
	text, err := store.EncodeJSON(ids)
	if err != nil {
		return err
	}
	return s.kv.Set(c.Ctx(), ownerKey(owner), text, 0)
}

// changeList applies change to an owner's list of ids in one atomic step.
func (s secondary) changeList(c *auth.Call, owner string, change func(ids []string) []string) error {
	for range attempts {
		old, ok, err := s.kv.Get(c.Ctx(), ownerKey(owner))
		if err != nil {
			return err
		}
		ids := change(parseIDs(old))
		text, err := store.EncodeJSON(ids)
		if err != nil {
			return err
		}
		before, after := &old, &text
		if !ok {
			before = nil
		}
		if len(ids) == 0 {
			after = nil
		}
		if before == nil && after == nil || before != nil && old == text {
			return nil
		}
		if done, err := s.kv.Swap(c.Ctx(), ownerKey(owner), before, after, 0); done || err != nil {
			return err
		}
	}
	return errContended
}

func parseIDs(text string) []string {
	tree, err := store.DecodeJSON(text)
	if err != nil {
		return nil
	}
	items, _ := tree.([]any)
	var ids []string
	for _, item := range items {
		if id, ok := item.(string); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s secondary) list(c *auth.Call, owner string, sort *store.Sort) ([]store.Record, error) {
	text, _, err := s.kv.Get(c.Ctx(), ownerKey(owner))
	if err != nil {
		return nil, err
	}
	recs, err := s.readAll(c, parseIDs(text))
	if err != nil {
		return nil, err
	}
	if sort != nil {
		slices.SortStableFunc(recs, func(a, b store.Record) int {
			order := compare(a[sort.Field], b[sort.Field])
			if sort.Desc {
				return -order
			}
			return order
		})
	}
	return recs, nil
}

// readAll reads the keys with these ids, several at once; those that are gone are left out.
func (s secondary) readAll(c *auth.Call, ids []string) ([]store.Record, error) {
	found := make([]store.Record, len(ids))
	err := several(len(ids), func(i int) (err error) {
		found[i], err = s.byID(c, ids[i])
		return err
	})
	return slices.DeleteFunc(found, func(rec store.Record) bool { return rec == nil }), err
}

// several does work for each number below n, a few at once.
func several(n int, work func(i int) error) error {
	errs := make([]error, n)
	room := make(chan struct{}, workers)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			room <- struct{}{}
			errs[i] = work(i)
			<-room
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

func (s secondary) create(c *auth.Call, rec store.Record) (store.Record, error) {
	id, err := c.NewID(Model)
	if id == "" && err == nil {
		id, err = c.RandomID(idLength)
	}
	if err != nil {
		return nil, err
	}
	rec = maps.Clone(rec)
	rec["id"] = id
	return rec, s.put(c, rec)
}

// idLength is the length of an id that no database makes.
const idLength = 32

func (s secondary) change(c *auth.Call, rec store.Record, guard store.Where, set store.Record) (store.Record, error) {
	hash, _ := rec["key"].(string)
	for range attempts {
		current, text, err := s.read(c, hashKey(hash))
		if current == nil || err != nil || !meets(current, guard) {
			return nil, err
		}
		apply(current, set)
		changed, err := store.EncodeJSON(current)
		if err != nil {
			return nil, err
		}
		done, err := s.kv.Swap(c.Ctx(), hashKey(hash), text, &changed, life(c, current))
		if err != nil {
			return nil, err
		}
		if done {
			return current, s.follow(c, hash, current)
		}
	}
	return nil, errContended
}

// follow makes the copy by id what the record by hash is, however many changes there are at once. A copy that is gone stays
// gone: the key was deleted.
func (s secondary) follow(c *auth.Call, hash string, rec store.Record) error {
	id, _ := rec["id"].(string)
	for range attempts {
		copied, held, err := s.kv.Get(c.Ctx(), idKey(id))
		if err != nil {
			return err
		}
		current, text, err := s.read(c, hashKey(hash))
		if err != nil || !held {
			return err
		}
		var want *string
		var ttl time.Duration
		if current != nil {
			want, ttl = text, life(c, current)
		}
		if want != nil && *want == copied {
			return nil
		}
		if _, err := s.kv.Swap(c.Ctx(), idKey(id), &copied, want, ttl); err != nil {
			return err
		}
		if want == nil {
			return nil
		}
	}
	return errContended
}

func (s secondary) remove(c *auth.Call, rec store.Record, guard store.Where) error {
	hash, _ := rec["key"].(string)
	for range attempts {
		current, text, err := s.read(c, hashKey(hash))
		if err != nil || current != nil && !meets(current, guard) {
			return err
		}
		if text == nil {
			break
		}
		done, err := s.kv.Swap(c.Ctx(), hashKey(hash), text, nil, 0)
		if err != nil {
			return err
		}
		if done {
			break
		}
	}
	return s.forget(c, rec)
}

// forget deletes the record, the copy, and the id from the owner's list. The record goes first: it is what decides.
func (s secondary) forget(c *auth.Call, rec store.Record) error {
	hash, _ := rec["key"].(string)
	id, _ := rec["id"].(string)
	owner, _ := rec["referenceId"].(string)
	for _, name := range []string{hashKey(hash), idKey(id)} {
		if err := s.kv.Delete(c.Ctx(), name); err != nil {
			return err
		}
	}
	if s.cacheOnly {
		return s.kv.Delete(c.Ctx(), ownerKey(owner))
	}
	return s.changeList(c, owner, func(ids []string) []string {
		return slices.DeleteFunc(ids, func(other string) bool { return other == id })
	})
}

// apply sets fields of a record.
func apply(rec, set store.Record) {
	for name, v := range set {
		if by, relative := v.(store.Inc); relative {
			old := number(rec, name)
			if old == nil {
				old = new(int64)
			}
			v = *old + int64(by)
		}
		rec[name] = v
	}
}

// meets reports whether a record fulfils every condition, as a database would.
func meets(rec store.Record, guard store.Where) bool {
	for _, cond := range guard {
		v := rec[cond.Field]
		if v == nil || cond.Value == nil {
			if cond.Op != store.Eq || v != cond.Value {
				return false
			}
			continue
		}
		order := compare(v, cond.Value)
		holds := map[store.Op]bool{store.Eq: order == 0, store.Lt: order < 0, store.Gt: order > 0, store.Gte: order >= 0}
		if !holds[cond.Op] {
			return false
		}
	}
	return true
}

// compare orders two values of one field; null comes first.
func compare(a, b any) int {
	switch x := a.(type) {
	case nil:
		if b == nil {
			return 0
		}
		return -1
	case string:
		if y, ok := b.(string); ok {
			return cmp.Compare(x, y)
		}
	case bool:
		if y, ok := b.(bool); ok {
			return cmp.Compare(flag(x), flag(y))
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	default:
		if b != nil {
			return cmp.Compare(float(a), float(b))
		}
	}
	if b == nil {
		return 1
	}
	return 0
}

// float is a number's value; what is none counts as 0.
func float(v any) float64 {
	switch n := v.(type) {
	case int64:
		return float64(n)
	case float64:
		return n
	default:
		return 0
	}
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
