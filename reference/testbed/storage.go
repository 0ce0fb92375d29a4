package main

import (
	"context"
	"time"

	"github.com/goauth-dev/goauth/core/auth"
)

// secondary is the secondary storage of a test. Its two atomic steps are several calls: a test is one client.
type secondary struct {
	js               *callbacks
	get, set, remove string
}

// Get implements store.Secondary.
func (s *secondary) Get(ctx context.Context, key string) (value string, ok bool, err error) {
	got, err := s.js.call(ctx, s.get, key)
	switch v := got.value.(type) {
	case nil:
		return "", false, err
	case string:
		return v, v != "", err
	default:
		data, err := auth.JSON(v)
		return string(data), true, err
	}
}

// Set implements store.Secondary.
func (s *secondary) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	args := []any{key, value}
	if ttl > 0 {
		args = append(args, int64(ttl/time.Second))
	}
	_, err := s.js.call(ctx, s.set, args...)
	return err
}

// Delete implements store.Secondary.
func (s *secondary) Delete(ctx context.Context, key string) error {
	_, err := s.js.call(ctx, s.remove, key)
	return err
}

// Take implements store.Secondary.
func (s *secondary) Take(ctx context.Context, key string) (value string, ok bool, err error) {
	if value, ok, err = s.Get(ctx, key); !ok || err != nil {
		return "", false, err
	}
	return value, true, s.Delete(ctx, key)
}

// Swap implements store.Secondary.
func (s *secondary) Swap(ctx context.Context, key string, old, value *string, ttl time.Duration) (bool, error) {
	now, ok, err := s.Get(ctx, key)
	if err != nil || ok != (old != nil) || ok && now != *old {
		return false, err
	}
	if value == nil {
		return true, s.Delete(ctx, key)
	}
	return true, s.Set(ctx, key, *value, ttl)
}
