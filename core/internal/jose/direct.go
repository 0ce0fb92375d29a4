package jose

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwe"
)

// DirectKey is a shared content-encryption key (JWE alg "dir", RFC 7518
// section 4.5). It is immutable and safe for concurrent use.
type DirectKey struct {
	secret     []byte
	thumbprint string
	header     string // encoded header that EncryptDirect writes
}

// NewDirectKey prepares a key: 64 bytes for A256CBC-HS512, 32 for A256GCM.
func NewDirectKey(secret []byte) *DirectKey {
	thumbprint := octThumbprint(secret)
	header := `{"alg":"dir","enc":"A256CBC-HS512","kid":"` + thumbprint + `"}`
	return &DirectKey{
		secret:     secret,
		thumbprint: thumbprint,
		header:     base64.RawURLEncoding.EncodeToString([]byte(header)),
	}
}

// Thumbprint is the key's RFC 7638 SHA-256 thumbprint, which EncryptDirect
// writes as kid.
func (k *DirectKey) Thumbprint() string { return k.thumbprint }

func octThumbprint(secret []byte) string {
	k := base64.RawURLEncoding.EncodeToString(secret)
	sum := sha256.Sum256([]byte(`{"k":"` + k + `","kty":"oct"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// DecryptDirect opens a compact JWE with alg "dir" and enc A256CBC-HS512 or
// A256GCM. A kid in the header selects the key by thumbprint and no other is
// tried; without a kid the keys are tried in order. index tells which opened it.
func DecryptDirect(keys []*DirectKey, token string) (payload []byte, index int, err error) {
	parts, ok := splitJWE(token)
	if !ok {
		return nil, 0, fmt.Errorf("%w: not a compact JWE with a direct key", ErrInvalid)
	}
	for i, key := range keys {
		if parts.head == key.header {
			payload, err = key.open(parts)
			return payload, i, err
		}
	}
	return decryptByHeader(keys, parts.head, token)
}

// decryptByHeader opens, with jwx, tokens whose header is not the one that both
// EncryptDirect and upstream write.
func decryptByHeader(keys []*DirectKey, head, token string) (payload []byte, index int, err error) {
	header, err := parseHeader(head)
	if err != nil {
		return nil, 0, err
	}
	if header.alg != "dir" || (header.enc != "A256CBC-HS512" && header.enc != "A256GCM") {
		return nil, 0, fmt.Errorf("%w: algorithm is not dir with A256CBC-HS512 or A256GCM", ErrInvalid)
	}
	for i, key := range keys {
		if header.hasKid && header.kid != key.thumbprint {
			continue
		}
		if payload, err = key.decrypt(token); err == nil || header.hasKid {
			return payload, i, err
		}
	}
	return nil, 0, fmt.Errorf("%w: no secret opens it", ErrInvalid)
}

func (k *DirectKey) decrypt(token string) ([]byte, error) {
	payload, err := jwe.Decrypt([]byte(token), jwe.WithKey(jwa.DIRECT, k.secret))
	if err != nil {
		return nil, fmt.Errorf("%w: decryption failed", ErrInvalid)
	}
	return payload, nil
}

// directJWE is a compact JWE without an encrypted key, its parts still encoded.
type directJWE struct{ head, iv, ciphertext, tag string }

func splitJWE(token string) (parts directJWE, ok bool) {
	head, rest, _ := strings.Cut(token, "..")
	iv, rest, _ := strings.Cut(rest, ".")
	ciphertext, tag, _ := strings.Cut(rest, ".")
	for _, part := range []string{head, iv, ciphertext, tag} {
		if part == "" || !isBase64URL(part) {
			return directJWE{}, false
		}
	}
	return directJWE{head, iv, ciphertext, tag}, true
}
