package core_test

import (
	"context"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/ratelimit"
	"github.com/goauth-dev/goauth/core/store"
)

// Dependencies that fail with one error.

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

func failingGet(err error) ratelimit.Get {
	return func(context.Context, string) (*ratelimit.Counter, error) { return nil, err }
}

func failingSet(err error) ratelimit.Set {
	return func(context.Context, string, ratelimit.Counter, bool) error { return err }
}

func failingHash(err error) func(context.Context, string) (string, error) {
	return func(context.Context, string) (string, error) { return "", err }
}

func failingHook(err error) func(context.Context, *auth.Call, store.Record) (store.Record, error) {
	return func(context.Context, *auth.Call, store.Record) (store.Record, error) { return nil, err }
}
