// Package crypto holds the framework's cryptography: signing, encryption and
// tokens with rotating secrets (Keyring), password hashing (Hasher), and random
// strings. Every format is Better Auth 1.6.9's, byte for byte, so that a Node
// server with the same secrets reads what is written here and the reverse.
//
// The package keeps no state of its own: the random source and the time are
// arguments. A nil random source means crypto/rand.Reader.
package crypto

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"io"
)

// Equal compares two secrets in time that depends on their lengths only.
func Equal(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// HashIdentifier returns the base64url, unpadded, SHA-256 of s: the stored form
// of API keys, hashed verification identifiers and authorization codes.
func HashIdentifier(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func orSystem(random io.Reader) io.Reader {
	if random == nil {
		return rand.Reader
	}
	return random
}
