package crypto

import (
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/goauth-dev/goauth/core/internal/jose"
	"golang.org/x/crypto/chacha20poly1305"
)

// Secret is one versioned secret. Upstream: options.secrets[i].
type Secret struct {
	Version int    `option:"version"` // not negative, unique in its list; written into encrypted values
	Value   string `option:"value"`   // at least 32 random characters
}

// Keyring holds every secret that may verify or decrypt; the first versioned
// one, or the only one, signs and encrypts. It is built once, never changes, and
// is safe for concurrent use. Upstream: SecretConfig, or a plain secret.
type Keyring struct {
	keys      []key // keys[0] is current; the legacy secret, if any, is last
	macs      []*jose.MACKey
	versioned bool
	jwe       sync.Map // salt → []*jose.DirectKey in the order of keys
}

type key struct {
	version int // legacyVersion for the plain secret
	value   string
	box     cipher.AEAD
}

const legacyVersion = -1

// NewKeyring builds a keyring from versioned secrets (the first is current), or
// from a single plain one, legacy. With both, legacy still verifies and decrypts
// but signs nothing. At least one secret is required, and none may be blank.
func NewKeyring(secrets []Secret, legacy string) (*Keyring, error) {
	if err := checkSecrets(secrets); err != nil {
		return nil, err
	}
	if isBlank(legacy) {
		legacy = ""
	}
	if len(secrets) == 0 && legacy == "" {
		return nil, errors.New("secret is missing: set BETTER_AUTH_SECRET in the environment or pass a secret in the options (generate one with `openssl rand -base64 32`)")
	}
	k := &Keyring{versioned: len(secrets) > 0}
	for _, s := range secrets {
		if err := k.add(s.Version, s.Value); err != nil {
			return nil, err
		}
	}
	if legacy != "" {
		if err := k.add(legacyVersion, legacy); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func checkSecrets(secrets []Secret) error {
	seen := make(map[int]bool, len(secrets))
	for _, s := range secrets {
		switch {
		case s.Version < 0:
			return fmt.Errorf("invalid version %d in `secrets`: version must be a non-negative integer", s.Version)
		case isBlank(s.Value):
			return fmt.Errorf("empty secret value for version %d in `secrets`", s.Version)
		case seen[s.Version]:
			return fmt.Errorf("duplicate version %d in `secrets`: each version must be unique", s.Version)
		}
		seen[s.Version] = true
	}
	return nil
}

func isBlank(secret string) bool { return strings.TrimSpace(secret) == "" }

func (k *Keyring) add(version int, value string) error {
	sum := sha256.Sum256([]byte(value))
	box, err := chacha20poly1305.NewX(sum[:])
	if err != nil {
		return fmt.Errorf("prepare secret: %w", err)
	}
	k.keys = append(k.keys, key{version: version, value: value, box: box})
	k.macs = append(k.macs, jose.NewMACKey(value))
	return nil
}

// Current returns the secret that signs. It is for key derivations that this
// package does not offer; do not log it.
func (k *Keyring) Current() string { return k.keys[0].value }
