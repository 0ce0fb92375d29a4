package redis

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/goauth-dev/goauth/core/store"
)

const (
	defaultPrefix  = "better-auth:"
	defaultTimeout = 2 * time.Second
)

// Options says how Redis is used. Upstream: RedisStorageConfig.
type Options struct {
	// KeyPrefix precedes every key. Empty: "better-auth:". Upstream: keyPrefix.
	KeyPrefix string
	// NoPrefix takes keys as they are. Upstream: keyPrefix "".
	NoPrefix bool
	// Timeout bounds every operation, waiting for a connection included; 0: two seconds. A client that [Open] did not make
	// needs ContextTimeoutEnabled for it.
	Timeout time.Duration
	// Logger gets a warning when the server knows neither scripts nor WATCH; nil: [slog.Default].
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.KeyPrefix == "" && !o.NoPrefix {
		o.KeyPrefix = defaultPrefix
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

type secondary struct {
	client  goredis.UniversalClient
	prefix  string
	timeout time.Duration
	logger  *slog.Logger

	// take and swap are the best way that the server is known to have.
	take, swap atomic.Int32
	warn       sync.Once
	locks      locks
}

// NewSecondary returns a secondary storage on a client, which the caller keeps and closes.
//
// A ttl is rounded up to whole seconds, and a value whose life is already over is not stored. When the server fails, an
// operation fails within the timeout; about a second after it is back they succeed again. Errors name the operation and the
// cause, never a key or a value, since session tokens are keys. On a server without GETDEL, scripts or WATCH the next best
// command is used; without any, single use and swaps hold within this process only, which is logged once.
func NewSecondary(client goredis.UniversalClient, opts Options) store.Secondary {
	opts = opts.withDefaults()
	return &secondary{
		client: client, prefix: opts.KeyPrefix, timeout: opts.Timeout, logger: opts.Logger,
		locks: newLocks(),
	}
}

func (s *secondary) Get(ctx context.Context, key string) (string, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	value, err := s.client.Get(ctx, s.prefix+key).Result()
	return found("get", value, err)
}

func (s *secondary) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	return s.write(ctx, "set", key, func(ctx context.Context) error {
		return put(ctx, s.client, s.prefix+key, &value, ttl)
	})
}

func (s *secondary) Delete(ctx context.Context, key string) error {
	return s.write(ctx, "delete", key, func(ctx context.Context) error {
		return put(ctx, s.client, s.prefix+key, nil, 0)
	})
}

// write runs a single command, which waits for a swap of the key where only this process makes that atomic.
func (s *secondary) write(ctx context.Context, op, key string, fn func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if s.swap.Load() == byLock {
		unlock, err := s.locks.lock(ctx, key)
		if err != nil {
			return failed(op, err)
		}
		defer unlock()
	}
	return failed(op, fn(ctx))
}

// put writes a value with upstream's commands, or deletes the key when there is none or its life is over.
func put(ctx context.Context, c goredis.Cmdable, key string, value *string, ttl time.Duration) error {
	switch {
	case value == nil || ttl < 0:
		return c.Del(ctx, key).Err()
	case ttl > 0:
		return c.SetEx(ctx, key, *value, wholeSeconds(ttl)).Err()
	default:
		return c.Set(ctx, key, *value, 0).Err()
	}
}

// wholeSeconds rounds up.
func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}

// found turns the answer of a read into what the contract promises.
func found(op, value string, err error) (string, bool, error) {
	switch {
	case err == nil:
		return value, true, nil
	case errors.Is(err, goredis.Nil):
		return "", false, nil
	default:
		return "", false, failed(op, err)
	}
}
