package redis

import (
	"bytes"
	"context"
	"encoding/json"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/goauth-dev/goauth/core/ratelimit"
)

// consume decides a request and counts it when it is allowed. It takes the key as JSON text, the maximum and the window in
// milliseconds, and returns -1 for an allowed request, else the milliseconds to wait. What is no counter counts as none.
//
// The time is the server's, so that the clocks of instances need not agree, and so that one that is put back shuts nobody
// out for longer than a window.
var consume = goredis.NewScript(`
if redis.replicate_commands then redis.replicate_commands() end
local max, window = tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local count = 0
local text = redis.call('GET', KEYS[1])
if text then
  local ok, c = pcall(cjson.decode, text)
  if ok and type(c) == 'table' and type(c.count) == 'number' and type(c.lastRequest) == 'number' then
    local passed = math.max(now - c.lastRequest, 0)
    if passed < window then
      if c.count >= max then return window - passed end
      count = c.count
    end
  end
end
redis.call('PSETEX', KEYS[1], window, '{"key":' .. ARGV[1] .. ',"count":' .. string.format('%.0f', count + 1)
  .. ',"lastRequest":' .. string.format('%.0f', now) .. '}')
return -1
`)

type rateLimits struct {
	client  goredis.UniversalClient
	prefix  string
	timeout time.Duration

	scriptless atomic.Bool
	swaps      ratelimit.Store // for a server without scripts
}

// NewRateLimits returns counters on a client, which the caller keeps and closes, for Options.RateLimit.Store. A decision is
// one round trip, and the record is upstream's, as ratelimit.NewSecondary writes it. The time is Redis's own: the one that
// Consume is given is not used. On a server without scripts it counts as ratelimit.NewSecondary does.
func NewRateLimits(client goredis.UniversalClient, opts Options) ratelimit.Store {
	opts = opts.withDefaults()
	return &rateLimits{
		client: client, prefix: opts.KeyPrefix, timeout: opts.Timeout,
		swaps: ratelimit.NewSecondary(NewSecondary(client, opts)),
	}
}

func (l *rateLimits) Consume(ctx context.Context, key string, rule ratelimit.Rule, now time.Time) (ratelimit.Decision, error) {
	window := rule.Window.Milliseconds()
	if window <= 0 {
		return ratelimit.Decision{Allowed: true}, nil
	}
	if l.scriptless.Load() {
		return l.swaps.Consume(ctx, key, rule, now)
	}
	wait, err := l.run(ctx, key, rule.Max, window)
	switch {
	case unscriptable(err):
		l.scriptless.Store(true)
		return l.swaps.Consume(ctx, key, rule, now)
	case err != nil:
		return ratelimit.Decision{}, failed("count", err)
	case wait < 0:
		return ratelimit.Decision{Allowed: true}, nil
	default:
		return ratelimit.Decision{RetryAfter: int((wait + 999) / 1000)}, nil
	}
}

func (l *rateLimits) run(ctx context.Context, key string, limit int, window int64) (int64, error) {
	var name bytes.Buffer
	e := json.NewEncoder(&name)
	e.SetEscapeHTML(false)
	if err := e.Encode(key); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	return consume.Run(ctx, l.client, []string{l.prefix + key}, bytes.TrimSpace(name.Bytes()), limit, window).Int64()
}
