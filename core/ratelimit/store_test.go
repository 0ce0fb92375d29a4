package ratelimit_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store/memory"
	"github.com/goauth-dev/goauth/core/store/storetest"
)

var epoch = time.UnixMilli(1_700_000_000_000)

// clock is the time that a test moves.
type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(epoch.UnixMilli())
	return c
}

func (c *clock) now() time.Time          { return time.UnixMilli(c.ms.Load()) }
func (c *clock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// kinds opens every kind of store.
var kinds = map[string]func(t *testing.T, c *clock) ratelimit.Store{
	"memory": func(*testing.T, *clock) ratelimit.Store { return ratelimit.NewMemory(0) },
	"secondary": func(_ *testing.T, c *clock) ratelimit.Store {
		return ratelimit.NewSecondary(memory.NewSecondary(c.now))
	},
	"database": func(t *testing.T, _ *clock) ratelimit.Store {
		return ratelimit.NewDatabase(bind(t, schema.SerialID), ratelimit.DatabaseOptions{})
	},
	"custom": func(*testing.T, *clock) ratelimit.Store { return newTable().store() },
	"fallback with a sound store": func(*testing.T, *clock) ratelimit.Store {
		return ratelimit.NewFallback(ratelimit.NewMemory(0), failing{}, nil)
	},
	"fallback with a failing store": func(*testing.T, *clock) ratelimit.Store {
		return ratelimit.NewFallback(failing{}, ratelimit.NewMemory(0), discard)
	},
}

// table is an application's own storage.
type table struct {
	mu   sync.Mutex
	rows map[string]ratelimit.Counter
	sets []bool // the update flag of every write
}

func newTable() *table { return &table{rows: make(map[string]ratelimit.Counter)} }

func (t *table) store() ratelimit.Store { return ratelimit.NewCustom(t.get, t.set) }

func (t *table) get(_ context.Context, key string) (*ratelimit.Counter, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c, ok := t.rows[key]; ok {
		return &c, nil
	}
	return nil, nil
}

func (t *table) set(_ context.Context, key string, c ratelimit.Counter, update bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows[key] = c
	t.sets = append(t.sets, update)
	return nil
}

func eachStore(t *testing.T, test func(t *testing.T, s ratelimit.Store, c *clock)) {
	eachOf(t, kinds, test)
}

func eachOf(t *testing.T, kinds map[string]func(*testing.T, *clock) ratelimit.Store, test func(t *testing.T, s ratelimit.Store, c *clock)) {
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			test(t, kinds[name](t, c), c)
		})
	}
}

func consume(t *testing.T, s ratelimit.Store, key string, rule ratelimit.Rule, now time.Time) ratelimit.Decision {
	t.Helper()
	d, err := s.Consume(t.Context(), key, rule, now)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var threeInTen = ratelimit.Rule{Window: 10 * time.Second, Max: 3}

// TestDecisions follows requests through time. The waits are since the request before, in milliseconds; the answers are
// "ok" or the seconds to wait.
func TestDecisions(t *testing.T) {
	for _, tc := range []struct {
		name string
		rule ratelimit.Rule
		wait []int
		want []string
	}{
		{"the request after the last allowed one is refused", threeInTen, []int{0, 0, 0, 0}, []string{"ok", "ok", "ok", "10"}},
		{"the time to wait is rounded up", threeInTen, []int{0, 0, 0, 3000, 1, 5999, 999}, []string{"ok", "ok", "ok", "7", "7", "1", "1"}},
		{"a window is over when exactly its length has passed", threeInTen, []int{0, 0, 0, 9999, 1, 0, 0, 0}, []string{"ok", "ok", "ok", "1", "ok", "ok", "ok", "10"}},
		{"the window slides with every counted request", threeInTen, []int{0, 4000, 4000, 4000, 4000, 1999, 1, 0}, []string{"ok", "ok", "ok", "6", "2", "1", "ok", "ok"}},
		{"refused requests are not counted and do not prolong the wait", threeInTen, []int{0, 0, 0, 2500, 2500, 2500, 2500}, []string{"ok", "ok", "ok", "8", "5", "3", "ok"}},
		{"a count ends after a window without requests", threeInTen, []int{0, 9999, 10000, 0, 0, 0}, []string{"ok", "ok", "ok", "ok", "ok", "10"}},
		{"a maximum of none lets one request a window pass", ratelimit.Rule{Window: time.Second}, []int{0, 0, 999, 1, 0}, []string{"ok", "1", "1", "ok", "1"}},
		{"a window of less than a second counts in milliseconds", ratelimit.Rule{Window: 500 * time.Millisecond, Max: 1}, []int{0, 499, 1, 0}, []string{"ok", "1", "ok", "1"}},
		{"a rule without a window allows everything", ratelimit.Rule{Max: 1}, []int{0, 0, 0}, []string{"ok", "ok", "ok"}},
		{"FAULT-009: a clock that was set back an hour does not keep it shut", threeInTen, []int{0, 0, 0, -3600000, 0, 0, 0}, []string{"ok", "ok", "ok", "ok", "ok", "ok", "10"}},
		{"a clock that went back does not open a full window", threeInTen, []int{0, 0, 0, -5000}, []string{"ok", "ok", "ok", "15"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			eachStore(t, func(t *testing.T, s ratelimit.Store, c *clock) {
				var got []string
				for _, wait := range tc.wait {
					c.advance(time.Duration(wait) * time.Millisecond)
					got = append(got, text(consume(t, s, "192.0.2.1|/x", tc.rule, c.now())))
				}
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func text(d ratelimit.Decision) string {
	if d.Allowed {
		return "ok"
	}
	return fmt.Sprint(d.RetryAfter)
}

func TestKeysAreCountedApart(t *testing.T) {
	eachStore(t, func(t *testing.T, s ratelimit.Store, c *clock) {
		for range 3 {
			consume(t, s, "192.0.2.1|/sign-in/email", threeInTen, c.now())
		}
		for key, want := range map[string]bool{
			"192.0.2.1|/sign-in/email": false, "192.0.2.2|/sign-in/email": true, "192.0.2.1|/sign-up/email": true,
		} {
			if got := consume(t, s, key, threeInTen, c.now()).Allowed; got != want {
				t.Errorf("%s is allowed: %t, want %t", key, got, want)
			}
		}
	})
}

// TestUP078_BurstsAllowExactlyTheMaximum is the race: every request starts before any is counted.
func TestUP078_BurstsAllowExactlyTheMaximum(t *testing.T) {
	for _, max := range []int{1, 3, 50} {
		t.Run(fmt.Sprint(max), func(t *testing.T) {
			test := func(t *testing.T, s ratelimit.Store, c *clock) {
				rule := ratelimit.Rule{Window: 10 * time.Second, Max: max}
				if got := burst(t, s, rule, c.now()); got != max {
					t.Errorf("a new key: %d of 100 were allowed, want %d", got, max)
				}
				c.advance(10 * time.Second)
				if got := burst(t, s, rule, c.now()); got != max {
					t.Errorf("a key whose window is over: %d of 100 were allowed, want %d", got, max)
				}
			}
			eachOf(t, kinds, test)
			eachOf(t, slowKinds, test)
		})
	}
}

func burst(t *testing.T, s ratelimit.Store, rule ratelimit.Rule, now time.Time) int {
	var wg sync.WaitGroup
	var allowed atomic.Int64
	start := make(chan struct{})
	for range 100 {
		wg.Go(func() {
			<-start
			d, err := s.Consume(t.Context(), "192.0.2.1|/sign-in/email", rule, now)
			if err != nil {
				t.Error(err)
			}
			if d.Allowed {
				allowed.Add(1)
			}
		})
	}
	close(start)
	wg.Wait()
	return int(allowed.Load())
}

// TestConformance runs the suite for every store of this process, by the real clock.
func TestConformance(t *testing.T) {
	kv, a := memory.NewSecondary(nil), bind(t, schema.SerialID)
	for name, s := range map[string]ratelimit.Store{
		"memory":    ratelimit.NewMemory(0),
		"secondary": ratelimit.NewSecondary(kv),
		"database":  ratelimit.NewDatabase(a, ratelimit.DatabaseOptions{}),
		"custom":    newTable().store(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.ExerciseRateLimits(t, func(*testing.T) func(*testing.T) ratelimit.Store {
				return func(*testing.T) ratelimit.Store { return s }
			})
		})
	}
}
