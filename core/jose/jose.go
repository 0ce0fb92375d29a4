// Package jose signs and verifies JSON Web Tokens with key pairs, for plugins that publish a key set. It is the public face
// of the one package that knows a JOSE library. A key is bound to one algorithm of an explicit list; a token chooses
// neither, and what its header says about keys is ignored (RFC 8725 sections 3.1 and 3.10).
package jose

import (
	"io"
	"slices"

	"github.com/goauth-dev/goauth/core/internal/jose"
)

// ErrInvalid is returned, wrapped, for every token that is malformed, names another algorithm, or that the key did not sign.
var ErrInvalid = jose.ErrInvalid

// Algorithm is a signature algorithm with a key pair (RFC 7518 section 3.1, RFC 8037).
type Algorithm string

// The algorithms.
const (
	EdDSA Algorithm = "EdDSA" // Ed25519
	ES256 Algorithm = "ES256" // ECDSA with P-256 and SHA-256
	ES512 Algorithm = "ES512" // ECDSA with P-521 and SHA-512
	RS256 Algorithm = "RS256" // RSASSA-PKCS1-v1_5 with SHA-256
	PS256 Algorithm = "PS256" // RSASSA-PSS with SHA-256
)

// Algorithms lists every algorithm.
func Algorithms() []Algorithm { return []Algorithm{EdDSA, ES256, ES512, RS256, PS256} }

// Known reports whether a is one of [Algorithms].
func (a Algorithm) Known() bool { return slices.Contains(Algorithms(), a) }

// KeyPair is a key as two JSON Web Keys (RFC 7517) that hold nothing but the key.
type KeyPair struct{ Public, Private []byte }

// DefaultModulus is the length of an RSA key in bits.
const DefaultModulus = 2048

// Generate makes a key pair. modulus is the length of an RSA key in bits, from 2048 to 8192; 0 means [DefaultModulus].
func Generate(random io.Reader, a Algorithm, modulus int) (KeyPair, error) {
	if modulus == 0 {
		modulus = DefaultModulus
	}
	public, private, err := jose.GenerateKey(random, string(a), modulus)
	return KeyPair{public, private}, err
}

// Sign returns the compact JWS (RFC 7515 section 7.1) over payload, with the header {"alg", "kid"}. It fails when the
// private JSON Web Key is not of the algorithm's kind.
func Sign(a Algorithm, kid string, private, payload []byte) (string, error) {
	return jose.SignAsymmetric(string(a), kid, private, payload)
}

// Verify returns the payload of a compact JWS that the public JSON Web Key signed with the algorithm. Claims and their times
// are the caller's to check. Its errors wrap [ErrInvalid], but for a key that is not of the algorithm's kind.
func Verify(token string, a Algorithm, public []byte) ([]byte, error) {
	return jose.VerifyAsymmetric(token, string(a), public)
}

// KeyID returns the kid of a token's header, or "" when it has none, to look the key up. Nothing is verified.
func KeyID(token string) (string, error) { return jose.KeyID(token) }
