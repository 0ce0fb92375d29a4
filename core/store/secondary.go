package store

import (
	"context"
	"time"
)

// Secondary is a key-value store with expiry that holds sessions, verification values and rate limits beside or instead
// of the database. Upstream: SecondaryStorage, extended by the atomic steps that single use needs.
//
// Keys and values are texts; the layout is Better Auth's, so that a Node server can share the store. A ttl of 0 keeps the
// value for good. Every method is safe for concurrent use, also by several processes.
type Secondary interface {
	// Get returns the value and whether there is one.
	Get(ctx context.Context, key string) (value string, ok bool, err error)
	// Set stores the value.
	Set(ctx context.Context, key, value string, ttl time.Duration) error
	// Delete removes the key; a missing key is no error.
	Delete(ctx context.Context, key string) error
	// Take removes the key and returns what it held. Of any number of concurrent callers exactly one gets it.
	Take(ctx context.Context, key string) (value string, ok bool, err error)
	// Swap replaces the value only if it still is old, and reports whether it did. A nil old means that the key must be
	// missing; a nil value deletes the key.
	Swap(ctx context.Context, key string, old, value *string, ttl time.Duration) (bool, error)
}
