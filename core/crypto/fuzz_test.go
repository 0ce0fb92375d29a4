package crypto_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/goauth-dev/goauth/core/crypto"
)

func FuzzVerifyJWT(f *testing.F) {
	k := ring(f, secretA+" not A", crypto.Secret{Version: 1, Value: secretB})
	g, now := readGolden(f)
	for _, v := range g.Verify {
		f.Add(v.Token, v.Name)
	}
	f.Add("..", `{"exp":1`)
	f.Fuzz(func(t *testing.T, token, claims string) {
		if got, _, err := k.VerifyJWT(token, now); err == nil {
			t.Fatalf("a token nobody signed was accepted: %q", got)
		}
		signed, err := k.SignJWT([]byte(claims), now, time.Minute)
		if err != nil {
			return
		}
		got, _, err := k.VerifyJWT(signed, now)
		if err == nil && !json.Valid(got) {
			t.Fatalf("claims %q became %q", claims, got)
		}
		if err != nil && !strings.Contains(claims, "nbf") && !strings.Contains(claims, `\`) {
			t.Fatalf("own token refused: %v", err)
		}
	})
}

func FuzzDecodeJWE(f *testing.F) {
	g, now := readGolden(f)
	k := ring(f, "", crypto.Secret{Version: 3, Value: secretB}, crypto.Secret{Version: 4, Value: secretA + "not A"})
	for _, v := range g.Decode {
		f.Add(v.Token)
	}
	f.Add("..")
	f.Fuzz(func(t *testing.T, token string) {
		if claims, _, err := k.DecodeJWE(token, salt, now); err == nil {
			t.Fatalf("a token nobody encrypted was accepted: %q", claims)
		}
	})
}

func FuzzDecrypt(f *testing.F) {
	k := ring(f, secretB, crypto.Secret{Version: 1, Value: secretA})
	f.Add("$ba$1$00", "plain")
	f.Add("00ff", "\x00")
	f.Fuzz(func(t *testing.T, text, plain string) {
		if got, err := k.Decrypt(text); err == nil {
			t.Fatalf("a text nobody encrypted was accepted: %q", got)
		}
		sealed, err := k.Encrypt(nil, plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.Decrypt(sealed); err != nil || got != plain {
			t.Fatalf("round trip of %q = %q, %v", plain, got, err)
		}
	})
}
