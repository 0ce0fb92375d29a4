package redis

import (
	"context"
	"errors"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// The ways to swap a value, best first.
const (
	byScript = iota // one Lua script, since Redis 2.6
	byWatch         // WATCH GET MULTI … EXEC
	byLock          // GET and a write under a lock of this process
)

// compareAndSwap takes the old value and the new one, each with a flag before it that tells whether there is one, and the
// seconds to live.
var compareAndSwap = goredis.NewScript(`
local current = redis.call('GET', KEYS[1])
if current == false then
  if ARGV[1] == '1' then return 0 end
elseif ARGV[1] == '0' or current ~= ARGV[2] then
  return 0
end
if ARGV[3] == '0' then
  redis.call('DEL', KEYS[1])
elseif ARGV[5] == '0' then
  redis.call('SET', KEYS[1], ARGV[4])
else
  redis.call('SETEX', KEYS[1], ARGV[5], ARGV[4])
end
return 1
`)

func (s *secondary) Swap(ctx context.Context, key string, old, value *string, ttl time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if ttl < 0 {
		value = nil
	}
	if s.swap.Load() == byScript {
		swapped, err := s.swapScript(ctx, s.prefix+key, old, value, ttl)
		if !unknownCommand(err) {
			return swapped, failed("swap", err)
		}
		s.swap.CompareAndSwap(byScript, byWatch)
	}
	if s.swap.Load() == byWatch {
		swapped, err := s.swapWatch(ctx, s.prefix+key, old, value, ttl)
		if !unknownCommand(err) {
			return swapped, failed("swap", err)
		}
		s.swap.CompareAndSwap(byWatch, byLock)
	}
	s.warn.Do(func() {
		s.logger.WarnContext(ctx, "redis: the server knows neither scripts nor WATCH; swaps are atomic within this process only, so run one process or use a complete server")
	})
	swapped, err := s.swapLocal(ctx, key, old, value, ttl)
	return swapped, failed("swap", err)
}

func (s *secondary) swapScript(ctx context.Context, key string, old, value *string, ttl time.Duration) (bool, error) {
	hasOld, oldText := flagged(old)
	hasValue, text := flagged(value)
	n, err := compareAndSwap.Run(ctx, s.client, []string{key},
		hasOld, oldText, hasValue, text, int64(wholeSeconds(ttl)/time.Second)).Int()
	return n == 1, err
}

func flagged(s *string) (flag, text string) {
	if s == nil {
		return "0", ""
	}
	return "1", *s
}

func (s *secondary) swapWatch(ctx context.Context, key string, old, value *string, ttl time.Duration) (bool, error) {
	swapped := false
	err := s.client.Watch(ctx, func(tx *goredis.Tx) error {
		same, err := holds(ctx, tx, key, old)
		if err != nil || !same {
			return err
		}
		_, err = tx.TxPipelined(ctx, func(p goredis.Pipeliner) error { return put(ctx, p, key, value, ttl) })
		swapped = err == nil
		return err
	}, key)
	if errors.Is(err, goredis.TxFailedErr) {
		return false, nil
	}
	return swapped, err
}

func (s *secondary) swapLocal(ctx context.Context, key string, old, value *string, ttl time.Duration) (bool, error) {
	unlock, err := s.locks.lock(ctx, key)
	if err != nil {
		return false, err
	}
	defer unlock()
	same, err := holds(ctx, s.client, s.prefix+key, old)
	if err != nil || !same {
		return false, err
	}
	err = put(ctx, s.client, s.prefix+key, value, ttl)
	return err == nil, err
}

// holds reports whether a key has the value, or none when that is nil.
func holds(ctx context.Context, c goredis.Cmdable, key string, want *string) (bool, error) {
	current, err := c.Get(ctx, key).Result()
	if errors.Is(err, goredis.Nil) {
		return want == nil, nil
	}
	if err != nil {
		return false, err
	}
	return want != nil && current == *want, nil
}
