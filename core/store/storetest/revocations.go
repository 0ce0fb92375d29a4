package storetest

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/store"
)

const (
	// newsWait is how soon a follower has to hear: a second, and room for a busy machine.
	newsWait = 2 * time.Second
	longKeep = time.Minute
)

// ExerciseRevocations is the conformance suite of [store.Revocations]. open returns what connects one more instance to a
// log that is empty; the suite follows and publishes through several at once.
func ExerciseRevocations(t *testing.T, open func(t *testing.T) (connect func(t *testing.T) store.Revocations)) {
	for _, tc := range []struct {
		name string
		test func(t *testing.T, connect func(t *testing.T) store.Revocations)
	}{
		{"an empty log is ready at once", emptyLog},
		{"a follower hears what others publish", followerHears},
		{"a publisher hears itself", publisherHears},
		{"a late follower hears what is kept before it is ready", lateFollower},
		{"what is kept stays for that long, whatever comes after it", keptLong},
		{"nobody misses anything, whenever it comes", nothingMissed},
		{"following ends with its context", followingEnds},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tc.test(t, open(t))
		})
	}
}

// listener is one instance that follows.
type listener struct {
	mu      sync.Mutex
	heard   map[string]bool
	before  map[string]bool // what it had heard when it became ready
	isReady chan struct{}
	ended   chan error
}

// listen follows until the test ends.
func listen(t *testing.T, ctx context.Context, r store.Revocations) *listener {
	ctx, cancel := context.WithCancel(ctx)
	l := &listener{heard: map[string]bool{}, isReady: make(chan struct{}), ended: make(chan error, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.ended <- r.Follow(ctx, l.hear, l.ready)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return l
}

func (l *listener) hear(ids []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range ids {
		l.heard[id] = true
	}
}

func (l *listener) ready() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.before = map[string]bool{}
	for id := range l.heard {
		l.before[id] = true
	}
	close(l.isReady)
}

// awaitReady waits until it has caught up.
func (l *listener) awaitReady(t *testing.T) *listener {
	t.Helper()
	select {
	case <-l.isReady:
	case err := <-l.ended:
		t.Fatalf("Follow ended before it was ready: %v", err)
	case <-time.After(newsWait):
		t.Fatal("Follow is not ready in time")
	}
	return l
}

// missing returns the ids that it has not heard.
func (l *listener) missing(ids []string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var missing []string
	for _, id := range ids {
		if !l.heard[id] {
			missing = append(missing, id)
		}
	}
	return missing
}

// hears waits until it has heard all ids.
func (l *listener) hears(t *testing.T, ids ...string) {
	t.Helper()
	deadline := time.Now().Add(newsWait)
	for len(l.missing(ids)) > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d were not heard in time, such as %q", len(l.missing(ids)), len(ids), l.missing(ids)[0])
		}
		time.Sleep(time.Millisecond)
	}
}

func publish(t *testing.T, r store.Revocations, keep time.Duration, ids ...string) {
	t.Helper()
	if err := r.Publish(t.Context(), ids, keep); err != nil {
		t.Fatalf("Publish: %v", err)
	}
}

func emptyLog(t *testing.T, connect func(t *testing.T) store.Revocations) {
	l := listen(t, t.Context(), connect(t)).awaitReady(t)
	if len(l.before) > 0 {
		t.Fatalf("an empty log holds %v", l.before)
	}
}

func followerHears(t *testing.T, connect func(t *testing.T) store.Revocations) {
	one, two := listen(t, t.Context(), connect(t)).awaitReady(t), listen(t, t.Context(), connect(t)).awaitReady(t)
	publisher := connect(t)
	publish(t, publisher, longKeep, "alpha")
	publish(t, publisher, longKeep, "beta", "gamma-_09AZ")
	one.hears(t, "alpha", "beta", "gamma-_09AZ")
	two.hears(t, "alpha", "beta", "gamma-_09AZ")
	time.Sleep(time.Second) // long enough for a connection to fall asleep
	publish(t, publisher, longKeep, "delta")
	one.hears(t, "delta")
	two.hears(t, "delta")
}

func publisherHears(t *testing.T, connect func(t *testing.T) store.Revocations) {
	r := connect(t)
	l := listen(t, t.Context(), r).awaitReady(t)
	publish(t, r, longKeep, "own")
	l.hears(t, "own")
}

func lateFollower(t *testing.T, connect func(t *testing.T) store.Revocations) {
	r := connect(t)
	var ids []string
	for i := range 2500 { // more than one read brings
		ids = append(ids, "id-"+strconv.Itoa(i))
	}
	for part := range 25 {
		publish(t, r, longKeep, ids[part*100:part*100+100]...)
	}
	l := listen(t, t.Context(), connect(t)).awaitReady(t)
	for _, id := range ids {
		if !l.before[id] {
			t.Fatalf("%s was not heard before it was ready; %d of %d were", id, len(l.before), len(ids))
		}
	}
}

func keptLong(t *testing.T, connect func(t *testing.T) store.Revocations) {
	r := connect(t)
	publish(t, r, 3*time.Second, "kept")
	for i := range 500 {
		publish(t, r, time.Millisecond, "short-"+strconv.Itoa(i))
	}
	time.Sleep(1500 * time.Millisecond)
	publish(t, r, time.Millisecond, "short")
	publish(t, r, 3*time.Second, "after")
	if l := listen(t, t.Context(), connect(t)).awaitReady(t); !l.before["kept"] || !l.before["after"] {
		t.Fatalf("after half of its life the log holds %v", l.before)
	}
}

// nothingMissed has followers come while others publish.
func nothingMissed(t *testing.T, connect func(t *testing.T) store.Revocations) {
	const publishers, each, followers = 4, 100, 8
	var ids []string
	var publishing sync.WaitGroup
	for p := range publishers {
		r := connect(t)
		for i := range each {
			ids = append(ids, fmt.Sprintf("p%d-%d", p, i))
		}
		publishing.Go(func() {
			for i := range each {
				if err := r.Publish(t.Context(), []string{fmt.Sprintf("p%d-%d", p, i)}, longKeep); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var all []*listener
	for range followers {
		all = append(all, listen(t, t.Context(), connect(t)))
		time.Sleep(2 * time.Millisecond)
	}
	publishing.Wait()
	for _, l := range all {
		l.hears(t, ids...)
	}
}

func followingEnds(t *testing.T, connect func(t *testing.T) store.Revocations) {
	ctx, cancel := context.WithCancel(t.Context())
	r := connect(t)
	l := listen(t, ctx, r).awaitReady(t)
	cancel()
	select {
	case err := <-l.ended:
		if err == nil {
			t.Error("Follow returned nil, which says nothing")
		}
	case <-time.After(newsWait):
		t.Fatal("Follow goes on after its context has ended")
	}
	publish(t, r, longKeep, "unheard")
	if l.missing([]string{"unheard"}) == nil {
		t.Error("heard was called after Follow returned")
	}
}
