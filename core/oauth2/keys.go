package oauth2

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/goauth-dev/goauth/core/internal/jose"
)

const (
	// keysFresh is how long a key set is used without asking again.
	keysFresh = 10 * time.Minute
	// keysCooldown is the least time between two requests for one key set: a token with an invented kid costs no request.
	keysCooldown = 30 * time.Second
	// keysStale is how long an old key set serves while its address does not answer.
	keysStale = 24 * time.Hour
)

// keyCache keeps the key sets of other parties by address. The addresses come from the configuration.
type keyCache struct {
	mu      sync.Mutex
	entries map[string]*cachedKeys
}

// cachedKeys is one key set. Its lock is held while it is fetched, so that many tokens cost one request.
type cachedKeys struct {
	mu      sync.Mutex
	set     *jose.KeySet
	fetched time.Time
	tried   time.Time
}

func (k *keyCache) entry(address string) *cachedKeys {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.entries[address]
	if e == nil {
		e = &cachedKeys{}
		k.entries[address] = e
	}
	return e
}

// keySet returns the key set at an address. newer asks for one that was fetched after the caller's, if it may.
func (c *Client) keySet(ctx context.Context, address string, newer *jose.KeySet) (*jose.KeySet, error) {
	e := c.keys.entry(address)
	e.mu.Lock()
	defer e.mu.Unlock()
	now := c.Now()
	if e.set != nil && now.Sub(e.fetched) < keysFresh && e.set != newer {
		return e.set, nil
	}
	if !e.tried.IsZero() && now.Sub(e.tried) < keysCooldown {
		return e.old(now, errors.New("oauth2: the key set was asked for a moment ago"))
	}
	e.tried = now
	data, err := c.Do(ctx, Request{URL: address, Header: map[string]string{"Accept": "application/json"}})
	if err != nil {
		return e.old(now, err)
	}
	set, err := jose.ParseKeySet(data)
	if err != nil {
		return e.old(now, err)
	}
	e.set, e.fetched = set, now
	return set, nil
}

// old returns the set that there is, unless it is too old.
func (e *cachedKeys) old(now time.Time, err error) (*jose.KeySet, error) {
	if e.set == nil || now.Sub(e.fetched) > keysStale {
		return nil, fmt.Errorf("key set: %w", err)
	}
	return e.set, nil
}

// verifySignature returns the payload of a token that the key set at an address signed. A key that is not in the set may be
// new: the set is asked for again, seldom.
func (c *Client) verifySignature(ctx context.Context, token, address string) ([]byte, error) {
	set, err := c.keySet(ctx, address, nil)
	if err != nil {
		return nil, err
	}
	payload, err := set.Verify(token)
	if !errors.Is(err, jose.ErrUnknownKey) {
		return payload, err
	}
	again, fetchErr := c.keySet(ctx, address, set)
	if fetchErr != nil || again == set {
		return nil, err
	}
	return again.Verify(token)
}
