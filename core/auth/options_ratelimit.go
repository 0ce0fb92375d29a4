package auth

import "github.com/goauth-dev/goauth/core/ratelimit"

// RateLimitStorage keeps counters elsewhere. The two functions are called under a lock per key, in this process only.
// Upstream: rateLimit.customStorage.
type RateLimitStorage struct {
	Get ratelimit.Get
	Set ratelimit.Set
}

// RateLimitRules is an ordered list of custom rules; a configuration file gives it as an object by path.
type RateLimitRules []ratelimit.Custom
