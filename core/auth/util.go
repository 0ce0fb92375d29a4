package auth

import (
	"github.com/goauth-dev/goauth/core/crypto"
	"github.com/goauth-dev/goauth/core/internal/js"
	"github.com/goauth-dev/goauth/core/internal/zod"
)

// SameText compares two secrets in constant time.
func SameText(a, b string) bool { return crypto.Equal(a, b) }

// IsEmail reports whether upstream's validation takes s for an e-mail address.
func IsEmail(s string) bool { return zod.IsEmail(s) }

// JSON renders a value as clients see it: as JSON.stringify writes it.
func JSON(v any) ([]byte, error) { return js.Marshal(v) }

// TextLength returns the length of a text as JavaScript counts it, in UTF-16 units: what upstream's limits mean.
func TextLength(s string) int { return js.UTF16Len(s) }
