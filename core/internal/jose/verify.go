package jose

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// ErrUnknownKey is returned, wrapped, for a token that no key of the set can have signed: a newer set may have the key.
var ErrUnknownKey = errors.New("no key of the set fits the token")

const (
	// maxToken is the longest token, in bytes, that is looked at.
	maxToken = 16 << 10
	// maxKeys bounds a key set.
	maxKeys  = 100
	minRSA   = 2048
	useSign  = "sig"
	maxKidID = 256
)

// KeySet holds the public keys of another party (RFC 7517 section 5). It is immutable.
type KeySet struct{ keys []publicKey }

// publicKey is a key with the algorithms that it may verify; nothing else is ever tried with it.
type publicKey struct {
	kid  string
	key  any
	algs []jwa.SignatureAlgorithm
}

// ParseKeySet reads a JWK set. Keys that are symmetric, too short, for encryption only, or of an unknown kind are left
// out: a set may have them for others.
func ParseKeySet(data []byte) (*KeySet, error) {
	var doc struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("key set: %w", err)
	}
	if doc.Keys == nil || len(doc.Keys) > maxKeys {
		return nil, fmt.Errorf("key set: it has no list of at most %d keys", maxKeys)
	}
	set := &KeySet{}
	for _, raw := range doc.Keys {
		if key, ok := parsePublicKey(raw); ok {
			set.keys = append(set.keys, key)
		}
	}
	return set, nil
}

func parsePublicKey(raw []byte) (publicKey, bool) {
	parsed, err := jwk.ParseKey(raw)
	if err != nil || parsed.KeyUsage() != "" && parsed.KeyUsage() != useSign || parsed.KeyType() == jwa.OctetSeq {
		return publicKey{}, false
	}
	public, err := parsed.PublicKey()
	if err != nil {
		return publicKey{}, false
	}
	key := publicKey{kid: parsed.KeyID()}
	if err := public.Raw(&key.key); err != nil {
		return publicKey{}, false
	}
	key.algs = algorithmsOf(key.key)
	if alg := parsed.Algorithm().String(); alg != "" {
		key.algs = only(key.algs, alg)
	}
	return key, len(key.algs) > 0
}

// algorithmsOf binds algorithms to the kind of a key, so that a token cannot choose how its key is read (RFC 8725
// section 3.1).
func algorithmsOf(key any) []jwa.SignatureAlgorithm {
	switch k := key.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() >= minRSA {
			return []jwa.SignatureAlgorithm{jwa.RS256, jwa.RS384, jwa.RS512, jwa.PS256, jwa.PS384, jwa.PS512}
		}
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256():
			return []jwa.SignatureAlgorithm{jwa.ES256}
		case elliptic.P384():
			return []jwa.SignatureAlgorithm{jwa.ES384}
		case elliptic.P521():
			return []jwa.SignatureAlgorithm{jwa.ES512}
		}
	case ed25519.PublicKey:
		return []jwa.SignatureAlgorithm{jwa.EdDSA}
	}
	return nil
}

func only(algs []jwa.SignatureAlgorithm, name string) []jwa.SignatureAlgorithm {
	for _, alg := range algs {
		if alg.String() == name {
			return []jwa.SignatureAlgorithm{alg}
		}
	}
	return nil
}

// Verify returns the payload of a compact JWS (RFC 7515 section 7.1) that a key of the set signed. The header's kid selects
// the key; without one the only key that fits is used. Keys and addresses of keys in the header are ignored. It fails with
// [ErrUnknownKey] when no key fits, and with [ErrInvalid] otherwise.
func (s *KeySet) Verify(token string) ([]byte, error) {
	if len(token) > maxToken {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrInvalid, maxToken)
	}
	head, _, _, ok := splitJWS(token)
	if !ok {
		return nil, fmt.Errorf("%w: not a compact JWS", ErrInvalid)
	}
	h, err := parseHeader(head)
	if err != nil {
		return nil, err
	}
	if !signs(h.alg) {
		return nil, fmt.Errorf("%w: algorithm %q is not one with a public key", ErrInvalid, h.alg)
	}
	candidates := s.fitting(h)
	if len(candidates) == 0 || len(candidates) > 1 && !h.hasKid {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, ErrUnknownKey)
	}
	for _, k := range candidates {
		payload, err := jws.Verify([]byte(token), jws.WithKey(jwa.SignatureAlgorithm(h.alg), k.key))
		if err == nil {
			return payload, nil
		}
	}
	return nil, fmt.Errorf("%w: signature does not match", ErrInvalid)
}

// signs reports whether a name is one of the algorithms that keys of a set have.
func signs(alg string) bool {
	switch jwa.SignatureAlgorithm(alg) {
	case jwa.RS256, jwa.RS384, jwa.RS512, jwa.PS256, jwa.PS384, jwa.PS512, jwa.ES256, jwa.ES384, jwa.ES512, jwa.EdDSA:
		return true
	default:
		return false
	}
}

func (s *KeySet) fitting(h header) []publicKey {
	var found []publicKey
	for _, k := range s.keys {
		if (!h.hasKid || h.kid == k.kid && len(h.kid) <= maxKidID) && only(k.algs, h.alg) != nil {
			found = append(found, k)
		}
	}
	return found
}

// Payload returns the payload of a compact JWS without looking at its signature: for a token that came straight from the
// party that made it (OpenID Connect Core section 3.1.3.7, step 6), and for nothing else.
func Payload(token string) ([]byte, error) {
	if len(token) > maxToken {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrInvalid, maxToken)
	}
	_, body, _, ok := splitJWS(token)
	if !ok {
		return nil, fmt.Errorf("%w: not a compact JWS", ErrInvalid)
	}
	payload, err := strictURL.DecodeString(body)
	if err != nil {
		return nil, fmt.Errorf("%w: payload is not base64url", ErrInvalid)
	}
	return payload, nil
}
