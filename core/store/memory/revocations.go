package memory

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/goauth-dev/goauth/core/store"
)

type revocations struct {
	now func() time.Time

	mu      sync.Mutex
	log     []revocation
	dropped int           // how many stood before the log's first
	changed chan struct{} // closed when something is published
}

type revocation struct {
	ids  []string
	ends time.Time
}

// NewRevocations returns a log in this process, for several instances in it. The clock is now, or time.Now when that is nil.
func NewRevocations(now func() time.Time) store.Revocations {
	if now == nil {
		now = time.Now
	}
	return &revocations{now: now, changed: make(chan struct{})}
}

func (r *revocations) Publish(_ context.Context, ids []string, keep time.Duration) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	for len(r.log) > 0 && r.log[0].ends.Before(now) {
		r.log, r.dropped = r.log[1:], r.dropped+1
	}
	r.log = append(r.log, revocation{ids: slices.Clone(ids), ends: now.Add(keep)})
	close(r.changed)
	r.changed = make(chan struct{})
	return nil
}

func (r *revocations) Follow(ctx context.Context, heard func(ids []string), ready func()) error {
	at := 0
	for started := false; ; {
		news, next, changed := r.since(at)
		for _, n := range news {
			heard(n.ids)
		}
		at = next
		if !started {
			ready()
			started = true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// since returns what stands from a place on, the place behind it, and what tells of more.
func (r *revocations) since(at int) (news []revocation, next int, changed <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	news = slices.Clone(r.log[max(at-r.dropped, 0):])
	return news, r.dropped + len(r.log), r.changed
}
