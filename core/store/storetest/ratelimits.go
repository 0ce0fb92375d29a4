package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/ratelimit"
)

// limitCallers is how many requests come at once.
const limitCallers = 100

// ExerciseRateLimits is the conformance suite of [ratelimit.Store]. open returns what connects one more instance to counters
// that may be shared: every test has keys of its own. Time passes for real.
func ExerciseRateLimits(t *testing.T, open func(t *testing.T) (connect func(t *testing.T) ratelimit.Store)) {
	for _, tc := range []struct {
		name string
		test func(b limitBench)
	}{
		{"the request after the last allowed one is refused", limitMaximum},
		{"a window is over when nothing was counted for its length", limitWindow},
		{"every counted request moves the window", limitSlides},
		{"refused requests do not prolong the wait", limitRefused},
		{"a maximum of none lets one request a window pass", limitNone},
		{"a rule without a window allows everything", limitWithoutWindow},
		{"keys are counted apart", limitKeys},
		{"UP-078 bursts on two instances allow exactly the maximum", limitBursts},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			connect := open(t)
			tc.test(limitBench{t, [2]ratelimit.Store{connect(t), connect(t)}, fmt.Sprintf("192.0.2.1|/%s/%d", t.Name(), time.Now().UnixNano())})
		})
	}
}

// limitBench is two instances under test.
type limitBench struct {
	*testing.T
	stores [2]ratelimit.Store
	key    string
}

// ask makes n requests, by turns on both instances, and wants those that follow the first allowed ones refused.
func (b limitBench) ask(rule ratelimit.Rule, n, allowed int) {
	b.Helper()
	start := time.Now()
	for i := range n {
		d, err := b.stores[i%2].Consume(b.Context(), b.key, rule, time.Now())
		if err != nil {
			b.Fatal(err)
		}
		if took := time.Since(start); rule.Window > 0 && took >= rule.Window {
			b.Skipf("SKIPPED: %d requests took %v; the machine is too busy for a window of %v", i+1, took, rule.Window)
		}
		if d.Allowed != (i < allowed) {
			b.Fatalf("request %d of %d is allowed: %t, want %t", i+1, n, d.Allowed, i < allowed)
		}
		most := int((rule.Window + time.Second - 1) / time.Second)
		if !d.Allowed && (d.RetryAfter < 1 || d.RetryAfter > most) {
			b.Fatalf("a refused client is to wait %d seconds, want 1 to %d", d.RetryAfter, most)
		}
	}
}

var threeIn = ratelimit.Rule{Window: time.Second, Max: 3}

func limitMaximum(b limitBench) {
	rule := ratelimit.Rule{Window: 10 * time.Second, Max: 3}
	b.ask(rule, 6, 3)
	d, err := b.stores[0].Consume(b.Context(), b.key, rule, time.Now())
	if err != nil || d.Allowed || d.RetryAfter < 9 {
		b.Fatalf("Consume = %+v, %v; want a wait of 9 or 10 seconds", d, err)
	}
}

func limitWindow(b limitBench) {
	b.ask(threeIn, 4, 3)
	time.Sleep(1100 * time.Millisecond)
	b.ask(threeIn, 4, 3)
}

func limitSlides(b limitBench) {
	rule := ratelimit.Rule{Window: 2 * time.Second, Max: 4}
	for range 4 {
		b.ask(rule, 1, 1)
		b.pause(800*time.Millisecond, rule.Window)
	}
	b.ask(rule, 1, 0) // 3.2 seconds after the first, 0.8 after the last
}

func limitRefused(b limitBench) {
	rule := ratelimit.Rule{Window: 2 * time.Second, Max: 3}
	b.ask(rule, 3, 3)
	counted := time.Now()
	for range 4 {
		b.pause(200*time.Millisecond, rule.Window/3)
		b.ask(rule, 2, 0)
	}
	time.Sleep(time.Until(counted.Add(rule.Window + 100*time.Millisecond)))
	b.ask(rule, 1, 1)
}

// pause sleeps. On a machine that takes so long about it that the test means nothing, the test is skipped aloud.
func (b limitBench) pause(d, most time.Duration) {
	b.Helper()
	start := time.Now()
	time.Sleep(d)
	if slept := time.Since(start); slept >= most {
		b.Skipf("SKIPPED: a sleep of %v took %v; the machine is too busy", d, slept)
	}
}

func limitNone(b limitBench) {
	rule := ratelimit.Rule{Window: time.Second}
	b.ask(rule, 3, 1)
	time.Sleep(1100 * time.Millisecond)
	b.ask(rule, 2, 1)
}

func limitWithoutWindow(b limitBench) { b.ask(ratelimit.Rule{Max: 1}, 10, 10) }

func limitKeys(b limitBench) {
	rule := ratelimit.Rule{Window: 10 * time.Second, Max: 3}
	b.ask(rule, 4, 3)
	for _, other := range []string{"\"'\\ key", "a&b<c>", "ключ-🔑", "\u2028", "with space"} {
		b.key += other
		b.ask(rule, 4, 3)
	}
}

func limitBursts(b limitBench) {
	for _, limit := range []int{1, 3, 50} {
		rule := ratelimit.Rule{Window: 3 * time.Second, Max: limit}
		b.key += fmt.Sprint("-", limit)
		start := time.Now()
		got := b.burst(rule)
		if took := time.Since(start); took >= rule.Window {
			b.Skipf("SKIPPED: a burst took %v; the machine is too busy", took)
		}
		if got != limit {
			b.Errorf("%d of %d requests were allowed, want %d", got, limitCallers, limit)
		}
	}
	time.Sleep(3100 * time.Millisecond)
	start := time.Now()
	got := b.burst(ratelimit.Rule{Window: 3 * time.Second, Max: 50})
	if took := time.Since(start); took >= 3*time.Second {
		b.Skipf("SKIPPED: a burst took %v; the machine is too busy", took)
	}
	if got != 50 {
		b.Errorf("after the window %d of %d requests were allowed, want 50", got, limitCallers)
	}
}

func (b limitBench) burst(rule ratelimit.Rule) int {
	var wg sync.WaitGroup
	var allowed atomic.Int64
	start := make(chan struct{})
	for i := range limitCallers {
		wg.Go(func() {
			<-start
			d, err := b.stores[i%2].Consume(b.Context(), b.key, rule, time.Now())
			if err != nil {
				b.Error(err)
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
