package store

import (
	"context"
	"time"
)

// Revocations is a log that every instance of a server writes and follows: the ids of sessions that have ended, so that no
// instance goes on believing a copy of one. Ids are short printable texts without blanks that tell nothing to others.
//
// Every method is safe for concurrent use. An id may be heard more than once, and in any order.
type Revocations interface {
	// Publish writes ids, which are kept for at least keep. Once it has returned nil, every follower that is connected hears
	// them within a second, and every later one before it is ready. An implementation that is part of the database writes
	// in the transaction that ctx carries; its followers hear of it after the commit.
	Publish(ctx context.Context, ids []string, keep time.Duration) error
	// Follow calls heard with everything that is kept, then ready once, then heard with everything that comes, without a
	// gap between the two. It returns when ctx ends, or with the reason when nothing more can be heard; that the other side
	// has fallen silent it notices within a second. It makes its calls from one goroutine, and none after it has returned.
	Follow(ctx context.Context, heard func(ids []string), ready func()) error
}
