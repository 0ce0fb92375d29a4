package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// Bounds of what is looked at.
const (
	maxSigned  = 16 << 10 // bytes of a token
	minModulus = 2048     // bits of an RSA key
	maxModulus = 8192
)

// curves are the curves of the ECDSA algorithms (RFC 7518 section 3.4).
var curves = map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES512": elliptic.P521()}

// GenerateKey makes a key pair for EdDSA (Ed25519), ES256, ES512, RS256 or PS256, as JSON Web Keys (RFC 7517) that hold the
// key alone, their members in the order in which Node writes them. bits is the modulus of an RSA key.
func GenerateKey(random io.Reader, alg string, bits int) (public, private []byte, err error) {
	switch alg {
	case "EdDSA":
		return generateEd25519(random)
	case "ES256", "ES512":
		return generateEC(random, curves[alg])
	case "RS256", "PS256":
		return generateRSA(random, bits)
	default:
		return nil, nil, fmt.Errorf("algorithm %q: keys are made for EdDSA, ES256, ES512, RS256 and PS256", alg)
	}
}

func generateEd25519(random io.Reader) (public, private []byte, err error) {
	pub, priv, err := ed25519.GenerateKey(random)
	if err != nil {
		return nil, nil, fmt.Errorf("make an Ed25519 key: %w", err)
	}
	x, d := encode(pub), encode(priv.Seed())
	return members("crv", "Ed25519", "x", x, "kty", "OKP"), members("crv", "Ed25519", "d", d, "x", x, "kty", "OKP"), nil
}

func generateEC(random io.Reader, curve elliptic.Curve) (public, private []byte, err error) {
	key, err := ecdsa.GenerateKey(curve, random)
	if err != nil {
		return nil, nil, fmt.Errorf("make a %s key: %w", curve.Params().Name, err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, nil, fmt.Errorf("make a %s key: %w", curve.Params().Name, err)
	}
	d, err := key.Bytes()
	if err != nil {
		return nil, nil, fmt.Errorf("make a %s key: %w", curve.Params().Name, err)
	}
	size := (len(point) - 1) / 2
	parts := []string{"kty", "EC", "x", encode(point[1 : 1+size]), "y", encode(point[1+size:]), "crv", curve.Params().Name}
	return members(parts...), members(append(parts, "d", encode(d))...), nil
}

func generateRSA(random io.Reader, bits int) (public, private []byte, err error) {
	if bits < minModulus || bits > maxModulus {
		return nil, nil, fmt.Errorf("an RSA key of %d bits: use %d to %d", bits, minModulus, maxModulus)
	}
	key, err := rsa.GenerateKey(random, bits)
	if err != nil {
		return nil, nil, fmt.Errorf("make an RSA key: %w", err)
	}
	number := func(n *big.Int) string { return encode(n.Bytes()) }
	parts := []string{"kty", "RSA", "n", number(key.N), "e", number(big.NewInt(int64(key.E)))}
	p, q, pre := key.Primes[0], key.Primes[1], key.Precomputed
	secret := append(parts, "d", number(key.D), "p", number(p), "q", number(q),
		"dp", number(pre.Dp), "dq", number(pre.Dq), "qi", number(pre.Qinv))
	return members(parts...), members(secret...), nil
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// members writes an object of texts that need no escaping.
func members(pairs ...string) []byte {
	out := []byte{'{'}
	for i := 0; i+1 < len(pairs); i += 2 {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, '"')
		out = append(append(append(out, pairs[i]...), `":"`...), pairs[i+1]...)
		out = append(out, '"')
	}
	return append(out, '}')
}

// SignAsymmetric returns the compact JWS (RFC 7515 section 7.1) over payload with the header {"alg", "kid"}. The private key
// is a JSON Web Key of the kind that the algorithm, one of those of [GenerateKey], asks for.
func SignAsymmetric(alg, kid string, private, payload []byte) (string, error) {
	key, err := parseJWK(alg, private)
	if err != nil {
		return "", err
	}
	if !isPrivate(key) {
		return "", fmt.Errorf("sign with %s: the key is public", alg)
	}
	headers := jws.NewHeaders()
	if err := headers.Set(jws.KeyIDKey, kid); err != nil {
		return "", fmt.Errorf("sign with %s: %w", alg, err)
	}
	token, err := jws.Sign(payload, jws.WithKey(jwa.SignatureAlgorithm(alg), key, jws.WithProtectedHeaders(headers)))
	if err != nil {
		return "", fmt.Errorf("sign with %s: %w", alg, err)
	}
	return string(token), nil
}

// VerifyAsymmetric returns the payload of a compact JWS whose header names alg, and that the key, a JSON Web Key of the kind
// that alg asks for, verifies. Keys and addresses of keys in the header are ignored.
func VerifyAsymmetric(token, alg string, public []byte) ([]byte, error) {
	h, err := signedHeader(token)
	if err != nil {
		return nil, err
	}
	if h.alg != alg {
		return nil, fmt.Errorf("%w: algorithm is not %s", ErrInvalid, alg)
	}
	key, err := parseJWK(alg, public)
	if err != nil {
		return nil, err
	}
	payload, err := jws.Verify([]byte(token), jws.WithKey(jwa.SignatureAlgorithm(alg), publicOf(key)))
	if err != nil {
		return nil, fmt.Errorf("%w: signature does not match", ErrInvalid)
	}
	return payload, nil
}

// KeyID returns the kid of a compact JWS, or "" when it names none. Nothing is verified.
func KeyID(token string) (string, error) {
	h, err := signedHeader(token)
	return h.kid, err
}

func signedHeader(token string) (header, error) {
	if len(token) > maxSigned {
		return header{}, fmt.Errorf("%w: longer than %d bytes", ErrInvalid, maxSigned)
	}
	head, _, signature, ok := splitJWS(token)
	if !ok || signature == "" {
		return header{}, fmt.Errorf("%w: not a compact JWS", ErrInvalid)
	}
	return parseHeader(head)
}

// parseJWK reads a key and binds it to the algorithm, so that no token decides how its key is read (RFC 8725 section 3.1).
func parseJWK(alg string, text []byte) (any, error) {
	parsed, err := jwk.ParseKey(text)
	if err != nil {
		return nil, fmt.Errorf("key for %s: %w", alg, err)
	}
	var key any
	if err := parsed.Raw(&key); err != nil {
		return nil, fmt.Errorf("key for %s: %w", alg, err)
	}
	if !fits(alg, publicOf(key)) {
		return nil, fmt.Errorf("key for %s: it is of another kind", alg)
	}
	return key, nil
}

func fits(alg string, public any) bool {
	switch k := public.(type) {
	case ed25519.PublicKey:
		return alg == "EdDSA" && len(k) == ed25519.PublicKeySize
	case *ecdsa.PublicKey:
		return curves[alg] != nil && k.Curve == curves[alg]
	case *rsa.PublicKey:
		return (alg == "RS256" || alg == "PS256") && k.N.BitLen() >= minModulus
	default:
		return false
	}
}

func isPrivate(key any) bool {
	_, ok := key.(crypto.Signer)
	return ok
}

// publicOf returns the public half of a key.
func publicOf(key any) any {
	if signer, ok := key.(crypto.Signer); ok {
		return signer.Public()
	}
	return key
}
