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

// HashPassword returns the text to store for a new password, once every plugin has let it pass. It fails with what a plugin
// answers, and with a 503 when the hashers are busy. Whatever stores a password gets its hash here.
func (c *Call) HashPassword(password string) (string, error) {
	if err := c.CheckPassword(password); err != nil {
		return "", err
	}
	return c.Passwords.Hash(c.ctx, password)
}

// CheckPassword asks every plugin whether a new password may be stored, and fails with what one answers. [Call.HashPassword]
// does it; what must know before it goes on, and hashes with [Passwords.Hash] later, asks here.
func (c *Call) CheckPassword(password string) error {
	for i := range c.Options.Plugins {
		if check := c.Options.Plugins[i].CheckPassword; check != nil {
			if err := check(c, password); err != nil {
				return err
			}
		}
	}
	return nil
}

// Hash returns the text to store for a password; for a new password use [Call.HashPassword]. It fails with a 503 when the hashers are busy.
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
