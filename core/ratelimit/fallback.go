package ratelimit

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

// probeEvery is how often a failing store is asked again.
const probeEvery = time.Second

type fallback struct {
	primary, local Store
	logger         *slog.Logger
	probe          atomic.Int64 // when to ask primary again, milliseconds since 1970; 0 while it answers
}

// NewFallback returns a store that asks primary, and local while primary fails, so that an outage of a shared store
// neither opens the limits nor locks everybody out. A failing primary is asked again once a second, so that requests do
// not queue up for its timeouts. Each outage and each recovery is logged as one warning.
func NewFallback(primary, local Store, logger *slog.Logger) Store {
	return &fallback{primary: primary, local: local, logger: logger}
}

func (f *fallback) Consume(ctx context.Context, key string, rule Rule, now time.Time) (Decision, error) {
	if !f.ask(now.UnixMilli()) {
		return f.local.Consume(ctx, key, rule, now)
	}
	d, err := f.primary.Consume(ctx, key, rule, now)
	if err == nil {
		if f.probe.Swap(0) != 0 {
			f.logger.WarnContext(ctx, "rate limit: the store answers again")
		}
		return d, nil
	}
	if ctx.Err() != nil {
		return Decision{}, err
	}
	if f.probe.Swap(now.Add(probeEvery).UnixMilli()) == 0 {
		f.logger.WarnContext(ctx, "rate limit: the store fails; until it answers this process counts for itself", "error", err)
	}
	return f.local.Consume(ctx, key, rule, now)
}

// ask reports whether this request is to try the primary; while it fails, one request a second is.
func (f *fallback) ask(now int64) bool {
	probe := f.probe.Load()
	if probe == 0 {
		return true
	}
	return now >= probe && f.probe.CompareAndSwap(probe, now+probeEvery.Milliseconds())
}
