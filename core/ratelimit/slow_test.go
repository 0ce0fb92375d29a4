package ratelimit_test

import (
	"context"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/schema"
	"github.com/goauth-dev/goauth/core/store"
	"github.com/goauth-dev/goauth/core/store/memory"
)

// slowKinds are stores whose reads take long enough that in a burst every request has read before the first one writes.
var slowKinds = map[string]func(t *testing.T, c *clock) ratelimit.Store{
	"slow database": func(t *testing.T, _ *clock) ratelimit.Store {
		return ratelimit.NewDatabase(slowAdapter{bind(t, schema.SerialID)}, ratelimit.DatabaseOptions{})
	},
	"slow secondary": func(_ *testing.T, c *clock) ratelimit.Store {
		return ratelimit.NewSecondary(slowSecondary{memory.NewSecondary(c.now)})
	},
	"slow custom": func(*testing.T, *clock) ratelimit.Store {
		tab := newTable()
		return ratelimit.NewCustom(func(ctx context.Context, key string) (*ratelimit.Counter, error) {
			c, err := tab.get(ctx, key)
			dawdle()
			return c, err
		}, tab.set)
	},
}

func dawdle() { time.Sleep(time.Millisecond) }

type slowAdapter struct{ store.Adapter }

func (s slowAdapter) FindOne(ctx context.Context, q store.Query) (store.Record, error) {
	defer dawdle()
	return s.Adapter.FindOne(ctx, q)
}

type slowSecondary struct{ store.Secondary }

func (s slowSecondary) Get(ctx context.Context, key string) (string, bool, error) {
	defer dawdle()
	return s.Secondary.Get(ctx, key)
}
