package ratelimit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// spy notes the lives that records are given.
type spy struct {
	store.Secondary
	ttls []time.Duration
}

func (s *spy) Swap(ctx context.Context, key string, old, value *string, ttl time.Duration) (bool, error) {
	s.ttls = append(s.ttls, ttl)
	return s.Secondary.Swap(ctx, key, old, value, ttl)
}

func TestSecondaryKeepsUpstreamsRecord(t *testing.T) {
	c := newClock()
	kv := memory.NewSecondary(c.now)
	s := ratelimit.NewSecondary(kv)
	for _, want := range []string{
		`{"key":"192.0.2.1|/a&b","count":1,"lastRequest":1700000000000}`,
		`{"key":"192.0.2.1|/a&b","count":2,"lastRequest":1700000001000}`,
		`{"key":"192.0.2.1|/a&b","count":3,"lastRequest":1700000002000}`,
		`{"key":"192.0.2.1|/a&b","count":3,"lastRequest":1700000002000}`,
	} {
		consume(t, s, "192.0.2.1|/a&b", threeInTen, c.now())
		got, _, err := kv.Get(t.Context(), "192.0.2.1|/a&b")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		c.advance(time.Second)
	}
}

func TestSecondaryReadsWhatNodeWrote(t *testing.T) {
	for _, tc := range []struct {
		name, record, want string
	}{
		{"a full counter", `{"key":"k","count":3,"lastRequest":1699999999000}`, "9"},
		{"a full counter of an older adapter with an id", `{"id":"x","key":"k","count":3,"lastRequest":1700000000000}`, "10"},
		{"an open counter", `{"key":"k","count":2,"lastRequest":1700000000000}`, "ok"},
		{"an expired counter", `{"key":"k","count":9,"lastRequest":1699999990000}`, "ok"},
		{"null", `null`, "ok"},
		{"no counter", `{}`, "ok"},
		{"no JSON", `nonsense`, "ok"},
		{"an empty text", ``, "ok"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newClock()
			kv := memory.NewSecondary(c.now)
			if err := kv.Set(t.Context(), "k", tc.record, 10*time.Second); err != nil {
				t.Fatal(err)
			}
			if got := text(consume(t, ratelimit.NewSecondary(kv), "k", threeInTen, c.now())); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// TestUP078_ARecordNeverOutlivesItsWindow: a life is one window from the last counted request, and a client that hammers
// on does not prolong it.
func TestUP078_ARecordNeverOutlivesItsWindow(t *testing.T) {
	c := newClock()
	kv := &spy{Secondary: memory.NewSecondary(c.now)}
	s := ratelimit.NewSecondary(kv)
	for range 90 { // 9 seconds
		consume(t, s, "k", threeInTen, c.now())
		c.advance(100 * time.Millisecond)
	}
	want := []time.Duration{10 * time.Second, 10 * time.Second, 10 * time.Second}
	if diff := cmp.Diff(want, kv.ttls); diff != "" {
		t.Errorf("lives of the writes: %s", diff)
	}
	c.advance(1200 * time.Millisecond) // 10.2 seconds after the first request, 10 after the third
	if _, ok, _ := kv.Get(t.Context(), "k"); ok {
		t.Error("the record outlived its window")
	}
}

// broken is a secondary storage where everything fails.
type broken struct{ err error }

func (b broken) Get(context.Context, string) (string, bool, error)        { return "", false, b.err }
func (b broken) Set(context.Context, string, string, time.Duration) error { return b.err }
func (b broken) Delete(context.Context, string) error                     { return b.err }
func (b broken) Take(context.Context, string) (string, bool, error)       { return "", false, b.err }
func (b broken) Swap(context.Context, string, *string, *string, time.Duration) (bool, error) {
	return false, b.err
}

func TestSecondaryReportsAnOutage(t *testing.T) {
	cause := errors.New("connection refused")
	d, err := ratelimit.NewSecondary(broken{cause}).Consume(t.Context(), "k", threeInTen, epoch)
	if d.Allowed || !errors.Is(err, cause) {
		t.Errorf("Consume = %v, %v; want a refusal and the cause", d, err)
	}
}

func TestSecondaryGivesUpOnAStorageThatNeverSwaps(t *testing.T) {
	d, err := ratelimit.NewSecondary(broken{}).Consume(t.Context(), "k", threeInTen, epoch)
	if d.Allowed || err == nil {
		t.Errorf("Consume = %v, %v; want an error", d, err)
	}
}
