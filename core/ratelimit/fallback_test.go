package ratelimit_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/ratelimit"
)

var discard = slog.New(slog.DiscardHandler)

type failing struct{}

func (failing) Consume(context.Context, string, ratelimit.Rule, time.Time) (ratelimit.Decision, error) {
	return ratelimit.Decision{}, errors.New("connection refused")
}

// switched is a store that can be turned off.
type switched struct {
	ratelimit.Store
	down  bool
	asked int
}

func (s *switched) Consume(ctx context.Context, key string, rule ratelimit.Rule, now time.Time) (ratelimit.Decision, error) {
	s.asked++
	if s.down {
		return failing{}.Consume(ctx, key, rule, now)
	}
	return s.Store.Consume(ctx, key, rule, now)
}

// TestFAULT005_LimitsHoldWhileTheStoreIsDown: the limit is neither open nor shut.
func TestFAULT005_LimitsHoldWhileTheStoreIsDown(t *testing.T) {
	var log bytes.Buffer
	primary := &switched{Store: ratelimit.NewMemory(0), down: true}
	s := ratelimit.NewFallback(primary, ratelimit.NewMemory(0), slog.New(slog.NewTextHandler(&log, nil)))
	now := epoch
	for i, want := range []bool{true, true, true, false, false} {
		if got := consume(t, s, "k", threeInTen, now).Allowed; got != want {
			t.Errorf("request %d is allowed: %t, want %t", i+1, got, want)
		}
	}
	if primary.asked != 1 {
		t.Errorf("the failing store was asked %d times in one moment, want once", primary.asked)
	}
	consume(t, s, "k", threeInTen, now.Add(time.Second))
	if primary.asked != 2 {
		t.Errorf("the failing store was asked %d times after a second, want twice", primary.asked)
	}
	primary.down = false
	for range 3 {
		if !consume(t, s, "k", threeInTen, now.Add(2*time.Second)).Allowed {
			t.Error("the store that answers again was not asked")
		}
	}
	if got := strings.Count(log.String(), "level=WARN"); got != 2 {
		t.Errorf("%d warnings, want one for the outage and one for its end:\n%s", got, &log)
	}
}

func TestFallbackDoesNotCountARequestThatGaveUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := ratelimit.NewFallback(failing{}, ratelimit.NewMemory(0), discard)
	if d, err := s.Consume(ctx, "k", threeInTen, epoch); d.Allowed || err == nil {
		t.Errorf("Consume = %v, %v; want the error", d, err)
	}
}
