package core

import (
	"context"
	"net/http"
	"strconv"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/ratelimit"
)

// limiter decides whether a request may pass.
type limiter struct {
	context *auth.Context
	table   *ratelimit.Table
	store   ratelimit.Store
}

func newLimiter(x *auth.Context) *limiter {
	o := &x.Options.RateLimit
	if !o.Enabled.Or(false) || x.Options.Advanced.IPAddress.DisableIPTracking {
		return nil
	}
	rules := ratelimit.Rules{
		Default: ratelimit.Rule{Window: o.Window, Max: o.Max}, Special: ratelimit.CoreRules(), Custom: o.CustomRules,
	}
	for i := range x.Options.Plugins {
		rules.Plugins = append(rules.Plugins, x.Options.Plugins[i].RateLimits)
	}
	table := rules.Compile()
	return &limiter{x, table, newCounterStore(x, table)}
}

// newCounterStore returns the configured store. A shared one falls back to memory while it fails.
func newCounterStore(x *auth.Context, table *ratelimit.Table) ratelimit.Store {
	o := &x.Options.RateLimit
	local := ratelimit.NewMemory(0)
	switch {
	case o.Store != nil:
		return ratelimit.NewFallback(o.Store, local, x.Logger)
	case o.CustomStorage.Get != nil && o.CustomStorage.Set != nil:
		return ratelimit.NewCustom(o.CustomStorage.Get, o.CustomStorage.Set)
	case o.Storage == "database":
		return ratelimit.NewFallback(databaseCounters(x, table), local, x.Logger)
	case o.Storage == "secondary-storage" && x.Secondary != nil:
		return ratelimit.NewFallback(ratelimit.NewSecondary(x.Secondary), local, x.Logger)
	default:
		return local
	}
}

func databaseCounters(x *auth.Context, table *ratelimit.Table) ratelimit.Store {
	return ratelimit.NewDatabase(x.Store, ratelimit.DatabaseOptions{
		IDs: func(model string) string {
			id, _ := x.NewCall(context.Background()).NewID(model)
			return id
		},
		Longest: table.Longest(), Logger: x.Logger,
		Background: func(task func(ctx context.Context)) {
			x.Background.Go(context.Background(), "prune rate limits", func(ctx context.Context) error {
				task(ctx)
				return nil
			})
		},
	})
}

// client is the address whose requests are counted together. Whom no header names is known by where the connection comes from,
// so that one client does not use up the limit of all others (GAP-015).
func (l *limiter) client(r *http.Request) string {
	if named := l.context.ClientIP(r.Header); named != "" {
		return named
	}
	return l.context.PeerIP(r.RemoteAddr)
}

// check counts the request and returns the refusal, if any.
func (l *limiter) check(ctx context.Context, r *http.Request, path string) (*response, error) {
	rule, limited, err := l.table.For(r, path)
	if err != nil || !limited {
		return nil, err
	}
	key := ratelimit.Key(l.client(r), path)
	decision, err := l.store.Consume(ctx, key, rule, l.context.Now())
	if err != nil || decision.Allowed {
		return nil, err
	}
	res := textResponse(http.StatusTooManyRequests, `{"message":"Too many requests. Please try again later."}`)
	after := []string{strconv.Itoa(decision.RetryAfter)}
	res.header["X-Retry-After"], res.header["Retry-After"] = after, after
	return res, nil
}
