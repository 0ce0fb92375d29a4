package crypto_test

import (
	"testing"
	"time"

	"golang.org/x/crypto/scrypt"

	"github.com/goauth-dev/goauth/core/crypto"
)

func BenchmarkHash(b *testing.B) {
	h := crypto.NewHasher(crypto.HasherOptions{Workers: 1})
	if _, err := h.Hash(b.Context(), "warm up"); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Hash(b.Context(), "correct horse battery staple"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHashReference(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := scrypt.Key([]byte("correct horse battery staple"), []byte("salt"), 16384, 16, 1, 64); err != nil {
			b.Fatal(err)
		}
	}
}

var sink any

func benchClaims() []byte {
	return []byte(`{"session":{"expiresAt":"2026-01-08T00:00:00.000Z","token":"abcdefghijklmnopqrstuvwxyzABCDEF","createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z","ipAddress":"203.0.113.9","userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36","userId":"abcdefghijklmnopqrstuvwxyzABCDEF","id":"abcdefghijklmnopqrstuvwxyzABCDEF"},"user":{"name":"Ann","email":"ann@example.com","emailVerified":true,"image":null,"createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z","id":"abcdefghijklmnopqrstuvwxyzABCDEF"},"updatedAt":1767225600000,"version":"1"}`)
}

func BenchmarkVerify(b *testing.B) {
	k := ring(b, secretA)
	signature := k.Sign("abcdefghijklmnopqrstuvwxyzABCDEF")
	b.ReportAllocs()
	for b.Loop() {
		if ok, _ := k.Verify("abcdefghijklmnopqrstuvwxyzABCDEF", signature); !ok {
			b.Fatal("refused")
		}
	}
}

func BenchmarkVerifyURL(b *testing.B) {
	k, value := ring(b, secretA), benchClaims()
	signature := k.SignURL(value)
	b.ReportAllocs()
	for b.Loop() {
		if ok, _ := k.VerifyURL(value, signature); !ok {
			b.Fatal("refused")
		}
	}
}

func BenchmarkSignJWT(b *testing.B) {
	k := ring(b, secretA)
	b.ReportAllocs()
	for b.Loop() {
		sink, _ = k.SignJWT(benchClaims(), noon, time.Hour)
	}
}

func BenchmarkVerifyJWT(b *testing.B) {
	k := ring(b, secretA)
	token, err := k.SignJWT(benchClaims(), noon, time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := k.VerifyJWT(token, noon); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeJWE(b *testing.B) {
	k := ring(b, secretA)
	b.ReportAllocs()
	for b.Loop() {
		sink, _ = k.EncodeJWE(nil, benchClaims(), salt, noon, time.Hour)
	}
}

func BenchmarkDecodeJWE(b *testing.B) {
	k := ring(b, secretA)
	token, err := k.EncodeJWE(nil, benchClaims(), salt, noon, time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := k.DecodeJWE(token, salt, noon); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRandomString(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		sink, _ = crypto.RandomString(nil, 32, crypto.AlphaNumeric)
	}
}

func BenchmarkEncrypt(b *testing.B) {
	k := ring(b, secretA)
	b.ReportAllocs()
	for b.Loop() {
		sink, _ = k.Encrypt(nil, "ya29.an-access-token-of-usual-length-for-an-oauth-provider")
	}
}
