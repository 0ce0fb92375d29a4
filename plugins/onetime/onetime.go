// Package onetime keeps one-time passwords and link tokens as options say: as they are, hashed, encrypted, or by functions
// of the application. It is no plugin: email-otp, magic-link and two-factor share it.
package onetime

import (
	"context"
	"errors"
	"fmt"

	"github.com/goauth-dev/goauth/core/auth"
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/option"
)

// Kind says how a secret is kept.
type Kind string

// The kinds.
const (
	// Plain keeps it as it is: whoever reads the database can use it.
	Plain Kind = "plain"
	// Hashed keeps its SHA-256 in base64url. It cannot be shown again. Recommended.
	Hashed Kind = "hashed"
	// Encrypted keeps it sealed with the secret.
	Encrypted Kind = "encrypted"
)

// Storage says how secrets are kept. The functions go before the kind.
type Storage struct {
	// Kind is [Plain] (the default), [Hashed] or [Encrypted].
	Kind Kind
	// Hash keeps what it makes of a secret.
	Hash func(ctx context.Context, secret string) (string, error)
	// Encrypt and Decrypt keep a secret in a form of the application's own; both are needed.
	Encrypt func(ctx context.Context, secret string) (string, error)
	Decrypt func(ctx context.Context, stored string) (string, error)
}

// DecodeOption implements [option.Decoder]: the name of a kind. An object stands for functions that are connected later.
func (s *Storage) DecodeOption(v any) error {
	if v == nil {
		return nil
	}
	if entries, ok := option.Entries(v); ok {
		for key := range entries {
			if key != "type" {
				return option.In(key, errors.New("is unknown"))
			}
		}
		return nil
	}
	text, _ := v.(string)
	s.Kind = Kind(text)
	return s.Check()
}

// Check fails for a kind that does not exist or half a pair of functions; a plugin's Init calls it.
func (s *Storage) Check() error {
	switch s.Kind {
	case "", Plain, Hashed, Encrypted:
	default:
		return fmt.Errorf("%q is none of plain, hashed and encrypted", string(s.Kind))
	}
	if (s.Encrypt == nil) != (s.Decrypt == nil) {
		return errors.New("both Encrypt and Decrypt are needed")
	}
	return nil
}

// Store returns what to keep of a secret.
func (s *Storage) Store(c *auth.Call, secret string) (string, error) {
	switch {
	case s.Hash != nil:
		return s.Hash(c.Ctx(), secret)
	case s.Encrypt != nil:
		return s.Encrypt(c.Ctx(), secret)
	case s.Kind == Hashed:
		return crypto.HashIdentifier(secret), nil
	case s.Kind == Encrypted:
		return c.Keys.Encrypt(c.Random, secret)
	default:
		return secret, nil
	}
}

// OneWay reports whether a kept secret cannot be read again.
func (s *Storage) OneWay() bool {
	return s.Hash != nil || s.Encrypt == nil && s.Kind == Hashed
}

// Reveal reads a secret that is kept. It fails when that cannot be done; see [Storage.OneWay].
func (s *Storage) Reveal(c *auth.Call, stored string) (string, error) {
	switch {
	case s.OneWay():
		return "", errors.New("onetime: a hashed secret cannot be read")
	case s.Decrypt != nil:
		return s.Decrypt(c.Ctx(), stored)
	case s.Kind == Encrypted:
		return c.Keys.Decrypt(stored)
	default:
		return stored, nil
	}
}

// Matches reports, in constant time, whether a secret that a client gave is the one that is kept.
func (s *Storage) Matches(c *auth.Call, stored, given string) (bool, error) {
	if s.OneWay() {
		hashed, err := s.Store(c, given)
		return err == nil && auth.SameText(hashed, stored), err
	}
	secret, err := s.Reveal(c, stored)
	return err == nil && auth.SameText(secret, given), err
}

// Matcher returns [Storage.Matches] of what a client gave, for verification.UseCode.
func (s *Storage) Matcher(c *auth.Call, given string) func(stored string) (bool, error) {
	return func(stored string) (bool, error) { return s.Matches(c, stored, given) }
}

// Code returns n random digits.
func Code(c *auth.Call, n int) (string, error) {
	return crypto.RandomString(c.Random, n, crypto.Digits)
}
