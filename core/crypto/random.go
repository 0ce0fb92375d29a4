package crypto

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// Alphabets for RandomString, in upstream's letter order.
const (
	Letters       = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"                      // a-z A-Z
	AlphaNumeric  = Letters + Digits                                                            // a-z A-Z 0-9: ids, session tokens
	URLSafe       = "abcdefghijklmnopqrstuvwxyz" + Digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "-_" // a-z 0-9 A-Z -_: OAuth state, PKCE verifiers
	LowerAlphaNum = Digits + "abcdefghijklmnopqrstuvwxyz"                                       // 0-9 a-z: account deletion tokens
	Digits        = "0123456789"                                                                // one-time passwords
)

// ErrRandom is a random source that fails. Nothing is issued then.
var ErrRandom = errors.New("the random source failed")

// RandomString returns n characters of alphabet, each equally likely: random
// bytes that would favour the first characters are dropped. The alphabet must be
// 1 to 256 distinct ASCII characters and n positive. When random fails the
// result is empty and the error is [ErrRandom]; a short string is never returned.
// Upstream: generateRandomString.
func RandomString(random io.Reader, n int, alphabet string) (string, error) {
	if n <= 0 {
		return "", errors.New("random string: length must be positive")
	}
	if len(alphabet) == 0 || len(alphabet) > 256 {
		return "", errors.New("random string: alphabet must have 1 to 256 characters")
	}
	random = orSystem(random)
	limit := 256 / len(alphabet) * len(alphabet)
	buf := make([]byte, 3*n)
	out, raw := buf[:0:n], buf[n:]
	for {
		if _, err := io.ReadFull(random, raw); err != nil {
			return "", fmt.Errorf("random string: %w: %w", ErrRandom, err)
		}
		for _, b := range raw {
			if int(b) >= limit {
				continue
			}
			if out = append(out, alphabet[int(b)%len(alphabet)]); len(out) == n {
				return string(out), nil
			}
		}
	}
}

// UUIDv4 returns a random UUID in lower-case text (RFC 9562 section 5.4).
func UUIDv4(random io.Reader) (string, error) {
	var buf [52]byte
	text, raw := buf[:36], buf[36:]
	if _, err := io.ReadFull(orSystem(random), raw); err != nil {
		return "", fmt.Errorf("uuid: %w: %w", ErrRandom, err)
	}
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	hex.Encode(text[0:8], raw[0:4])
	hex.Encode(text[9:13], raw[4:6])
	hex.Encode(text[14:18], raw[6:8])
	hex.Encode(text[19:23], raw[8:10])
	hex.Encode(text[24:36], raw[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text), nil
}
