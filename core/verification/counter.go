package verification

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

const attempts = 100

var errContended = errors.New("verification: the counter changed under every attempt")

// Count is a counter as it was read.
type Count struct {
	// N is how far it had come; 0 for one that is missing or has expired.
	N int
	// ExpiresAt is when it ends, zero for a missing one.
	ExpiresAt time.Time
}

// Increment adds one to the counter that an identifier's value is, in one atomic step, and moves its expiry. A missing or
// expired counter starts at one. A counter is in secondary storage alone when there is one.
func Increment(c *auth.Call, identifier string, expiresAt time.Time) error {
	_, _, err := IncrementBelow(c, identifier, 0, expiresAt)
	return err
}

// IncrementBelow is [Increment] of a counter that has not come to limit yet: of any number of concurrent callers no more than
// limit get through. A limit of 0 is none. It returns the counter before that, and whether it was added to.
func IncrementBelow(c *auth.Call, identifier string, limit int, expiresAt time.Time) (before Count, added bool, err error) {
	err = change(c, identifier, func(n Count) (Count, bool) {
		before, added = n, limit <= 0 || n.N < limit
		return Count{n.N + 1, expiresAt}, added
	})
	return before, added, err
}

// Decrement takes back one [IncrementBelow] of a counter that had been before, and its expiry if nobody else has counted since.
func Decrement(c *auth.Call, identifier string, before Count) error {
	return change(c, identifier, func(n Count) (Count, bool) {
		switch {
		case n.N == before.N+1:
			return before, true
		case n.N > 0:
			return Count{n.N - 1, n.ExpiresAt}, true
		default: // forgotten meanwhile
			return n, false
		}
	})
}

// change replaces a counter by what next makes of it, however many others do so at once. One that becomes 0 goes away.
func change(c *auth.Call, identifier string, next func(Count) (Count, bool)) error {
	step := changeRow
	if c.Secondary != nil {
		step = changeCached
	}
	for range attempts {
		done, err := step(c, identifier, next)
		if done || err != nil {
			return err
		}
	}
	return errContended
}

// changeRow reports whether nobody else changed the row meanwhile.
func changeRow(c *auth.Call, identifier string, next func(Count) (Count, bool)) (done bool, err error) {
	err = c.InTx(func() error {
		v, err := Find(c, identifier)
		if err != nil {
			return err
		}
		after, write := next(count(c, v))
		switch {
		case !write:
			done = true
			return nil
		case v == nil:
			done = true
			return beginRow(c, identifier, after)
		case after.N == 0:
			row, err := c.Consume(schema.VerificationModel, guard(v), nil)
			done = row != nil
			return err
		default:
			row, err := c.Patch(schema.VerificationModel, guard(v), store.Record{"value": strconv.Itoa(after.N), "expiresAt": after.ExpiresAt})
			done = row != nil
			return err
		}
	})
	if errors.Is(err, store.ErrDuplicate) { // somebody else has begun it
		return false, nil
	}
	return done, err
}

func guard(v *auth.Verification) store.Where {
	return store.Where{store.Is("id", v.ID), store.Is("value", v.Value)}
}

// beginRow stores a counter that is not there. Its id follows from the identifier where ids are texts that the server makes,
// so that two callers cannot begin it twice: identifiers need not be unique.
func beginRow(c *auth.Call, identifier string, n Count) error {
	now, stored := c.Now(), storedIdentifier(c, identifier)
	data := store.Record{
		"createdAt": now, "updatedAt": now, "identifier": stored, "value": strconv.Itoa(n.N), "expiresAt": n.ExpiresAt,
	}
	if db := &c.Options.Advanced.Database; db.GenerateID == "" && db.GenerateIDFunc == nil {
		sum := sha256.Sum256([]byte("counter:" + stored))
		data["id"] = hex.EncodeToString(sum[:16])
	}
	_, err := c.Create(schema.VerificationModel, data)
	return err
}

// changeCached reports whether nobody else changed the value meanwhile.
func changeCached(c *auth.Call, identifier string, next func(Count) (Count, bool)) (bool, error) {
	stored, now := storedIdentifier(c, identifier), c.Now()
	old, found, err := c.Secondary.Get(c.Ctx(), cacheKey(stored))
	if err != nil {
		return false, err
	}
	var before, after *string
	var v *auth.Verification
	if found {
		before, v = &old, fromCache(c, old)
	}
	n, write := next(count(c, v))
	if !write {
		return true, nil
	}
	if n.N > 0 {
		text, err := js.Marshal(map[string]any{
			"createdAt": now, "updatedAt": now, "identifier": stored, "expiresAt": n.ExpiresAt, "value": strconv.Itoa(n.N),
		})
		if err != nil {
			return false, err
		}
		after = new(string(text))
	}
	return c.Secondary.Swap(c.Ctx(), cacheKey(stored), before, after, n.ExpiresAt.Sub(now).Truncate(time.Second))
}

// count reads a value as a counter.
func count(c *auth.Call, v *auth.Verification) Count {
	if v == nil || !v.ExpiresAt.After(c.Now()) {
		return Count{}
	}
	n, _ := strconv.Atoi(v.Value)
	return Count{n, v.ExpiresAt}
}
