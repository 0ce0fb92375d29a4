package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/goauth-dev/goauth/core/store"
)

const (
	model = "rateLimit"
	// attempts bounds the rounds of one decision. Each lost round means that another request was counted, and after
	// a few of those the row is there and either open or full.
	attempts = 16
	// minRetention keeps rows for rules whose window only a function knows.
	minRetention = time.Hour
	pruneEvery   = time.Minute
)

// DatabaseOptions says how a database keeps counters.
type DatabaseOptions struct {
	// IDs makes the id of a new row; nil or an empty result leaves it to the database.
	IDs func(model string) string
	// Longest is the longest window of any rule, see [Table.Longest]: rows that are idle for longer are deleted. Windows
	// that are met later and an hour count too.
	Longest time.Duration
	// Background runs a task beside the request; nil runs it in line.
	Background func(task func(ctx context.Context))
	// Logger gets a warning when expired rows could not be deleted, which does not fail the request; nil: none.
	Logger *slog.Logger
}

type database struct {
	adapter   store.Adapter
	opts      DatabaseOptions
	longest   atomic.Int64 // milliseconds
	nextPrune atomic.Int64 // milliseconds since 1970
}

// NewDatabase returns a store on the table rateLimit, whose key is unique. A refused request costs one read, an allowed
// one a read and a write. Upstream: rateLimit.storage "database".
func NewDatabase(a store.Adapter, opts DatabaseOptions) Store {
	if opts.IDs == nil {
		opts.IDs = func(string) string { return "" }
	}
	if opts.Background == nil {
		opts.Background = func(task func(context.Context)) { task(context.Background()) }
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	d := &database{adapter: a, opts: opts}
	d.longest.Store(max(opts.Longest, minRetention).Milliseconds())
	return d
}

func (d *database) Consume(ctx context.Context, key string, rule Rule, now time.Time) (Decision, error) {
	if rule.Window <= 0 {
		return Decision{Allowed: true}, nil
	}
	d.observe(rule.Window.Milliseconds())
	for range attempts {
		current, err := d.read(ctx, key)
		if err != nil {
			return Decision{}, err
		}
		_, decision := decide(current, key, rule, now)
		if !decision.Allowed {
			return decision, nil
		}
		counted, err := d.count(ctx, key, current, rule, now.UnixMilli())
		if err != nil {
			return Decision{}, err
		}
		if counted {
			d.prune(now.UnixMilli())
			return decision, nil
		}
	}
	return Decision{}, errContended
}

var errContended = errors.New("ratelimit: the counter kept changing; try again")

func (d *database) read(ctx context.Context, key string) (*Counter, error) {
	rec, err := d.adapter.FindOne(ctx, store.Query{Model: model, Where: store.Where{store.Is("key", key)}})
	if err != nil {
		return nil, fmt.Errorf("ratelimit: reading the counter: %w", err)
	}
	if rec == nil {
		return nil, nil
	}
	return &Counter{Key: key, Count: number(rec["count"]), LastRequest: number(rec["lastRequest"])}, nil
}

// number reads a number field. A null counts as 0, which is an expired counter.
func number(v any) int64 {
	switch n := v.(type) {
	case int64:
		return n
	case float64:
		return int64(n)
	default:
		return 0
	}
}

// count writes an allowed request, and reports false when the row is no longer as it was read.
func (d *database) count(ctx context.Context, key string, current *Counter, rule Rule, now int64) (bool, error) {
	switch {
	case current == nil:
		return d.open(ctx, key, now)
	case expired(current.LastRequest, rule, now):
		return d.update(ctx, store.Record{"count": int64(1), "lastRequest": now},
			store.Is("key", key),
			store.Is("lastRequest", current.LastRequest))
	default:
		last := max(current.LastRequest, now)
		return d.update(ctx, store.Record{"count": store.Inc(1), "lastRequest": last},
			store.Is("key", key),
			store.Cond{Field: "lastRequest", Op: store.Gt, Value: now - rule.Window.Milliseconds()},
			store.Cond{Field: "lastRequest", Op: store.Lte, Value: last + jitter},
			store.Cond{Field: "count", Op: store.Lt, Value: int64(rule.Max)})
	}
}

// jitter is how far, in milliseconds, a request that was counted meanwhile may be ahead: less than clocks drift apart, and
// more than requests overtake each other.
const jitter = 1000

// open inserts the row: an update would let every racer reset the count.
func (d *database) open(ctx context.Context, key string, now int64) (bool, error) {
	rec := store.Record{"key": key, "count": int64(1), "lastRequest": now}
	if id := d.opts.IDs(model); id != "" {
		rec["id"] = id
	}
	_, err := d.adapter.Insert(ctx, model, rec)
	if errors.Is(err, store.ErrDuplicate) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ratelimit: opening the counter: %w", err)
	}
	return true, nil
}

func (d *database) update(ctx context.Context, set store.Record, guard ...store.Cond) (bool, error) {
	rec, err := d.adapter.UpdateOne(ctx, model, guard, set)
	if err != nil {
		return false, fmt.Errorf("ratelimit: counting the request: %w", err)
	}
	return rec != nil, nil
}

// observe keeps rows for as long as the longest window needs them.
func (d *database) observe(window int64) {
	for {
		longest := d.longest.Load()
		if window <= longest || d.longest.CompareAndSwap(longest, window) {
			return
		}
	}
}

// prune deletes expired rows, at most once a minute.
func (d *database) prune(now int64) {
	next := d.nextPrune.Load()
	if now < next || !d.nextPrune.CompareAndSwap(next, now+pruneEvery.Milliseconds()) {
		return
	}
	cutoff := now - d.longest.Load()
	d.opts.Background(func(ctx context.Context) {
		idle := store.Where{{Field: "lastRequest", Op: store.Lt, Value: cutoff}}
		err := store.RemoveInBatches(ctx, d.adapter, model, idle, func(batch store.Where) error {
			_, err := d.adapter.Delete(ctx, model, batch)
			return err
		})
		if err != nil {
			d.opts.Logger.WarnContext(ctx, "rate limit: expired counters were not deleted", "error", err)
		}
	})
}
