package format

import (
	"crypto/sha256"
	"encoding/hex"

	"golang.org/x/crypto/chacha20poly1305"
)

// Open decrypts what was encrypted with the secret (XChaCha20-Poly1305, in hexadecimal digits); ok is false for any other
// text.
func Open(secret, text string) (plain string, ok bool) {
	data, err := hex.DecodeString(text)
	if err != nil || len(data) < chacha20poly1305.NonceSizeX+chacha20poly1305.Overhead {
		return "", false
	}
	key := sha256.Sum256([]byte(secret))
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return "", false
	}
	opened, err := aead.Open(nil, data[:chacha20poly1305.NonceSizeX], data[chacha20poly1305.NonceSizeX:], nil)
	return string(opened), err == nil
}
