package tests_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/storetest"
	"github.com/goauth-dev/goauth/redis"
)

// fresh are options with a prefix that no other test has.
func fresh(t *testing.T) redis.Options {
	return redis.Options{KeyPrefix: fmt.Sprintf("goauth-test:%s:%d:", t.Name(), time.Now().UnixNano()), Logger: discard}
}

// streamKey is where the log of options is.
func streamKey(o redis.Options) string { return o.KeyPrefix + "ended-sessions" }

func TestRevocationsConform(t *testing.T) {
	url := realRedis(t)
	storetest.ExerciseRevocations(t, func(t *testing.T) func(*testing.T) store.Revocations {
		o := fresh(t)
		t.Cleanup(func() { _ = open(t, url).Del(context.Background(), streamKey(o)).Err() })
		return func(t *testing.T) store.Revocations { return redis.NewRevocations(open(t, url), o) }
	})
}

// follower is one that follows again whenever it cannot go on, as an instance does.
type follower struct {
	mu    sync.Mutex
	heard []string
	ready bool
	lost  int
}

func follow(t *testing.T, r store.Revocations) *follower {
	f := &follower{}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			_ = r.Follow(ctx, func(ids []string) { f.mu.Lock(); f.heard = append(f.heard, ids...); f.mu.Unlock() }, func() { f.set(true) })
			f.set(false)
			time.Sleep(20 * time.Millisecond)
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	return f
}

func (f *follower) set(ready bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ready && !ready {
		f.lost++
	}
	f.ready = ready
}

func (f *follower) state() (ready bool, lost int, heard []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ready, f.lost, slices.Clone(f.heard)
}

// eventually waits for a condition and returns how long it took.
func eventually(t *testing.T, what string, limit time.Duration, ok func() bool) time.Duration {
	t.Helper()
	start := time.Now()
	for !ok() {
		if time.Since(start) > limit {
			t.Fatalf("after %v still not: %s", limit, what)
		}
		time.Sleep(2 * time.Millisecond)
	}
	return time.Since(start)
}

func (f *follower) isReady() bool { ready, _, _ := f.state(); return ready }

func (f *follower) hasHeard(ids ...string) bool {
	_, _, heard := f.state()
	for _, id := range ids {
		if !slices.Contains(heard, id) {
			return false
		}
	}
	return true
}

func publish(t *testing.T, r store.Revocations, ids ...string) {
	t.Helper()
	if err := r.Publish(t.Context(), ids, time.Minute); err != nil {
		t.Fatal(err)
	}
}

// TestAFollowerWhoseConnectionIsCutMissesNothing cuts it again and again while others publish.
func TestAFollowerWhoseConnectionIsCutMissesNothing(t *testing.T) {
	url, o := realRedis(t), fresh(t)
	line := startLine(t, url)
	f := follow(t, redis.NewRevocations(open(t, line.url()), o))
	eventually(t, "ready", 5*time.Second, f.isReady)
	publisher := redis.NewRevocations(open(t, url), o)
	var ids []string
	for i := range 300 {
		ids = append(ids, "id-"+strconv.Itoa(i))
		publish(t, publisher, ids[i])
		if i%30 == 0 {
			line.cutAll()
		}
		time.Sleep(5 * time.Millisecond)
	}
	eventually(t, "everything heard", 5*time.Second, func() bool { return f.hasHeard(ids...) })
	if _, lost, _ := f.state(); lost < 3 {
		t.Errorf("the connection was lost %d times; the test cut it 10 times", lost)
	}
}

// TestFAULT030_AFollowerOnADeadLineKnowsWithinASecond: the line swallows everything and closes nothing, as a partition does.
func TestFAULT030_AFollowerOnADeadLineKnowsWithinASecond(t *testing.T) {
	url, o := realRedis(t), fresh(t)
	line := startLine(t, url)
	f := follow(t, redis.NewRevocations(open(t, line.url()), o))
	eventually(t, "ready", 5*time.Second, f.isReady)
	line.freeze(true)
	publish(t, redis.NewRevocations(open(t, url), o), "unheard")
	took := eventually(t, "that the line is dead is known", 1500*time.Millisecond, func() bool { return !f.isReady() })
	if f.hasHeard("unheard") {
		t.Error("the line is not dead; the test tests nothing")
	}
	line.freeze(false)
	line.cutAll()
	eventually(t, "ready again", 5*time.Second, f.isReady)
	if !f.hasHeard("unheard") {
		t.Error("it is ready without having heard what was published meanwhile")
	}
	t.Logf("known after %v", took.Round(time.Millisecond))
}

// TestALostStreamIsReadFromItsBeginning: after a flush, or on a server that took over with less, ids may begin anew.
func TestALostStreamIsReadFromItsBeginning(t *testing.T) {
	url, o := realRedis(t), fresh(t)
	client := open(t, url)
	r := redis.NewRevocations(client, o)
	f := follow(t, redis.NewRevocations(open(t, url), o))
	eventually(t, "ready", 5*time.Second, f.isReady)
	publish(t, r, "before")
	eventually(t, "heard", time.Second, func() bool { return f.hasHeard("before") })
	// As a server whose clock is behind would number it.
	if err := client.Del(t.Context(), streamKey(o)).Err(); err != nil {
		t.Fatal(err)
	}
	err := client.XAdd(t.Context(), &goredis.XAddArgs{Stream: streamKey(o), ID: "1000-1", Values: []string{"ids", "behind"}}).Err()
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the entry with an older id is heard", time.Second, func() bool { return f.hasHeard("behind") })
}

// TestALogThatGoesOnElsewhereIsReadFromItsBeginning: a server that took over has lost the last entries, its clock is behind,
// and when the follower looks for the first time it already has entries on both sides of the follower's place.
func TestALogThatGoesOnElsewhereIsReadFromItsBeginning(t *testing.T) {
	url, o := realRedis(t), fresh(t)
	client := open(t, url)
	f := follow(t, redis.NewRevocations(open(t, url), o))
	eventually(t, "ready", 5*time.Second, f.isReady)
	publish(t, redis.NewRevocations(client, o), "before")
	eventually(t, "heard", time.Second, func() bool { return f.hasHeard("before") })
	time.Sleep(50 * time.Millisecond) // so that it waits at its place
	_, lost, _ := f.state()
	_, err := client.TxPipelined(t.Context(), func(p goredis.Pipeliner) error {
		p.Del(t.Context(), streamKey(o))
		p.XAdd(t.Context(), &goredis.XAddArgs{Stream: streamKey(o), ID: "1000-1", Values: []string{"ids", "behind"}})
		p.XAdd(t.Context(), &goredis.XAddArgs{Stream: streamKey(o), ID: "9000000000000-1", Values: []string{"ids", "ahead"}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "both entries are heard", 2*time.Second, func() bool { return f.hasHeard("ahead", "behind") })
	if _, now, _ := f.state(); now != lost {
		t.Error("the connection was lost; the test tests nothing")
	}
	_ = client.Del(t.Context(), streamKey(o)).Err()
}

func TestTheLogEndsAndIsTrimmed(t *testing.T) {
	url, o := realRedis(t), fresh(t)
	client := open(t, url)
	r := redis.NewRevocations(client, o)
	for range 3000 {
		if err := r.Publish(t.Context(), []string{"0123456789abcdefghijkl"}, 100*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	n, err := client.XLen(t.Context(), streamKey(o)).Result()
	if err != nil || n > 2500 {
		t.Errorf("the stream holds %d of 3000 entries (%v), although each was to be kept for 100 ms", n, err)
	}
	time.Sleep(200 * time.Millisecond)
	if n := client.Exists(t.Context(), streamKey(o)).Val(); n != 0 {
		t.Error("the stream outlives its entries")
	}
	if err := r.Publish(t.Context(), []string{"x"}, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := r.Publish(t.Context(), []string{"y"}, time.Second); err != nil {
		t.Fatal(err)
	}
	if ttl := client.PTTL(t.Context(), streamKey(o)).Val(); ttl < time.Minute {
		t.Errorf("the stream ends in %v, although something in it is to be kept for an hour", ttl)
	}
	_ = client.Del(t.Context(), streamKey(o)).Err()
}

// TestPublishingIsOneRoundTrip counts the commands.
func TestPublishingIsOneRoundTrip(t *testing.T) {
	client, o := open(t, realRedis(t)), fresh(t)
	r := redis.NewRevocations(client, o)
	publish(t, r, "first")
	var sent recorder
	client.AddHook(&sent)
	publish(t, r, "second")
	if got := strings.Join(sent, " "); got != "evalsha" {
		t.Errorf("commands: %s", got)
	}
}
