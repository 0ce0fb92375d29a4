package ratelimit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goauth-dev/goauth/core/ratelimit"
)

func TestCustomTellsNewCountersFromUpdates(t *testing.T) {
	tab := newTable()
	for range 4 {
		consume(t, tab.store(), "k", threeInTen, epoch)
	}
	if diff := cmp.Diff([]bool{false, true, true}, tab.sets); diff != "" {
		t.Error(diff)
	}
	want := map[string]ratelimit.Counter{"k": {Key: "k", Count: 3, LastRequest: epoch.UnixMilli()}}
	if diff := cmp.Diff(want, tab.rows); diff != "" {
		t.Error(diff)
	}
}

func TestCustomReportsWhatFails(t *testing.T) {
	cause := errors.New("disk full")
	get := func(context.Context, string) (*ratelimit.Counter, error) { return nil, nil }
	noGet := func(context.Context, string) (*ratelimit.Counter, error) { return nil, cause }
	noSet := func(context.Context, string, ratelimit.Counter, bool) error { return cause }
	for name, s := range map[string]ratelimit.Store{
		"get": ratelimit.NewCustom(noGet, noSet),
		"set": ratelimit.NewCustom(get, noSet),
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 { // the key is free again after a failure
				if d, err := s.Consume(t.Context(), "k", threeInTen, epoch); d.Allowed || !errors.Is(err, cause) {
					t.Errorf("Consume = %v, %v; want a refusal and the cause", d, err)
				}
			}
		})
	}
}

func TestCustomStopsWaitingWithTheRequest(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	s := ratelimit.NewCustom(func(context.Context, string) (*ratelimit.Counter, error) {
		close(entered)
		<-release
		return nil, errors.New("too late")
	}, nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = s.Consume(context.Background(), "k", threeInTen, epoch)
	}()
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if d, err := s.Consume(ctx, "k", threeInTen, epoch); d.Allowed || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Consume = %v, %v; want the deadline", d, err)
	}
	close(release)
	<-done
}
