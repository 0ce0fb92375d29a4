// Package verification keeps single-use values with an expiry: reset tokens, deletion tokens, codes. They live in the
// database, in secondary storage, or in both.
package verification

import (
	"slices"
	"strings"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

// Create stores a value under an identifier until expiresAt. Upstream: createVerificationValue.
func Create(c *auth.Call, identifier, value string, expiresAt time.Time) error {
	now, stored := c.Now(), storedIdentifier(c, identifier)
	data := store.Record{"createdAt": now, "updatedAt": now, "value": value, "identifier": stored, "expiresAt": expiresAt}
	if c.Secondary == nil {
		_, err := c.Create(schema.VerificationModel, data)
		return err
	}
	_, err := c.CreateWith(schema.VerificationModel, data, func(rec store.Record) (store.Record, error) {
		if c.Options.Verification.StoreInDatabase {
			row, err := c.Insert(schema.VerificationModel, rec)
			if err != nil {
				return nil, err
			}
			rec = row
		}
		return rec, setCached(c, stored, rec)
	})
	return err
}

// Find returns the newest value of an identifier, expired or not, or nil. One that has expired is deleted, and now and then
// all others that have.
// Finding a value does not use it up; see [Consume]. Upstream: findVerificationValue.
func Find(c *auth.Call, identifier string) (*auth.Verification, error) {
	names := lookupNames(c, identifier)
	if c.Secondary != nil {
		v, err := findCached(c, names)
		if v != nil || err != nil || !c.Options.Verification.StoreInDatabase {
			return v, err
		}
	}
	found, err := findRow(c, names)
	if err != nil || c.Options.Verification.DisableCleanup {
		return found, err
	}
	cleanUp(c)
	if found != nil && found.ExpiresAt.Before(c.Now()) { // unless another has given it more time meanwhile
		err = c.Delete(schema.VerificationModel, append(expired(c), store.Is("id", found.ID)))
	}
	return found, err
}

// findRow returns the newest row of the first of the names that has one, or nil.
func findRow(c *auth.Call, names []string) (*auth.Verification, error) {
	for _, name := range names {
		row, err := c.FindOne(store.Query{Model: schema.VerificationModel, Where: store.Where{store.Is("identifier", name)}, Sort: newest})
		if err != nil {
			return nil, err
		}
		if found := exact(row, name); found != nil {
			return found, nil
		}
	}
	return nil, nil
}

// exact returns a row as a verification value when its identifier is really the name: a database may compare more loosely
// (GAP-006).
func exact(row store.Record, name string) *auth.Verification {
	v := auth.VerificationFromRecord(row)
	if v == nil || !auth.SameText(v.Identifier, name) {
		return nil
	}
	return v
}

// Consume takes the newest value of an identifier away and returns it, or nil when there is none or it has expired. Of
// any number of concurrent callers exactly one gets it.
func Consume(c *auth.Call, identifier string) (*auth.Verification, error) {
	taken, err := Take(c, identifier)
	if taken == nil || err != nil || !taken.ExpiresAt.After(c.Now()) {
		return nil, err
	}
	return taken, nil
}

// Take is [Consume] for callers that tell an expired value from none: it returns one that has expired too.
func Take(c *auth.Call, identifier string) (*auth.Verification, error) {
	for _, name := range lookupNames(c, identifier) {
		if v, err := consumeNamed(c, name); v != nil || err != nil {
			return v, err
		}
	}
	return nil, nil
}

func consumeNamed(c *auth.Call, name string) (*auth.Verification, error) {
	where := store.Where{store.Is("identifier", name)}
	if c.Secondary == nil {
		row, err := c.Consume(schema.VerificationModel, where, newest)
		return exact(row, name), err
	}
	text, ok, err := c.Secondary.Take(c.Ctx(), cacheKey(name))
	if err != nil {
		return nil, err
	}
	if c.Options.Verification.StoreInDatabase {
		// The database decides who wins: both copies go, and a value that only the database still has counts too.
		row, err := c.Consume(schema.VerificationModel, where, newest)
		return exact(row, name), err
	}
	if !ok {
		return nil, nil
	}
	return fromCache(c, text), nil
}

// Delete removes every value of an identifier. Upstream: deleteVerificationByIdentifier.
func Delete(c *auth.Call, identifier string) error {
	stored := storedIdentifier(c, identifier)
	if c.Secondary != nil {
		if err := c.Secondary.Delete(c.Ctx(), cacheKey(stored)); err != nil {
			return err
		}
		if !c.Options.Verification.StoreInDatabase {
			return nil
		}
	}
	return c.Delete(schema.VerificationModel, store.Where{store.Is("identifier", stored)})
}

var newest = &store.Sort{Field: "createdAt", Desc: true}

// cleanUp has expired rows deleted. Upstream deletes them while the caller waits, by a statement that reads the whole table.
func cleanUp(c *auth.Call) {
	if !c.Options.Verification.DisableCleanup {
		c.Prune(schema.VerificationModel, expired(c))
	}
}

func expired(c *auth.Call) store.Where {
	return store.Where{{Field: "expiresAt", Op: store.Lt, Value: c.Now()}}
}

// storedIdentifier is an identifier as the configuration stores it.
func storedIdentifier(c *auth.Call, identifier string) string {
	o := &c.Options.Verification
	kind, hash := o.StoreIdentifier, crypto.HashIdentifier
	if ids := o.Identifiers; ids != nil {
		kind = ids.Default
		i := slices.IndexFunc(ids.Overrides, func(v auth.IdentifierOverride) bool { return strings.HasPrefix(identifier, v.Prefix) })
		if i >= 0 {
			kind = ids.Overrides[i].Storage
		}
		if ids.Hash != nil {
			hash = ids.Hash
		}
	}
	if kind == "hashed" {
		return hash(identifier)
	}
	return identifier
}

// lookupNames are the stored forms to look for: the configured one, then the plain one of before it was configured.
func lookupNames(c *auth.Call, identifier string) []string {
	stored := storedIdentifier(c, identifier)
	if stored == identifier {
		return []string{stored}
	}
	return []string{stored, identifier}
}

func cacheKey(stored string) string { return "verification:" + stored }

// setCached stores a row in secondary storage until it expires.
func setCached(c *auth.Call, stored string, rec store.Record) error {
	expiresAt, _ := rec["expiresAt"].(time.Time)
	ttl := expiresAt.Sub(c.Now()).Truncate(time.Second)
	if ttl <= 0 {
		return nil
	}
	text, err := js.Marshal(map[string]any(rec))
	if err != nil {
		return err
	}
	return c.Secondary.Set(c.Ctx(), cacheKey(stored), string(text), ttl)
}

func findCached(c *auth.Call, names []string) (*auth.Verification, error) {
	for _, name := range names {
		text, ok, err := c.Secondary.Get(c.Ctx(), cacheKey(name))
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if v := fromCache(c, text); v != nil {
			return v, nil
		}
	}
	return nil, nil
}

// fromCache reads a row from secondary storage; a broken one counts as missing.
func fromCache(c *auth.Call, text string) *auth.Verification {
	tree, err := js.Parse([]byte(text))
	if err != nil {
		c.Logger.Error("verification value in secondary storage cannot be read", "error", err)
		return nil
	}
	rec, ok := c.RecordFromTree(schema.VerificationModel, tree)
	if !ok {
		return nil
	}
	return auth.VerificationFromRecord(rec)
}
