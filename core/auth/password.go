package auth

import (
	"context"
	"errors"
	"net/http"

	"github.com/goauth-dev/goauth/core/crypto"
)

// PasswordBusy is the answer when every password hasher is taken and the queue is full.
var PasswordBusy = Code{"TOO_MANY_REQUESTS", "The server is busy. Please try again later."}

// Passwords hashes and verifies passwords with the configured functions, or with the bounded built-in scrypt.
type Passwords struct {
	hasher *crypto.Hasher
	custom PasswordHash
}

// NewPasswords returns the configured hash.
func NewPasswords(hasher *crypto.Hasher, custom PasswordHash) Passwords {
	return Passwords{hasher, custom}
}

// Hash returns the text to store for a password. It fails with a 503 when the hashers are busy.
func (p Passwords) Hash(ctx context.Context, password string) (string, error) {
	if p.custom.Hash != nil {
		return p.custom.Hash(ctx, password)
	}
	hash, err := p.hasher.Hash(ctx, password)
	return hash, busy(err)
}

// Verify reports whether the password belongs to a stored hash. It fails with a 503 when the hashers are busy.
func (p Passwords) Verify(ctx context.Context, hash, password string) (bool, error) {
	if p.custom.Verify != nil {
		return p.custom.Verify(ctx, hash, password)
	}
	ok, err := p.hasher.Verify(ctx, hash, password)
	return ok, busy(err)
}

func busy(err error) error {
	if !errors.Is(err, crypto.ErrBusy) {
		return err
	}
	full := Fail(http.StatusServiceUnavailable, PasswordBusy).Because(err)
	full.Header = http.Header{"Retry-After": {"1"}}
	return full
}
