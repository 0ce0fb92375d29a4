package ratelimit_test

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/ratelimit"
)

// TestUP078_SpoofedAddressesDoNotFillTheMemory sends many keys, of which none has expired.
func TestUP078_SpoofedAddressesDoNotFillTheMemory(t *testing.T) {
	m := ratelimit.NewMemory(0)
	before := heap()
	for i := range 200_000 {
		consume(t, m, ratelimit.Key(strconv.Itoa(i), "/sign-in/email"), threeInTen, epoch)
	}
	if got := m.Len(); got != 100_000 {
		t.Errorf("%d counters are kept, want 100000", got)
	}
	if grown := int64(heap()) - int64(before); grown > 40<<20 {
		t.Errorf("they take %d MB, want at most 40", grown>>20)
	}
	runtime.KeepAlive(m)
}

func TestMemoryDropsTheOldestFirst(t *testing.T) {
	m := ratelimit.NewMemory(3)
	one := ratelimit.Rule{Window: 10 * time.Second, Max: 2}
	for i, key := range []string{"a", "b", "c", "a", "d"} { // b is the oldest when d comes
		consume(t, m, key, one, epoch.Add(time.Duration(i)*time.Second))
	}
	now := epoch.Add(5 * time.Second)
	if consume(t, m, "a", one, now).Allowed {
		t.Error("a was forgotten, though it was counted after b")
	}
	for range 2 {
		if !consume(t, m, "b", one, now).Allowed {
			t.Error("b was not forgotten")
		}
	}
	if got := m.Len(); got != 3 {
		t.Errorf("%d counters are kept, want 3", got)
	}
}

func TestMemoryDropsExpiredCountersWhateverTheirWindow(t *testing.T) {
	m := ratelimit.NewMemory(0)
	long := ratelimit.Rule{Window: time.Hour, Max: 1}
	consume(t, m, "long", long, epoch)
	for i := range 1000 {
		consume(t, m, fmt.Sprint("short", i), threeInTen, epoch.Add(time.Second))
	}
	consume(t, m, "last", threeInTen, epoch.Add(time.Minute))
	if got := m.Len(); got != 2 {
		t.Errorf("%d counters are kept, want 2", got)
	}
	if consume(t, m, "long", long, epoch.Add(time.Minute)).Allowed {
		t.Error("a live counter was dropped with the expired ones")
	}
}

func heap() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

func BenchmarkMemoryConsume(b *testing.B) {
	for _, clients := range []int{1, 1000, 100_000} {
		b.Run(fmt.Sprint(clients, " clients"), func(b *testing.B) {
			m := ratelimit.NewMemory(0)
			keys := make([]string, clients)
			for i := range keys {
				keys[i] = ratelimit.Key(strconv.Itoa(i), "/get-session")
			}
			rule := ratelimit.Rule{Window: 10 * time.Second, Max: 1 << 40}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				_, _ = m.Consume(b.Context(), keys[i%clients], rule, epoch.Add(time.Duration(i)*time.Microsecond))
				i++
			}
		})
	}
	b.Run("refused", func(b *testing.B) {
		m := ratelimit.NewMemory(0)
		b.ReportAllocs()
		for b.Loop() {
			_, _ = m.Consume(b.Context(), "192.0.2.1|/sign-in/email", threeInTen, epoch)
		}
	})
	b.Run("new keys at the limit", func(b *testing.B) {
		m := ratelimit.NewMemory(0)
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			_, _ = m.Consume(b.Context(), strconv.Itoa(i), threeInTen, epoch)
			i++
		}
	})
}
