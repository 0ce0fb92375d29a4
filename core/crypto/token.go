package crypto

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/goauth-dev/goauth/core/internal/jose"
)

var (
	// ErrTokenExpired is returned for an authentic token whose exp has passed.
	ErrTokenExpired = errors.New("token has expired")
	// ErrTokenInvalid is returned, wrapped, for every other token that is refused.
	ErrTokenInvalid = errors.New("token is invalid")
)

const (
	jweInfo      = "BetterAuth.js Generated Encryption Key"
	jweTolerance = 15 * time.Second
)

// SignJWT returns an HS256 JWT (RFC 7519) signed with the current secret. claims
// is a JSON object whose bytes are kept as they are; iat and exp, in seconds,
// are appended, or replaced where they stand. Fractions of a second in ttl are
// dropped. Upstream: signJWT.
func (k *Keyring) SignJWT(claims []byte, now time.Time, ttl time.Duration) (string, error) {
	payload, err := setClaims(claims, lifetime(now, ttl)...)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return jose.SignHS256(k.macs[0], payload), nil
}

// VerifyJWT returns the claims, a JSON object, of an HS256 JWT that one of the
// secrets signed; stale says it was not the current one. It refuses other
// algorithms, any crit header, exp at or before now, nbf after now, and iat, nbf
// or exp that is not a number; an absent exp is accepted, as upstream does.
// Errors are ErrTokenExpired or wrap ErrTokenInvalid.
func (k *Keyring) VerifyJWT(token string, now time.Time) (claims []byte, stale bool, err error) {
	claims, index, err := jose.VerifyHS256(k.macs, token)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", ErrTokenInvalid, err)
	}
	if err := checkTimes(claims, now, 0); err != nil {
		return nil, false, err
	}
	return claims, index > 0, nil
}

// EncodeJWE returns claims, a JSON object, plus iat, exp and jti (a UUIDv4) as a
// compact JWE: alg dir, enc A256CBC-HS512, the key derived with HKDF-SHA256 from
// the current secret and salt, kid its thumbprint. salt is one of the program's
// constants (derived keys are kept per salt), never user input. Upstream:
// symmetricEncodeJWT.
func (k *Keyring) EncodeJWE(random io.Reader, claims []byte, salt string, now time.Time, ttl time.Duration) (string, error) {
	keys, err := k.directKeys(salt)
	if err != nil {
		return "", err
	}
	random = orSystem(random)
	id, err := UUIDv4(random)
	if err != nil {
		return "", fmt.Errorf("encrypt token: %w", err)
	}
	payload, err := setClaims(claims, append(lifetime(now, ttl), claim{"jti", `"` + id + `"`})...)
	if err != nil {
		return "", fmt.Errorf("encrypt token: %w", err)
	}
	token, err := jose.EncryptDirect(keys[0], random, payload)
	if err != nil {
		return "", fmt.Errorf("encrypt token: %w", err)
	}
	return token, nil
}

// DecodeJWE returns the claims of a JWE that EncodeJWE, or upstream, made with
// the same salt; stale says that the current secret did not. The kid selects the
// secret; without one all are tried. Times are checked as in VerifyJWT with 15
// seconds of tolerance. Errors are ErrTokenExpired or wrap ErrTokenInvalid.
// Upstream: symmetricDecodeJWT.
func (k *Keyring) DecodeJWE(token, salt string, now time.Time) (claims []byte, stale bool, err error) {
	keys, err := k.directKeys(salt)
	if err != nil {
		return nil, false, err
	}
	claims, index, err := jose.DecryptDirect(keys, token)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", ErrTokenInvalid, err)
	}
	if err := checkTimes(claims, now, jweTolerance); err != nil {
		return nil, false, err
	}
	return claims, index > 0, nil
}

// directKeys returns the derived keys for salt, deriving them on first use.
func (k *Keyring) directKeys(salt string) ([]*jose.DirectKey, error) {
	if keys, ok := k.jwe.Load(salt); ok {
		return keys.([]*jose.DirectKey), nil
	}
	derived := make([]*jose.DirectKey, len(k.keys))
	for i, s := range k.keys {
		raw, err := hkdf.Key(sha256.New, []byte(s.value), []byte(salt), jweInfo, 64)
		if err != nil {
			return nil, fmt.Errorf("derive encryption key: %w", err)
		}
		derived[i] = jose.NewDirectKey(raw)
	}
	keys, _ := k.jwe.LoadOrStore(salt, derived)
	return keys.([]*jose.DirectKey), nil
}
