package format

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

const (
	keyInfo = "BetterAuth.js Generated Encryption Key"
	// SessionSalt names the key of encrypted session cache cookies.
	SessionSalt = "better-auth-session"
	// AccountSalt names the key of encrypted account cookies.
	AccountSalt = "better-auth-account"
	// keySize is the key of A256CBC-HS512: half authenticates, half encrypts.
	keySize = 64
	tagSize = keySize / 2
)

var b64 = base64.RawURLEncoding

// Token is a decoded JWS or JWE.
type Token struct {
	Header, Claims json.RawMessage
	// Valid says that the signature (or the authentication tag) holds under the secret.
	Valid bool
}

// ParseToken reads a compact JWS or JWE; ok is false when text is neither. An
// encrypted token that does not open is returned without claims.
func ParseToken(secret, text string) (t Token, ok bool) {
	parts := strings.Split(text, ".")
	header, err := b64.DecodeString(parts[0])
	if err != nil || !json.Valid(header) || len(header) == 0 || header[0] != '{' {
		return Token{}, false
	}
	switch len(parts) {
	case 3:
		return parseSigned(secret, header, parts)
	case 5:
		return parseEncrypted(secret, header, parts), true
	default:
		return Token{}, false
	}
}

func parseSigned(secret string, header []byte, parts []string) (Token, bool) {
	claims, err := b64.DecodeString(parts[1])
	if err != nil || !json.Valid(claims) {
		return Token{}, false
	}
	want := b64.EncodeToString(MAC(secret, parts[0]+"."+parts[1]))
	return Token{Header: header, Claims: claims, Valid: want == parts[2]}, true
}

func parseEncrypted(secret string, header []byte, parts []string) Token {
	for _, salt := range []string{SessionSalt, AccountSalt} {
		if claims, err := decrypt(secret, salt, parts); err == nil {
			return Token{Header: header, Claims: claims, Valid: true}
		}
	}
	return Token{Header: header}
}

// SignToken makes an HS256 JWS whose header is only the algorithm.
func SignToken(secret string, claims any) (string, error) {
	payload, err := JSON(claims)
	if err != nil {
		return "", fmt.Errorf("encode claims: %w", err)
	}
	head := b64.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + b64.EncodeToString(payload)
	return head + "." + b64.EncodeToString(MAC(secret, head)), nil
}

// EncryptToken makes a JWE (dir, A256CBC-HS512) with the key named by salt.
func EncryptToken(secret, salt string, claims any) (string, error) {
	payload, err := JSON(claims)
	if err != nil {
		return "", fmt.Errorf("encode claims: %w", err)
	}
	key, err := derive(secret, salt)
	if err != nil {
		return "", err
	}
	block, err := aes.NewCipher(key[tagSize:])
	if err != nil {
		return "", fmt.Errorf("make cipher: %w", err)
	}
	pad := aes.BlockSize - len(payload)%aes.BlockSize
	plain := append(payload, strings.Repeat(string(rune(pad)), pad)...)
	iv := make([]byte, aes.BlockSize)
	rand.Read(iv)
	sealed := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, plain)
	head := b64.EncodeToString([]byte(`{"alg":"dir","enc":"A256CBC-HS512","kid":"` + thumbprint(key) + `"}`))
	tag := authenticate(key, head, iv, sealed)
	return strings.Join([]string{head, "", b64.EncodeToString(iv), b64.EncodeToString(sealed), b64.EncodeToString(tag)}, "."), nil
}

func decrypt(secret, salt string, parts []string) ([]byte, error) {
	key, err := derive(secret, salt)
	if err != nil {
		return nil, err
	}
	iv, err1 := b64.DecodeString(parts[2])
	sealed, err2 := b64.DecodeString(parts[3])
	tag, err3 := b64.DecodeString(parts[4])
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, fmt.Errorf("decode token: %w", err)
	}
	if len(iv) != aes.BlockSize || len(sealed) == 0 || len(sealed)%aes.BlockSize != 0 {
		return nil, errors.New("token has an odd length")
	}
	if !hmac.Equal(tag, authenticate(key, parts[0], iv, sealed)) {
		return nil, errors.New("token was not made with this secret")
	}
	block, err := aes.NewCipher(key[tagSize:])
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(sealed, sealed)
	pad := int(sealed[len(sealed)-1])
	if pad == 0 || pad > aes.BlockSize {
		return nil, errors.New("token has wrong padding")
	}
	return sealed[:len(sealed)-pad], nil
}

func derive(secret, salt string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), []byte(salt), keyInfo, keySize)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	return key, nil
}

// authenticate is the tag of RFC 7518 §5.2.2.1.
func authenticate(key []byte, head string, iv, sealed []byte) []byte {
	h := hmac.New(sha512.New, key[:tagSize])
	h.Write([]byte(head))
	h.Write(iv)
	h.Write(sealed)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(head))*8))
	return h.Sum(nil)[:tagSize]
}

// thumbprint is the key's RFC 7638 name.
func thumbprint(key []byte) string {
	sum := sha256.Sum256([]byte(`{"k":"` + b64.EncodeToString(key) + `","kty":"oct"}`))
	return b64.EncodeToString(sum[:])
}
