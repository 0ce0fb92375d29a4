// Package ratelimit counts requests by client and path, and decides which rule a path has.
//
// A limit is decided and counted in one atomic step before the handler runs. Upstream's 1.6.9 reads the counter before
// and writes it after the handler, so that a burst passes; its later releases count as this package does.
package ratelimit

import (
	"context"
	"time"
)

// Rule allows Max requests per Window. A window of zero or less allows everything. Upstream: rateLimit.window (seconds)
// and rateLimit.max.
type Rule struct {
	// Window is how long a client must keep still, counted from its last counted request, for its count to start again.
	Window time.Duration
	// Max is the number of requests allowed before that. The request that opens a window always passes, also with 0.
	Max int
}

// Counter is the state of one key. Upstream: a row of the table rateLimit, which is also the record in a secondary
// storage.
type Counter struct {
	// Key is what [Key] makes.
	Key string `json:"key"`
	// Count is the number of requests counted since the window opened.
	Count int64 `json:"count"`
	// LastRequest is when the last counted request came, in milliseconds since 1970.
	LastRequest int64 `json:"lastRequest"`
}

// Decision is the answer to one request.
type Decision struct {
	// Allowed is whether the request may go on. It is counted if and only if it may.
	Allowed bool
	// RetryAfter is how many whole seconds a refused client should wait, rounded up. Upstream: header X-Retry-After.
	RetryAfter int
}

// Store keeps counters.
type Store interface {
	// Consume decides one request and counts it if it is allowed, in one atomic step: of any number of concurrent callers
	// at most rule.Max are allowed. An error means that the request was not decided; the caller must not let it pass.
	Consume(ctx context.Context, key string, rule Rule, now time.Time) (Decision, error)
}

// decide returns what becomes of a request: the counter to store when the request is allowed. A nil counter is a client
// that has none. A window is over when exactly its length has passed: so it is upstream in memory and in Redis, where the
// record is gone by then.
func decide(c *Counter, key string, rule Rule, now time.Time) (Counter, Decision) {
	ms := now.UnixMilli()
	switch {
	case c == nil || expired(c.LastRequest, rule, ms):
		return Counter{Key: key, Count: 1, LastRequest: ms}, Decision{Allowed: true}
	case c.Count >= int64(rule.Max):
		return Counter{}, Decision{RetryAfter: retryAfter(c.LastRequest, rule, ms)}
	default:
		return Counter{Key: key, Count: c.Count + 1, LastRequest: max(c.LastRequest, ms)}, Decision{Allowed: true}
	}
}

// expired says that a window is over. So is one that lies further ahead than clocks of instances drift apart: this clock was
// set back, and the limit must not stay shut until it has caught up.
func expired(lastRequest int64, rule Rule, now int64) bool {
	return now-lastRequest >= rule.Window.Milliseconds() || lastRequest-now > drift.Milliseconds()
}

// drift is how far ahead another instance's clock may be. Within it a counter keeps the later time, so that it holds for both.
const drift = 10 * time.Minute

// retryAfter rounds up to whole seconds.
func retryAfter(lastRequest int64, rule Rule, now int64) int {
	return int((lastRequest + rule.Window.Milliseconds() - now + 999) / 1000)
}
