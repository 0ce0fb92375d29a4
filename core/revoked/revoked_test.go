package revoked

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// hold is how long the tests' memories hold an id.
const hold = 10 * time.Minute

// clock is a time that tests move.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time          { return time.UnixMilli(c.ms.Load()) }
func (c *clock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// newMemory returns one that hears its log.
func newMemory(t *testing.T) (*Memory, *clock) {
	t.Helper()
	c := &clock{}
	c.ms.Store(1_700_000_000_000)
	m := New(memory.NewRevocations(c.now), Options{Hold: hold, Now: c.now, Logger: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() {
		if err := m.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	m.Doubts("t", "u") // it follows the log from the first question on
	for !m.hearing.Load() {
		time.Sleep(time.Millisecond)
	}
	return m, c
}

func TestWhatEndedIsDoubtedForAsLongAsItsCopiesLive(t *testing.T) {
	m, c := newMemory(t)
	m.EndSession(t.Context(), "token-1")
	m.EndUser(t.Context(), "user-1")
	for step := range 10 {
		if !m.Doubts("token-1", "other") || !m.Doubts("other", "user-1") {
			t.Fatalf("after %v a copy is believed", time.Duration(step)*hold/10)
		}
		for _, pair := range [][2]string{{"token-2", "user-2"}, {"user-1", "token-1"}} {
			if m.Doubts(pair[0], pair[1]) {
				t.Fatalf("%v is in doubt", pair)
			}
		}
		if !m.Ended("token-1") || m.Ended("user-1") || m.Ended("token-2") {
			t.Fatal("what ended by its token is not told apart")
		}
		c.advance(hold / 10)
		m.EndSession(t.Context(), fmt.Sprint("other-", step))
	}
	for range 3 {
		c.advance(hold)
		m.EndSession(t.Context(), "later")
	}
	if m.Doubts("token-1", "user-1") {
		t.Error("it is remembered for good")
	}
}

// TestAFullMemoryDoubtsEverything: what had to be forgotten is never believed.
func TestAFullMemoryDoubtsEverything(t *testing.T) {
	m, c := newMemory(t)
	m.EndSession(t.Context(), "first")
	ids := make([]id, 3*maxIDs)
	for i := range ids {
		ids[i] = sessionID(fmt.Sprint("flood-", i))
	}
	m.remember(ids)
	if n := len(m.young.ids) + len(m.old.ids); n > 2*maxIDs {
		t.Errorf("it holds %d ids, the bound is %d", n, 2*maxIDs)
	}
	if !m.Doubts("first", "u") || !m.Doubts("anybody", "at all") {
		t.Error("a copy is believed although ids were forgotten")
	}
	c.advance(hold - time.Second)
	if !m.Doubts("first", "u") {
		t.Error("a copy that may still live is believed")
	}
	c.advance(2 * time.Second)
	if m.Doubts("anybody", "at all") {
		t.Error("everything is in doubt for good")
	}
}

func TestANilMemoryBelievesEveryCopy(t *testing.T) {
	var m *Memory
	m.EndSession(t.Context(), "t")
	m.EndUser(t.Context(), "u")
	if m.Doubts("t", "u") || m.Ended("t") || m.Close(t.Context()) != nil {
		t.Error("a nil memory does something")
	}
}

// silent is a log of which nothing is heard yet.
type silent struct{ store.Revocations }

// Follow implements store.Revocations.
func (silent) Follow(ctx context.Context, _ func([]string), _ func()) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestAMemoryThatHasHeardNothingBelievesNoCopy(t *testing.T) {
	m := New(silent{memory.NewRevocations(nil)}, Options{Hold: hold, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	for range 3 {
		if !m.Doubts("t", "u") {
			t.Error("a copy is believed")
		}
	}
	if err := m.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAClosedMemoryBelievesNoCopy(t *testing.T) {
	m, _ := newMemory(t)
	if err := m.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !m.Doubts("t", "u") {
		t.Error("a memory that hears nothing any more believes a copy")
	}
}

func BenchmarkDoubts(b *testing.B) {
	m := New(memory.NewRevocations(nil), Options{Hold: hold, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	defer m.Close(context.Background())
	m.EndSession(b.Context(), "ended")
	for m.Doubts("t", "u") {
		time.Sleep(time.Millisecond)
	}
	b.ReportAllocs()
	for b.Loop() {
		if m.Doubts("0123456789abcdefghijklmnopqrstuv", "0123456789abcdefghijklmnopqrstuv") {
			b.Fatal("in doubt")
		}
	}
}
