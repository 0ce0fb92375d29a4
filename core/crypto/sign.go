package crypto

import (
	"crypto/subtle"
	"encoding/base64"

	"github.com/goauth-dev/goauth/core/internal/jose"
)

// Encoded lengths of an HMAC-SHA256.
const (
	signatureLen    = 44 // standard base64, padded
	signatureURLLen = 43 // base64url, unpadded
)

// Sign returns the HMAC-SHA256 of value with the current secret in standard
// base64 with padding, 44 characters: the signature in a signed cookie.
func (k *Keyring) Sign(value string) string {
	sum := k.macs[0].Sum(value)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Verify reports whether one of the secrets made Sign's signature of value, and
// whether that secret is no longer the current one (stale), in which case the
// caller should sign again. The comparison takes constant time, and only the
// canonical spelling of a signature is accepted.
func (k *Keyring) Verify(value, signature string) (ok, stale bool) {
	if len(signature) != signatureLen || signature[signatureLen-1] != '=' {
		return false, false
	}
	return k.match(base64.StdEncoding, signature, func(key *jose.MACKey) [32]byte { return key.Sum(value) })
}

// SignURL is Sign over bytes in base64url without padding, 43 characters: the
// signature of the compact session cache cookie.
func (k *Keyring) SignURL(value []byte) string {
	sum := k.macs[0].SumBytes(value)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// VerifyURL is Verify for SignURL.
func (k *Keyring) VerifyURL(value []byte, signature string) (ok, stale bool) {
	if len(signature) != signatureURLLen {
		return false, false
	}
	return k.match(base64.RawURLEncoding, signature, func(key *jose.MACKey) [32]byte { return key.SumBytes(value) })
}

func (k *Keyring) match(enc *base64.Encoding, signature string, sum func(*jose.MACKey) [32]byte) (ok, stale bool) {
	var given, want [signatureLen]byte
	n := copy(given[:], signature)
	for i, mac := range k.macs {
		got := sum(mac)
		enc.Encode(want[:n], got[:])
		if subtle.ConstantTimeCompare(given[:n], want[:n]) == 1 {
			return true, i > 0
		}
	}
	return false, false
}
