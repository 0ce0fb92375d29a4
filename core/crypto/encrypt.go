package crypto

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

const envelope = "$ba$"

var (
	// ErrDecrypt is returned when a text is malformed or no secret opens it.
	ErrDecrypt = errors.New("cannot decrypt: the text is malformed or was encrypted with another secret")
	// ErrUnknownVersion is returned, wrapped with the version, when an encrypted
	// text names a secret version that the keyring does not have.
	ErrUnknownVersion = errors.New("secret version not found in keys (key may have been retired)")
	// ErrNoLegacySecret is returned when a text without a version is met and
	// only versioned secrets are configured.
	ErrNoLegacySecret = errors.New("cannot decrypt legacy bare-hex payload: no legacy secret available, set BETTER_AUTH_SECRET for backwards compatibility")
)

// Encrypt seals plaintext with XChaCha20-Poly1305 under SHA-256 of the current
// secret. The result is lower-case hex of nonce, ciphertext and tag; with
// versioned secrets `$ba$<version>$` stands before it. Upstream:
// symmetricEncrypt.
func (k *Keyring) Encrypt(random io.Reader, plaintext string) (string, error) {
	current := k.keys[0]
	sealed := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(plaintext)+chacha20poly1305.Overhead)
	if _, err := io.ReadFull(orSystem(random), sealed); err != nil {
		return "", fmt.Errorf("encrypt: read random source: %w", err)
	}
	sealed = current.box.Seal(sealed, sealed, []byte(plaintext), nil)
	out := make([]byte, 0, len(envelope)+20+1+hex.EncodedLen(len(sealed)))
	if k.versioned {
		out = append(out, envelope...)
		out = append(strconv.AppendInt(out, int64(current.version), 10), '$')
	}
	return string(hex.AppendEncode(out, sealed)), nil
}

// Decrypt opens a text that Encrypt, or upstream, made. A version in the text
// selects the secret; a text without one is opened with the plain (legacy)
// secret. Errors are ErrDecrypt, ErrUnknownVersion or ErrNoLegacySecret.
// Upstream: symmetricDecrypt.
func (k *Keyring) Decrypt(text string) (string, error) {
	version, sealedHex := legacyVersion, text
	if rest, ok := strings.CutPrefix(text, envelope); ok {
		digits, payload, found := strings.Cut(rest, "$")
		n, err := strconv.ParseUint(digits, 10, 31)
		if !found || err != nil {
			return "", ErrDecrypt
		}
		version, sealedHex = int(n), payload
	}
	for _, candidate := range k.keys {
		if candidate.version == version {
			return candidate.open(sealedHex)
		}
	}
	if version == legacyVersion {
		return "", ErrNoLegacySecret
	}
	return "", fmt.Errorf("version %d: %w", version, ErrUnknownVersion)
}

func (s key) open(sealedHex string) (string, error) {
	sealed, err := hex.DecodeString(sealedHex)
	if err != nil || len(sealed) < chacha20poly1305.NonceSizeX+chacha20poly1305.Overhead {
		return "", ErrDecrypt
	}
	nonce, box := sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:]
	plaintext, err := s.box.Open(box[:0], nonce, box, nil)
	if err != nil {
		return "", ErrDecrypt
	}
	return string(plaintext), nil
}
