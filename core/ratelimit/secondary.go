package ratelimit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/goauth-dev/goauth/core/store"
)

// swaps bounds the rounds of one decision. Each lost round means that another request of the same key was counted.
const swaps = 4096

type secondary struct{ kv store.Secondary }

// NewSecondary returns a store on a secondary storage, shared by every process that uses it, Better Auth's 1.6.9 server
// included: the record is {"key","count","lastRequest"} under the key itself and lives for one window. A counted request
// renews that life, as upstream's does; a refused one writes nothing, so that no client is locked out for longer than one
// window after its last counted request. Upstream: rateLimit.storage "secondary-storage".
func NewSecondary(s store.Secondary) Store { return secondary{kv: s} }

func (s secondary) Consume(ctx context.Context, key string, rule Rule, now time.Time) (Decision, error) {
	if rule.Window <= 0 {
		return Decision{Allowed: true}, nil
	}
	for range swaps {
		old, current, err := s.read(ctx, key)
		if err != nil {
			return Decision{}, err
		}
		next, d := decide(current, key, rule, now)
		if !d.Allowed {
			return d, nil
		}
		text, err := encode(next)
		if err != nil {
			return Decision{}, err
		}
		swapped, err := s.kv.Swap(ctx, key, old, &text, rule.Window)
		if err != nil {
			return Decision{}, fmt.Errorf("ratelimit: counting the request: %w", err)
		}
		if swapped {
			return d, nil
		}
	}
	return Decision{}, errContended
}

// read returns the stored text, nil if there is none, and what it says, nil if it is not a counter.
func (s secondary) read(ctx context.Context, key string) (*string, *Counter, error) {
	text, ok, err := s.kv.Get(ctx, key)
	if err != nil {
		return nil, nil, fmt.Errorf("ratelimit: reading the counter: %w", err)
	}
	if !ok {
		return nil, nil, nil
	}
	var c *Counter
	if json.Unmarshal([]byte(text), &c) != nil {
		return &text, nil, nil //nolint:nilerr // a record that cannot be read counts as none, and is replaced
	}
	return &text, c, nil
}

func encode(c Counter) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		return "", fmt.Errorf("ratelimit: encoding the counter: %w", err)
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}
