// Package format reads and writes the values that better-auth 1.6.9 hands to
// clients and keeps in rows: signed cookies, the three cache cookie strategies,
// HS256 tokens. It is written from the formats alone and shares no code with the
// server under test, so that an error made there is not repeated here.
package format

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// signatureLength is a standard base64 SHA-256 MAC with padding.
const signatureLength = 44

// MAC is HMAC-SHA-256 of text under the secret.
func MAC(secret, text string) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// Sign returns the raw value of a signed cookie.
func Sign(secret, value string) string {
	return escape(value + "." + base64.StdEncoding.EncodeToString(MAC(secret, value)))
}

// escape percent-encodes as encodeURIComponent does for what cookies hold here.
func escape(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

// SplitSigned takes a decoded signed value apart; ok is false for any other text.
func SplitSigned(decoded string) (value, signature string, ok bool) {
	i := strings.LastIndexByte(decoded, '.')
	if i < 1 {
		return "", "", false
	}
	value, signature = decoded[:i], decoded[i+1:]
	return value, signature, len(signature) == signatureLength && strings.HasSuffix(signature, "=")
}

// VerifySigned reports whether signature is value's under the secret.
func VerifySigned(secret, value, signature string) bool {
	got, err := base64.StdEncoding.DecodeString(signature)
	return err == nil && hmac.Equal(got, MAC(secret, value))
}

// Compact is a decoded compact cache cookie.
type Compact struct {
	// Payload is the signed part with its bytes as they came.
	Payload   json.RawMessage `json:"session"`
	ExpiresAt json.Number     `json:"expiresAt"`
	Signature string          `json:"signature"`
}

// DecodeCompact reads a compact cache cookie; ok is false when text is none.
func DecodeCompact(text string) (c Compact, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil || json.Unmarshal(raw, &c) != nil {
		return Compact{}, false
	}
	return c, len(c.Payload) > 2 && c.Signature != ""
}

// signedText is the payload's JSON with expiresAt as its last member.
func (c Compact) signedText() string {
	return string(bytes.TrimSuffix(c.Payload, []byte("}"))) + `,"expiresAt":` + c.ExpiresAt.String() + "}"
}

// Valid reports whether the signature holds.
func (c Compact) Valid(secret string) bool {
	return c.Signature == base64.RawURLEncoding.EncodeToString(MAC(secret, c.signedText()))
}

// Encode signs the payload and returns the cookie's value.
func (c Compact) Encode(secret string) (string, error) {
	c.Signature = base64.RawURLEncoding.EncodeToString(MAC(secret, c.signedText()))
	text, err := JSON(c)
	if err != nil {
		return "", fmt.Errorf("encode compact cookie: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(text), nil
}

// JSON encodes without HTML escaping and without a final newline; object members
// come out sorted, which JSON.parse and JSON.stringify keep.
func JSON(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	text := bytes.TrimSuffix(out.Bytes(), []byte("\n"))
	text = bytes.ReplaceAll(text, []byte(`\u2028`), []byte("\u2028"))
	return bytes.ReplaceAll(text, []byte(`\u2029`), []byte("\u2029")), nil
}
