package verification

import (
	"errors"
	"strconv"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
)

const attempts = 100

var errContended = errors.New("verification: the counter changed under every attempt")

// Increment adds one to the counter that an identifier's value is, in one atomic step, and moves its expiry. A missing or
// expired counter starts at one.
func Increment(c *auth.Call, identifier string, expiresAt time.Time) error {
	for range attempts {
		done, err := increment(c, identifier, expiresAt)
		if done || err != nil {
			return err
		}
	}
	return errContended
}

func increment(c *auth.Call, identifier string, expiresAt time.Time) (bool, error) {
	v, err := Find(c, identifier)
	if err != nil {
		return false, err
	}
	if v == nil {
		return true, Create(c, identifier, "1", expiresAt)
	}
	count := 0
	if v.ExpiresAt.After(c.Now()) {
		count, _ = strconv.Atoi(v.Value)
	}
	if c.Secondary != nil && !c.Options.Verification.StoreInDatabase {
		taken, err := Consume(c, identifier)
		if taken == nil || err != nil {
			return false, err
		}
		count, _ = strconv.Atoi(taken.Value)
		return true, Create(c, identifier, strconv.Itoa(count+1), expiresAt)
	}
	row, err := c.Patch(schema.VerificationModel, store.Where{store.Is("id", v.ID), store.Is("value", v.Value)},
		store.Record{"value": strconv.Itoa(count + 1), "expiresAt": expiresAt})
	return row != nil, err
}
