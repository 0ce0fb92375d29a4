package storetest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/store"
)

// secondaryRacers is how many goroutines run for one key.
const secondaryRacers = 50

// ttlWait is when a life of one second is over.
const ttlWait = 1500 * time.Millisecond

// ExerciseSecondary is the conformance suite of [store.Secondary]. open returns a storage for one test; it may be shared,
// because every test has keys of its own. Time passes for real: a life of one second is over half a second later.
func ExerciseSecondary(t *testing.T, open func(t *testing.T) store.Secondary) {
	for _, tc := range []struct {
		name string
		test func(t *testing.T, b secondaryBench)
	}{
		{"a missing key is no error", missingKey},
		{"a value is read back, replaced and deleted", setGetDelete},
		{"texts of every kind survive as keys and values", oddTexts},
		{"a value with a ttl ends", ttlEnds},
		{"a value without a ttl stays", zeroTTLStays},
		{"a value whose life is over is not stored", negativeTTL},
		{"a new value takes its own ttl", ttlIsReplaced},
		{"take has one winner", takeOnce},
		{"swap of a missing key has one winner", swapAbsent},
		{"swap refuses when the value is another", swapGuards},
		{"swap to nothing deletes", swapDeletes},
		{"swap keeps the ttl it is given", swapTTL},
		{"concurrent increments by swap lose none", swapIncrements},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			prefix := fmt.Sprintf("%s:%d:", t.Name(), time.Now().UnixNano())
			tc.test(t, secondaryBench{T: t, Secondary: open(t), prefix: prefix})
		})
	}
}

// secondaryBench is one storage under test, with checks that end the test.
type secondaryBench struct {
	*testing.T
	store.Secondary
	prefix string
}

func (b secondaryBench) key(name string) string { return b.prefix + name }

func (b secondaryBench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b secondaryBench) set(key, value string, ttl time.Duration) {
	b.Helper()
	b.must(b.Set(b.Context(), key, value, ttl))
	b.Cleanup(func() { _ = b.Delete(context.Background(), key) })
}

func (b secondaryBench) swap(key string, old, value *string, ttl time.Duration) bool {
	b.Helper()
	swapped, err := b.Swap(b.Context(), key, old, value, ttl)
	b.must(err)
	return swapped
}

func (b secondaryBench) wantValue(key, want string) {
	b.Helper()
	got, ok, err := b.Get(b.Context(), key)
	b.must(err)
	if !ok || got != want {
		b.Fatalf("Get = %.60q, %t; want %.60q, true", got, ok, want)
	}
}

func (b secondaryBench) wantMissing(key string) {
	b.Helper()
	got, ok, err := b.Get(b.Context(), key)
	b.must(err)
	if ok || got != "" {
		b.Fatalf("Get = %.60q, %t; want nothing", got, ok)
	}
}

// race runs fn in that many goroutines at once and returns how many reported true.
func (b secondaryBench) race(fn func(racer int) (bool, error)) int {
	b.Helper()
	var wg sync.WaitGroup
	var won atomic.Int64
	start := make(chan struct{})
	errs := make(chan error, secondaryRacers)
	for i := range secondaryRacers {
		wg.Go(func() {
			<-start
			ok, err := fn(i)
			if err != nil {
				errs <- err
			}
			if ok {
				won.Add(1)
			}
		})
	}
	close(start)
	wg.Wait()
	close(errs)
	for err := range errs {
		b.Error(err)
	}
	return int(won.Load())
}

func missingKey(_ *testing.T, b secondaryBench) {
	key := b.key("absent")
	b.wantMissing(key)
	b.must(b.Delete(b.Context(), key))
	if value, ok, err := b.Take(b.Context(), key); value != "" || ok || err != nil {
		b.Fatalf("Take = %q, %t, %v; want nothing", value, ok, err)
	}
	if b.swap(key, new("x"), new("y"), 0) {
		b.Fatal("Swap replaced a value that is not there")
	}
	b.wantMissing(key)
	if !b.swap(key, nil, nil, 0) {
		b.Fatal("Swap of nothing for nothing failed")
	}
}

func setGetDelete(_ *testing.T, b secondaryBench) {
	key := b.key("k")
	b.set(key, "one", 0)
	b.wantValue(key, "one")
	b.set(key, "two", time.Minute)
	b.wantValue(key, "two")
	b.must(b.Delete(b.Context(), key))
	b.wantMissing(key)
	b.set(key, "", time.Minute)
	b.wantValue(key, "")
}

func oddTexts(_ *testing.T, b secondaryBench) {
	keys := []string{"with space", "192.0.2.1|/sign-in/email", "2001:db8::|/x", "ключ-鍵-🔑", "new\nline", "{brace}*?[x]", `"quote"'\`}
	values := []string{`{"a":"<b>&"}`, "π 🔐 \u2028", "nul \x00 and \xff\xfe bytes", "\r\n$3\r\n", strings.Repeat("long ", 1<<18)}
	for _, name := range keys {
		for i, value := range values {
			key := b.key(name) + strconv.Itoa(i)
			b.set(key, value, time.Minute)
			b.wantValue(key, value)
			next := value + "!"
			if !b.swap(key, &value, &next, time.Minute) {
				b.Fatalf("Swap did not recognise value %d of key %q", i, name)
			}
			if got, ok, err := b.Take(b.Context(), key); got != next || !ok || err != nil {
				b.Fatalf("Take = %.60q, %t, %v; want %.60q", got, ok, err, next)
			}
		}
	}
}

func ttlEnds(_ *testing.T, b secondaryBench) {
	short, taken, free := b.key("short"), b.key("taken"), b.key("free")
	for _, key := range []string{short, taken, free} {
		b.set(key, "v", time.Second)
		b.wantValue(key, "v")
	}
	time.Sleep(ttlWait)
	b.wantMissing(short)
	if _, ok, err := b.Take(b.Context(), taken); ok || err != nil {
		b.Fatalf("Take = %t, %v; want nothing after the end", ok, err)
	}
	if !b.swap(free, nil, new("next"), time.Minute) {
		b.Fatal("Swap does not see that the value ended")
	}
	b.must(b.Delete(b.Context(), free))
}

func zeroTTLStays(_ *testing.T, b secondaryBench) {
	key := b.key("k")
	b.set(key, "v", time.Second)
	b.set(key, "v", 0)
	time.Sleep(ttlWait)
	b.wantValue(key, "v")
}

func negativeTTL(_ *testing.T, b secondaryBench) {
	key := b.key("k")
	b.set(key, "old", 0)
	b.set(key, "over", -time.Second)
	b.wantMissing(key)
	if !b.swap(key, nil, new("over"), -time.Second) {
		b.Fatal("Swap failed")
	}
	b.wantMissing(key)
}

func ttlIsReplaced(_ *testing.T, b secondaryBench) {
	key := b.key("k")
	b.set(key, "short", time.Second)
	b.set(key, "long", time.Minute)
	time.Sleep(ttlWait)
	b.wantValue(key, "long")
}

func takeOnce(_ *testing.T, b secondaryBench) {
	for round := range 5 {
		key := b.key(strconv.Itoa(round))
		b.set(key, "ticket", time.Minute)
		won := b.race(func(int) (bool, error) {
			value, ok, err := b.Take(b.Context(), key)
			if ok && value != "ticket" {
				return ok, fmt.Errorf("a winner took %q", value)
			}
			return ok, err
		})
		if won != 1 {
			b.Fatalf("%d of %d took the value; want 1", won, secondaryRacers)
		}
		b.wantMissing(key)
	}
}

func swapAbsent(_ *testing.T, b secondaryBench) {
	for round := range 5 {
		key := b.key(strconv.Itoa(round))
		var winner atomic.Int64
		won := b.race(func(racer int) (bool, error) {
			ok, err := b.Swap(b.Context(), key, nil, new(strconv.Itoa(racer)), time.Minute)
			if ok {
				winner.Store(int64(racer))
			}
			return ok, err
		})
		if won != 1 {
			b.Fatalf("%d of %d reserved the key; want 1", won, secondaryRacers)
		}
		b.wantValue(key, strconv.FormatInt(winner.Load(), 10))
		b.must(b.Delete(b.Context(), key))
	}
}

func swapGuards(_ *testing.T, b secondaryBench) {
	key := b.key("k")
	b.set(key, "current", time.Minute)
	for name, old := range map[string]*string{"nothing": nil, "another": new("other"), "a prefix": new("curren"), "empty": new("")} {
		if b.swap(key, old, new("next"), time.Minute) {
			b.Fatalf("Swap accepted %s as the old value", name)
		}
	}
	b.wantValue(key, "current")
	if !b.swap(key, new("current"), new("next"), time.Minute) {
		b.Fatal("Swap refused the right old value")
	}
	b.wantValue(key, "next")
	b.set(key, "", time.Minute)
	if b.swap(key, nil, new("next"), time.Minute) {
		b.Fatal("Swap took an empty value for a missing key")
	}
	if !b.swap(key, new(""), new("next"), time.Minute) {
		b.Fatal("Swap refused an empty old value")
	}
}

func swapDeletes(_ *testing.T, b secondaryBench) {
	key := b.key("k")
	b.set(key, "v", time.Minute)
	if b.swap(key, new("w"), nil, 0) {
		b.Fatal("Swap deleted another value")
	}
	if !b.swap(key, new("v"), nil, 0) {
		b.Fatal("Swap refused to delete")
	}
	b.wantMissing(key)
}

func swapTTL(_ *testing.T, b secondaryBench) {
	ends, stays := b.key("ends"), b.key("stays")
	b.set(ends, "v", 0)
	b.set(stays, "v", time.Second)
	if !b.swap(ends, new("v"), new("w"), time.Second) || !b.swap(stays, new("v"), new("w"), 0) {
		b.Fatal("Swap refused the right old value")
	}
	time.Sleep(ttlWait)
	b.wantMissing(ends)
	b.wantValue(stays, "w")
}

func swapIncrements(_ *testing.T, b secondaryBench) {
	key := b.key("counter")
	b.set(key, "0", time.Minute)
	b.race(func(int) (bool, error) { return true, b.increment(key) })
	b.wantValue(key, strconv.Itoa(secondaryRacers))
}

func (b secondaryBench) increment(key string) error {
	for {
		old, ok, err := b.Get(b.Context(), key)
		if err != nil || !ok {
			return fmt.Errorf("the counter is gone: %w", err)
		}
		n, err := strconv.Atoi(old)
		if err != nil {
			return err
		}
		swapped, err := b.Swap(b.Context(), key, &old, new(strconv.Itoa(n+1)), time.Minute)
		if err != nil || swapped {
			return err
		}
	}
}
