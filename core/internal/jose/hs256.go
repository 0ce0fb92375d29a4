package jose

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"hash"
	"strings"
	"sync"
)

// headerHS256 is the encoded form of {"alg":"HS256"}, the one header we write.
const headerHS256 = "eyJhbGciOiJIUzI1NiJ9"

// strictURL decodes base64url without padding and refuses stray trailing bits.
// The standard decoder skips CR and LF, so callers check the alphabet first.
var strictURL = base64.RawURLEncoding.Strict()

// MACKey is an HMAC-SHA256 key (RFC 2104) whose padded key blocks are hashed
// once. It is safe for concurrent use.
type MACKey struct {
	states sync.Pool
}

type macState struct {
	hash hash.Hash
	in   []byte
	out  [sha256.Size]byte
}

// NewMACKey prepares the key; the secret may have any length.
func NewMACKey(secret string) *MACKey {
	key := []byte(secret)
	return &MACKey{states: sync.Pool{New: func() any {
		return &macState{hash: hmac.New(sha256.New, key)}
	}}}
}

// Sum returns the HMAC-SHA256 of value. Apart from the pooled state it does
// not allocate.
func (k *MACKey) Sum(value string) [sha256.Size]byte {
	state := k.states.Get().(*macState)
	state.in = append(state.in[:0], value...)
	sum := state.sum(state.in)
	k.states.Put(state)
	return sum
}

// SumBytes is Sum for a byte slice, which is not kept.
func (k *MACKey) SumBytes(value []byte) [sha256.Size]byte {
	state := k.states.Get().(*macState)
	sum := state.sum(value)
	k.states.Put(state)
	return sum
}

func (s *macState) sum(value []byte) [sha256.Size]byte {
	s.hash.Reset()
	s.hash.Write(value)
	s.hash.Sum(s.out[:0])
	return s.out
}

// SignHS256 returns the compact JWS (RFC 7515 section 7.1) over payload with
// the header {"alg":"HS256"}.
func SignHS256(key *MACKey, payload []byte) string {
	const signature = 43
	enc := base64.RawURLEncoding
	out := make([]byte, 0, len(headerHS256)+1+enc.EncodedLen(len(payload))+1+signature)
	out = append(out, headerHS256...)
	out = append(out, '.')
	out = enc.AppendEncode(out, payload)
	sum := key.SumBytes(out)
	out = append(out, '.')
	return string(enc.AppendEncode(out, sum[:]))
}

// VerifyHS256 returns the payload of a compact JWS whose header names HS256 and
// whose signature one of the keys made; index tells which. Keys are tried in
// order. The payload is any bytes; checking claims is the caller's work.
func VerifyHS256(keys []*MACKey, token string) (payload []byte, index int, err error) {
	head, body, signature, ok := splitJWS(token)
	if !ok {
		return nil, 0, fmt.Errorf("%w: not a compact JWS", ErrInvalid)
	}
	if head != headerHS256 {
		if err := checkHeaderHS256(head); err != nil {
			return nil, 0, err
		}
	}
	index = matchSignature(keys, token[:len(head)+1+len(body)], signature)
	if index < 0 {
		return nil, 0, fmt.Errorf("%w: signature does not match", ErrInvalid)
	}
	payload, err = strictURL.DecodeString(body)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: payload is not base64url", ErrInvalid)
	}
	return payload, index, nil
}

// matchSignature returns the position of the key that made the encoded
// signature, or -1. It compares the canonical encoding, so each signature has
// one accepted spelling.
func matchSignature(keys []*MACKey, signed, signature string) int {
	var want [43]byte
	for i, key := range keys {
		sum := key.Sum(signed)
		base64.RawURLEncoding.Encode(want[:], sum[:])
		if subtle.ConstantTimeCompare(want[:], []byte(signature)) == 1 {
			return i
		}
	}
	return -1
}

func checkHeaderHS256(encoded string) error {
	header, err := parseHeader(encoded)
	if err != nil {
		return err
	}
	if header.alg != "HS256" {
		return fmt.Errorf("%w: algorithm is not HS256", ErrInvalid)
	}
	return nil
}

func splitJWS(token string) (head, body, signature string, ok bool) {
	head, rest, ok1 := strings.Cut(token, ".")
	body, signature, ok2 := strings.Cut(rest, ".")
	return head, body, signature, ok1 && ok2 && isBase64URL(head) && isBase64URL(body) && isBase64URL(signature)
}

// isBase64URL reports whether s has only letters of RFC 4648 section 5; dots,
// padding, spaces and line breaks are refused.
func isBase64URL(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}
