package mail

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Recent keeps the newest messages in memory, for the development page.
type Recent struct {
	now   func() time.Time
	limit int

	mu   sync.Mutex
	seq  int
	list []Received
}

// Received is a message that [Recent] has taken.
type Received struct {
	Message
	// ID counts up from 1.
	ID int
	// At is when it came.
	At time.Time
}

// NewRecent returns an empty list that keeps up to limit messages.
func NewRecent(limit int, now func() time.Time) *Recent { return &Recent{now: now, limit: limit} }

// Send implements [Mailer].
func (r *Recent) Send(_ context.Context, m Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq++
	r.list = append(r.list, Received{m, r.seq, r.now()})
	if extra := len(r.list) - r.limit; extra > 0 {
		r.list = slices.Delete(r.list, 0, extra)
	}
	return nil
}

// List returns the messages, newest first.
func (r *Recent) List() []Received {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := slices.Clone(r.list)
	slices.Reverse(list)
	return list
}
