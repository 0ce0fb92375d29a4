package ratelimit

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Get reads a counter; nil means that there is none. Upstream: rateLimit.customStorage.get.
type Get func(ctx context.Context, key string) (*Counter, error)

// Set writes a counter; update tells that one existed. Upstream: rateLimit.customStorage.set.
type Set func(ctx context.Context, key string, c Counter, update bool) error

type custom struct {
	get   Get
	set   Set
	locks keyLocks
}

// NewCustom returns a store on the application's own functions. Requests of one key wait for each other within this
// process; between processes a burst can pass, because two plain functions cannot exclude it.
func NewCustom(get Get, set Set) Store {
	return &custom{get: get, set: set, locks: keyLocks{held: make(map[string]*keyLock)}}
}

func (s *custom) Consume(ctx context.Context, key string, rule Rule, now time.Time) (Decision, error) {
	if rule.Window <= 0 {
		return Decision{Allowed: true}, nil
	}
	unlock, err := s.locks.lock(ctx, key)
	if err != nil {
		return Decision{}, fmt.Errorf("ratelimit: waiting for the counter: %w", err)
	}
	defer unlock()
	current, err := s.get(ctx, key)
	if err != nil {
		return Decision{}, fmt.Errorf("ratelimit: reading the counter: %w", err)
	}
	next, d := decide(current, key, rule, now)
	if !d.Allowed {
		return d, nil
	}
	if err := s.set(ctx, key, next, current != nil); err != nil {
		return Decision{}, fmt.Errorf("ratelimit: counting the request: %w", err)
	}
	return d, nil
}

// keyLocks is a mutex per key that exists while somebody holds it or waits for it.
type keyLocks struct {
	mu   sync.Mutex
	held map[string]*keyLock
}

type keyLock struct {
	token chan struct{} // full while held
	users int           // the holder and those who wait
}

// lock waits for the key and returns what gives it back.
func (l *keyLocks) lock(ctx context.Context, key string) (unlock func(), err error) {
	k := l.join(key)
	select {
	case k.token <- struct{}{}:
		return func() { <-k.token; l.leave(key, k) }, nil
	case <-ctx.Done():
		l.leave(key, k)
		return nil, context.Cause(ctx)
	}
}

func (l *keyLocks) join(key string) *keyLock {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.held[key]
	if k == nil {
		k = &keyLock{token: make(chan struct{}, 1)}
		l.held[key] = k
	}
	k.users++
	return k
}

func (l *keyLocks) leave(key string, k *keyLock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k.users--; k.users == 0 {
		delete(l.held, key)
	}
}
