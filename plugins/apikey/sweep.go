package apikey

import (
	"context"
	"sync"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/store"
)

// sweepInterval is how often operations delete keys that have expired.
const sweepInterval = 10 * time.Second

// sweeper remembers when expired keys were deleted last.
type sweeper struct {
	mu   sync.Mutex
	last time.Time
}

// due reports whether it is time, and then counts as done.
func (s *sweeper) due(now time.Time, always bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !always && !s.last.IsZero() && now.Sub(s.last) < sweepInterval {
		return false
	}
	s.last = now
	return true
}

// sweep deletes expired keys after the answer, at most once in ten seconds.
func (p *plugin) sweep(c *auth.Call) {
	if !p.sweeper.due(c.Now(), false) {
		return
	}
	c.Send("delete expired API keys", func(ctx context.Context) error { return deleteExpired(c.NewCall(ctx)) })
}

func deleteExpired(c *auth.Call) error {
	return c.Delete(Model, store.Where{
		{Field: "expiresAt", Op: store.Lt, Value: c.Now()}, {Field: "expiresAt", Op: store.Ne, Value: nil},
	})
}
