package memory

import (
	"context"
	"sync"
	"time"

	"github.com/goauth-dev/goauth/core/store"
)

// sweepWidth is how many records a write looks at to drop expired ones: what is expired stays a small share of the
// whole, and no write takes long.
const sweepWidth = 8

type secondary struct {
	now func() time.Time

	mu      sync.Mutex
	records map[string]timed
}

type timed struct {
	value   string
	expires time.Time // zero: never
}

// NewSecondary returns a secondary storage in this process; it is lost with the process and no other one sees it. Every
// write also drops a few expired records. The clock is now, or time.Now when that is nil; a ttl is exact.
func NewSecondary(now func() time.Time) store.Secondary {
	if now == nil {
		now = time.Now
	}
	return &secondary{now: now, records: make(map[string]timed)}
}

func (s *secondary) Get(_ context.Context, key string) (string, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, ok := s.live(key)
	return value, ok, nil
}

func (s *secondary) Set(_ context.Context, key, value string, ttl time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(key, value, ttl)
	return nil
}

func (s *secondary) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.records, key)
	return nil
}

func (s *secondary) Take(_ context.Context, key string) (string, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, ok := s.live(key)
	delete(s.records, key)
	return value, ok, nil
}

func (s *secondary) Swap(_ context.Context, key string, old, value *string, ttl time.Duration) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	current, ok := s.live(key)
	if ok != (old != nil) || ok && current != *old {
		return false, nil
	}
	if value == nil {
		delete(s.records, key)
	} else {
		s.put(key, *value, ttl)
	}
	return true, nil
}

// live returns a value that has not expired.
func (s *secondary) live(key string) (string, bool) {
	r, ok := s.records[key]
	if !ok || r.expired(s.now()) {
		return "", false
	}
	return r.value, true
}

// put stores a value. One whose life is already over is not stored.
func (s *secondary) put(key, value string, ttl time.Duration) {
	now := s.now()
	s.sweep(now)
	if ttl < 0 {
		delete(s.records, key)
		return
	}
	r := timed{value: value}
	if ttl > 0 {
		r.expires = now.Add(ttl)
	}
	s.records[key] = r
}

// sweep looks at a few records; a map starts at a random one.
func (s *secondary) sweep(now time.Time) {
	seen := 0
	for key, r := range s.records {
		if r.expired(now) {
			delete(s.records, key)
		}
		if seen++; seen == sweepWidth {
			return
		}
	}
}

func (r timed) expired(now time.Time) bool {
	return !r.expires.IsZero() && !now.Before(r.expires)
}
