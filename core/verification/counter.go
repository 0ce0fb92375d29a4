package verification

import (
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

// Increment adds one to the counter that an identifier's value is, in one atomic step, and moves its expiry. A missing or
// expired counter starts at one. A counter is in secondary storage alone when there is one.
func Increment(c *auth.Call, identifier string, expiresAt time.Time) error {
	step := incrementRow
	if c.Secondary != nil {
		step = incrementCached
	}
	for range attempts {
		done, err := step(c, identifier, expiresAt)
		if done || err != nil {
			return err
		}
	}
	return errContended
}

// incrementRow reports whether nobody else changed the row meanwhile.
func incrementRow(c *auth.Call, identifier string, expiresAt time.Time) (done bool, err error) {
	err = c.InTx(func() error {
		v, err := Find(c, identifier)
		if err != nil {
			return err
		}
		if v == nil {
			done = true
			return Create(c, identifier, "1", expiresAt)
		}
		row, err := c.Patch(schema.VerificationModel, store.Where{store.Is("id", v.ID), store.Is("value", v.Value)},
			store.Record{"value": next(c, v), "expiresAt": expiresAt})
		done = row != nil
		return err
	})
	return done, err
}

// incrementCached reports whether nobody else changed the value meanwhile.
func incrementCached(c *auth.Call, identifier string, expiresAt time.Time) (bool, error) {
	stored, now := storedIdentifier(c, identifier), c.Now()
	old, found, err := c.Secondary.Get(c.Ctx(), cacheKey(stored))
	if err != nil {
		return false, err
	}
	var before *string
	var v *auth.Verification
	if found {
		before, v = &old, fromCache(c, old)
	}
	text, err := js.Marshal(map[string]any{
		"createdAt": now, "updatedAt": now, "identifier": stored, "expiresAt": expiresAt, "value": next(c, v),
	})
	if err != nil {
		return false, err
	}
	after := string(text)
	return c.Secondary.Swap(c.Ctx(), cacheKey(stored), before, &after, expiresAt.Sub(now).Truncate(time.Second))
}

// next is the count after a value.
func next(c *auth.Call, v *auth.Verification) string {
	count := 0
	if v != nil && v.ExpiresAt.After(c.Now()) {
		count, _ = strconv.Atoi(v.Value)
	}
	return strconv.Itoa(count + 1)
}
